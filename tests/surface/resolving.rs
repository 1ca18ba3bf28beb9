//! What does a name mean where it stands?

use std::collections::{BTreeMap, BTreeSet};

use syn::{Item, UseTree};

use super::reading::Module;

/// Where something is: the modules that lead to it, and its own name last.
pub(crate) type Place = Vec<String>;

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A module of the crate.
    Module(Place),
    /// An item of the crate.
    Item(Place),
    /// Of another crate, or of the language: a generic parameter, `Self`, `u8`.
    Foreign(Place),
}

/// Every module's names.
#[derive(Debug, Default)]
pub(crate) struct Names {
    modules: BTreeMap<Place, Scope>,
}

#[derive(Debug, Default)]
struct Scope {
    items: BTreeSet<String>,
    imports: BTreeMap<String, Place>,
}

impl Names {
    pub(crate) fn of(root: &Module) -> Names {
        let mut names = Names::default();
        names.add(Place::new(), root);
        names
    }

    fn add(&mut self, place: Place, module: &Module) {
        let mut scope = Scope::default();
        for item in &module.items {
            if let Item::Use(it) = item {
                scope.imports.extend(imports(&it.tree).into_iter().map(|import| (import.name, import.path)));
            } else if let Some(name) = name_of(item) {
                scope.items.insert(name);
            }
        }
        for (name, inner) in &module.modules {
            let mut place = place.clone();
            place.push(name.clone());
            self.add(place, inner);
        }
        self.modules.insert(place, scope);
    }

    /// What `path` means in the module at `within`.
    pub(crate) fn meaning(&self, within: &[String], path: &[String]) -> Meaning {
        let [first, rest @ ..] = path else { return Meaning::Module(within.to_vec()) };
        match first.as_str() {
            "crate" => return self.meaning(&[], rest),
            "self" => return self.meaning(within, rest),
            "super" => return self.meaning(&within[..within.len() - 1], rest),
            _ => {}
        }
        let place: Place = within.iter().chain([first]).cloned().collect();
        let scope = &self.modules[within];
        if self.modules.contains_key(&place) {
            return self.meaning(&place, rest);
        }
        if scope.items.contains(first) {
            return Meaning::Item(place); // what follows, if anything, is a variant or an associated item of it
        }
        let Some(path) = scope.imports.get(first).filter(|import| import.as_slice() != [first.clone()]) else {
            return Meaning::Foreign(path.to_vec());
        };
        match self.meaning(within, path) {
            Meaning::Module(place) => self.meaning(&place, rest),
            Meaning::Item(place) => Meaning::Item(place),
            Meaning::Foreign(place) => Meaning::Foreign(place.into_iter().chain(rest.iter().cloned()).collect()),
        }
    }
}

/// One name that a `use` brings.
pub(crate) struct Import {
    pub(crate) name: String,
    pub(crate) path: Place,
}

/// All names that a `use` brings.
pub(crate) fn imports(tree: &UseTree) -> Vec<Import> {
    let mut found = Vec::new();
    collect(tree, &mut Place::new(), &mut found);
    found
}

fn collect(tree: &UseTree, path: &mut Place, found: &mut Vec<Import>) {
    match tree {
        UseTree::Path(it) => {
            path.push(it.ident.to_string());
            collect(&it.tree, path, found);
            path.pop();
        }
        UseTree::Name(it) if it.ident == "self" => {
            let name = path.last().expect("`self` follows a path").clone();
            found.push(Import { name, path: path.clone() });
        }
        UseTree::Name(it) => {
            let name = it.ident.to_string();
            found.push(Import { path: path.iter().chain([&name]).cloned().collect(), name });
        }
        UseTree::Rename(it) => {
            let path = path.iter().cloned().chain([it.ident.to_string()]).collect();
            found.push(Import { name: it.rename.to_string(), path });
        }
        UseTree::Group(it) => it.items.iter().for_each(|tree| collect(tree, path, found)),
        // of another crate: its names are taken for the language's
        UseTree::Glob(_) => assert!(
            !matches!(path.first().map(String::as_str), None | Some("crate" | "self" | "super")),
            "`use {}::*`: the snapshot of the API wants each name said",
            path.join("::")
        ),
    }
}

/// By which name an item is known in its module.
pub(crate) fn name_of(item: &Item) -> Option<String> {
    match item {
        Item::Const(it) => Some(it.ident.to_string()),
        Item::Enum(it) => Some(it.ident.to_string()),
        Item::Fn(it) => Some(it.sig.ident.to_string()),
        Item::Static(it) => Some(it.ident.to_string()),
        Item::Struct(it) => Some(it.ident.to_string()),
        Item::Trait(it) => Some(it.ident.to_string()),
        Item::Type(it) => Some(it.ident.to_string()),
        _ => None, // modules are known by themselves; uses, impls and macros bring no such name
    }
}
