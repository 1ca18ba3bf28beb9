//! What does the query ask for, and is all of it understood?
//!
//! Every endpoint takes the parameters it knows and then calls [`Query::check`], which names whatever is left:
//! a misspelt parameter is an answer 400, never a test that passes for the wrong reason.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr, time::Duration};

/// The parameters not yet taken.
#[derive(Debug)]
pub(crate) struct Query {
    left: Vec<(String, String)>,
    taken: Vec<&'static str>,
}

/// A time, or the word that stands in its place.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum MillisOr {
    Millis(Duration),
    Word,
}

/// Why the query was refused, as a sentence.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct BadQuery(pub(crate) String);

impl Query {
    pub(crate) fn parse(raw: Option<&str>) -> Self {
        let left = form_urlencoded::parse(raw.unwrap_or_default().as_bytes()).into_owned().collect();
        Self { left, taken: Vec::new() }
    }

    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, BadQuery> {
        self.taken.push(name);
        let mut found = None;
        let mut index = 0;
        while index < self.left.len() {
            if self.left[index].0 != name {
                index += 1;
            } else if found.replace(self.left.remove(index).1).is_some() {
                return Err(BadQuery(format!("`{name}` is given twice")));
            }
        }
        Ok(found)
    }

    pub(crate) fn number<T: FromStr + PartialOrd + Display>(
        &mut self,
        name: &'static str,
        range: RangeInclusive<T>,
    ) -> Result<Option<T>, BadQuery> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        match text.parse::<T>() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            Ok(_) | Err(_) => Err(BadQuery(format!(
                "`{name}` must be a number from {} to {}, not {text:?}",
                range.start(),
                range.end()
            ))),
        }
    }

    /// Milliseconds, up to [`LONGEST_WAIT`].
    pub(crate) fn millis(&mut self, name: &'static str) -> Result<Option<Duration>, BadQuery> {
        let most = u64::try_from(LONGEST_WAIT.as_millis()).expect("an hour fits");
        Ok(self.number(name, 0..=most)?.map(Duration::from_millis))
    }

    /// Milliseconds, or one word in their place.
    pub(crate) fn millis_or(&mut self, name: &'static str, word: &str) -> Result<Option<MillisOr>, BadQuery> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        if text == word {
            return Ok(Some(MillisOr::Word));
        }
        match text.parse().map(Duration::from_millis) {
            Ok(wait) if wait <= LONGEST_WAIT => Ok(Some(MillisOr::Millis(wait))),
            Ok(_) | Err(_) => Err(BadQuery(format!(
                "`{name}` must be `{word}` or a number from 0 to {}, not {text:?}",
                LONGEST_WAIT.as_millis()
            ))),
        }
    }

    pub(crate) fn one_of(
        &mut self,
        name: &'static str,
        choices: &[&'static str],
    ) -> Result<Option<&'static str>, BadQuery> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let chosen = choices.iter().find(|choice| **choice == text);
        chosen
            .copied()
            .map(Some)
            .ok_or_else(|| BadQuery(format!("`{name}` must be one of {}, not {text:?}", choices.join(", "))))
    }

    /// Every parameter was taken, or the first that nobody knows is named.
    pub(crate) fn check(&self) -> Result<(), BadQuery> {
        match self.left.first() {
            None => Ok(()),
            Some((name, _)) => {
                Err(BadQuery(format!("`{name}` is not a parameter here; known are: {}", self.taken.join(", "))))
            }
        }
    }
}

/// An hour: longer than any test or demonstration waits, and a bound on what a forgotten tab holds here.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(3600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_nobody_knows_is_named_with_those_that_are_known() {
        let mut query = Query::parse(Some("code=1000&aftre=5"));
        assert_eq!(query.number("code", 0..=4999_u16), Ok(Some(1000)));
        assert_eq!(query.millis("after"), Ok(None));
        assert_eq!(query.millis_or("after", "message"), Ok(None));
        let refusal = query.check().expect_err("aftre is misspelt").0;
        assert!(refusal.contains("`aftre`") && refusal.contains("code, after"), "{refusal}");
    }

    #[test]
    fn numbers_out_of_range_and_words_are_refused_in_a_sentence() {
        let refusal = |raw| Query::parse(Some(raw)).number("rate", 1..=10_u32).expect_err("refused").0;
        assert_eq!(refusal("rate=0"), "`rate` must be a number from 1 to 10, not \"0\"");
        assert_eq!(refusal("rate=fast"), "`rate` must be a number from 1 to 10, not \"fast\"");
        assert_eq!(refusal("rate=1&rate=2"), "`rate` is given twice");
    }

    #[test]
    fn percent_signs_and_pluses_are_decoded() {
        let mut query = Query::parse(Some("reason=Work+is%20done"));
        assert_eq!(query.text("reason"), Ok(Some("Work is done".to_owned())));
    }
}
