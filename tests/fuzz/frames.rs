//! Does the reader of control frames take what it should, and nothing else, whatever it is thrown?
//!
//! `frames/` is a corpus: each file is a text as it travels, and its name says whether it is `taken` or `refused`. The JavaScript
//! reader is held to the same files (`tests/package/control-frames.test.mjs`). Beside it bolero makes up texts: some seconds in
//! the normal run. To look longer, with libFuzzer: `cargo bolero test --package everwire-fuzz any_text`.

#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::Path;

use bolero::{TypeGenerator, check};
use everwire::engine::session::{Ack, Control, Gap, MOST_BYTES, Seen, is_control, seen};
use serde_json::{Map, Value};

#[test]
fn the_corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("frames");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("it is in the repository") {
        let path = entry.expect("it can be listed").path();
        let text = fs::read_to_string(&path).expect("it is text");
        let is_taken = path.extension().is_some_and(|verdict| verdict == "taken");
        assert!(is_taken || path.extension().is_some_and(|verdict| verdict == "refused"), "{}", path.display());
        assert_eq!(seen(&text).is_ok(), is_taken, "{}", path.display());
        agrees(&text);
        count += 1;
    }
    assert!(count >= 60, "{count}");
}

#[test]
fn any_text() {
    check!().with_iterations(30_000).for_each(|bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        agrees(&text);
        agrees(&format!("\0{text}"));
        agrees(&format!("\0{{{text}"));
    });
}

#[test]
fn any_object() {
    check!().with_iterations(40_000).with_type::<Vec<Member>>().for_each(|members| {
        let members: Vec<String> = members.iter().map(Member::json).collect();
        agrees(&format!("\0{{{}}}", members.join(",")));
    });
}

#[test]
fn any_token() {
    check!().with_iterations(10_000).with_type::<String>().for_each(|token| {
        let frame = Control::Authenticate(token.clone());
        let text = frame.write();
        if text.len() <= MOST_BYTES {
            assert_eq!(seen(&text), Ok(Seen::Control(frame)));
            assert_eq!(object(&text).expect("JSON")["token"], token.as_str());
        } else {
            assert!(seen(&text).is_err());
        }
    });
}

/// A member of an object, of the names and values that frames have, and of others.
#[derive(Debug, TypeGenerator)]
enum Member {
    Type(u8),
    Known { name: u8, value: Content },
    Other { name: String, value: Content },
}

#[derive(Debug, TypeGenerator)]
enum Content {
    Small(u8),
    Number(u64),
    Negative(i64),
    Fraction(u16),
    Text(String),
    Id,
    Flag(bool),
    Null,
    Nested,
    Garbage(String),
}

impl Member {
    fn json(&self) -> String {
        match self {
            Self::Type(which) => format!("\"type\":\"{}\"", TYPES[usize::from(*which) % TYPES.len()]),
            Self::Known { name, value } => format!("\"{}\":{}", NAMES[usize::from(*name) % NAMES.len()], value.json()),
            Self::Other { name, value } => format!("{}:{}", Value::from(name.as_str()), value.json()),
        }
    }
}

impl Content {
    fn json(&self) -> String {
        match self {
            Self::Small(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Negative(number) => number.to_string(),
            Self::Fraction(number) => format!("{number}.5"),
            Self::Text(text) => Value::from(text.as_str()).to_string(),
            Self::Id => "\"q83vEjRWeJCrze8SNFZ4kA\"".to_owned(),
            Self::Flag(flag) => flag.to_string(),
            Self::Null => "null".to_owned(),
            Self::Nested => "{\"type\":\"ping\"}".to_owned(),
            Self::Garbage(text) => text.clone(),
        }
    }
}

const TYPES: [&str; 10] =
    ["hello", "welcome", "ack", "gap", "ping", "pong", "authenticate", "authenticated", "bye", "nonsense"];
const NAMES: [&str; 16] = [
    "type",
    "session",
    "socket",
    "received",
    "resumed",
    "window",
    "mostMessages",
    "mostBytes",
    "ackMessages",
    "ackBytes",
    "ackAfter",
    "protocol",
    "from",
    "to",
    "after",
    "token",
];

/// What is taken is JSON to others as well, flat, and says the same; and what was read is read again as it is written.
fn agrees(text: &str) {
    match seen(text) {
        Ok(Seen::Message(message)) => {
            assert!(!is_control(text));
            assert!(message == text || text.strip_prefix('\0') == Some(message));
        }
        Ok(Seen::Control(control)) => {
            assert!(is_control(text) && text.len() <= MOST_BYTES);
            let object = object(text).unwrap_or_else(|| panic!("{text:?} is taken, and is no JSON"));
            assert!(object.values().all(|value| !value.is_array() && !value.is_object()), "{text:?} is nested");
            let written = control.write();
            assert_eq!(seen(&written), Ok(Seen::Control(control.clone())), "{text:?}");
            assert_eq!(object["type"], self::object(&written).expect("we write JSON")["type"]);
            if let Control::Ack(Ack { received }) = control {
                assert_eq!(object["received"], received);
            }
            if let Control::Gap(Gap { from, to }) = control {
                assert_eq!((&object["from"], &object["to"]), (&from.into(), &to.into()));
            }
        }
        Err(_) => {
            assert!(text.starts_with('\0'));
            let is_ping = |object: &Map<String, Value>| {
                let is_whole = |value: &Value| value.as_u64().is_some_and(|number| number < 1 << 53);
                let is_plain = |value: &Value| value.is_string() || value.is_boolean() || value.is_null();
                object.get("type") == Some(&Value::from("ping"))
                    && object.values().all(|value| is_plain(value) || is_whole(value))
            };
            let may_be_doubled = text.matches(':').count() > 1; // serde_json does not tell
            let is_small = text.len() <= MOST_BYTES && text.starts_with("\0{");
            assert!(!object(text).is_some_and(|object| is_ping(&object)) || may_be_doubled || !is_small, "{text:?}");
        }
    }
}

fn object(text: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(text.strip_prefix('\0')?).ok()
}
