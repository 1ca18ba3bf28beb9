//! Are pages, packages and refusals served as they should be?

use std::fs;

use everwire_server::Server;

use crate::{client::start, raw::Raw};

#[tokio::test]
async fn the_page_and_the_package_are_served_with_their_types_and_a_policy() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    for (name, content) in [
        ("www/index.html", "<!doctype html>"),
        ("www/main.js", "export {}"),
        ("pkg/everwire_bg.wasm", "\0asm"),
        ("pkg/everwire.js", "export {}"),
        ("secret.txt", "not yours"),
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("made");
        fs::write(path, content).expect("written");
    }
    let www = folder.path().join("www").display().to_string();
    let pkg = folder.path().join("pkg").display().to_string();
    let server = start(&["--www", &www, "--pkg", &pkg]).await;
    for (path, kind) in [
        ("/", "text/html"),
        ("/main.js", "text/javascript"),
        ("/pkg/everwire.js", "text/javascript"),
        ("/pkg/everwire_bg.wasm", "application/wasm"),
    ] {
        let answer = get(&server, path, &[]).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.contains("'wasm-unsafe-eval'") && policy.contains("frame-ancestors 'none'"));
    }
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/pkg/../../secret.txt",
        "/pkg/..%2fsecret.txt",
        "/pkg/%2e%2e/secret.txt",
        "//etc/passwd",
        "/pkg//etc/passwd",
    ] {
        let answer = get(&server, path, &[]).await;
        assert!(answer.status >= 400 && !answer.body.contains("not yours"), "{path}: {answer:?}");
    }
    assert_eq!(request(&server, "POST", "/", &[]).await.status, 405);
}

#[tokio::test]
async fn what_is_not_there_is_404_with_a_sentence() {
    let server = start(&[]).await;
    assert!(get(&server, "/", &[]).await.body.contains("without --www"));
    assert!(get(&server, "/pkg/everwire.js", &[]).await.body.contains("without --pkg"));
    for path in ["/", "/ws/nothing", "/ws/fault/nothing", "/ws/fault/", "/ws/", "/ws/echo/more", "/wsx"] {
        assert_eq!(get(&server, path, &[]).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_plain_get_of_a_websocket_path_is_426() {
    let server = start(&[]).await;
    for path in ["/ws/echo", "/ws/fault/stall", "/ws/token"] {
        let answer = get(&server, path, &[]).await;
        assert_eq!((answer.status, answer.header("upgrade")), (426, Some("websocket")), "{path}");
    }
}

#[tokio::test]
async fn a_handshake_that_asks_for_what_is_not_known_is_400_with_a_sentence() {
    let server = start(&[]).await;
    for (path, part) in [
        ("/ws/hello?aftre=5", "`aftre` is not a parameter here"),
        ("/ws/hello?after=soon", "`after` must be a number"),
        ("/ws/fault/close?code=70000", "`code` must be a number"),
        ("/ws/fault/text?bytes=xyz", "hexadecimal"),
        ("/ws/chat?deflate=maybe", "`deflate` must be one of on, off"),
        ("/ws/chat?protocol=a&protocol=b", "`protocol` is given twice"),
    ] {
        let (status, sentence) = crate::client::try_open(&server, path, &[]).await.err().expect("refused");
        assert_eq!(status, 400, "{path}");
        assert!(sentence.contains(part), "{path}: {sentence}");
    }
    assert!(crate::client::try_open(&server, "/ws/echo?any=thing", &[]).await.is_ok());
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

pub(crate) async fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> Answer {
    request(server, "GET", path, headers).await
}

async fn request(server: &Server, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
    if !headers.iter().any(|(name, _)| *name == "host") {
        text.push_str("Host: localhost\r\n");
    }
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut raw = Raw::connect(server).await;
    raw.write(format!("{text}\r\n").as_bytes()).await;
    raw.read_head().await;
    let body = String::from_utf8_lossy(&raw.rest().await).into_owned();
    let status = raw.head[9..12].parse().expect("a status");
    Answer { status, head: raw.head, body }
}
