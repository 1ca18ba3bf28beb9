//! What does a piece of work need on the machine?

use crate::browsers::Browser;

/// One thing that a command cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// rustc for wasm32-unknown-unknown.
    WasmTarget,
    /// `cargo fmt`.
    Rustfmt,
    /// `cargo clippy`.
    Clippy,
    /// Node and npm.
    Node,
    /// The browser, and what drives it.
    Browser(Browser),
    /// The npm packages of `tests/`.
    NodeModules,
    /// The servers that libraries on top of ours talk to.
    Servers,
    /// Redis, which the companion server can keep its sessions in; the tests start their own.
    Redis,
    /// wasm-pack.
    WasmPack,
    /// wasm-bindgen and its test runner.
    WasmBindgen,
    /// wasm-opt.
    WasmOpt,
    /// esbuild.
    Esbuild,
    /// `cargo mutants`.
    CargoMutants,
    /// `cargo deny`.
    CargoDeny,
}

impl Need {
    /// To build the package as a developer uses it.
    pub(crate) const PACKAGE: [Need; 3] = [Need::WasmTarget, Need::WasmPack, Need::WasmBindgen];
    /// To make of it what is published.
    pub(crate) const SMALL_PACKAGE: [Need; 6] =
        [Need::WasmTarget, Need::Node, Need::WasmPack, Need::WasmBindgen, Need::WasmOpt, Need::Esbuild];
}
