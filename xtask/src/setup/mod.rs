//! What is missing for a command, and how does it get there?
//!
//! Everything is looked at first. What cannot be installed is named, with the command that would do it, before any
//! long work starts.

mod debian;
mod install;
mod need;
mod plan;
mod survey;

pub(crate) use install::NPM;
pub(crate) use need::Need;

use crate::failure::Outcome;
use crate::scratch::Scratch;
use crate::{places, say};
use plan::Plan;
use std::time::Instant;

/// Makes sure that all of this is there, or says what a person must do.
pub(crate) fn ensure(needs: &[Need]) -> Outcome {
    let started = Instant::now();
    let missing = survey::missing(needs)?;
    if missing.is_empty() {
        return Ok(());
    }
    let plan = Plan::of(&missing, &survey::machine(&missing));
    tell(&plan);
    if !plan.blocked.is_empty() {
        return Err("this must be installed first; nothing was done yet.".into());
    }
    let build = Scratch::in_folder(&places::cache()?, "build")?;
    for step in &plan.steps {
        install::carry_out(step, build.path())?;
    }
    drop(build);
    let still = survey::missing(needs)?;
    if let Some(first) = still.first() {
        return Err(format!("{first} was installed and still is not found; is PATH in order?").into());
    }
    say::good(&format!("everything is set up ({})", say::took(started.elapsed())));
    Ok(())
}

fn tell(plan: &Plan) {
    say::heading("setup: something is missing");
    for step in &plan.steps {
        say::line(&format!("    will install: {step}"));
    }
    for blocked in &plan.blocked {
        say::line(&format!("    cannot install: {}", blocked.what));
        say::line(&format!("               run: {}", blocked.run));
    }
}
