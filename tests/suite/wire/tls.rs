//! Mutual TLS between host and plugin.

use std::sync::Arc;
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::version::{TLS12, TLS13};
use rustls::{ProtocolVersion, RootCertStore};
use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tonic::transport::Channel;

use crate::support::client::{TLS, channel, dial, dial_tls, provider};
use crate::support::identity::Identity;
use crate::support::plugin::{Handshake, Launch};

#[tokio::test]
async fn item_013_handshake_certificate_is_valid_for_localhost() {
    let plugin = Launch::new().secured_by(&Identity::like_terraforms()).start().await;
    assert!(!plugin.handshake.fields[5].contains('='));
    let certificate = CertificateDer::from(plugin.handshake.certificate().unwrap());

    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::new(aws_lc_rs::default_provider()))
            .build()
            .unwrap();
    let verify =
        |name: &'static str, time| verifier.verify_server_cert(&certificate, &[], &name.try_into().unwrap(), &[], time);
    let now = UnixTime::now();
    verify("localhost", now).unwrap();
    // A host whose clock is a little behind.
    verify("localhost", UnixTime::since_unix_epoch(Duration::from_secs(now.as_secs() - 30))).unwrap();
    verify("example.com", now).unwrap_err();
}

#[tokio::test]
async fn item_014_the_certificate_served_is_the_one_announced() {
    let identity = Identity::like_terraforms();
    let plugin = Launch::new().secured_by(&identity).start().await;
    let stream = dial_tls(&plugin.handshake, Some(&identity), &TLS).await.unwrap();
    let served = stream.get_ref().1.peer_certificates().unwrap();
    assert_eq!(served, [CertificateDer::from(plugin.handshake.certificate().unwrap())]);
}

#[tokio::test]
async fn item_015_the_host_gets_in_over_tls_1_3_and_over_tls_1_2() {
    let identity = Identity::like_terraforms();
    let plugin = Launch::new().secured_by(&identity).start().await;
    for (offered, negotiated) in [(&TLS13, ProtocolVersion::TLSv1_3), (&TLS12, ProtocolVersion::TLSv1_2)] {
        let stream = dial_tls(&plugin.handshake, Some(&identity), &[offered]).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(negotiated));
        assert!(answers(channel(stream).await).await);
    }
}

#[tokio::test]
async fn item_016_nobody_else_gets_in() {
    let identity = Identity::like_terraforms();
    let plugin = Launch::new().secured_by(&identity).start().await;

    for version in TLS {
        assert!(!gets_in(&plugin.handshake, None, version).await, "without a certificate");
        let stranger = Identity::like_terraforms();
        assert!(!gets_in(&plugin.handshake, Some(&stranger), version).await, "with the same name on another key");
        assert!(gets_in(&plugin.handshake, Some(&identity), version).await, "and the host still does");
    }
    assert!(!answers(channel(dial(&plugin.handshake).await.unwrap()).await).await, "without TLS");
}

#[tokio::test]
async fn item_017_the_protocol_negotiated_is_http_2() {
    let identity = Identity::like_terraforms();
    let plugin = Launch::new().secured_by(&identity).start().await;
    let stream = dial_tls(&plugin.handshake, Some(&identity), &TLS).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
}

#[tokio::test]
async fn item_018_tls_1_1_is_refused() {
    let plugin = Launch::new().secured_by(&Identity::like_terraforms()).start().await;
    let mut stream = dial(&plugin.handshake).await.unwrap();
    stream.write_all(&client_hello_of_tls_1_1()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let (alert, fatal, protocol_version) = (21, 2, 70);
    assert_eq!((answer[0], &answer[5..]), (alert, [fatal, protocol_version].as_slice()), "{answer:?}");
}

#[tokio::test]
async fn item_020_invalid_client_certificate_is_fatal() {
    let cut = Identity::like_terraforms().pem.replace("END CERTIFICATE", "");
    for bad in ["junk", &cut, "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n"] {
        Launch::new().env("PLUGIN_CLIENT_CERT", bad).finish().await.assert_refused("PLUGIN_CLIENT_CERT");
    }
}

/// Connecting proves little: in TLS 1.3 a client learns of its refusal only when it reads.
async fn gets_in(
    handshake: &Handshake,
    identity: Option<&Identity>,
    version: &'static rustls::SupportedProtocolVersion,
) -> bool {
    match dial_tls(handshake, identity, &[version]).await {
        Ok(stream) => answers(channel(stream).await).await,
        Err(_) => false,
    }
}

async fn answers(channel: Result<Channel, tonic::transport::Error>) -> bool {
    match channel {
        Ok(channel) => provider(channel).stop_provider(wire::stop_provider::Request {}).await.is_ok(),
        Err(_) => false,
    }
}

/// RFC 4346: a hello that lacks nothing but a version later than 1.1.
fn client_hello_of_tls_1_1() -> Vec<u8> {
    let version = [3, 2];
    let mut body = version.to_vec();
    body.extend([7; 32]); // random
    body.push(0); // no session
    body.extend([0, 2, 0xc0, 0x2b]); // one suite: TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
    body.extend([1, 0]); // no compression
    let signature_algorithms = [0, 13, 0, 4, 0, 2, 4, 3];
    let supported_groups = [0, 10, 0, 4, 0, 2, 0, 23];
    body.extend([0, 16]);
    body.extend(signature_algorithms);
    body.extend(supported_groups);
    let mut record = vec![22, 3, 1];
    record.extend(u16::try_from(body.len() + 4).unwrap().to_be_bytes());
    record.extend([1, 0]);
    record.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
    record.extend(body);
    record
}
