//! What is there already, and what may we install on this machine?

use super::debian;
use super::install;
use super::need::Need;
use super::plan::{Machine, Missing};
use crate::failure::Outcome;
use crate::tools::{self, Tool};
use crate::{browsers::Browser, places};
use std::path::Path;
use std::process::{Command, Stdio};

/// The needs that this machine does not fulfil.
pub(crate) fn missing(needs: &[Need]) -> Outcome<Vec<Missing>> {
    let mut needs = needs.to_vec();
    needs.sort_unstable();
    needs.dedup();
    let mut found = Vec::new();
    for need in needs {
        match need {
            Need::WasmTarget => found.extend((!has_wasm_target()).then_some(Missing::WasmTarget)),
            Need::Rustfmt => {
                found.extend((!succeeds("cargo", &["fmt", "--version"])).then_some(Missing::Component("rustfmt")))
            }
            Need::Clippy => {
                found.extend((!succeeds("cargo", &["clippy", "--version"])).then_some(Missing::Component("clippy")));
            }
            Need::Node => found.extend(missing_node()),
            Need::Browser(browser) => found.extend(missing_of(browser)?),
            Need::NodeModules => found.extend((!install::npm_packages_are_current()).then_some(Missing::NodeModules)),
            Need::Servers => found.extend(missing_servers("the libraries' tests", &["mosquitto", "nats-server"])),
            Need::Redis => found.extend(missing_servers("the companion server's tests", &["redis-server"])),
            Need::WasmPack => found.extend(missing_tool(tools::wasm_pack())?),
            Need::WasmBindgen => found.extend(missing_tool(tools::wasm_bindgen()?)?),
            Need::WasmOpt => found.extend(missing_tool(tools::wasm_opt())?),
            Need::Esbuild => found.extend(missing_tool(tools::esbuild())?),
            Need::CargoDeny => found.extend(missing_tool(tools::cargo_deny())?),
            Need::CargoMutants => found.extend(missing_tool(tools::cargo_mutants())?),
        }
    }
    Ok(found)
}

/// What may be done here. Asked only when something is missing: it may take a moment.
pub(crate) fn machine(missing: &[Missing]) -> Machine {
    let packages = missing.iter().any(|missing| matches!(missing, Missing::Packages { .. } | Missing::Servers { .. }));
    Machine {
        rustup: places::on_path(&["rustup"]).is_some(),
        packages: if packages { debian::access() } else { debian::Access::Absent },
        ubuntu: packages && debian::is_ubuntu(),
    }
}

fn missing_tool(tool: Tool) -> Outcome<Option<Missing>> {
    Ok(if tool.located()?.is_some() { None } else { Some(Missing::Tool(tool)) })
}

/// By Debian's names, which are the programs' own.
fn missing_servers(of: &'static str, names: &[&'static str]) -> Option<Missing> {
    // Debian has them where only root's PATH leads
    let is_there = |name: &str| places::on_path(&[name]).is_some() || Path::new("/usr/sbin").join(name).is_file();
    let packages: Vec<_> = names.iter().copied().filter(|name| !is_there(name)).collect();
    (!packages.is_empty()).then_some(Missing::Servers { of, packages })
}

fn missing_of(browser: Browser) -> Outcome<Vec<Missing>> {
    let mut missing = Vec::new();
    let packages = browser.missing_packages();
    if packages.is_empty() {
        missing.extend(browser.mismatch().map(Missing::Mismatch));
    } else {
        missing.push(Missing::Packages { of: browser, packages });
    }
    if browser == Browser::Firefox {
        missing.extend(missing_tool(tools::geckodriver())?);
    }
    Ok(missing)
}

/// Asking rustc works with and without rustup.
fn has_wasm_target() -> bool {
    let asked = ["--print", "target-libdir", "--target", "wasm32-unknown-unknown"];
    output("rustc", &asked).is_some_and(|folder| {
        let mut files = Path::new(folder.trim()).read_dir().into_iter().flatten().flatten();
        files.any(|file| file.file_name().to_string_lossy().starts_with("libcore-"))
    })
}

fn missing_node() -> Option<Missing> {
    let node = output("node", &["--version"]).map(|version| version.trim().to_owned());
    let new_enough = node.as_deref().and_then(major_of_node).is_some_and(|major| major >= OLDEST_NODE);
    if !new_enough {
        return Some(Missing::Node { found: node });
    }
    (!succeeds(install::NPM, &["--version"])).then_some(Missing::Npm)
}

fn major_of_node(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

pub(super) fn succeeds(program: &str, args: &[&str]) -> bool {
    output(program, args).is_some()
}

fn output(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).current_dir(places::root()).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The oldest one that is still maintained and has `node --test` with the options that we give it.
pub(super) const OLDEST_NODE: u32 = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_version_is_read() {
        assert_eq!(major_of_node("v20.20.2"), Some(20));
        assert_eq!(major_of_node("20.20.2"), None);
        assert_eq!(major_of_node(""), None);
    }

    #[test]
    fn a_need_named_twice_is_missing_once() {
        let once = missing(&[Need::WasmTarget]).expect("nothing to read but rustc's answer");
        let twice = missing(&[Need::WasmTarget, Need::WasmTarget]).expect("nothing to read but rustc's answer");
        assert_eq!(once, twice);
    }
}
