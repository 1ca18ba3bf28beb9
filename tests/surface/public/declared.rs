//! How is a public item declared, and what are its parts?

use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Fields, FnArg, Generics, Item, Pat, PathSegment, Signature, Visibility, parse_quote};

use super::super::printing::shown;
use super::super::resolving::{Meaning, Place};
use super::{Entry, Part, Reached, heading, is_hidden};

/// The item's own line, and one for each field or variant.
pub(super) fn entries(reached: &Reached, place: &[String], name: &str, item: &Item) -> Vec<Entry> {
    let mut item = item.clone();
    if let Item::Struct(it) = &mut item {
        // of what is private only the fact is shown
        it.fields.iter_mut().filter(|field| !is_shown(&field.vis)).for_each(|field| field.ty = parse_quote!(()));
    }
    let mut whole = Whole { reached, place, hidden: Vec::new(), named: Vec::new() };
    whole.visit_item_mut(&mut item);
    let entries = match &item {
        Item::Struct(it) => structure(name, it),
        Item::Enum(it) => enumeration(name, it),
        Item::Fn(it) => vec![heading(name, format!("pub {}", signature(&it.sig)))],
        Item::Const(it) => vec![heading(name, format!("pub const {name}: {} = {}", shown(&it.ty), shown(&it.expr)))],
        Item::Type(it) => vec![heading(name, format!("pub type {name}{} = {}", shown(&it.generics), shown(&it.ty)))],
        other => panic!("the snapshot cannot show this kind of public item yet: {}", shown(other)),
    };
    assert!(whole.hidden.is_empty(), "{name} shows what nobody can name: {:?}", whole.hidden);
    entries
}

/// A function's declaration; how its arguments are bound inside is its own affair.
pub(super) fn signature(signature: &Signature) -> String {
    let mut signature = signature.clone();
    for argument in &mut signature.inputs {
        match argument {
            FnArg::Receiver(receiver) if receiver.reference.is_none() => receiver.mutability = None,
            FnArg::Receiver(_) => {}
            FnArg::Typed(typed) => match &mut *typed.pat {
                Pat::Ident(pattern) => pattern.mutability = None,
                Pat::Wild(_) => {}
                other => panic!("a public function takes its argument apart: {}", shown(other)),
            },
        }
    }
    shown(&signature)
}

/// Attributes that a user can feel.
pub(super) fn felt(attributes: &[Attribute]) -> String {
    let felt = attributes.iter().filter_map(|attribute| {
        let path = attribute.path();
        let plain = ["must_use", "non_exhaustive", "deprecated"].iter().find(|name| path.is_ident(name));
        match plain {
            Some(name) => Some(format!("#[{name}] ")), // with which words is no promise
            None if path.is_ident("repr") => Some(format!("{} ", shown(attribute))),
            None => None,
        }
    });
    felt.collect()
}

/// Writes each name as it is known outside: by its public name, or with the whole path that it stands for.
pub(super) struct Whole<'a> {
    pub(super) reached: &'a Reached,
    pub(super) place: &'a [String],
    /// Names of the crate that have no public one.
    pub(super) hidden: Vec<Place>,
    /// Public items that were met, by name.
    pub(super) named: Vec<String>,
}

impl VisitMut for Whole<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        visit_mut::visit_path_mut(self, path);
        if path.leading_colon.is_some() {
            return;
        }
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let leads_to = |used: usize| self.reached.names.meaning(self.place, &names[..used]);
        let item = (1..=names.len()).find_map(|used| match leads_to(used) {
            Meaning::Item(place) => Some((place, used)),
            Meaning::Module(_) | Meaning::Foreign(_) => None,
        });
        match item {
            Some((place, used)) => {
                let name = if let Some(name) = self.reached.public.get(&place) {
                    self.named.push(name.clone());
                    name.clone()
                } else {
                    self.hidden.push(place.clone());
                    format!("crate::{}", place.join("::"))
                };
                rename(path, used, name.split("::"));
            }
            None => match leads_to(names.len()) {
                Meaning::Foreign(place) if place != names => {
                    rename(path, names.len(), place.iter().map(String::as_str))
                }
                Meaning::Foreign(_) | Meaning::Item(_) => {}
                Meaning::Module(place) => panic!("a module where a type or a value is meant: {place:?}"),
            },
        }
    }

    fn visit_attribute_mut(&mut self, _: &mut Attribute) {} // their names are of another kind
    fn visit_block_mut(&mut self, _: &mut syn::Block) {} // nobody sees what a function does
    fn visit_visibility_mut(&mut self, _: &mut Visibility) {} // `crate` in it is no item
}

/// Puts `names` in place of the first `used` segments; the arguments of the last of those stay.
fn rename<'n>(path: &mut syn::Path, used: usize, names: impl Iterator<Item = &'n str>) {
    let old: Vec<PathSegment> = path.segments.iter().cloned().collect();
    let mut new: Vec<PathSegment> =
        names.map(|name| PathSegment::from(syn::Ident::new(name, proc_macro2::Span::call_site()))).collect();
    new.last_mut().expect("a name has a last part").arguments = old[used - 1].arguments.clone();
    path.segments = new.into_iter().chain(old.into_iter().skip(used)).collect();
}

fn structure(name: &str, item: &syn::ItemStruct) -> Vec<Entry> {
    let line = format!("{}pub struct {name}{}", felt(&item.attrs), bounds(&item.generics));
    let mut entries = vec![heading(name, line)];
    entries.extend(fields(name, &item.fields, true));
    entries
}

fn enumeration(name: &str, item: &syn::ItemEnum) -> Vec<Entry> {
    let line = format!("{}pub enum {name}{}", felt(&item.attrs), bounds(&item.generics));
    let mut entries = vec![heading(name, line)];
    for (index, variant) in item.variants.iter().filter(|variant| !is_hidden(&variant.attrs)).enumerate() {
        let parts: Vec<String> = fields(name, &variant.fields, false).into_iter().map(|entry| entry.line).collect();
        let parts = match &variant.fields {
            Fields::Named(_) => format!(" {{ {} }}", parts.join(", ")),
            Fields::Unnamed(_) => format!("({})", parts.join(", ")),
            Fields::Unit => String::new(),
        };
        let value = variant.discriminant.as_ref().map(|(_, value)| format!(" = {}", shown(value))).unwrap_or_default();
        let line = format!("{}{}{parts}{value}", felt(&variant.attrs), variant.ident);
        entries.push(Entry { item: name.to_owned(), part: Part::Field, index, line });
    }
    entries
}

/// All of a variant's fields are public; of a struct's, those that say so. That there are others is told, since nobody
/// outside can then make one or take it apart whole.
fn fields(item: &str, fields: &Fields, of_a_struct: bool) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut add = |index, line| entries.push(Entry { item: item.to_owned(), part: Part::Field, index, line });
    let mut private = false;
    for (index, field) in fields.iter().enumerate() {
        let hidden = is_hidden(&field.attrs) || (of_a_struct && !is_shown(&field.vis));
        private |= hidden;
        if hidden {
            continue;
        }
        let vis = if of_a_struct { "pub " } else { "" };
        add(
            index,
            match &field.ident {
                Some(name) => format!("{vis}{name}: {}", shown(&field.ty)),
                None if of_a_struct => format!("{vis}{index}: {}", shown(&field.ty)),
                None => shown(&field.ty),
            },
        );
    }
    if private {
        add(fields.len(), "(private fields)".to_owned());
    }
    entries
}

fn is_shown(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn bounds(generics: &Generics) -> String {
    let (parameters, condition) = (generics.to_token_stream(), &generics.where_clause);
    let text = shown(&quote!(x #parameters #condition));
    text.strip_prefix('x').expect("it begins with it").to_owned()
}
