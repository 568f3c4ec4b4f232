//! A certificate authority of the emulator's own, for https without any set-up.

use std::net::IpAddr;
use std::sync::Arc;
use std::{fs, io};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tempfile::TempPath;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use super::signing::pem;

/// What it takes to serve https, and the file that clients need to trust it.
pub(crate) struct Tls {
    pub acceptor: TlsAcceptor,
    /// Deleted when the emulator ends.
    pub ca_file: TempPath,
}

impl Tls {
    /// For an address, and for this machine by its usual names.
    pub(crate) fn new(address: IpAddr) -> io::Result<Self> {
        let (config, authority) = configure(address).map_err(io::Error::other)?;
        let ca_file = tempfile::Builder::new().prefix("auth0-emulator-ca-").suffix(".pem").tempfile()?;
        fs::write(ca_file.path(), authority)?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), ca_file: ca_file.into_temp_path() })
    }
}

/// Configuration of the server, and the authority's certificate as PEM.
fn configure(address: IpAddr) -> Result<(ServerConfig, String), Box<dyn std::error::Error + Send + Sync>> {
    let authority_key = KeyPair::generate()?;
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "auth0-emulator CA");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority_certificate = authority.self_signed(&authority_key)?;

    let key = KeyPair::generate()?;
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned(), address.to_string()];
    let mut server = CertificateParams::new(names)?;
    server.distinguished_name.push(DnType::CommonName, "auth0-emulator");
    server.use_authority_key_identifier_extension = true;
    let certificate = server.signed_by(&key, &Issuer::from_params(&authority, &authority_key))?;

    let private_key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialized_der().to_vec()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private_key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((config, pem("CERTIFICATE", authority_certificate.der())))
}
