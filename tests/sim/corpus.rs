//! Which seeds are tried: those that failed once, and how many more?

/// Each line: what it is for (`lives`, `any`, `orderly`), the seed, and why it failed.
const KEPT: &str = include_str!("seeds.txt");

/// The seeds that failed once, for ever tried first.
pub(crate) fn kept(kind: &str) -> impl Iterator<Item = u64> {
    let lines = KEPT.lines().filter(|line| !line.starts_with('#'));
    let of_kind = lines.filter_map(move |line| line.strip_prefix(kind)?.split_whitespace().next());
    of_kind.map(|number| number.parse().expect("a seed follows its kind"))
}

/// How many are tried: `EVERWIRE_SEEDS`, or ten thousand; in the long form of the tests half a million, some minutes.
pub(crate) fn how_many() -> u64 {
    let usual = if std::env::var_os("EVERWIRE_LONG").is_some() { 500_000 } else { 10_000 };
    number("EVERWIRE_SEEDS").unwrap_or(usual)
}

/// The one seed to replay and tell, if one is named by `EVERWIRE_SEED`.
pub(crate) fn named() -> Option<u64> {
    number("EVERWIRE_SEED")
}

fn number(variable: &str) -> Option<u64> {
    let value = std::env::var(variable).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{variable} must be a number: {value}")))
}

/// So many go everywhere: what was not seen in them never happens.
pub(crate) const ENOUGH: u64 = 5_000;
