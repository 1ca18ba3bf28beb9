//! `cargo xtask chaos`: what becomes of messages while everything between a page and its servers breaks?

use crate::bench;
use crate::browsers::Browser;
use crate::drivers::Driver;
use crate::failure::Outcome;
use crate::package::{self, Build};
use crate::say;
use crate::server;
use crate::setup::{self, Need};
use crate::task::{Program, Task, Verdict};
use std::path::Path;
use std::time::Duration;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) form: Form,
    pub(crate) arms: Vec<Arm>,
    /// That of a run which is to be had again; any, if none is named.
    pub(crate) seed: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A hundred clients, a million messages each way.
    Long,
    /// Ten clients, ten thousand messages each way: as in the tests.
    Short,
}

/// Who sends the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arm {
    /// The package, with a session.
    Session,
    /// PROTOCOL.md followed by hand, over the browser's own WebSocket: the server alone is tried.
    ByHand,
    /// The package, which reconnects and no more.
    Plain,
}

impl Choice {
    /// A step of the tests.
    pub(crate) fn short() -> Choice {
        Choice { form: Form::Short, arms: Form::Short.arms(), seed: None }
    }
}

/// Chromium alone: what is tried lies behind it.
pub(crate) const NEEDS: [Need; 9] = [
    Need::Browser(Browser::Chromium),
    Need::NodeModules,
    Need::Redis,
    Need::WasmTarget,
    Need::Node,
    Need::WasmPack,
    Need::WasmBindgen,
    Need::WasmOpt,
    Need::Esbuild,
];

/// Builds everything, and puts it under fire.
pub(crate) fn run(choice: &Choice) -> Outcome {
    setup::ensure(&NEEDS)?;
    package::build(Build::Small)?;
    let server = match choice.form {
        Form::Long => bench::build_server()?,
        Form::Short => server::build().and_then(|()| server::program())?,
    };
    match put_under_fire("chaos", choice, &server)? {
        Verdict::Succeeded => Ok(()),
        Verdict::Failed => Err("".into()), // all has been said
    }
}

/// With a package and a server that are built.
pub(crate) fn put_under_fire(purpose: &str, choice: &Choice, server: &Path) -> Outcome<Verdict> {
    let mut task = Task::begin(purpose, "many clients, two servers, and faults between them")?;
    let driver = Driver::start(Browser::Chromium, purpose)?;
    let program = Program::new("node").args(["tests/chaos/main.mjs"]);
    let program = program.args((choice.form == Form::Short).then_some("--short"));
    let program = program.args(choice.arms.iter().flat_map(|arm| ["--arm", arm.name()]));
    let program = program.args(choice.seed.iter().flat_map(|seed| ["--seed".to_owned(), seed.to_string()]));
    let program = program.env("EVERWIRE_BROWSER", Browser::Chromium.name()).env("EVERWIRE_WEBDRIVER", driver.url());
    let program = program.env("EVERWIRE_SERVER", server).limit(LIMIT);
    let mut table = Vec::new();
    let verdict = task.run(program, |line| table.extend(line.starts_with('|').then(|| line.to_owned())))?;
    for line in table {
        say::line(&format!("    {line}"));
    }
    match verdict {
        Verdict::Succeeded => task.succeeded(""),
        Verdict::Failed => task.failed(),
    }
    Ok(verdict)
}

impl Form {
    /// What is promised, beside what would have been lost.
    pub(crate) fn arms(self) -> Vec<Arm> {
        match self {
            Form::Long | Form::Short => vec![Arm::Session, Arm::Plain],
        }
    }
}

impl Arm {
    fn name(self) -> &'static str {
        match self {
            Arm::Session => "session",
            Arm::ByHand => "by-hand",
            Arm::Plain => "plain",
        }
    }
}

/// The long form is done within an hour on two cores, or something is wrong; beside it the plain one takes less.
const LIMIT: Duration = Duration::from_secs(2 * 60 * 60);
