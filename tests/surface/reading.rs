//! What does the crate consist of, for one target with one set of features?
//!
//! Its files are read, not compiled: so it is the same on every toolchain, and for a target that this machine is not.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Fields, ImplItem, Item, Meta, Token};

use super::printing::shown;

/// For what the crate is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) wasm: bool,
    pub(crate) json: bool,
    /// With the npm package's face, which no dependant has.
    pub(crate) npm: bool,
}

/// A module: its items as they are for the target, and the modules in it.
#[derive(Default)]
pub(crate) struct Module {
    pub(crate) items: Vec<Item>,
    pub(crate) modules: BTreeMap<String, Module>,
}

impl Target {
    /// Reads the crate whose root this file is.
    pub(crate) fn read(self, root: &Path) -> Module {
        let folder = root.parent().expect("a file is in a folder");
        self.module(parsed(root), folder)
    }

    /// `folder` is where the modules of this one are.
    fn module(self, items: Vec<Item>, folder: &Path) -> Module {
        let mut module = Module::default();
        for mut item in items {
            if !self.has(attributes_of(&mut item)) {
                continue;
            }
            Pruning(self).visit_item_mut(&mut item);
            if let Item::Mod(inner) = &mut item {
                let name = inner.ident.to_string();
                let within = folder.join(&name);
                let items = match inner.content.take() {
                    Some((_, items)) => items,
                    None => parsed(&file_of(folder, &name)),
                };
                module.modules.insert(name, self.module(items, &within));
            }
            module.items.push(item);
        }
        module
    }

    /// Is what has these attributes there? What is meant by `cfg_attr` takes its place among them.
    fn has(self, attributes: &mut Vec<Attribute>) -> bool {
        let mut there = true;
        attributes.retain_mut(|attribute| {
            if attribute.path().is_ident("cfg") {
                there &= self.fulfils(&attribute.parse_args().expect("a cfg has a condition"));
                return false;
            }
            if !attribute.path().is_ident("cfg_attr") {
                return true;
            }
            let parts = parts(&attribute.meta);
            assert!(parts.len() == 2, "one attribute for each cfg_attr, please: the snapshot reads no more");
            attribute.meta = parts[1].clone();
            self.fulfils(&parts[0])
        });
        there
    }

    fn fulfils(self, condition: &Meta) -> bool {
        let name = condition.path().require_ident().expect("a condition has one name").to_string();
        match (name.as_str(), condition) {
            ("all", _) => parts(condition).iter().all(|part| self.fulfils(part)),
            ("any", _) => parts(condition).iter().any(|part| self.fulfils(part)),
            ("not", _) => !self.fulfils(&parts(condition)[0]),
            ("target_arch", Meta::NameValue(given)) if is(&given.value, "wasm32") => self.wasm,
            ("feature", Meta::NameValue(given)) if is(&given.value, "json") => self.json,
            ("everwire_npm", Meta::Path(_)) => self.npm,
            ("test" | "doctest", Meta::Path(_)) => false, // nobody but us sees it so
            _ => panic!("the snapshot of the API knows no condition `{name}` like this: add it to tests/surface"),
        }
    }
}

/// Takes out of an item what is not there.
struct Pruning(Target);

impl VisitMut for Pruning {
    fn visit_item_enum_mut(&mut self, item: &mut syn::ItemEnum) {
        let variants = std::mem::take(&mut item.variants);
        item.variants = variants.into_iter().filter_map(|mut it| self.0.has(&mut it.attrs).then_some(it)).collect();
        visit_mut::visit_item_enum_mut(self, item);
    }

    fn visit_fields_mut(&mut self, fields: &mut Fields) {
        let list = match fields {
            Fields::Named(fields) => &mut fields.named,
            Fields::Unnamed(fields) => &mut fields.unnamed,
            Fields::Unit => return,
        };
        let all = std::mem::take(list);
        *list = all.into_iter().filter_map(|mut it| self.0.has(&mut it.attrs).then_some(it)).collect();
    }

    fn visit_item_impl_mut(&mut self, item: &mut syn::ItemImpl) {
        item.items.retain_mut(|item| match item {
            ImplItem::Const(it) => self.0.has(&mut it.attrs),
            ImplItem::Fn(it) => self.0.has(&mut it.attrs),
            ImplItem::Type(it) => self.0.has(&mut it.attrs),
            ImplItem::Macro(it) => panic!("a macro in an impl, which the snapshot cannot read: {}", shown(it)),
            other => panic!("what is this in an impl? {}", shown(other)),
        });
    }

    fn visit_item_mod_mut(&mut self, _: &mut syn::ItemMod) {} // its items have their own turn
}

fn attributes_of(item: &mut Item) -> &mut Vec<Attribute> {
    match item {
        Item::Const(it) => &mut it.attrs,
        Item::Enum(it) => &mut it.attrs,
        Item::Fn(it) => &mut it.attrs,
        Item::ForeignMod(it) => &mut it.attrs,
        Item::Impl(it) => &mut it.attrs,
        Item::Macro(it) => &mut it.attrs,
        Item::Mod(it) => &mut it.attrs,
        Item::Static(it) => &mut it.attrs,
        Item::Struct(it) => &mut it.attrs,
        Item::Trait(it) => &mut it.attrs,
        Item::Type(it) => &mut it.attrs,
        Item::Use(it) => &mut it.attrs,
        other => panic!("the snapshot of the API does not know this kind of item: {}", shown(other)),
    }
}

fn parsed(file: &Path) -> Vec<Item> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display()));
    syn::parse_file(&text).unwrap_or_else(|error| panic!("cannot parse {}: {error}", file.display())).items
}

fn file_of(folder: &Path, name: &str) -> PathBuf {
    let file = folder.join(format!("{name}.rs"));
    if file.is_file() { file } else { folder.join(name).join("mod.rs") }
}

fn parts(meta: &Meta) -> Vec<Meta> {
    let list = meta.require_list().expect("it has parts");
    let parts =
        list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).expect("parts with commas between");
    parts.into_iter().collect()
}

fn is(value: &syn::Expr, wanted: &str) -> bool {
    matches!(value, syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) if text.value() == wanted)
}
