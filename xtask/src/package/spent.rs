//! What are the module's bytes spent on?

use super::module::{CODE, each_entry, each_section};
use super::panics::names_of_functions;
use crate::failure::Outcome;
use crate::say;
use std::collections::HashMap;

/// Says how many bytes of code each part has, largest first; `module` must still have its functions' names. What the
/// optimiser takes away afterwards, it takes from all of them alike.
pub(super) fn tell(module: &[u8]) -> Outcome {
    let (imported, names) = names_of_functions(module).ok_or("the module's names cannot be read")?;
    let mut number = imported;
    let mut spent: HashMap<String, usize> = HashMap::new();
    let read = each_section(module, |id, section| match id {
        CODE => each_entry(section, |entry, _| {
            let size = entry.number()?;
            entry.take(size)?;
            let part = names.get(&number).map_or("without a name", |name| part_of(name));
            *spent.entry(part.to_owned()).or_default() += size;
            number += 1;
            Some(())
        }),
        _ => Some(Vec::new()),
    });
    read.ok_or("the module's code cannot be read")?;
    let mut spent: Vec<_> = spent.into_iter().collect();
    spent.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    let all: usize = spent.iter().map(|(_, size)| size).sum();
    let line = spent.iter().map(|(part, size)| format!("{part} {} %", (size * 100 + all / 2) / all.max(1)));
    say::dim(&format!("    code: {}", line.collect::<Vec<_>>().join(", ")));
    Ok(())
}

/// Ours by its room and file, others' by what they are for.
fn part_of(name: &str) -> &str {
    for room in ["everwire::js", "everwire::web", "everwire::engine"] {
        if name.contains(room) {
            return room;
        }
    }
    let bindings = ["wasm_bindgen", "js_sys", "web_sys", "gloo", "externref"];
    if bindings.iter().any(|krate| name.contains(krate)) { "bindings" } else { "Rust's library" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_belongs_to_the_room_that_it_is_of() {
        assert_eq!(part_of("everwire::engine::outbox::Outbox<P>::push::h0"), "everwire::engine");
        assert_eq!(part_of("<everwire::js::face::JsFace as everwire::web::face::Face>::tell"), "everwire::js");
        assert_eq!(part_of("js_sys::Function::call1"), "bindings");
        assert_eq!(part_of("alloc::vec::Vec<T,A>::push"), "Rust's library");
    }
}
