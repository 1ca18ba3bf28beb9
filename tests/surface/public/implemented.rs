//! What can be done with the public types: their own functions and constants, and the traits that they have?

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Generics, ImplItem, Item, ItemImpl, Macro, Path, Token, Visibility};

use super::super::printing::shown;
use super::super::reading::Module;
use super::super::resolving::{Place, name_of};
use super::declared::{Whole, felt, signature};
use super::{Entry, Part, Reached, is_hidden};

/// What `item` adds to public types, whether it stands beside them or elsewhere.
pub(super) fn entries(reached: &Reached, place: &[String], item: &Item, module: &Module) -> Vec<Entry> {
    match item {
        Item::Impl(it) if it.trait_.is_some() => of_a_trait(reached, place, it),
        Item::Impl(it) => own(reached, place, it),
        Item::Struct(it) => derived(reached, place, item, &it.attrs, &it.generics),
        Item::Enum(it) => derived(reached, place, item, &it.attrs, &it.generics),
        Item::Macro(it) if it.ident.is_none() => {
            impls_of(&it.mac, module).iter().flat_map(|it| of_a_trait(reached, place, it)).collect()
        }
        _ => Vec::new(), // nothing else adds to a type
    }
}

fn own(reached: &Reached, place: &[String], item: &ItemImpl) -> Vec<Entry> {
    let mut item = item.clone();
    item.items.retain(|part| match part {
        ImplItem::Fn(it) => matches!(it.vis, Visibility::Public(_)) && !is_hidden(&it.attrs),
        ImplItem::Const(it) => matches!(it.vis, Visibility::Public(_)) && !is_hidden(&it.attrs),
        _ => false, // types have no place in an impl of one's own
    });
    let Some(Header { owner, unnamed, .. }) = header(reached, place, &mut item) else { return Vec::new() };
    let line = |part: &ImplItem| match part {
        ImplItem::Fn(it) => format!("{}pub {}", felt(&it.attrs), signature(&it.sig)),
        ImplItem::Const(it) => format!("pub const {}: {} = {}", it.ident, shown(&it.ty), shown(&it.expr)),
        other => unreachable!("left out above: {}", shown(other)),
    };
    let lines: Vec<String> = item.items.iter().map(line).collect();
    assert!(lines.is_empty() || unnamed.is_empty(), "{owner} shows what nobody can name: {unnamed:?}");
    let generics = shown(&item.generics);
    let scope = if generics.is_empty() { String::new() } else { format!("impl{generics} {}: ", shown(&item.self_ty)) };
    lines.into_iter().map(|line| entry(&owner, Part::Associated, format!("{scope}{line}"))).collect()
}

fn of_a_trait(reached: &Reached, place: &[String], item: &ItemImpl) -> Vec<Entry> {
    let mut item = item.clone();
    item.items.retain(|part| matches!(part, ImplItem::Type(_) | ImplItem::Const(_)));
    let Some(Header { owner, unnamed, line }) = header(reached, place, &mut item) else { return Vec::new() };
    if !unnamed.is_empty() {
        return Vec::new(); // it is for something, or of something, that nobody outside can name
    }
    let parts = item.items.iter().map(|part| match part {
        ImplItem::Type(it) => format!("type {} = {}", it.ident, shown(&it.ty)),
        ImplItem::Const(it) => format!("const {}: {} = {}", it.ident, shown(&it.ty), shown(&it.expr)),
        other => unreachable!("left out above: {}", shown(other)),
    });
    let parts: Vec<String> = parts.collect();
    let parts = if parts.is_empty() { String::new() } else { format!(" {{ {} }}", parts.join("; ")) };
    vec![entry(&owner, Part::Impl, format!("{line}{parts}"))]
}

struct Header {
    /// The public item that it is shown with.
    owner: String,
    line: String,
    /// What of it has no public name.
    unnamed: Vec<Place>,
}

/// `None` where no public item is concerned. Afterwards all names in `item` are whole.
fn header(reached: &Reached, place: &[String], item: &mut ItemImpl) -> Option<Header> {
    let mut whole = Whole { reached, place, hidden: Vec::new(), named: Vec::new() };
    whole.visit_type_mut(&mut item.self_ty);
    if let Some((_, path, _)) = &mut item.trait_ {
        whole.visit_path_mut(path);
        without_std(path);
    }
    whole.visit_generics_mut(&mut item.generics);
    let owner = whole.named.first().cloned()?;
    if whole.hidden.is_empty() {
        item.items.iter_mut().for_each(|part| whole.visit_impl_item_mut(part));
    } else {
        item.items.clear();
    }
    let (self_ty, where_clause) = (&item.self_ty, &item.generics.where_clause);
    let generics = &item.generics;
    let line = match &item.trait_ {
        Some((not, path, _)) => shown(&quote!(impl #generics #not #path for #self_ty #where_clause)),
        None => shown(&quote!(impl #generics #self_ty #where_clause)),
    };
    Some(Header { owner, line, unnamed: whole.hidden })
}

/// A derived trait is like one that is written out.
fn derived(
    reached: &Reached,
    place: &[String],
    item: &Item,
    attributes: &[Attribute],
    generics: &Generics,
) -> Vec<Entry> {
    let name = name_of(item).expect("structs and enums have names");
    let Some(owner) = reached.public.get(&place.iter().cloned().chain([name]).collect::<Place>()) else {
        return Vec::new();
    };
    let (parameters, arguments, condition) = generics.split_for_impl();
    let ident = syn::Ident::new(owner, proc_macro2::Span::call_site());
    let traits = attributes.iter().filter(|attribute| attribute.path().is_ident("derive")).flat_map(|attribute| {
        attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated).expect("derive names traits")
    });
    traits
        .map(|path| entry(owner, Part::Impl, shown(&quote!(impl #parameters #path for #ident #arguments #condition))))
        .collect()
}

/// The impls that a macro of the same module makes: those of the one form that there is, a list of names and an impl for
/// each.
fn impls_of(invoked: &Macro, module: &Module) -> Vec<ItemImpl> {
    let name = invoked.path.require_ident().expect("a macro of the same module");
    if name == "thread_local" {
        return Vec::new(); // the language's own: it makes statics
    }
    let rules = module.items.iter().find_map(|item| match item {
        Item::Macro(it) if it.ident.as_ref() == Some(name) => Some(it.mac.tokens.clone()),
        _ => None,
    });
    let rules = rules.unwrap_or_else(|| panic!("{name}! is no macro of its module: the snapshot cannot read it"));
    let form = "($ ($ name : ident) *)";
    let rule: Vec<TokenTree> = rules.into_iter().collect();
    assert!(rule[0].to_string() == form, "{name}! is of another form than {form}: teach tests/surface to read it");
    let body = rule.iter().rev().find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.stream()),
        _ => None,
    });
    let repeated = body.into_iter().flatten().find_map(|token| match token {
        TokenTree::Group(group) => Some(group.stream()),
        _ => None,
    });
    let repeated = repeated.expect("a rule with a repetition has one in its body");
    let each = invoked.tokens.clone().into_iter();
    each.map(|name| syn::parse2(with_name(repeated.clone(), &name)).expect("an impl for each name")).collect()
}

/// `$name`, filled in.
fn with_name(tokens: TokenStream, name: &TokenTree) -> TokenStream {
    let mut filled: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let after_dollar = matches!(filled.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == '$');
        match token {
            TokenTree::Ident(ident) if after_dollar && ident == "name" => {
                filled.pop();
                filled.push(name.clone());
            }
            TokenTree::Group(group) => {
                let inner = proc_macro2::Group::new(group.delimiter(), with_name(group.stream(), name));
                filled.push(inner.into());
            }
            other => filled.push(other),
        }
    }
    filled.into_iter().collect()
}

/// The standard library's traits by their own names, as derive names them.
fn without_std(path: &mut Path) {
    let of_std =
        path.segments.first().is_some_and(|first| ["std", "core", "alloc"].iter().any(|name| first.ident == name));
    if of_std {
        let last = path.segments.last().expect("a path has segments").clone();
        path.segments = [last].into_iter().collect();
    }
}

fn entry(owner: &str, part: Part, line: String) -> Entry {
    Entry { item: owner.to_owned(), part, index: 0, line }
}
