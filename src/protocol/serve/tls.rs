//! Mutual TLS between the host and this process. Each has a certificate that lives as long as the process.

use std::sync::Arc;

use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, KeyPair};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, ServerConfig, SignatureScheme,
    client::danger::HandshakeSignatureValid,
};
use time::{Duration, OffsetDateTime};

use super::error::StartError;

/// The server's TLS configuration, and the certificate for the handshake line.
#[derive(Clone)]
pub(super) struct Tls {
    pub(super) config: Arc<ServerConfig>,
    pub(super) certificate: CertificateDer<'static>,
}

impl Tls {
    /// Accepts only the client that has the key of this certificate.
    pub(super) fn for_client(pem: &str) -> Result<Self, StartError> {
        let pinned = CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|error| StartError::ClientCertificate(error.to_string()))?;
        // Text that is not an X.509 certificate would never match, so fail here instead of refusing every connection.
        rustls::server::ParsedCertificate::try_from(&pinned)
            .map_err(|error| StartError::ClientCertificate(error.to_string()))?;

        // P-256, not go-plugin's P-521: it saves 4 ms in each process, and the host accepts both.
        let key = KeyPair::generate()?;
        let certificate = certificate_params()?.self_signed(&key)?.der().clone();
        let private_key = PrivateKeyDer::Pkcs8(key.serialize_der().into());

        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = Arc::new(Pinned { certificate: pinned, provider: Arc::clone(&provider) });
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![certificate.clone()], private_key)?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        // A host connects once and needs no ticket.
        config.send_tls13_tickets = 0;
        Ok(Self { config: Arc::new(config), certificate })
    }
}

/// Go's client checks the name `localhost`, the usage and the time.
fn certificate_params() -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(["localhost".to_owned()])?;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // Host and plugin share a clock, but the host's check may round the other way.
    params.not_before = OffsetDateTime::now_utc() - Duration::minutes(1);
    Ok(params)
}

/// Accepts exactly one certificate.
///
/// rustls' own verifier refuses Terraform's client certificate, because it is marked as a certificate authority.
/// Equality is stricter than a chain of trust. The signature proves that the client has the key.
#[derive(Debug)]
struct Pinned {
    certificate: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ClientCertVerifier for Pinned {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        presented: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        if *presented == self.certificate {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_refused() {
        let not_pem = "hello";
        let not_x509 = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
        let cut = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n";
        for text in [not_pem, not_x509, cut] {
            assert!(matches!(Tls::for_client(text), Err(StartError::ClientCertificate(_))), "{text}");
        }
    }
}
