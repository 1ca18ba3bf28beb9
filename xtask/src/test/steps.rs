//! Which steps does a test run have, and what does each need?

use crate::browsers::Browser;
use crate::chaos;
use crate::package::Build;
use crate::setup::Need;

/// A part of the test run, by the name that `--only` takes. The order is the order in which they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Fmt,
    Clippy,
    ClippyWasm,
    Doc,
    Doctest,
    Purity,
    Deny,
    Msrv,
    Host,
    Package,
    Release,
    Consumers,
    Wasm,
    Pages,
    Libraries,
    Chaos,
    Mutants,
}

impl Step {
    pub(crate) const ALL: [Step; 17] = [
        Step::Fmt,
        Step::Clippy,
        Step::ClippyWasm,
        Step::Doc,
        Step::Doctest,
        Step::Purity,
        Step::Deny,
        Step::Msrv,
        Step::Host,
        Step::Package,
        Step::Release,
        Step::Consumers,
        Step::Wasm,
        Step::Pages,
        Step::Libraries,
        Step::Chaos,
        Step::Mutants,
    ];

    /// Whether it runs only when it is named, or everything is asked for in its long form.
    pub(crate) fn is_long(self) -> bool {
        self == Step::Mutants
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Step::Fmt => "fmt",
            Step::Clippy => "clippy",
            Step::ClippyWasm => "clippy-wasm",
            Step::Doc => "doc",
            Step::Doctest => "doctest",
            Step::Purity => "purity",
            Step::Deny => "deny",
            Step::Msrv => "msrv",
            Step::Host => "host",
            Step::Package => "package",
            Step::Release => "release",
            Step::Consumers => "consumers",
            Step::Wasm => "wasm",
            Step::Pages => "pages",
            Step::Libraries => "libraries",
            Step::Chaos => "chaos",
            Step::Mutants => "mutants",
        }
    }

    /// For `--help`.
    pub(crate) fn about(self) -> &'static str {
        match self {
            Step::Fmt => "the code is formatted",
            Step::Clippy => "clippy on the whole workspace, with default and with all features",
            Step::ClippyWasm => {
                "clippy on the SDK for wasm32: as npm builds it, with json, and as a dependant builds it"
            }
            Step::Doc => "the documentation builds without a warning, for this machine and for wasm32",
            Step::Doctest => "the examples in the documentation compile for wasm32",
            Step::Purity => "no browser crate in the SDK's tree for this machine: its engine is pure",
            Step::Deny => "the code of others has a licence that deny.toml allows, and comes from crates.io",
            Step::Msrv => "the SDK and a crate that depends on it compile with the oldest Rust promised",
            Step::Host => "the tests that need no browser",
            Step::Package => {
                "the npm package builds, as it is published, and needs no more of an engine than is promised"
            }
            Step::Release => "the crate and the npm package hold what their lists name, under one version",
            Step::Consumers => "the package, installed: built by each tool, read by each compiler, run by each runtime",
            Step::Wasm => "the Rust tests, in each browser: in a window and in three kinds of worker",
            Step::Pages => "the demo and the npm package, driven in each browser",
            Step::Libraries => "seven libraries on top of the class, over five cuts, in each browser",
            Step::Chaos => "nothing lost, doubled or reordered while connections break and servers die, in Chromium",
            Step::Mutants => "each small change to the engine makes a test fail (only by --only, or with --long)",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.name() == name)
    }
}

/// Everything that these steps cannot do without.
pub(crate) fn needs(steps: &[Step], browsers: &[Browser]) -> Vec<Need> {
    let driven = || browsers.iter().map(|browser| Need::Browser(*browser));
    let of_step = |step: &Step| match step {
        Step::Fmt => vec![Need::Rustfmt],
        Step::Clippy => vec![Need::Clippy],
        Step::ClippyWasm => vec![Need::Clippy, Need::WasmTarget],
        Step::Doc => vec![Need::WasmTarget],
        Step::Doctest => vec![Need::WasmTarget, Need::WasmBindgen],
        Step::Purity | Step::Msrv => vec![],
        Step::Host => vec![Need::Redis],
        Step::Package | Step::Release => Build::Small.needs(),
        Step::Consumers => Build::Small.needs().into_iter().chain([Need::NodeModules]).collect(),
        Step::Wasm => driven().chain([Need::WasmTarget, Need::WasmBindgen]).collect(),
        Step::Pages => driven().chain(Build::Small.needs()).chain([Need::NodeModules]).collect(),
        Step::Libraries => driven().chain(Build::Small.needs()).chain([Need::NodeModules, Need::Servers]).collect(),
        Step::Chaos if browsers.contains(&Browser::Chromium) => chaos::NEEDS.to_vec(),
        Step::Chaos => vec![],
        Step::Deny => vec![Need::CargoDeny],
        Step::Mutants => vec![Need::CargoMutants],
    };
    steps.iter().flat_map(of_step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_found_by_its_name() {
        for step in Step::ALL {
            assert_eq!(Step::named(step.name()), Some(step));
        }
    }

    #[test]
    fn formatting_alone_needs_no_browser() {
        assert_eq!(needs(&[Step::Fmt], &Browser::ALL), [Need::Rustfmt]);
    }

    #[test]
    fn the_tests_without_a_browser_need_redis() {
        assert_eq!(needs(&[Step::Host], &Browser::ALL), [Need::Redis]);
    }

    #[test]
    fn only_the_chosen_browsers_are_needed() {
        let needed = needs(&[Step::Wasm], &[Browser::Firefox]);
        assert!(needed.contains(&Need::Browser(Browser::Firefox)));
        assert!(!needed.contains(&Need::Browser(Browser::Chromium)));
    }
}
