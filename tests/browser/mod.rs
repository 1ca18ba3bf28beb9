//! The tests of the web layer, the same in a window and in the three kinds of worker, against a real server.

mod client_auth;
mod client_life;
mod client_lifetime;
mod client_renewing;
mod client_returns;
mod client_sessions;
mod client_sink;
mod client_traffic;
mod clients;
mod closing;
mod companion;
mod dropping;
mod engine;
mod facts;
mod listening;
mod messages;
mod opening;
mod peers;
mod standing_in;
mod streaming;
