//! Which error codes can a user meet?
//!
//! They are the strings of this form in the product's sources, its tests left out.

use std::collections::BTreeSet;
use std::fs;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;

use super::reading::{Module, Target};
use super::snapshot::root;

pub(crate) fn list() -> String {
    let codes: Vec<String> = of_the_product().into_iter().collect();
    format!("Error codes; made by `cargo test --package everwire-surface`.\n\n{}\n", codes.join("\n"))
}

/// In Rust and in JavaScript.
pub(crate) fn of_the_product() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    let whole = Target { wasm: true, json: true, npm: true };
    of_module(&whole.read(&root().join("src/lib.rs")), &mut codes);
    let folder = root().join("src/js");
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()));
    let files = files.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|it| it == "js"));
    for file in files {
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display()));
        codes.extend(quoted(&text));
    }
    codes
}

/// What the types' comments tell of.
pub(crate) fn documented() -> BTreeSet<String> {
    let path = root().join("src/js/types.d.ts");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    quoted(&text).collect()
}

fn of_module(module: &Module, codes: &mut BTreeSet<String>) {
    module.items.iter().for_each(|item| of_tokens(item.to_token_stream(), codes));
    module.modules.values().for_each(|inner| of_module(inner, codes));
}

fn of_tokens(tokens: TokenStream, codes: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => of_tokens(group.stream(), codes),
            TokenTree::Literal(literal) => codes.extend(quoted(&literal.to_string())),
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

fn quoted(text: &str) -> impl Iterator<Item = String> {
    text.split('"').filter(|piece| is_code(piece)).map(str::to_owned)
}

fn is_code(text: &str) -> bool {
    let Some((who, what)) = text.split_once('/') else { return false };
    let word = |c: char| c.is_ascii_lowercase() || c == '-';
    ["misuse", "refused", "unavailable", "dropped"].contains(&who) && !what.is_empty() && what.chars().all(word)
}
