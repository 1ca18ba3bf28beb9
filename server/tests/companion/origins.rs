//! Who may connect?

use everwire_server::Server;

use crate::client::{start, try_open};

#[tokio::test]
async fn a_page_of_the_servers_own_origin_and_a_program_may_connect() {
    let server = start(&[]).await;
    assert_eq!(status(&server, &[]).await, 101);
    assert_eq!(status(&server, &[("origin", &server.http_url())]).await, 101);
    let local = format!("localhost:{}", server.addr().port());
    let origin = format!("http://{local}");
    assert_eq!(status(&server, &[("origin", &origin), ("host", &local)]).await, 101);
}

#[tokio::test]
async fn a_page_of_another_origin_gets_403_on_every_endpoint_and_may_connect_once_it_is_listed() {
    let server = start(&[]).await;
    let page = [("origin", "https://page.example")];
    for path in ["hello", "chat", "echo", "protocol", "watch?id=a", "token?via=message", "fault/close"] {
        let (status, sentence) = try_open(&server, &format!("/ws/{path}"), &page).await.err().expect("refused");
        assert_eq!(status, 403, "{path}");
        assert!(sentence.contains("--origin https://page.example"), "{sentence}");
    }
    assert_eq!(status(&server, &[("origin", "null")]).await, 403);
    let server = start(&["--origin", "https://page.example"]).await;
    assert_eq!(status(&server, &page).await, 101);
    assert_eq!(status(&server, &[("origin", &server.http_url())]).await, 101, "still our own");
    assert_eq!(status(&server, &[("origin", "https://page.example:444")]).await, 403);
}

#[tokio::test]
async fn a_star_lets_every_page_in() {
    let server = start(&["--origin", "*"]).await;
    for origin in ["https://page.example", "null"] {
        assert_eq!(status(&server, &[("origin", origin)]).await, 101, "{origin}");
    }
}

#[tokio::test]
async fn a_name_rebound_to_this_machine_is_not_our_own() {
    let server = start(&[]).await;
    let host = format!("evil.example:{}", server.addr().port());
    let origin = format!("http://{host}");
    assert_eq!(status(&server, &[("origin", &origin), ("host", &host)]).await, 403);
}

async fn status(server: &Server, headers: &[(&str, &str)]) -> u16 {
    match try_open(server, "/ws/echo", headers).await {
        Ok(_) => 101,
        Err((status, _)) => status,
    }
}
