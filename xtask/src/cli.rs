//! What may be typed after `cargo xtask`?

use crate::bench;
use crate::browsers::Browser;
use crate::chaos::{self, Arm, Form};
use crate::package::Build;
use crate::release::When;
use crate::test::{Choice, Step};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use std::ffi::OsString;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Order {
    Demo { address: Option<String>, server_options: Vec<OsString> },
    Test(Choice),
    Build(Build),
    Serve { address: Option<String>, server_options: Vec<OsString> },
    Setup(Choice),
    Bench(bench::Choice),
    Chaos(chaos::Choice),
    Release(When),
}

/// Reads the command line; help and mistakes are answered by clap, which then exits.
pub(crate) fn read() -> Order {
    order(&mut command().get_matches())
}

fn order(matches: &mut ArgMatches) -> Order {
    let (name, mut given) = matches.remove_subcommand().expect("clap requires a command");
    match name.as_str() {
        "demo" => Order::Demo { address: given.remove_one("addr"), server_options: server_options(&mut given) },
        "serve" => Order::Serve { address: given.remove_one("addr"), server_options: server_options(&mut given) },
        "build" => Order::Build(if given.get_flag("dev") { Build::Dev } else { Build::Small }),
        "test" => Order::Test(Choice {
            browsers: browsers(&mut given),
            steps: steps(&mut given),
            long: given.get_flag("long"),
        }),
        "bench" => Order::Bench(bench::Choice {
            browsers: browsers(&mut given),
            rounds: given.remove_one("rounds").expect("it has a default"),
            works: given.remove_many("only").into_iter().flatten().collect(),
        }),
        "chaos" => {
            let form = if given.get_flag("short") { Form::Short } else { Form::Long };
            Order::Chaos(chaos::Choice { form, arms: arms(&given, form), seed: given.remove_one("seed") })
        }
        "release" => Order::Release(if given.get_flag("dry-run") { When::Before } else { When::At }),
        "setup" => Order::Setup(Choice { browsers: browsers(&mut given), steps: usual_steps(), long: false }),
        other => unreachable!("clap knows no command {other}"),
    }
}

fn command() -> Command {
    Command::new("cargo xtask")
        .bin_name("cargo xtask")
        .about("Every command that a person runs on Everwire. Each sets up what it misses.")
        .after_help(SETUP_HELP)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("demo")
                .about("Build everything and serve the chat demo")
                .after_help("It needs no browser here: it says where to point one. Ctrl-C stops it.")
                .arg(address("Where to listen; by default 127.0.0.1:8080, or the next free port"))
                .arg(rest_for_the_server()),
        )
        .subcommand(
            Command::new("test")
                .about("Run every test, in Chromium, Firefox and WebKit")
                .after_help(steps_help())
                .arg(browser())
                .arg(
                    Arg::new("only")
                        .long("only")
                        .value_name("STEP")
                        .action(ArgAction::Append)
                        .value_parser(PossibleValuesParser::new(Step::ALL.map(Step::name)))
                        .hide_possible_values(true)
                        .help("Run only this step (may be given several times)"),
                )
                .arg(
                    Arg::new("long")
                        .long("long")
                        .action(ArgAction::SetTrue)
                        .help("Run the soaks too, which take hours"),
                ),
        )
        .subcommand(
            Command::new("build").about("Build the npm package into pkg/, as it is published, and tell its size").arg(
                Arg::new("dev")
                    .long("dev")
                    .action(ArgAction::SetTrue)
                    .help("For development: quick, large, with names"),
            ),
        )
        .subcommand(
            Command::new("serve")
                .about("Run the companion server for browser tests that are started by hand")
                .after_help("It is open to every origin and announced in target/companion.json, where the tests look.")
                .arg(address("Where to listen; by default 127.0.0.1 and a free port"))
                .arg(rest_for_the_server()),
        )
        .subcommand(
            Command::new("bench")
                .about("Measure everybody side by side, and write benches/RESULTS.md")
                .after_help("It takes an hour, and wants a machine that does nothing else.")
                .arg(browser())
                .arg(
                    Arg::new("rounds")
                        .long("rounds")
                        .value_name("N")
                        .default_value("11")
                        .value_parser(value_parser!(u32).range(1..))
                        .help("How often everybody is measured"),
                )
                .arg(
                    Arg::new("only")
                        .long("only")
                        .value_name("WORK")
                        .action(ArgAction::Append)
                        .help("Only this work of benches/browser/works.mjs (may be given several times)"),
                ),
        )
        .subcommand(
            Command::new("chaos")
                .about("Count what is lost, doubled and reordered while everything breaks that can")
                .after_help(
                    "A hundred clients send a million messages each way, with a session and without one, in less than an hour.",
                )
                .arg(flag("short", "Ten clients and ten thousand messages, as in the tests"))
                .arg(flag("plain", "Only without a session"))
                .arg(flag("session", "Only with the package's session"))
                .arg(flag("by-hand", "Only with a session by hand, over the browser's own WebSocket"))
                .arg(
                    Arg::new("seed")
                        .long("seed")
                        .value_name("N")
                        .value_parser(value_parser!(u32))
                        .help("The same faults again as in the run that printed it"),
                ),
        )
        .subcommand(
            Command::new("release")
                .about("Check all that would be published, at the tag of a release; it publishes nothing")
                .after_help("docs/RELEASING.md says what comes before and after it.")
                .arg(
                    Arg::new("dry-run")
                        .long("dry-run")
                        .action(ArgAction::SetTrue)
                        .help("At any time: no tag is wanted, and CHANGELOG may say `Unreleased`"),
                ),
        )
        .subcommand(Command::new("setup").about("Only set up what the tests need, and say where it is").arg(browser()))
}

fn address(help: &'static str) -> Arg {
    Arg::new("addr").long("addr").value_name("ADDRESS:PORT").help(help)
}

fn rest_for_the_server() -> Arg {
    Arg::new("server").value_name("SERVER OPTION").last(true).num_args(0..).value_parser(value_parser!(OsString)).help(
        "After `--`: for the companion server, such as --tls; `cargo run -p everwire-server -- --help` lists them",
    )
}

fn browser() -> Arg {
    Arg::new("browser")
        .long("browser")
        .value_name("BROWSER")
        .action(ArgAction::Append)
        .value_parser(PossibleValuesParser::new(Browser::ALL.map(Browser::name)))
        .help("Only in this browser (may be given several times)")
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

fn arms(given: &ArgMatches, form: Form) -> Vec<Arm> {
    let named = [("session", Arm::Session), ("by-hand", Arm::ByHand), ("plain", Arm::Plain)];
    let arms: Vec<Arm> = named.into_iter().filter(|(name, _)| given.get_flag(name)).map(|(_, arm)| arm).collect();
    if arms.is_empty() { form.arms() } else { arms }
}

fn browsers(given: &mut ArgMatches) -> Vec<Browser> {
    chosen(given, "browser", Browser::named, &Browser::ALL)
}

/// All of them, unless some are named; the long ones only in the long form.
fn steps(given: &mut ArgMatches) -> Vec<Step> {
    let all = if given.get_flag("long") { Step::ALL.to_vec() } else { usual_steps() };
    chosen(given, "only", Step::named, &all)
}

fn usual_steps() -> Vec<Step> {
    Step::ALL.into_iter().filter(|step| !step.is_long()).collect()
}

/// In our order and once each, however they were typed; all of them if none was.
fn chosen<T: Copy + Ord>(given: &mut ArgMatches, argument: &str, named: fn(&str) -> Option<T>, all: &[T]) -> Vec<T> {
    let names = given.remove_many::<String>(argument).into_iter().flatten();
    let mut chosen: Vec<T> = names.filter_map(|name| named(&name)).collect(); // clap lets no other name through
    chosen.sort_unstable();
    chosen.dedup();
    if chosen.is_empty() { all.to_vec() } else { chosen }
}

fn server_options(given: &mut ArgMatches) -> Vec<OsString> {
    given.remove_many("server").into_iter().flatten().collect()
}

fn steps_help() -> String {
    let steps: String = Step::ALL.iter().map(|step| format!("  {:<13} {}\n", step.name(), step.about())).collect();
    format!("Steps:\n{steps}\nAll that is printed goes to target/xtask/ as well.")
}

const SETUP_HELP: &str = "\
What is missing is set up first, after a list of it all:
  by rustup   the target wasm32-unknown-unknown, clippy, rustfmt, and the oldest Rust that the SDK promises
  by cargo    wasm-pack, wasm-bindgen-cli, geckodriver, compiled once (some minutes)
  by npm      wasm-opt, and what the page tests need
  by apt-get  Chromium, Firefox, WebKitGTK's driver and Xvfb, Mosquitto, nats-server and Redis, if we are root or
              sudo asks for no password
The tools go to $EVERWIRE_CACHE, or $XDG_CACHE_HOME/everwire, or ~/.cache/everwire, and outlive the checkout.
What cannot be set up is named before any long work starts, with the command that would do it.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn a_plain_test_is_everything_everywhere() {
        let all = Choice { browsers: Browser::ALL.to_vec(), steps: usual_steps(), long: false };
        assert_eq!(typed("test"), Some(Order::Test(all)));
    }

    #[test]
    fn what_takes_long_is_left_to_the_long_form_or_its_name() {
        assert!(!usual_steps().contains(&Step::Mutants));
        let steps = |words| match typed(words) {
            Some(Order::Test(choice)) => choice.steps,
            other => panic!("{other:?}"),
        };
        assert_eq!(steps("test --long"), Step::ALL);
        assert_eq!(steps("test --only mutants"), [Step::Mutants]);
    }

    #[test]
    fn choices_come_in_our_order_and_once() {
        let choice = Choice {
            browsers: vec![Browser::Chromium, Browser::Webkit],
            steps: vec![Step::Host, Step::Wasm],
            long: true,
        };
        let line = "test --browser webkit --browser chromium --browser webkit --only wasm --only host --long";
        assert_eq!(typed(line), Some(Order::Test(choice)));
    }

    #[test]
    fn a_release_is_taken_at_its_word_unless_it_is_dry() {
        assert_eq!(typed("release --dry-run"), Some(Order::Release(When::Before)));
        assert_eq!(typed("release"), Some(Order::Release(When::At)));
    }

    #[test]
    fn chaos_is_had_again_by_its_seed() {
        let choice = chaos::Choice { form: Form::Short, arms: vec![Arm::Plain], seed: Some(7) };
        assert_eq!(typed("chaos --plain --seed 7 --short"), Some(Order::Chaos(choice)));
        let choice = chaos::Choice { form: Form::Long, arms: vec![Arm::Session, Arm::Plain], seed: None };
        assert_eq!(typed("chaos"), Some(Order::Chaos(choice)));
    }

    #[test]
    fn an_unknown_browser_or_step_is_refused() {
        assert_eq!(typed("test --browser safari"), None);
        assert_eq!(typed("test --only everything"), None);
    }

    #[test]
    fn what_follows_the_dashes_is_for_the_server() {
        let order = Order::Demo { address: Some("127.0.0.1:0".into()), server_options: vec!["--tls".into()] };
        assert_eq!(typed("demo --addr 127.0.0.1:0 -- --tls"), Some(order));
    }

    fn typed(line: &str) -> Option<Order> {
        let words = std::iter::once("cargo xtask").chain(line.split_whitespace());
        command().try_get_matches_from(words).ok().map(|mut matches| order(&mut matches))
    }
}
