//! By which names do the module and its glue know each other?
//!
//! wasm-bindgen's say what they are for and end in a hash, which no compression makes smaller: with 150 of them, in the
//! module and again in the glue, 4 KB (gzip) of 70. Nobody reads them, so both get short ones here.

use super::module::{EXPORTS, IMPORTS, each_entry, each_section, put_name, put_number};
use crate::failure::Outcome;
use std::collections::HashMap;
use std::iter;

/// The same module and the same glue, with short names between them.
pub(super) fn shorten(module: &[u8], glue: &str) -> Outcome<(Vec<u8>, String)> {
    let mut names = Names::default();
    let module = rename(module, &mut names).ok_or("the module's sections cannot be read")?;
    if let Some(taken) = names.short.values().find(|short| identifiers(glue).any(|word| word == Ok(short))) {
        return Err(format!("wasm-bindgen's glue has a name of its own that is {taken}").into());
    }
    let glue = identifiers(glue).map(|word| match word {
        Ok(word) => names.short.get(word).map_or(word, String::as_str),
        Err(between) => between,
    });
    Ok((module, glue.collect()))
}

/// What each long name becomes.
#[derive(Default)]
struct Names {
    short: HashMap<String, String>,
}

impl Names {
    /// `memory` and whatever else might be somebody's own word stays.
    fn of(&mut self, long: &str) -> String {
        if !["__wbg_", "__wbindgen_", "wasm_bindgen__"].iter().any(|start| long.starts_with(start)) {
            return long.to_owned();
        }
        let next = format!("_{}", self.short.len());
        self.short.entry(long.to_owned()).or_insert(next).clone()
    }
}

/// The module with other names in its sections of imports and exports.
fn rename(module: &[u8], names: &mut Names) -> Option<Vec<u8>> {
    each_section(module, |id, section| match id {
        IMPORTS => each_entry(section, |entry, out| {
            put_name(out, entry.name()?);
            put_name(out, &names.of(entry.name()?));
            out.extend(entry.import()?);
            Some(())
        }),
        EXPORTS => each_entry(section, |entry, out| {
            put_name(out, &names.of(entry.name()?));
            out.extend(entry.take(1)?);
            put_number(out, entry.number()?);
            Some(())
        }),
        _ => Some(section.to_vec()),
    })
}

/// A script as its words (`Ok`) and what stands between them.
fn identifiers(script: &str) -> impl Iterator<Item = Result<&str, &str>> {
    let is_in_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let mut rest = script;
    iter::from_fn(move || {
        let in_word = is_in_word(rest.chars().next()?);
        let (piece, after) = rest.split_at(rest.find(|c| is_in_word(c) != in_word).unwrap_or(rest.len()));
        rest = after;
        Some(if in_word { Ok(piece) } else { Err(piece) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Imports a function, a table, a memory and a global, and exports a function and the memory.
    const MODULE: &[u8] = b"\0asm\x01\0\0\0\
        \x01\x04\x01\x60\0\0\
        \x02\x3d\x04\
            \x01m\x09__wbg_f_1\0\0\
            \x01m\x09__wbg_t_2\x01\x6f\0\x01\
            \x01m\x06memory\x02\x01\x01\x80\x01\
            \x01m\x0a__wbg_gg_3\x03\x7f\0\
        \x07\x1c\x02\
            \x10__wbindgen_start\0\0\
            \x05other\x02\0";

    #[test]
    fn names_are_short_on_both_sides_and_the_same() {
        let glue = "const i = { __wbg_f_1() { wasm.__wbindgen_start(); }, __wbg_f_1x: wasm.other, memory, __wbg_gg_3 }";
        let (module, glue) = shorten(MODULE, glue).expect("it is a module");
        assert_eq!(glue, "const i = { _0() { wasm._3(); }, __wbg_f_1x: wasm.other, memory, _2 }");
        let text = String::from_utf8_lossy(&module);
        assert!(["_0", "_1", "_2", "_3", "memory", "other"].iter().all(|name| text.contains(name)), "{text:?}");
        assert!(!text.contains("__wb"), "{text:?}");
        let (again, _) = shorten(&module, "").expect("it still is one");
        assert_eq!(again, module);
    }

    #[test]
    fn a_name_that_the_glue_has_already_is_no_short_one() {
        assert!(shorten(MODULE, "const _2 = 0").is_err());
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(shorten(b"\0asm", "").is_err());
        assert!(shorten(&MODULE[..MODULE.len() - 3], "").is_err());
    }
}
