//! What does a server that restarts meet, when everybody who was connected comes back?
//!
//! `cargo bench --bench stampede -- [CLIENTS…] [--picture FILE]`: in virtual time, a server with so many clients stops for five
//! seconds and then takes as many handshakes a second as would have everybody back in thirty. Everwire is its own engine
//! with its defaults; the others are their backoff rules, as their documentation has them (`rules.rs`). Printed as Markdown.

#[cfg(not(target_arch = "wasm32"))]
mod picture;
#[cfg(not(target_arch = "wasm32"))]
mod rules;
#[cfg(not(target_arch = "wasm32"))]
mod server;

#[cfg(not(target_arch = "wasm32"))]
mod run {
    use super::rules::{self, Rule};
    use super::server::{AWAY, Outcome, SECOND, restart};
    use super::{picture, rules::Make};
    use std::{env, fs};

    /// Of the picture, and of whoever asks for nothing else.
    const USUAL: [u32; 4] = [1_000, 10_000, 100_000, 1_000_000];
    const PICTURED: u32 = 100_000;

    pub(super) fn main() {
        let mut words = env::args().skip(1).filter(|word| word != "--bench");
        let (mut sizes, mut file) = (Vec::new(), None);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--picture" => file = words.next(),
                number => sizes.push(number.parse().expect("a number of clients")),
            }
        }
        if sizes.is_empty() {
            sizes.extend(USUAL);
        }
        for clients in sizes {
            let outcomes: Vec<_> = rules::ALL.iter().map(|(name, make)| (*name, outcome(clients, *make))).collect();
            tell(clients, &outcomes);
            if let Some(file) = file.as_ref().filter(|_| clients == PICTURED) {
                fs::write(file, picture::of(clients, &outcomes)).expect("the picture's folder is there");
            }
        }
    }

    fn outcome(clients: u32, make: Make) -> Outcome {
        restart((0..clients).map(|number| make(u64::from(number))).collect::<Vec<Box<dyn Rule>>>())
    }

    fn tell(clients: u32, outcomes: &[(&str, Outcome)]) {
        println!("\n{clients} clients\n");
        println!(
            "| | attempts in all | most in a second, while it is away | most in a second, from then on | refused by it | half are back | 99 % are back | all are back | gave up |"
        );
        println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        for (name, outcome) in outcomes {
            let Outcome { attempts, refused, gave_up, .. } = outcome;
            let all = attempts.iter().sum::<u64>();
            let (away, there) = attempts.split_at(attempts.len().min((AWAY / SECOND) as usize));
            let [away, there] = [away, there].map(|seconds| seconds.iter().max().copied().unwrap_or_default());
            let [half, nearly, full] = [0.5, 0.99, 1.0].map(|part| match outcome.back_after(part) {
                Some(seconds) => format!("{seconds:.0} s"),
                None => "never".to_owned(),
            });
            println!("| {name} | {all} | {away} | {there} | {refused} | {half} | {nearly} | {full} | {gave_up} |");
        }
    }
}

fn main() {
    #[cfg(not(target_arch = "wasm32"))]
    run::main();
}
