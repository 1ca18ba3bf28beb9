//! How is a flat JSON object read and written?
//!
//! RFC 8259, without arrays and nested objects, and numbers whole from 0 to 2⁵³ − 1.

use super::super::super::words;

/// Names and values, in their order.
pub(super) struct Object(Vec<(String, Value)>);

enum Value {
    Text(String),
    Number(u64),
    Flag(bool),
    Null,
}

impl Object {
    /// `None`: it is none, or a name comes twice.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text };
        let mut members: Vec<(String, Value)> = Vec::new();
        reader.take("{")?;
        if reader.take("}").is_none() {
            loop {
                reader.skip_space();
                let name = reader.text()?;
                reader.take(":")?;
                let value = reader.value()?;
                if members.iter().any(|(other, _)| *other == name) {
                    return None;
                }
                members.push((name, value));
                if reader.take(",").is_none() {
                    break;
                }
            }
            reader.take("}")?;
        }
        reader.skip_space();
        reader.rest.is_empty().then_some(Self(members))
    }

    /// The member; `Some(None)` if it is not there, `None` if it is of another kind.
    pub(super) fn text(&mut self, name: &str) -> Option<Option<String>> {
        match self.take(name) {
            Value::Text(text) => Some(Some(text)),
            Value::Null => Some(None),
            Value::Number(_) | Value::Flag(_) => None,
        }
    }

    pub(super) fn number(&mut self, name: &str) -> Option<Option<u64>> {
        match self.take(name) {
            Value::Number(number) => Some(Some(number)),
            Value::Null => Some(None),
            Value::Text(_) | Value::Flag(_) => None,
        }
    }

    /// A number that is there and not 0.
    pub(super) fn not_zero(&mut self, name: &str) -> Option<u64> {
        self.number(name)?.filter(|number| *number > 0)
    }

    pub(super) fn flag(&mut self, name: &str) -> Option<Option<bool>> {
        match self.take(name) {
            Value::Flag(flag) => Some(Some(flag)),
            Value::Null => Some(None),
            Value::Text(_) | Value::Number(_) => None,
        }
    }

    fn take(&mut self, name: &str) -> Value {
        let member = self.0.iter_mut().find(|(other, _)| other == name);
        member.map_or(Value::Null, |(_, value)| std::mem::replace(value, Value::Null))
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    /// This, after any space.
    fn take(&mut self, sign: &str) -> Option<()> {
        self.skip_space();
        self.rest = self.rest.strip_prefix(sign)?;
        Some(())
    }

    fn value(&mut self) -> Option<Value> {
        self.skip_space();
        for (word, value) in [("true", Value::Flag(true)), ("false", Value::Flag(false)), ("null", Value::Null)] {
            if self.take(word).is_some() {
                return Some(value);
            }
        }
        if self.rest.starts_with('"') { self.text().map(Value::Text) } else { self.number().map(Value::Number) }
    }

    fn number(&mut self) -> Option<u64> {
        let rest = self.rest.trim_start_matches(|next: char| next.is_ascii_digit());
        let digits = self.rest.strip_suffix(rest)?; // to split would bring the words of its panic, two kilobytes of them
        let is_led_by_zero = digits.len() > 1 && digits.starts_with('0');
        let is_whole = !rest.starts_with(['.', 'e', 'E']);
        if digits.is_empty() || digits.len() > 16 || is_led_by_zero || !is_whole {
            return None;
        }
        let number = digits.bytes().fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
        self.rest = rest;
        (number <= MOST).then_some(number)
    }

    fn text(&mut self) -> Option<String> {
        self.rest = self.rest.strip_prefix('"')?;
        let mut text = String::new();
        loop {
            let mut rest = self.rest.chars();
            let next = rest.next()?;
            self.rest = rest.as_str();
            match next {
                '"' => return Some(text),
                '\\' => text.push(self.escape()?),
                '\0'..=' ' if next != ' ' => return None, // written as an escape, or not at all
                _ => text.push(next),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let mut rest = self.rest.chars();
        let next = rest.next()?;
        self.rest = rest.as_str();
        Some(match next {
            '"' | '\\' | '/' => next,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let unit = self.unit()?;
                match unit {
                    0xD800..0xDC00 => {
                        self.rest = self.rest.strip_prefix("\\u")?;
                        let low = self.unit()?;
                        let low = low.checked_sub(0xDC00).filter(|low| *low < 0x400)?; // half a character is none
                        char::from_u32(0x1_0000 + ((unit - 0xD800) << 10) + low)?
                    }
                    _ => char::from_u32(unit)?,
                }
            }
            _ => return None,
        })
    }

    fn unit(&mut self) -> Option<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            let mut rest = self.rest.chars();
            unit = unit * 16 + rest.next()?.to_digit(16)?;
            self.rest = rest.as_str();
        }
        Some(unit)
    }
}

/// 2⁵³ − 1: the largest that a JavaScript number tells from its neighbours.
const MOST: u64 = (1 << 53) - 1;

/// Writes a frame.
pub(super) struct Writer(String);

impl Writer {
    pub(super) fn new(mark: char) -> Self {
        Self(String::from(mark))
    }

    pub(super) fn begin(&mut self, kind: &str) {
        self.0.push('{');
        self.text("type", kind);
    }

    pub(super) fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }

    pub(super) fn number(&mut self, name: &str, number: u64) {
        self.name(name);
        self.0.push_str(&words::number(number));
    }

    pub(super) fn flag(&mut self, name: &str, flag: bool) {
        self.name(name);
        self.0.push_str(if flag { "true" } else { "false" });
    }

    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        self.0.push('"');
        for next in text.chars() {
            match next {
                '"' | '\\' => {
                    self.0.push('\\');
                    self.0.push(next);
                }
                '\0'..='\u{1f}' => {
                    self.0.push_str("\\u00");
                    let code = next as u8;
                    for digit in [code >> 4, code & 15] {
                        self.0.push(char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }));
                    }
                }
                _ => self.0.push(next),
            }
        }
        self.0.push('"');
    }

    fn name(&mut self, name: &str) {
        if !self.0.ends_with('{') {
            self.0.push(',');
        }
        self.0.push('"');
        self.0.push_str(name);
        self.0.push_str("\":");
    }
}
