//! What does Everwire talk to in its demo, its tests and its benchmarks?
//!
//! A small WebSocket server with a page of its own, a chat, an echo, tokens that expire, and faults on demand.
//! `README.md` lists the endpoints; `everwire-server --help` the options. Tests run it in process:
//!
//! ```
//! # use everwire_server::{Options, Server};
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let options = Options::from_words(["--addr", "127.0.0.1:0"])?;
//! let server = Server::start(&options).await?;
//! assert!(server.ws_url().starts_with("ws://127.0.0.1:"));
//! server.stop().await;
//! # Ok(()) }
//! ```

mod announce;
mod app;
mod chat;
mod closing;
mod codec;
mod endpoint;
mod faults;
mod guard;
mod hello;
mod kept;
mod listener;
mod open;
mod options;
mod origin;
mod pace;
mod plain;
mod promised;
mod pulse;
mod query;
mod router;
mod server;
mod socket;
mod store;
mod tls;
mod token_door;
mod tokens;
mod upgrade;
mod watch;
mod wire;

pub use announce::Announcement;
pub use options::Options;
pub use origin::AllowedOrigin;
pub use server::{Server, StartError};
