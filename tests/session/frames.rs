//! What is a control frame, and what is none?

use everwire::engine::Span;
use everwire::engine::session::{
    Ack, Breach, Bye, Control, Gap, Hello, MOST_BYTES, Seen, Terms, Welcome, escaped, seen,
};

const ID: &str = "q83vEjRWeJCrze8SNFZ4kA";

fn read(json: &str) -> Option<Control> {
    match seen(&format!("\0{json}")) {
        Ok(Seen::Control(control)) => Some(control),
        Ok(Seen::Message(text)) => panic!("{text} is no message"),
        Err(Breach::Form) => None,
        Err(Breach::Counts) => panic!("a frame has no counts to be joined"),
    }
}

fn welcome() -> Welcome {
    Welcome {
        session: ID.to_owned(),
        resumed: true,
        received: (1 << 53) - 1,
        window: 0,
        most: (1, 1 << 40),
        terms: Terms { messages: 1, bytes: 1, after: Span::millis(60_000) },
        protocol: Some("chat \"x\" \\ \n \u{1F980}".to_owned()),
    }
}

#[test]
fn what_is_written_is_read_as_it_was() {
    let all = [
        Control::Hello(Hello::default()),
        Control::Hello(Hello { session: Some(ID.to_owned()), socket: 2, received: 17 }),
        Control::Welcome(welcome()),
        Control::Welcome(Welcome { protocol: None, resumed: false, ..welcome() }),
        Control::Ack(Ack { received: 0 }),
        Control::Gap(Gap { from: 1, to: 2 }),
        Control::Ping,
        Control::Pong,
        Control::Authenticate("ey\u{0}\u{1f}\u{7f}\u{2028}".to_owned()),
        Control::Authenticated,
        Control::Bye(Bye::default()),
        Control::Bye(Bye { after: 5, url: Some("wss://b.example/ws".to_owned()) }),
    ];
    for control in all {
        assert_eq!(seen(&control.write()), Ok(Seen::Control(control)));
    }
}

#[test]
fn a_frame_looks_as_the_protocol_shows_it() {
    assert_eq!(Control::Hello(Hello::default()).write(), "\0{\"type\":\"hello\"}");
    let hello = Hello { session: Some(ID.to_owned()), socket: 3, received: 124 };
    assert_eq!(
        Control::Hello(hello).write(),
        "\0{\"type\":\"hello\",\"session\":\"q83vEjRWeJCrze8SNFZ4kA\",\"socket\":3,\"received\":124}"
    );
    assert_eq!(Control::Gap(Gap { from: 4, to: 24 }).write(), "\0{\"type\":\"gap\",\"from\":4,\"to\":24}");
    assert_eq!(Control::Bye(Bye { after: 3, url: None }).write(), "\0{\"type\":\"bye\",\"after\":3}");
}

#[test]
fn json_may_be_written_in_many_ways() {
    let ack = Some(Control::Ack(Ack { received: 18 }));
    for same in [
        r#"{"type":"ack","received":18}"#,
        " { \"type\" :\t\"ack\" ,\r\n \"received\" : 18 } ",
        r#"{"received":18,"type":"ack"}"#,
        r#"{"\u0074ype":"\u0061ck","received":18}"#,
        r#"{"type":"ack","received":18,"later":"a server of tomorrow","more":true,"none":null}"#,
    ] {
        assert_eq!(read(same.trim_start()), ack, "{same}");
    }
    assert_eq!(read(r#"{"type":"authenticate","token":"\ud83e\udd80\/"}"#), Some(Control::Authenticate("🦀/".into())));
}

#[test]
fn anything_else_is_a_breach() {
    let long = format!(r#"{{"type":"authenticate","token":"{}"}}"#, "x".repeat(MOST_BYTES));
    for none in [
        "",
        "{",
        "{}",
        "}",
        "[]",
        "null",
        "hi",
        r#"{"type":"ack"}"#,
        r#"{"type":"ack","received":null}"#,
        r#"{"type":"ack","received":"18"}"#,
        r#"{"type":"ack","received":-1}"#,
        r#"{"type":"ack","received":1.0}"#,
        r#"{"type":"ack","received":1e3}"#,
        r#"{"type":"ack","received":01}"#,
        r#"{"type":"ack","received":9007199254740992}"#,
        r#"{"type":"ack","received":99999999999999999999999999}"#,
        r#"{"type":"ack","received":18,"received":18}"#,
        r#"{"type":"ack","received":18,}"#,
        r#"{"type":"ack","received":18}}"#,
        r#"{"type":"ack","received":18} x"#,
        r#"{"type":"ack","received":[18]}"#,
        r#"{"type":"ack","received":18,"more":{"nested":1}}"#,
        r#"{"type":"ack" "received":18}"#,
        r#"{'type':'ack','received':18}"#,
        r#"{"type":"Ack","received":18}"#,
        r#"{"type":"subscribe"}"#,
        r#"{"type":1}"#,
        r#"{"type":"authenticate"}"#,
        r#"{"type":"authenticate","token":"\ud83e"}"#,
        r#"{"type":"authenticate","token":"\ud83e\u0041"}"#,
        r#"{"type":"authenticate","token":"\udd80"}"#,
        r#"{"type":"authenticate","token":"\x41"}"#,
        r#"{"type":"authenticate","token":"\u00"}"#,
        "{\"type\":\"authenticate\",\"token\":\"\n\"}",
        r#"{"type":"authenticate","token":"not closed}"#,
        r#"{"type":"hello","session":"short","socket":2,"received":0}"#,
        r#"{"type":"hello","session":"q83vEjRWeJCrze8SNFZ4kA+","socket":2,"received":0}"#,
        r#"{"type":"hello","session":"q83vEjRWeJCrze8SNFZ4kA"}"#,
        r#"{"type":"gap","from":1}"#,
        &long,
    ] {
        assert_eq!(read(none), None, "{none}");
    }
    let lacking = [r#""resumed":true,"#, r#""received":9007199254740991,"#, r#""window":0,"#, r#""ackBytes":1,"#];
    let whole = Control::Welcome(welcome()).write();
    for part in lacking {
        assert!(whole.contains(part) && seen(&whole.replace(part, "")) == Err(Breach::Form), "{part}");
    }
    for (good, bad) in [("\"ackMessages\":1", "\"ackMessages\":0"), ("\"ackAfter\":60000", "\"ackAfter\":60001")] {
        assert!(whole.contains(good) && seen(&whole.replace(good, bad)) == Err(Breach::Form), "{bad}");
    }
}

#[test]
fn an_applications_text_is_its_own_whatever_it_looks_like() {
    for text in ["", "hi", "{", "\0", "\0\0", "\0{\"type\":\"ping\"}", "\0hi"] {
        let travels = escaped(text);
        assert_eq!(travels.is_some(), text.starts_with('\0'));
        assert_eq!(seen(travels.as_deref().unwrap_or(text)), Ok(Seen::Message(text)));
    }
}

/// By chance, and near to what is right: nothing makes it panic, and what it takes it writes and takes again.
#[test]
fn reading_is_total() {
    let mut random = crate::random::Random::new(7);
    let seeds =
        [Control::Welcome(welcome()).write(), Control::Hello(Hello::default()).write(), "\0{\"a\":\"\\u00".into()];
    for _ in 0..100_000 {
        let mut chars: Vec<char> = random.pick(&seeds).chars().collect();
        for _ in 0..=random.below(4) {
            let at = random.below(chars.len() as u64) as usize;
            let other = random.pick(&['"', '\\', '{', '}', ',', ':', '0', '9', 'e', ' ', 'u', '\0', '🦀', '\u{7f}']);
            match random.below(3) {
                0 => chars[at] = other,
                1 => chars.insert(at, other),
                _ => drop(chars.remove(at)),
            }
            if chars.is_empty() {
                chars.push(other);
            }
        }
        let text: String = chars.into_iter().collect();
        if let Ok(Seen::Control(control)) = seen(&text) {
            assert_eq!(seen(&control.write()), Ok(Seen::Control(control)), "{text}");
        }
    }
}
