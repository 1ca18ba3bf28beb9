//! Does the companion server do what its README says, and refuse what it should?
//!
//! Everything runs in process on a port of its own, but for `program`, which runs the binary. `client` speaks through
//! tokio-tungstenite, another implementation than the server's; `raw` writes frames byte by byte.

mod bounds;
mod client;
mod endpoints;
mod faults;
mod frames;
mod hostile;
mod killed;
mod origins;
mod own_redis;
mod pages;
mod program;
mod raw;
mod sessions;
mod signed_in;
mod stopping;
mod tls;
mod tokens;
mod watching;
