//! Raw gRPC connections to a provider.

use std::io;
use std::sync::Arc;

use hyper_util::rt::TokioIo;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use terraform_provider_auth0::protocol::wire::tfplugin6::provider_client::ProviderClient;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::either::Either;
use tonic::transport::{Channel, Endpoint};

use super::identity::Identity;
use super::plugin::Handshake;

type Plain = Either<UnixStream, TcpStream>;

/// As many bytes as Go's client takes.
const MESSAGE_LIMIT: usize = i32::MAX as usize;

/// A connection to where the handshake points, before any protocol.
pub(crate) async fn dial(handshake: &Handshake) -> io::Result<Plain> {
    Ok(match handshake.network() {
        "unix" => Either::Left(UnixStream::connect(handshake.address()).await?),
        "tcp" => Either::Right(TcpStream::connect(handshake.address()).await?),
        other => panic!("no network: {other}"),
    })
}

/// TLS as Go's client does it: the root is the certificate of the handshake line, the name `localhost`.
pub(crate) async fn dial_tls(
    handshake: &Handshake,
    identity: Option<&Identity>,
    versions: &[&'static SupportedProtocolVersion],
) -> io::Result<TlsStream<Plain>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(handshake.certificate().expect("a server with TLS"))).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots);
    let mut config = match identity {
        None => config.with_no_client_auth(),
        Some(identity) => {
            config.with_client_auth_cert(vec![identity.certificate.clone()], identity.private_key()).unwrap()
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    let name = "localhost".try_into().unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, dial(handshake).await?).await
}

/// Both versions that Go's client may use.
pub(crate) const TLS: [&SupportedProtocolVersion; 2] = [&TLS13, &TLS12];

/// A gRPC channel over one connection.
pub(crate) async fn channel<S>(stream: S) -> Result<Channel, tonic::transport::Error>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut stream = Some(TokioIo::new(stream));
    Endpoint::from_static("http://localhost")
        .connect_with_connector(tower::service_fn(move |_| {
            let stream = stream.take().ok_or_else(|| io::Error::other("there is only one connection"));
            async { stream }
        }))
        .await
}

/// A gRPC channel to a server without TLS.
pub(crate) async fn plain(handshake: &Handshake) -> Channel {
    channel(dial(handshake).await.unwrap()).await.unwrap()
}

/// The provider service at the other end.
pub(crate) fn provider(channel: Channel) -> ProviderClient<Channel> {
    ProviderClient::new(channel).max_decoding_message_size(MESSAGE_LIMIT).max_encoding_message_size(MESSAGE_LIMIT)
}
