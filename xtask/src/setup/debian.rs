//! May we install Debian's packages here, and with which words?

use super::survey::succeeds;
use crate::failure::Outcome;
use crate::places;
use crate::task::{Program, Task};

/// What apt-get lets us do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Root,
    /// Through sudo, which asks for no password.
    Sudo,
    /// There is an apt-get, but we have no right to install.
    Denied,
    /// Not a Debian-like system.
    Absent,
}

/// What we may do on this machine.
pub(super) fn access() -> Access {
    if places::on_path(&["apt-get"]).is_none() {
        Access::Absent
    } else if is_root() {
        Access::Root
    } else if succeeds("sudo", &["-n", "env", "true"]) {
        Access::Sudo
    } else {
        Access::Denied
    }
}

pub(super) fn is_ubuntu() -> bool {
    std::fs::read_to_string("/etc/os-release").is_ok_and(|text| names_ubuntu(&text))
}

/// For a person with the right that we lack.
pub(super) fn as_a_person_types(packages: &[&str]) -> String {
    format!("sudo apt-get update && sudo apt-get install -y --no-install-recommends {}", packages.join(" "))
}

pub(super) fn install(packages: &[&str], by_sudo: bool) -> Outcome {
    let mut task = Task::begin("setup apt-get", &packages.join(" "))?;
    task.must(apt_get(by_sudo).args(["update"]))?;
    task.must(apt_get(by_sudo).args(["install", "-y", "--no-install-recommends"]).args(packages))?;
    task.succeeded("");
    Ok(())
}

fn apt_get(by_sudo: bool) -> Program {
    let program = if by_sudo { Program::new("sudo").args(["-n", "env"]) } else { Program::new("env") };
    // A fresh machine often still runs its own first update: wait for its lock rather than fail.
    let patient = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3", "-o", "Dpkg::Use-Pty=0"];
    program.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(patient)
}

fn names_ubuntu(os_release: &str) -> bool {
    os_release.lines().any(|line| line.trim() == "ID=ubuntu")
}

#[cfg(unix)]
fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_is_not_taken_for_ubuntu() {
        assert!(names_ubuntu("PRETTY_NAME=\"Ubuntu 24.04 LTS\"\nID=ubuntu\nID_LIKE=debian\n"));
        assert!(!names_ubuntu("PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n"));
    }
}
