//! Is anything lost or doubled when a server is killed, wherever it was?

use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    client::{Client, try_open_over},
    own_redis::OwnRedis,
    program::Program,
};

const KILLS: u64 = 8;
const BURST: u64 = 60;

/// Each server takes some of what is sent, answers some of that, and is killed; another goes on with the same store. The
/// client counts by hand, as PROTOCOL.md says.
#[tokio::test]
async fn each_message_is_answered_once_and_in_order_whoever_is_killed() {
    let redis = OwnRedis::start();
    let (mut session, mut sockets, mut sent, mut received) = (None::<String>, 1, 0_u64, 0_u64);
    for kill in 0..=KILLS {
        let mut program = Program::start(&["--addr", "127.0.0.1:0", "--store", &redis.url()]);
        let url = program.url().await;
        let mut client = open(&url).await;
        let hello = match &session {
            None => r#"{"type":"hello"}"#.to_owned(),
            Some(id) => {
                sockets += 1;
                format!(r#"{{"type":"hello","session":"{id}","socket":{sockets},"received":{received}}}"#)
            }
        };
        client.send(Message::text(format!("\0{hello}"))).await;
        let welcome: serde_json::Value = serde_json::from_str(&client.text().await[1..]).expect("a welcome");
        assert_eq!(welcome["resumed"], session.is_some());
        session = Some(welcome["session"].as_str().expect("an id").to_owned());
        let taken = welcome["received"].as_u64().expect("a count");
        assert!(received <= taken && taken <= sent, "{received} answered, {taken} taken, {sent} sent");
        sent += BURST;
        for number in taken + 1..=sent {
            client.send(Message::text(number.to_string())).await;
        }
        // another place in each: before the first answer, in the middle, after the last
        let heard = if kill == KILLS { sent } else { sent - BURST + kill * BURST / KILLS };
        while received < heard {
            let text = client.text().await;
            if !text.starts_with('\0') {
                received += 1;
                assert_eq!(text, received.to_string(), "server {kill}");
            }
        }
        program.kill().await;
    }
    assert_eq!(received, sent);
}

async fn open(url: &str) -> Client {
    let address = url.trim_start_matches("http://");
    let tcp = TcpStream::connect(address).await.expect("it listens");
    let path = format!("ws://{address}/ws/echo");
    try_open_over(tcp, &path, &[("sec-websocket-protocol", "everwire.1")]).await.expect("an open socket")
}
