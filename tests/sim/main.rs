//! Does the engine keep a connection, in a world that does not? In virtual time, on the host.
//!
//! `stories` tell what users meet, one by one; `seeds` lives ten thousand random lives; `chaos` says anything at any time.
//! `laws` says what must be true in all of them.

#![cfg(not(target_arch = "wasm32"))]

mod chaos;
mod corpus;
mod data;
mod laws;
mod network;
mod page;
mod passing;
mod random;
mod seeds;
mod server;
mod stories;
mod story;
mod transcript;
mod user;
mod world;
