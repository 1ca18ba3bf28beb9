//! How is a declaration written in one line, whatever way it is laid out in its file?

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

/// As a person would write it.
pub(crate) fn shown(what: &impl ToTokens) -> String {
    let mut words = Vec::new();
    flatten(what.to_token_stream(), &mut words);
    let mut text = String::new();
    for (index, word) in words.iter().enumerate() {
        let next = words.get(index + 1).map_or("", String::as_str);
        if word == "," && ["", ")", "]", ">"].contains(&next) {
            continue; // where a list is broken into lines, its last comma is of no meaning
        }
        if needs_space(&text, word, &words[..index]) {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

fn flatten(tokens: TokenStream, words: &mut Vec<String>) {
    let mut joined = String::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                words.push(open.to_owned());
                flatten(group.stream(), words);
                words.push(close.to_owned());
            }
            TokenTree::Punct(punct) => {
                joined.push(punct.as_char());
                // `::`, `->` and `'a` are one word; `<&` and `>>` are two
                let together =
                    punct.spacing() == Spacing::Joint && ["'", ":", "-", "=", "."].contains(&joined.as_str());
                if !together {
                    words.push(std::mem::take(&mut joined));
                }
            }
            TokenTree::Ident(ident) => words.push(std::mem::take(&mut joined) + &ident.to_string()),
            TokenTree::Literal(literal) => words.push(std::mem::take(&mut joined) + &literal.to_string()),
        }
    }
}

fn needs_space(text: &str, word: &str, before: &[String]) -> bool {
    let Some(last) = before.iter().rev().find(|word| !word.is_empty()).map(String::as_str) else { return false };
    if text.is_empty() || word.is_empty() {
        return false;
    }
    let tight_after = ["(", "[", "<", "&", "::", "#", "!", "?", "*"].contains(&last);
    let tight_before = [")", "]", ">", ",", ";", ":", "::", "?", "."].contains(&word);
    let arguments =
        ["(", "<"].contains(&word) && !["->", "=", ":", ",", "+", "for", "mut", "dyn", "impl"].contains(&last);
    let generics = word == "<" && ["impl", "for"].contains(&last);
    !(tight_after || tight_before && last != "+" || arguments || generics)
}

#[test]
fn a_signature_is_shown_as_a_person_writes_it() {
    for line in [
        "pub fn close(&self, code: impl Into<Option<u16>>, reason: &str) -> Result<(), CloseError>",
        "impl<'a, const N: usize> From<&'a [u8; N]> for Data<'a>",
        "fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>>",
        "fn f<F: Future<Output = (u8, u8)> + 'static>(g: impl Fn(&str) -> F) -> Box<dyn Fn(u8) -> F>",
        "const NAMES: [(CloseCode, &str); 19]",
    ] {
        let tokens: TokenStream = line.parse().expect("it is Rust");
        assert_eq!(shown(&tokens), line);
    }
    let broken: TokenStream = "fn f(\n    a: u8,\n    b: u8,\n)".parse().expect("it is Rust");
    assert_eq!(shown(&broken), "fn f(a: u8, b: u8)");
}
