//! How do tests talk to the server as a well-behaved client would?

use std::{future::Future, time::Duration};

use everwire_server::{Options, Server};
use futures_util::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        http::{HeaderName, HeaderValue, Response},
        protocol::CloseFrame,
    },
};

pub(crate) async fn start(words: &[&str]) -> Server {
    let options = ["--addr", "127.0.0.1:0"].iter().chain(words).copied();
    let options = Options::from_words(options).expect("options a user could type");
    Server::start(&options).await.expect("a free port")
}

/// Nothing here takes ten seconds; whatever does is stuck.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match timeout(Duration::from_secs(10), future).await {
        Ok(value) => value,
        Err(_) => panic!("{what} did not happen within ten seconds"),
    }
}

pub(crate) struct Client<S = TcpStream> {
    pub(crate) stream: WebSocketStream<S>,
    pub(crate) answer: Response<()>,
}

/// The status and the sentence of a refused handshake.
pub(crate) type Refused = (u16, String);

pub(crate) async fn open(server: &Server, path: &str) -> Client {
    try_open(server, path, &[]).await.expect("an open socket")
}

pub(crate) async fn try_open(server: &Server, path: &str, headers: &[(&str, &str)]) -> Result<Client, Refused> {
    let tcp = TcpStream::connect(server.addr()).await.expect("the server listens");
    try_open_over(tcp, &format!("{}{path}", server.ws_url()), headers).await
}

pub(crate) async fn try_open_over<S: AsyncRead + AsyncWrite + Unpin>(
    io: S,
    url: &str,
    headers: &[(&str, &str)],
) -> Result<Client<S>, Refused> {
    let mut request = url.into_client_request().expect("a URL");
    for (name, value) in headers {
        let name: HeaderName = name.parse().expect("a header name");
        request.headers_mut().insert(name, HeaderValue::from_str(value).expect("a header value"));
    }
    match soon("the handshake", client_async(request, io)).await {
        Ok((stream, answer)) => Ok(Client { stream, answer: answer.map(|_| ()) }),
        Err(Error::Http(refusal)) => {
            let (parts, body) = refusal.into_parts();
            let sentence = String::from_utf8_lossy(&body.unwrap_or_default()).into_owned();
            Err((parts.status.as_u16(), sentence))
        }
        Err(other) => panic!("neither opened nor refused: {other}"),
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub(crate) fn protocol(&self) -> Option<&str> {
        self.answer.headers().get("sec-websocket-protocol")?.to_str().ok()
    }

    pub(crate) async fn send(&mut self, message: impl Into<Message>) {
        soon("sending", self.stream.send(message.into())).await.expect("an open socket");
    }

    /// The next text, whatever control frames come between.
    pub(crate) async fn text(&mut self) -> String {
        let message = self.data().await;
        let Message::Text(text) = &message else {
            panic!("expected a text, not {message:?}");
        };
        text.as_str().to_owned()
    }

    pub(crate) async fn json(&mut self) -> serde_json::Value {
        serde_json::from_str(&self.text().await).expect("JSON")
    }

    /// The next message that is no ping and no pong; a close is one.
    pub(crate) async fn data(&mut self) -> Message {
        loop {
            let next = soon("a message", self.stream.next()).await;
            let message = next.expect("not the end").expect("an open socket");
            if !message.is_ping() && !message.is_pong() {
                return message;
            }
        }
    }

    /// The code and reason of the close frame that comes now; 1005 for one without.
    pub(crate) async fn close_frame(&mut self) -> (u16, String) {
        let message = self.data().await;
        let Message::Close(frame) = &message else {
            panic!("expected a close frame, not {message:?}");
        };
        match frame {
            Some(CloseFrame { code, reason }) => ((*code).into(), reason.as_str().to_owned()),
            None => (1005, String::new()),
        }
    }

    /// Closes, and returns how the server answered.
    pub(crate) async fn close(&mut self, code: u16, reason: &str) -> (u16, String) {
        let frame = CloseFrame { code: code.into(), reason: reason.to_owned().into() };
        self.stream.close(Some(frame)).await.expect("an open socket");
        self.close_frame().await
    }

    /// Whether the connection ended without a close frame, after whatever came before.
    pub(crate) async fn died(&mut self) -> bool {
        loop {
            match soon("the end", self.stream.next()).await {
                Some(Ok(Message::Close(_))) => return false,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return true,
            }
        }
    }
}
