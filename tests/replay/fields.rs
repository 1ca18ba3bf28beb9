//! What does an object of a recording hold? Each name is taken once, and none may be left.

use everwire::engine::{Instant, Span};
use serde_json::{Map, Value};

pub(crate) struct Fields(Map<String, Value>);

/// What is absent was not said; `null` is what never comes or has no bound: the highest number there is.
impl Fields {
    pub(crate) fn of(value: Value) -> Result<Self, String> {
        match value {
            Value::Object(fields) => Ok(Self(fields)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err(format!("{value} is no object"))
            }
        }
    }

    /// Nothing may be left: what is not understood could have changed the session.
    pub(crate) fn end(self) -> Result<(), String> {
        match self.0.keys().next() {
            Some(name) => Err(format!("`{name}` is not known here")),
            None => Ok(()),
        }
    }

    pub(crate) fn object(&mut self, name: &str) -> Result<Self, String> {
        self.object_if(name)?.ok_or_else(|| missing(name))
    }

    pub(crate) fn object_if(&mut self, name: &str) -> Result<Option<Self>, String> {
        self.0.remove(name).map(Self::of).transpose()
    }

    pub(crate) fn text(&mut self, name: &str) -> Result<String, String> {
        self.text_if(name)?.ok_or_else(|| missing(name))
    }

    pub(crate) fn text_if(&mut self, name: &str) -> Result<Option<String>, String> {
        self.take(name, "text", |value| value.as_str().map(str::to_owned))
    }

    pub(crate) fn flag(&mut self, name: &str) -> Result<bool, String> {
        self.flag_if(name)?.ok_or_else(|| missing(name))
    }

    pub(crate) fn flag_if(&mut self, name: &str) -> Result<Option<bool>, String> {
        self.take(name, "true or false", Value::as_bool)
    }

    pub(crate) fn number(&mut self, name: &str) -> Result<f64, String> {
        self.number_if(name)?.ok_or_else(|| missing(name))
    }

    pub(crate) fn number_if(&mut self, name: &str) -> Result<Option<f64>, String> {
        self.take(name, "a number", |value| if value.is_null() { Some(f64::INFINITY) } else { value.as_f64() })
    }

    pub(crate) fn count(&mut self, name: &str) -> Result<u64, String> {
        self.count_if(name)?.ok_or_else(|| missing(name))
    }

    pub(crate) fn count_if(&mut self, name: &str) -> Result<Option<u64>, String> {
        self.take(name, "a whole number", |value| if value.is_null() { Some(u64::MAX) } else { whole(value.as_f64()?) })
    }

    pub(crate) fn small(&mut self, name: &str) -> Result<u32, String> {
        self.small_if(name)?.ok_or_else(|| missing(name))
    }

    pub(crate) fn small_if(&mut self, name: &str) -> Result<Option<u32>, String> {
        self.take(name, "a whole number below 2³²", |value| u32::try_from(whole(value.as_f64()?)?).ok())
    }

    pub(crate) fn time(&mut self, name: &str) -> Result<Instant, String> {
        self.time_if(name)?.ok_or_else(|| missing(name))
    }

    pub(crate) fn time_if(&mut self, name: &str) -> Result<Option<Instant>, String> {
        Ok(self.micros(name)?.map(Instant::from_micros))
    }

    pub(crate) fn span(&mut self, name: &str) -> Result<Span, String> {
        self.span_if(name)?.ok_or_else(|| missing(name))
    }

    pub(crate) fn span_if(&mut self, name: &str) -> Result<Option<Span>, String> {
        Ok(self.micros(name)?.map(Span::micros))
    }

    /// Of milliseconds, the whole microseconds that they were made of.
    fn micros(&mut self, name: &str) -> Result<Option<u64>, String> {
        self.take(name, "milliseconds", |value| {
            if value.is_null() { Some(u64::MAX) } else { whole((value.as_f64()? * 1_000.0).round()) }
        })
    }

    fn take<T>(&mut self, name: &str, what: &str, read: impl Fn(&Value) -> Option<T>) -> Result<Option<T>, String> {
        let Some(value) = self.0.remove(name) else { return Ok(None) };
        read(&value).map(Some).ok_or_else(|| format!("`{name}` must be {what}, and is {value}"))
    }
}

pub(crate) fn missing(name: &str) -> String {
    format!("`{name}` is missing")
}

/// `as` saturates, and a number that does not come back was none.
fn whole(number: f64) -> Option<u64> {
    let whole = number as u64;
    (whole as f64 == number).then_some(whole)
}
