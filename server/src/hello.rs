//! Who is greeted, and when does the greeting end?
//!
//! The article's first example: "My name is John" is answered "Hello from server, John!", and five seconds after the
//! first message the server closes with 1000 "Bye!".

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::{
    closing::Ending,
    query::{BadQuery, Query},
    socket::{Payload, Socket},
};

/// `/ws/hello`.
#[derive(Debug)]
pub(crate) struct Hello {
    closes_after: Duration,
}

impl Hello {
    pub(crate) fn new(query: &mut Query) -> Result<Self, BadQuery> {
        let closes_after = query.millis("after")?.unwrap_or(FIVE_SECONDS);
        Ok(Self { closes_after })
    }

    pub(crate) async fn serve(self, socket: &mut Socket) -> Ending {
        let mut closes_at: Option<Instant> = None;
        loop {
            let time_is_up = async {
                match closes_at {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            let received = tokio::select! {
                received = socket.receive() => received,
                () = time_is_up => return Ending::close(1000, "Bye!"),
            };
            let Some(received) = received else {
                return Ending::Over;
            };
            let Payload::Text(bytes) = received else {
                return Ending::close(1003, "a name is text");
            };
            closes_at.get_or_insert_with(|| Instant::now() + self.closes_after);
            let text = String::from_utf8_lossy(&bytes);
            if !socket.send_text(format!("Hello from server, {}!", name_in(&text))).await {
                return Ending::Over;
            }
        }
    }
}

/// The last word, without the punctuation around it; Guest if that leaves no letter or digit.
fn name_in(message: &str) -> &str {
    let last = message.split_whitespace().next_back().unwrap_or_default();
    let name = last.trim_matches(is_punctuation);
    if name.chars().any(char::is_alphanumeric) { name } else { "Guest" }
}

/// ASCII's, and what typographers and other scripts put around a word.
fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c,
            '\u{a1}'..='\u{bf}' | '\u{2010}'..='\u{205e}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{301f}'
            | '،' | '؛' | '؟' | '।' | '！' | '，' | '．' | '？' | '（' | '）' | '：' | '；' | '・')
}

/// What the article's server waits.
const FIVE_SECONDS: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_is_the_name() {
        for (message, name) in [
            ("My name is John", "John"),
            ("My name is John.", "John"),
            ("  My name is  John!! ", "John"),
            ("I am “Zoë”…", "Zoë"),
            ("Je m'appelle Jean-Luc", "Jean-Luc"),
            ("it's O'Brien", "O'Brien"),
            ("私の名前は 花子。", "花子"),
            ("मेरा नाम प्रिया।", "प्रिया"),
            ("I am R2D2", "R2D2"),
            ("e\u{301}", "e\u{301}"),
        ] {
            assert_eq!(name_in(message), name, "{message:?}");
        }
    }

    #[test]
    fn who_gives_no_name_is_a_guest() {
        for message in ["", "   ", "...", "My name is -", "My name is 🦀"] {
            assert_eq!(name_in(message), "Guest", "{message:?}");
        }
    }
}
