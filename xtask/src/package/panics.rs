//! What does a panic of ours cost?
//!
//! In a browser the words of a panic go nowhere: nobody set a hook that prints them, and what JavaScript sees is a trap.
//! The code that puts them together is 7 KB of WebAssembly all the same, compiled long ago with Rust's own library, so it
//! is cut here: the first function of a panic traps. No other code of the package's formats anything (`engine::words`).
//! The places that a panic would name are paths of whoever built it: they become zeros, which weigh nothing.

use super::module::{Bytes, CODE, CUSTOM, DATA, IMPORTS, each_entry, each_section, put_number};
use crate::failure::Outcome;
use std::collections::HashMap;

/// The module, which must still have its functions' names, with a trap in place of each function of a panic.
pub(super) fn cut(module: &[u8]) -> Outcome<Vec<u8>> {
    let (imported, names) = names_of_functions(module).ok_or("the module's names cannot be read")?;
    let mut number = imported;
    let mut found = 0;
    let cut = each_section(module, |id, section| match id {
        CODE => each_entry(section, |entry, out| {
            let size = entry.number()?;
            let body = entry.take(size)?;
            let is_of_a_panic =
                names.get(&number).is_some_and(|name| OF_A_PANIC.iter().any(|part| name.contains(part)));
            let body = if is_of_a_panic { TRAP } else { body };
            found += usize::from(is_of_a_panic);
            number += 1;
            put_number(out, body.len());
            out.extend(body);
            Some(())
        }),
        DATA => Some(without_words(without_paths(section))),
        _ => Some(section.to_vec()),
    });
    match (cut, found) {
        (None, _) => Err("the module's code cannot be read".into()),
        (Some(_), 0) => Err("not one function of a panic was found in the module: are there no names in it?".into()),
        (Some(cut), _) => Ok(cut),
    }
}

/// No locals, `unreachable`, `end`.
const TRAP: &[u8] = &[0, 0x00, 0x0b];

/// With zeros where a path of Rust's sources stood, from the root of a machine or of this repository.
fn without_paths(data: &[u8]) -> Vec<u8> {
    let is_of_path = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
    let mut clean = data.to_vec();
    let mut end = 0;
    while let Some(at) = clean[end..].windows(3).position(|three| three == b".rs") {
        let before = end + at;
        let start = before - clean[end..before].iter().rev().take_while(|byte| is_of_path(byte)).count();
        end = before + 3;
        if clean[start..].starts_with(b"/") || clean[start..].starts_with(b"src/") {
            clean[start..end].fill(0);
        }
    }
    clean
}

/// With zeros where a panic's words stood, in pieces as `core::fmt` would put them together.
fn without_words(mut data: Vec<u8>) -> Vec<u8> {
    for words in WORDS {
        let words = words.as_bytes();
        while let Some(at) = data.windows(words.len()).position(|here| here == words) {
            data[at..at + words.len()].fill(0);
        }
    }
    data
}

/// What only functions that are cut would say. One that is missing here costs bytes and nothing else; none may be a part
/// of a sentence that a user is told.
const WORDS: &[&str] = &[
    "slice index starts at ",
    " but ends at ",
    "index out of bounds: the len is ",
    " but the index is ",
    "range start index ",
    "range end index ",
    " out of range for slice of length ",
    "mid > len",
    "assertion failed: i < self.len()",
    "assertion failed: j < self.len()",
    "Tried to shrink to a larger capacity",
    "capacity overflow",
    "RefCell already mutably borrowed",
    "RefCell already borrowed",
    DIGITS,
    // ours
    "what is due is needed",
    "there is a head",
    "what is over the bounds waits",
    "it fits where nothing waits, so something does",
    "the top of the heap waits",
];

/// By which `core::fmt` writes numbers, two digits at a time.
const DIGITS: &str = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
    50515253545556575859606162636465666768697071727374757677787980818283848586878889909192939495969798\
    99";

/// Parts of their names in Rust's library.
const OF_A_PANIC: &[&str] = &[
    "::panicking::",
    "::panic_",
    "::PanicPayload>::",
    "rust_begin_unwind",
    "slice_index_fail",
    "slice_error_fail",
    "expect_failed",
    "unwrap_failed",
    "handle_alloc_error",
    "raw_vec::handle_error",
    "capacity_overflow",
    "::fmt::",           // which only they call
    "js_sys::futures::", // not of a panic: of futures, which the package has none of, and the table of functions keeps them
];

/// How many functions are imported, and what each is called.
pub(super) fn names_of_functions(module: &[u8]) -> Option<(usize, HashMap<usize, String>)> {
    let mut imported = 0;
    let mut names = HashMap::new();
    each_section(module, |id, section| {
        match id {
            IMPORTS => drop(each_entry(section, |entry, _| {
                entry.name()?;
                entry.name()?;
                imported += usize::from(entry.import()?[0] == 0); // a function
                Some(())
            })?),
            CUSTOM => {
                let mut rest = Bytes(section);
                if rest.name()? == "name" {
                    read_names(&mut rest, &mut names)?;
                }
            }
            _ => {}
        }
        Some(Vec::new())
    })?;
    Some((imported, names))
}

/// WebAssembly, "Appendix: Custom Sections", "Name Section".
fn read_names(rest: &mut Bytes<'_>, names: &mut HashMap<usize, String>) -> Option<()> {
    const FUNCTIONS: u8 = 1;
    while !rest.0.is_empty() {
        let id = rest.take(1)?[0];
        let size = rest.number()?;
        let mut part = Bytes(rest.take(size)?);
        if id == FUNCTIONS {
            for _ in 0..part.number()? {
                let number = part.number()?;
                names.insert(number, part.name()?.to_owned());
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One function is imported; of its own two, the first is of a panic.
    fn module(name: &[u8]) -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x02\x07\x01\x01m\x01f\0\0\x03\x03\x02\0\0".to_vec();
        module.extend(b"\x0a\x0b\x02\x05\0\x41\x07\x1a\x0b\x03\0\x01\x0b");
        let mut names = b"\x04name\x01".to_vec();
        put_number(&mut names, 7 + name.len());
        names.extend([2, 1]);
        put_number(&mut names, name.len());
        names.extend(name);
        names.extend(b"\x02\x02ok");
        module.push(0);
        put_number(&mut module, names.len());
        module.extend(names);
        module
    }

    #[test]
    fn a_panic_traps_and_nothing_else_changes() {
        let module = module(b"core::panicking::panic_fmt");
        let cut = cut(&module).expect("it is a module");
        let mut expected = module.clone();
        let code = expected.windows(3).position(|bytes| bytes == b"\x0a\x0b\x02").expect("it has code");
        expected.splice(code..code + 13, *b"\x0a\x09\x02\x03\0\0\x0b\x03\0\x01\x0b");
        assert_eq!(cut, expected);
    }

    #[test]
    fn paths_of_sources_are_blank_and_other_words_stay() {
        let data = b"\x07/home/me/.cargo/x-1.0/src/a.rs/rustc/5/lib.rs words src/b/c_d.rs0.1.0 and/or not.rs";
        let clean = without_paths(data);
        let words: Vec<u8> = clean.iter().copied().filter(|byte| *byte != 0).collect();
        assert_eq!(words, b"\x07 words 0.1.0 and/or not.rs");
        assert_eq!(clean.len(), data.len());
    }

    #[test]
    fn a_module_without_a_panic_is_taken_for_one_without_names() {
        assert!(cut(&module(b"everwire::engine::client")).is_err());
        assert!(cut(b"\0asm").is_err());
    }
}
