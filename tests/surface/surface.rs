//! Is what we promise still what it was?
//!
//! Each test makes a text of what is promised and compares it with the one in this folder. A difference is shown line by
//! line, with what to do about it.

#![allow(clippy::wildcard_enum_match_arm)] // the enums here are Rust's grammar, most of which is not declared in an API

mod closing;
mod error_codes;
mod printing;
mod public;
mod reading;
mod resolving;
mod snapshot;

use snapshot::Snapshot;

#[test]
fn the_crate_is_what_it_was() {
    Snapshot("rust.txt").must_be(&public::api(&snapshot::root().join("src/lib.rs")));
}

#[test]
fn a_close_code_means_what_it_meant() {
    Snapshot("close-codes.txt").must_be(&closing::table());
}

#[test]
fn the_error_codes_are_what_they_were_and_all_of_them_are_documented() {
    Snapshot("error-codes.txt").must_be(&error_codes::list());
    assert_eq!(error_codes::documented(), error_codes::of_the_product(), "types.d.ts, beside the product");
}
