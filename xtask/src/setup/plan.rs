//! Given what is missing and what we may do here: what do we install, and what must a person?

use super::debian::{self, Access};
use super::survey::OLDEST_NODE;
use crate::browsers::Browser;
use crate::tools::{Source, Tool};
use std::fmt;

/// One thing that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Missing {
    WasmTarget,
    /// A component of the Rust toolchain.
    Component(&'static str),
    /// Node itself, or a new enough one.
    Node {
        found: Option<String>,
    },
    Npm,
    /// By Debian's names.
    Packages {
        of: Browser,
        packages: Vec<&'static str>,
    },
    /// Of the servers that the tests start themselves, by Debian's names.
    Servers {
        of: &'static str,
        packages: Vec<&'static str>,
    },
    /// A driver that does not fit its browser: the sentence that says so.
    Mismatch(String),
    Tool(Tool),
    NodeModules,
}

/// What may be done on this machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Machine {
    pub(crate) rustup: bool,
    pub(crate) packages: Access,
    /// Its Chromium and Firefox are snaps: no apt-get brings a browser that a driver can start.
    pub(crate) ubuntu: bool,
}

/// What will be done, in this order, and what keeps us from it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    pub(crate) blocked: Vec<Blocked>,
}

/// Something that we can install.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Packages {
        names: Vec<&'static str>,
        sudo: bool,
    },
    /// `rustup target add` or `rustup component add`.
    Rustup {
        kind: &'static str,
        name: &'static str,
    },
    NodeModules,
    Tool(Tool),
}

/// Something that we cannot install.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Blocked {
    pub(crate) what: String,
    pub(crate) run: String,
}

impl Plan {
    pub(crate) fn of(missing: &[Missing], machine: &Machine) -> Plan {
        let mut plan = Plan::default();
        let mut names = Vec::new();
        for missing in missing {
            match missing {
                Missing::WasmTarget => plan.rustup(missing, "target", "wasm32-unknown-unknown", machine),
                Missing::Component(name) => plan.rustup(missing, "component", name, machine),
                Missing::Node { .. } | Missing::Npm => plan.blocked(missing, INSTALL_NODE.to_owned()),
                Missing::Packages { of, packages } => match no_package_for(*of, machine) {
                    Some(instead) => plan.blocked(missing, instead),
                    None => names.extend(packages),
                },
                Missing::Servers { packages, .. } if machine.packages == Access::Absent => {
                    plan.blocked(missing, format!("install {}, on PATH", packages.join(" and ")));
                }
                Missing::Servers { packages, .. } => names.extend(packages),
                Missing::Mismatch(_) => plan.blocked(missing, FIT_CHROMIUM.to_owned()),
                Missing::Tool(tool) => plan.steps.push(Step::Tool(tool.clone())),
                Missing::NodeModules => plan.steps.push(Step::NodeModules),
            }
        }
        plan.packages(names, machine.packages);
        plan.steps.sort_by_key(Step::rank);
        plan
    }

    fn rustup(&mut self, missing: &Missing, kind: &'static str, name: &'static str, machine: &Machine) {
        if machine.rustup {
            self.steps.push(Step::Rustup { kind, name });
        } else {
            self.blocked(missing, format!("rustup {kind} add {name}   (rustup itself: https://rustup.rs)"));
        }
    }

    /// One call for all of them, ours or a person's.
    fn packages(&mut self, names: Vec<&'static str>, access: Access) {
        if names.is_empty() {
            return;
        }
        match access {
            Access::Root => self.steps.push(Step::Packages { names, sudo: false }),
            Access::Sudo => self.steps.push(Step::Packages { names, sudo: true }),
            Access::Denied | Access::Absent => {
                let run = debian::as_a_person_types(&names);
                self.blocked.push(Blocked { what: names.join(" "), run });
            }
        }
    }

    fn blocked(&mut self, missing: &Missing, run: String) {
        self.blocked.push(Blocked { what: missing.to_string(), run });
    }
}

/// Where no package manager that we know brings this browser: what a person does instead.
fn no_package_for(browser: Browser, machine: &Machine) -> Option<String> {
    let debian = machine.packages != Access::Absent;
    match browser {
        Browser::Chromium if debian && machine.ubuntu => Some(SNAP_CHROMIUM.to_owned()),
        Browser::Firefox if debian && machine.ubuntu => Some(SNAP_FIREFOX.to_owned()),
        Browser::Chromium | Browser::Firefox | Browser::Webkit if debian => None,
        Browser::Chromium | Browser::Firefox | Browser::Webkit => {
            let by_hand = by_hand(browser);
            Some(format!("install {by_hand}, on PATH; or leave it out: name the others with --browser"))
        }
    }
}

impl Step {
    /// What ends soonest when a right or the network is missing comes first, compiling last.
    fn rank(&self) -> u8 {
        match self {
            Step::Packages { .. } => 0,
            Step::Rustup { .. } => 1,
            Step::NodeModules => 2,
            Step::Tool(Tool { source: Source::Npm, .. }) => 3,
            Step::Tool(Tool { source: Source::Crate { .. }, .. }) => 4,
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Missing::WasmTarget => out.write_str("Rust for wasm32-unknown-unknown"),
            Missing::Component(name) => write!(out, "{name}, of the Rust toolchain"),
            Missing::Node { found: None } => write!(out, "Node {OLDEST_NODE} or newer"),
            Missing::Node { found: Some(found) } => write!(out, "Node {OLDEST_NODE} or newer (there is {found})"),
            Missing::Npm => out.write_str("npm"),
            Missing::Packages { of, packages } => write!(out, "{}, for {}", packages.join(" and "), of.name()),
            Missing::Servers { of, packages } => write!(out, "{}, for {of}", packages.join(" and ")),
            Missing::Mismatch(sentence) => out.write_str(sentence),
            Missing::Tool(tool) => write!(out, "{} {}", tool.name, tool.version),
            Missing::NodeModules => out.write_str("the npm packages of tests/"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Packages { names, .. } => write!(out, "{}, by apt-get", names.join(" ")),
            Step::Rustup { kind, name } => write!(out, "the {kind} {name}, by rustup"),
            Step::NodeModules => out.write_str("the npm packages of tests/, by npm"),
            Step::Tool(tool) => {
                let how = match tool.source {
                    Source::Crate { .. } => "compiled from crates.io (some minutes, once)",
                    Source::Npm => "by npm",
                };
                write!(out, "{} {}, {how}", tool.name, tool.version)
            }
        }
    }
}

fn by_hand(browser: Browser) -> &'static str {
    match browser {
        Browser::Chromium => {
            "Chrome or Chromium as `google-chrome` or `chromium`, and a chromedriver of the same version"
        }
        Browser::Firefox => "Firefox as `firefox`",
        Browser::Webkit => "WebKitWebDriver (of WebKitGTK) and Xvfb, which Linux has",
    }
}

const INSTALL_NODE: &str =
    "install Node with npm from https://nodejs.org (Debian 13 or newer: apt-get install -y nodejs npm)";
const SNAP_CHROMIUM: &str = "install Google Chrome and a chromedriver of the same version, both on PATH: \
     https://googlechromelabs.github.io/chrome-for-testing/ (Ubuntu's Chromium is a snap, which a driver cannot start)";
const SNAP_FIREFOX: &str = "install Firefox from https://www.mozilla.org/firefox/ as `firefox` on PATH \
     (Ubuntu's is a snap, which a driver cannot start)";
const FIT_CHROMIUM: &str =
    "bring both to the same version (Debian: apt-get update && apt-get install -y chromium chromium-driver)";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools;

    #[test]
    fn root_on_debian_gets_everything_in_one_call_and_compiling_last() {
        let missing = [
            Missing::Tool(tools::wasm_pack()),
            Missing::Tool(tools::wasm_opt()),
            Missing::Packages { of: Browser::Chromium, packages: vec!["chromium", "chromium-driver"] },
            Missing::Packages { of: Browser::Webkit, packages: vec!["xvfb"] },
            Missing::WasmTarget,
        ];
        let plan = Plan::of(&missing, &Machine { rustup: true, packages: Access::Root, ubuntu: false });
        let expected = vec![
            Step::Packages { names: vec!["chromium", "chromium-driver", "xvfb"], sudo: false },
            Step::Rustup { kind: "target", name: "wasm32-unknown-unknown" },
            Step::Tool(tools::wasm_opt()),
            Step::Tool(tools::wasm_pack()),
        ];
        assert_eq!(plan, Plan { steps: expected, blocked: vec![] });
    }

    #[test]
    fn without_rights_the_exact_command_is_named() {
        let missing = [
            Missing::Packages { of: Browser::Firefox, packages: vec!["firefox-esr"] },
            Missing::Packages { of: Browser::Webkit, packages: vec!["xvfb"] },
        ];
        let plan = Plan::of(&missing, &Machine { rustup: true, packages: Access::Denied, ubuntu: false });
        let run = "sudo apt-get update && sudo apt-get install -y --no-install-recommends firefox-esr xvfb".to_owned();
        assert_eq!(plan, Plan { steps: vec![], blocked: vec![Blocked { what: "firefox-esr xvfb".to_owned(), run }] });
    }

    #[test]
    fn what_two_steps_lack_of_servers_is_one_call() {
        let missing = [
            Missing::Servers { of: "the libraries' tests", packages: vec!["mosquitto"] },
            Missing::Servers { of: "the companion server's tests", packages: vec!["redis-server"] },
        ];
        let root = Plan::of(&missing, &Machine { rustup: true, packages: Access::Root, ubuntu: false });
        assert_eq!(root.steps, [Step::Packages { names: vec!["mosquitto", "redis-server"], sudo: false }]);
        let elsewhere = Plan::of(&missing, &Machine { rustup: true, packages: Access::Absent, ubuntu: false });
        assert_eq!(elsewhere.blocked[1].what, "redis-server, for the companion server's tests");
    }

    #[test]
    fn an_old_node_is_named_with_the_version_that_is_there() {
        let missing = [Missing::Node { found: Some("v18.20.4".to_owned()) }];
        let plan = Plan::of(&missing, &Machine { rustup: true, packages: Access::Root, ubuntu: false });
        assert_eq!(plan.blocked[0].what, "Node 20 or newer (there is v18.20.4)");
        assert!(plan.blocked[0].run.contains("nodejs.org"));
    }

    #[test]
    fn ubuntu_gets_webkit_but_is_told_where_real_browsers_are() {
        let missing = [
            Missing::Packages { of: Browser::Chromium, packages: vec!["chromium"] },
            Missing::Packages { of: Browser::Webkit, packages: vec!["webkit2gtk-driver", "xvfb"] },
        ];
        let plan = Plan::of(&missing, &Machine { rustup: true, packages: Access::Sudo, ubuntu: true });
        assert_eq!(plan.steps, [Step::Packages { names: vec!["webkit2gtk-driver", "xvfb"], sudo: true }]);
        assert!(plan.blocked[0].run.contains("Google Chrome"));
    }

    #[test]
    fn elsewhere_than_on_debian_the_programs_are_named() {
        let missing = [Missing::Packages { of: Browser::Chromium, packages: vec!["chromium"] }];
        let plan = Plan::of(&missing, &Machine { rustup: true, packages: Access::Absent, ubuntu: false });
        assert!(plan.blocked[0].run.contains("chromedriver of the same version"));
    }

    #[test]
    fn without_rustup_a_missing_target_is_named_not_tried() {
        let plan = Plan::of(&[Missing::WasmTarget], &Machine { rustup: false, packages: Access::Root, ubuntu: false });
        assert_eq!(plan.steps, []);
        assert!(plan.blocked[0].run.starts_with("rustup target add wasm32-unknown-unknown"));
    }
}
