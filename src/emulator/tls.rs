//! A certificate authority of the emulator's own, for https without any set-up.
//!
//! Clients are strict in different ways. Certificates have what any of them asks for: key identifiers and critical
//! extensions (Python's strict mode), names as alternative names (Go), the usage, and no more than 825 days (Apple).

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tempfile::TempPath;
use time::{Duration, OffsetDateTime};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use super::signing::pem;
use super::store::File;

/// The longest that a certificate is good for, less what clocks may differ by.
const VALIDITY: Duration = Duration::days(397);

/// What it takes to serve https, and the file that clients need to trust it.
pub(crate) struct Tls {
    pub acceptor: TlsAcceptor,
    pub ca_file: CaFile,
}

/// The certificate of the authority, for clients.
pub(crate) enum CaFile {
    /// Deleted when the emulator ends.
    Temporary(TempPath),
    /// Beside the data.
    Kept(PathBuf),
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

impl Tls {
    /// For an address, and for this machine by its usual names. The authority is that of the file, if there is one, so that
    /// who trusts it once still does after a restart; the server's certificate is a new one each time.
    pub(crate) fn new(address: IpAddr, file: Option<&File>) -> io::Result<Self> {
        let authority = Authority::of(file).map_err(io::Error::other)?;
        let config = configure(address, &authority).map_err(io::Error::other)?;
        let ca_file = CaFile::write(&authority.certificate, file)?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), ca_file })
    }
}

impl CaFile {
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Temporary(path) => path,
            Self::Kept(path) => path,
        }
    }

    fn write(certificate: &str, file: Option<&File>) -> io::Result<Self> {
        let Some(file) = file else {
            let temporary = tempfile::Builder::new().prefix("auth0-emulator-ca-").suffix(".pem").tempfile()?;
            fs::write(temporary.path(), certificate)?;
            return Ok(Self::Temporary(temporary.into_temp_path()));
        };
        let mut path = file.path().as_os_str().to_owned();
        path.push(".ca.pem");
        fs::write(&path, certificate)?;
        Ok(Self::Kept(path.into()))
    }
}

/// Key and certificate, the latter as PEM.
struct Authority {
    key: KeyPair,
    certificate: String,
}

impl Authority {
    fn of(file: Option<&File>) -> Result<Self, Failure> {
        let key = KeyPair::generate()?;
        let Some(file) = file else {
            let certificate = pem("CERTIFICATE", Self::params().self_signed(&key)?.der());
            return Ok(Self { key, certificate });
        };
        let key = file.pem("authority", || pem("PRIVATE KEY", key.serialized_der()))?;
        let key =
            PrivatePkcs8KeyDer::from_pem_slice(key.as_bytes()).map_err(|error| file.damaged(error.to_string()))?;
        let key = KeyPair::try_from(&key).map_err(|error| file.damaged(error.to_string()))?;
        let certificate = Self::params().self_signed(&key)?;
        let certificate = file.pem("authority certificate", || pem("CERTIFICATE", certificate.der()))?;
        Ok(Self { key, certificate })
    }

    /// Always the same, so that a key is all that it takes to sign for an authority from before.
    fn params() -> CertificateParams {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "auth0-emulator CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2049, 12, 31));
        params
    }
}

fn configure(address: IpAddr, authority: &Authority) -> Result<ServerConfig, Failure> {
    let key = KeyPair::generate()?;
    let mut names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
    if !names.contains(&address.to_string()) {
        names.push(address.to_string());
    }
    let mut server = CertificateParams::new(names)?;
    server.distinguished_name = DistinguishedName::new();
    server.distinguished_name.push(DnType::CommonName, "auth0-emulator");
    server.use_authority_key_identifier_extension = true;
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // By the machine's clock, as clients check it, not by the tenant's.
    server.not_before = OffsetDateTime::now_utc() - Duration::DAY;
    server.not_after = server.not_before + VALIDITY;
    let certificate = server.signed_by(&key, &Issuer::from_params(&Authority::params(), &authority.key))?;

    let private_key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialized_der().to_vec()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private_key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
