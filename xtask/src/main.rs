//! `cargo xtask`: every command that a person runs on Everwire.

mod bench;
mod browsers;
mod chaos;
mod children;
mod cli;
mod demo;
mod drivers;
mod failure;
mod http;
mod lockfile;
mod package;
mod places;
mod release;
mod rustflags;
mod say;
mod scratch;
mod serve;
mod server;
mod setup;
mod task;
mod test;
mod tools;

use cli::Order;
use failure::Outcome;
use std::process::ExitCode;

fn main() -> ExitCode {
    let order = cli::read();
    let outcome = children::end_all_on_interrupt().and_then(|()| carry_out(&order));
    children::pause_if_ending();
    match outcome.map_err(|failure| failure.to_string()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            if !sentence.is_empty() {
                eprintln!("cargo xtask: {sentence}");
            }
            ExitCode::FAILURE
        }
    }
}

fn carry_out(order: &Order) -> Outcome {
    match order {
        Order::Demo { address, server_options } => demo::run(address.as_deref(), server_options),
        Order::Test(choice) => test::run(choice),
        Order::Build(how) => setup::ensure(&how.needs()).and_then(|()| package::build(*how)),
        Order::Serve { address, server_options } => serve::run(address.as_deref(), server_options),
        Order::Release(when) => release::run(*when),
        Order::Bench(choice) => bench::run(choice),
        Order::Chaos(choice) => chaos::run(choice),
        Order::Setup(choice) => test::set_up(choice),
    }
}
