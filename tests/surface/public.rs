//! What of the crate can its users reach, and how is it declared?

mod declared;
mod implemented;
mod manifest;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use syn::{Attribute, Item, UseTree, Visibility};

use super::reading::{Module, Target};
use super::resolving::{Meaning, Names, Place, imports, name_of};

/// Every public item with all that it has, an item after the other, by its name.
pub(crate) fn api(root: &Path) -> String {
    let everything = Reached::of(Target { wasm: true, json: true, npm: false }, root).written();
    let without_json = Reached::of(Target { wasm: true, json: false, npm: false }, root).written();
    let elsewhere = Reached::of(Target { wasm: false, json: true, npm: false }, root).written();
    for (part, name) in [(&without_json, "without `json`"), (&elsewhere, "for other targets")] {
        let more: Vec<_> = part.difference(&everything).collect();
        assert!(more.is_empty(), "{name} there is what is not in the whole: {more:?}");
    }
    let mut text = String::from(HEAD);
    let lines: Vec<&str> = everything.iter().map(|entry| entry.line.as_str()).collect();
    text.push_str(&manifest::promises(root, &lines));
    for entry in &everything {
        let mark = match (without_json.contains(entry), elsewhere.contains(entry)) {
            (false, false) => "    // feature json",
            (false, true) => panic!("`json` adds to other targets: the marks cannot say so yet"),
            (true, false) => "",
            (true, true) => "    // every target",
        };
        let gap = if entry.part == Part::Heading { "\n" } else { "    " };
        text.push_str(&format!("{gap}{}{mark}\n", entry.line));
    }
    text
}

const HEAD: &str = "\
The crate, as a dependant on wasm32-unknown-unknown has it with every feature; made by `cargo test --package
everwire-surface`. What is marked `every target` is there on any other, too. Names are those of the crate or else
whole; impls of the standard library's traits by the trait's own name. What the compiler finds by itself (Send, Sync,
Unpin) is not here.

";

/// One line; in the order in which they are shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    item: String,
    part: Part,
    /// The place among fields or variants; what has no order of its own is sorted.
    index: usize,
    line: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Heading,
    Field,
    Associated,
    Impl,
}

/// The crate for one target, and by which public name each item of it is reached.
struct Reached {
    crate_root: Module,
    names: Names,
    public: BTreeMap<Place, String>,
    /// Of other crates, by the name that they have here.
    foreign: BTreeMap<String, String>,
}

impl Reached {
    fn of(target: Target, root: &Path) -> Reached {
        let crate_root = target.read(root);
        let names = Names::of(&crate_root);
        let mut reached =
            Reached { crate_root: Module::default(), names, public: BTreeMap::new(), foreign: BTreeMap::new() };
        reached.enter(&crate_root, &crate_root, &[], "");
        reached.crate_root = crate_root;
        reached
    }

    /// Notes what `module` lets be seen under `prefix`.
    fn enter(&mut self, root: &Module, module: &Module, place: &[String], prefix: &str) {
        for item in &module.items {
            if let Item::Macro(it) = item {
                let exported = it.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export"));
                assert!(!exported, "an exported macro: the snapshot cannot read it yet");
            }
            if !is_public(item) {
                continue;
            }
            if let Item::Use(it) = item {
                assert!(!has_glob(&it.tree), "`pub use …::*`: the snapshot wants each name said");
                for import in imports(&it.tree) {
                    let name = format!("{prefix}{}", import.name);
                    match self.names.meaning(place, &import.path) {
                        Meaning::Item(place) => self.publish(place, name),
                        Meaning::Module(place) => self.enter(root, at(root, &place), &place, &format!("{name}::")),
                        Meaning::Foreign(path) => {
                            self.foreign.insert(name, path.join("::"));
                        }
                    }
                }
            } else if let Item::Mod(it) = item {
                let name = it.ident.to_string();
                let place: Place = place.iter().chain([&name]).cloned().collect();
                self.enter(root, at(root, &place), &place, &format!("{prefix}{name}::"));
            } else if let Some(name) = name_of(item) {
                let place = place.iter().chain([&name]).cloned().collect();
                self.publish(place, format!("{prefix}{name}"));
            }
        }
    }

    fn publish(&mut self, place: Place, name: String) {
        if let Some(other) = self.public.insert(place, name.clone()) {
            panic!("{name} is {other}, too: the snapshot knows one name for each item");
        }
    }

    fn written(&self) -> BTreeSet<Entry> {
        let mut entries = BTreeSet::new();
        for (name, path) in &self.foreign {
            entries.insert(heading(name, format!("pub use {path} as {name}")));
        }
        self.visit(&self.crate_root, &mut Place::new(), &mut |module, place| {
            for item in &module.items {
                let place_of_item: Option<Place> =
                    name_of(item).map(|name| place.iter().cloned().chain([name]).collect());
                if let Some(name) = place_of_item.and_then(|place| self.public.get(&place)) {
                    entries.extend(declared::entries(self, place, name, item));
                }
                entries.extend(implemented::entries(self, place, item, module));
            }
        });
        entries
    }

    fn visit<'a>(&self, module: &'a Module, place: &mut Place, see: &mut impl FnMut(&'a Module, &Place)) {
        see(module, place);
        for (name, inner) in &module.modules {
            place.push(name.clone());
            self.visit(inner, place, see);
            place.pop();
        }
    }
}

fn heading(item: &str, line: String) -> Entry {
    Entry { item: item.to_owned(), part: Part::Heading, index: 0, line }
}

fn at<'a>(root: &'a Module, place: &[String]) -> &'a Module {
    place.iter().fold(root, |module, name| &module.modules[name])
}

/// Public, and shown in the documentation: what is hidden from that is no part of what the crate promises.
fn is_public(item: &Item) -> bool {
    let (visibility, attributes) = match item {
        Item::Const(it) => (&it.vis, &it.attrs),
        Item::Enum(it) => (&it.vis, &it.attrs),
        Item::Fn(it) => (&it.vis, &it.attrs),
        Item::Mod(it) => (&it.vis, &it.attrs),
        Item::Static(it) => (&it.vis, &it.attrs),
        Item::Struct(it) => (&it.vis, &it.attrs),
        Item::Trait(it) => (&it.vis, &it.attrs),
        Item::Type(it) => (&it.vis, &it.attrs),
        Item::Use(it) => (&it.vis, &it.attrs),
        _ => return false, // impls have no visibility; macros are looked at by themselves
    };
    matches!(visibility, Visibility::Public(_)) && !is_hidden(attributes)
}

fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).any(|attribute| {
        attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string().split(", ").any(|word| word == "hidden"))
    })
}

fn has_glob(tree: &UseTree) -> bool {
    match tree {
        UseTree::Path(it) => has_glob(&it.tree),
        UseTree::Group(it) => it.items.iter().any(has_glob),
        UseTree::Glob(_) => true,
        UseTree::Name(_) | UseTree::Rename(_) => false,
    }
}
