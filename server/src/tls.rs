//! With which certificate does the server speak TLS?

use std::{net::IpAddr, sync::Arc};

use rcgen::{CertificateParams, KeyPair};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use time::{Duration, OffsetDateTime};
use tokio_rustls::TlsAcceptor;

/// A certificate that lives as long as the server, and what speaks TLS with it.
pub(crate) struct Identity {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) certificate: CertificateDer<'static>,
}

impl Identity {
    /// Signed by itself, for localhost, the loopback addresses and the address listened on.
    pub(crate) fn new(bound: IpAddr) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
        if !bound.is_unspecified() && !names.contains(&bound.to_string()) {
            names.push(bound.to_string());
        }
        let mut params = CertificateParams::new(names)?;
        let now = OffsetDateTime::now_utc();
        params.not_before = now - Duration::DAY; // for a client whose clock is behind
        params.not_after = now + Duration::days(30); // no run lasts longer; browsers refuse lifetimes over a year
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?.der().clone();
        let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], private)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()]; // a WebSocket begins with an HTTP/1.1 upgrade
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificate })
    }
}
