//! Do hello and chat run over wss?

use std::sync::Arc;

use everwire_server::Server;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName},
};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::client::{Client, Refused, start, try_open_over};

#[tokio::test]
async fn hello_and_chat_run_over_wss_with_the_certificate_made_for_the_run() {
    let server = start(&["--tls"]).await;
    assert!(server.ws_url().starts_with("wss://127.0.0.1:"));
    assert!(server.http_url().starts_with("https://127.0.0.1:"));
    let mut client = try_open(&server, "/ws/hello?after=100", &[]).await.expect("open");
    client.send("My name is John").await;
    assert_eq!(client.text().await, "Hello from server, John!");
    assert_eq!(client.close_frame().await, (1000, "Bye!".to_owned()));
    let mut client = try_open(&server, "/ws/chat", &[]).await.expect("open");
    client.send("hi").await;
    assert_eq!(client.text().await, "hi");
    let mut client = try_open(&server, "/ws/echo", &[]).await.expect("open");
    let large = vec![7; 3 * 1024 * 1024];
    client.send(large.clone()).await;
    assert_eq!(client.data().await.into_data(), large);
}

#[tokio::test]
async fn the_own_origin_of_a_tls_server_is_https() {
    let server = start(&["--tls"]).await;
    let with = async |origin: String| {
        try_open(&server, "/ws/echo", &[("origin", &origin)]).await.map(|_| ()).map_err(|refused| refused.0)
    };
    assert_eq!(with(server.http_url()).await, Ok(()));
    assert_eq!(with(server.http_url().replace("https:", "http:")).await, Err(403));
}

#[tokio::test]
async fn a_reset_below_tls_is_no_clean_end() {
    let server = start(&["--tls"]).await;
    let mut client = try_open(&server, "/ws/fault/reset?after=50", &[]).await.expect("open");
    assert!(client.died().await);
}

#[tokio::test]
async fn a_stop_says_goodbye_over_tls_too() {
    let server = start(&["--tls"]).await;
    let mut client = try_open(&server, "/ws/echo", &[]).await.expect("open");
    let stopping = tokio::spawn(server.stop());
    assert_eq!(client.close_frame().await.0, 1001);
    assert!(client.died().await);
    stopping.await.expect("no panic");
}

async fn try_open(
    server: &Server,
    path: &str,
    headers: &[(&str, &str)],
) -> Result<Client<TlsStream<TcpStream>>, Refused> {
    let mut trusted = RootCertStore::empty();
    let certificate = server.certificate().expect("made for --tls");
    trusted.add(CertificateDer::from(certificate.to_vec())).expect("a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has them")
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let tcp = TcpStream::connect(server.addr()).await.expect("the server listens");
    let name = ServerName::from(server.addr().ip());
    let tls = TlsConnector::from(Arc::new(config)).connect(name, tcp).await.expect("trusted");
    try_open_over(tls, &format!("{}{path}", server.ws_url()), headers).await
}
