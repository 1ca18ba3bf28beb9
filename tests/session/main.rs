//! Does a session lose, double or reorder anything? In virtual time, on the host.
//!
//! `world` has both ends, each with a room of the engine's, and what is between them; `lives` lives ten thousand random lives
//! in it. `kept` does the same with the engine's client, and says to it what no server would. `frames` asks what a control frame is, `counts` which counts can be joined.

#![cfg(not(target_arch = "wasm32"))]

mod counts;
mod frames;
mod kept;
mod lives;
#[allow(dead_code, reason = "the simulation wants more of chance")]
#[path = "../sim/random.rs"]
mod random;
mod world;
