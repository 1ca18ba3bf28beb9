//! How do the Rust tests and the page tests run in a browser?

use super::checks::{LONG, WASM, finish, with_runner};
use super::steps::Step;
use super::tally::Tally;
use crate::browsers::Browser;
use crate::drivers::Driver;
use crate::failure::Outcome;
use crate::places;
use crate::rustflags;
use crate::say;
use crate::server::{self, Server};
use crate::task::{Program, Task, Verdict};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Compiles them once for all browsers.
pub(crate) fn build_rust_tests(browsers: &[Browser], long: bool) -> Outcome {
    let mut task = Task::begin("test wasm build", "the Rust tests for the browsers")?;
    let mut runs: Vec<_> = browsers.iter().copied().flat_map(rust_test_runs).collect();
    runs.sort_unstable();
    runs.dedup();
    for words in runs {
        task.must(cargo_test(words, long)?.args(["--no-run"]))?;
    }
    task.succeeded("");
    Ok(())
}

/// The SDK's own tests, in a window and in three kinds of worker, against the companion server.
pub(crate) fn rust_tests(browser: Browser, companion: &Option<Server>, long: bool) -> Outcome<Tally> {
    let purpose = format!("test wasm {}", browser.name());
    let mut task = Task::begin(&purpose, "the Rust tests in a window and in three kinds of worker")?;
    let mut tally = Tally::default();
    for words in rust_test_runs(browser) {
        tally += rust_test_program(&mut task, browser, words, long)?;
    }
    if companion.as_ref().is_some_and(Server::has_gone) {
        task.note("the companion server has ended during the tests; it printed this: target/xtask/companion.log");
        tally = tally.with_verdict(false);
    }
    finish_unless_empty(task, tally, browser)
}

/// One test program in a driver of its own. That the runner could not have its page loaded, which happens on a busy
/// machine, says nothing about the tests: it may try again. Once a single case has ended, the outcome stands.
fn rust_test_program(task: &mut Task, browser: Browser, words: &[&str], long: bool) -> Outcome<Tally> {
    for tries_left in (0..TRIES).rev() {
        let driver = Driver::start(browser, &format!("test wasm {}", browser.name()))?;
        let program = at_driver(cargo_test(words, long)?, browser, &driver, long);
        let (mut tally, mut begun) = (Tally::default(), false);
        let verdict = task.run(program, |line| {
            tally.read_cargo(line);
            begun |= is_a_case(line);
        })?;
        tell_if_gone(task, browser, &driver);
        if verdict == Verdict::Succeeded || begun || tries_left == 0 {
            return Ok(tally.with_verdict(verdict == Verdict::Succeeded));
        }
        let again = format!("the runner had no page loaded in {}: {}, once more", browser.name(), words.join(" "));
        say::line(&format!("    {again}"));
        task.note(&again);
    }
    unreachable!("the last try returns")
}

/// `test browser::opening::a_server_answers ... ok`, which wasm-bindgen's runner prints when a case has ended.
fn is_a_case(line: &str) -> bool {
    line.trim().starts_with("test ") && line.contains(" ... ")
}

/// The demo page and the npm package as a consumer has it, or libraries on top of it, by `node --test`.
pub(crate) fn page_tests(step: Step, browser: Browser, long: bool) -> Outcome<Tally> {
    let purpose = format!("test {} {}", step.name(), browser.name());
    let mut task = Task::begin(&purpose, "pages with the npm package, driven from outside")?;
    let driver = Driver::start(browser, &purpose)?;
    let root = places::root();
    let folders: &[&str] = if step == Step::Libraries { &["libraries"] } else { &FOLDERS };
    let files = test_files(&root.join("tests"), folders)?;
    let files = files.iter().map(|file| file.strip_prefix(root).unwrap_or(file)); // the command shown stays readable
    // One after the other: Firefox's and WebKit's drivers serve one session at a time.
    let program = Program::new("node").args(["--test", "--test-reporter=spec", "--test-concurrency=1"]).args(files);
    let program = program.env("EVERWIRE_BROWSER", browser.name()).env("EVERWIRE_WEBDRIVER", driver.url());
    // what the browser says to the engine is replayed on the host
    let program = program.env("EVERWIRE_RECORD", root.join("target/traces"));
    let program = program.env("EVERWIRE_SERVER", server::program()?).env_if_some(long.then_some(LONG));
    let mut tally = Tally::default();
    let verdict = task.run(program.limit(limit(long)), |line| tally.read_node(line))?;
    tell_if_gone(&mut task, browser, &driver);
    finish_unless_empty(task, tally.with_verdict(verdict == Verdict::Succeeded), browser)
}

/// With typed messages everywhere; without them once, where it is quickest.
fn rust_test_runs(browser: Browser) -> impl Iterator<Item = &'static [&'static str]> {
    let all: &[_] = match browser {
        Browser::Chromium => &[IN_WINDOW, IN_DEDICATED_WORKER, IN_SHARED_WORKER, IN_SERVICE_WORKER, WITHOUT_JSON],
        Browser::Firefox | Browser::Webkit => &[IN_WINDOW, IN_DEDICATED_WORKER, IN_SHARED_WORKER, IN_SERVICE_WORKER],
    };
    all.iter().copied()
}

const IN_WINDOW: &[&str] = &["--features", "json", "--test", "in_window"];
const IN_DEDICATED_WORKER: &[&str] = &["--features", "json", "--test", "in_dedicated_worker"];
const IN_SHARED_WORKER: &[&str] = &["--features", "json", "--test", "in_shared_worker"];
const IN_SERVICE_WORKER: &[&str] = &["--features", "json", "--test", "in_service_worker"];
const WITHOUT_JSON: &[&str] = &["--test", "in_window"];

/// Three: a machine on which no page loads three times over has something that we should hear of.
const TRIES: u32 = 3;

fn cargo_test(words: &[&str], long: bool) -> Outcome<Program> {
    let program =
        Program::new("cargo").args(["test", "--package", "everwire", "--no-fail-fast"]).args(WASM).args(words);
    // As a dependant has it. The package's JavaScript is tried by the page tests; here each of its files would be one more
    // request to the runner's own server, which lets one hang now and then when several come at once.
    let program = program.env_if_some(rustflags::without_npm_exports());
    Ok(with_runner(program)?.env_if_some(long.then_some(LONG)))
}

/// Through cargo, wasm-bindgen's runner is told which driver serves it.
fn at_driver(program: Program, browser: Browser, driver: &Driver, long: bool) -> Program {
    let remote = match browser {
        Browser::Chromium => "CHROMEDRIVER_REMOTE",
        Browser::Firefox => "GECKODRIVER_REMOTE",
        Browser::Webkit => "SAFARIDRIVER_REMOTE", // its protocol is Safari's
    };
    let limit = limit(long);
    program
        .without(&DIVERSIONS)
        .env(remote, driver.url())
        // for each test program; its 20 s are too few for a busy machine
        .env("WASM_BINDGEN_TEST_TIMEOUT", (limit / 4).as_secs().to_string())
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60") // its 5 s likewise
        .limit(limit)
}

fn tell_if_gone(task: &mut Task, browser: Browser, driver: &Driver) {
    if driver.has_gone() {
        task.note(&format!("the WebDriver of {} ended on its own, or somebody ended it", browser.name()));
    }
}

/// A browser that ran nothing has proved nothing.
fn finish_unless_empty(mut task: Task, tally: Tally, browser: Browser) -> Outcome<Tally> {
    if tally.ran() == 0 {
        task.failed();
        return Err(format!("not one test ran in {}", browser.name()).into());
    }
    finish(task, tally)
}

/// Every `*.test.mjs`: named one by one, since Node 20 takes folders and Node 22 patterns.
pub(super) fn test_files(tests: &Path, folders: &[&str]) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    for folder in folders {
        let folder = tests.join(folder);
        let entries =
            std::fs::read_dir(&folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
        let paths = entries.flatten().map(|entry| entry.path());
        files.extend(paths.filter(|path| path.to_string_lossy().ends_with(".test.mjs")));
    }
    files.sort();
    if files.is_empty() {
        return Err("tests/ has no *.test.mjs".into());
    }
    Ok(files)
}

const FOLDERS: [&str; 3] = ["demo", "package", "surface"];

/// Half an hour for what takes twelve minutes on two cores; the soaks take as long as they say.
fn limit(long: bool) -> Duration {
    Duration::from_secs(if long { 4 * 60 * 60 } else { 30 * 60 })
}

/// Variables with which a user drives wasm-bindgen's runner by hand, and which would lead it elsewhere.
const DIVERSIONS: [&str; 14] = [
    "CHROMEDRIVER",
    "CHROMEDRIVER_REMOTE",
    "GECKODRIVER",
    "GECKODRIVER_REMOTE",
    "SAFARIDRIVER",
    "SAFARIDRIVER_REMOTE",
    "MSEDGEDRIVER",
    "MSEDGEDRIVER_REMOTE",
    "NO_HEADLESS",
    "WASM_BINDGEN_TEST_ADDRESS",
    "WASM_BINDGEN_TEST_ONLY_NODE",
    "WASM_BINDGEN_TEST_ONLY_WEB",
    "WASM_BINDGEN_TEST_WEBDRIVER_JSON",
    "WASM_BINDGEN_USE_NO_MODULE",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn test_files_are_found_and_nothing_else() {
        let scratch = crate::scratch::Scratch::new("test-files").expect("the temporary folder can be written to");
        for folder in FOLDERS.into_iter().chain(["webdriver"]) {
            fs::create_dir(scratch.path().join(folder)).expect("just made");
            fs::write(scratch.path().join(folder).join("one.test.mjs"), "").expect("just made");
            fs::write(scratch.path().join(folder).join("page.mjs"), "").expect("just made");
        }
        let files = test_files(scratch.path(), &FOLDERS).expect("there are some");
        assert_eq!(files, FOLDERS.map(|folder| scratch.path().join(folder).join("one.test.mjs")));
    }

    #[test]
    fn a_case_that_ended_is_told_from_what_is_said_around_it() {
        assert!(is_a_case("test browser::opening::a_server_answers ... ok"));
        assert!(is_a_case("test browser::opening::a_server_answers ... FAIL"));
        assert!(!is_a_case("Waiting for test to finish..."));
        assert!(!is_a_case("test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 filtered out; finished in 1.05s"));
    }

    #[test]
    fn every_rust_test_program_runs_in_every_browser() {
        let tests = std::fs::read_dir(places::root().join("tests")).expect("the repository has tests");
        let names =
            tests.flatten().map(|entry| entry.path()).filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()));
        for name in names.filter(|name| name.starts_with("in_")) {
            for browser in Browser::ALL {
                assert!(rust_test_runs(browser).any(|words| words.contains(&name.as_str())), "{name} in {browser:?}");
            }
        }
    }

    #[test]
    fn a_folder_without_tests_is_a_failure() {
        let scratch = crate::scratch::Scratch::new("test-no-files").expect("the temporary folder can be written to");
        for folder in FOLDERS {
            assert!(test_files(scratch.path(), &FOLDERS).is_err(), "without {folder}");
            fs::create_dir(scratch.path().join(folder)).expect("just made");
        }
        assert!(test_files(scratch.path(), &FOLDERS).is_err());
    }
}
