//! What a tenant derives from public keys and certificates in PEM form.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use pkcs1::RsaPublicKeyRef;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, SubjectPublicKeyInfoDer};
use x509_cert::Certificate;
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

/// A parsed PEM: a bare public key or a certificate around one.
pub(crate) struct KeyMaterial {
    key: SubjectPublicKeyInfoOwned,
    certificate: Option<Certificate>,
}

impl KeyMaterial {
    /// `None` if the PEM holds neither a public key nor a certificate.
    pub(crate) fn parse(pem: &str) -> Option<Self> {
        if let Ok(certificate) = CertificateDer::from_pem_slice(pem.as_bytes()) {
            let certificate = Certificate::from_der(&certificate).ok()?;
            let key = certificate.tbs_certificate().subject_public_key_info().clone();
            return Some(Self { key, certificate: Some(certificate) });
        }
        let key = SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes()).ok()?;
        Some(Self { key: SubjectPublicKeyInfoOwned::from_der(&key).ok()?, certificate: None })
    }

    /// Modulus and exponent of an RSA key, base64url; `None` for other keys.
    pub(crate) fn rsa_components(&self) -> Option<(String, String)> {
        let key = RsaPublicKeyRef::from_der(self.key.subject_public_key.as_bytes()?).ok()?;
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        Some((encode(key.modulus.as_bytes()), encode(key.public_exponent.as_bytes())))
    }

    /// Thumbprint of the key as JSON Web Key (RFC 7638), which the service uses as key id.
    pub(crate) fn key_id(&self) -> Option<String> {
        let (n, e) = self.rsa_components()?;
        Some(fingerprint(format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#).as_bytes()))
    }

    /// Fingerprint of the certificate.
    pub(crate) fn certificate_thumbprint(&self) -> Option<String> {
        Some(fingerprint(&self.certificate.as_ref()?.to_der().ok()?))
    }

    /// When the certificate expires.
    pub(crate) fn expiry(&self) -> Option<Timestamp> {
        let end = self.certificate.as_ref()?.tbs_certificate().validity().not_after.to_unix_duration();
        Timestamp::from_second(i64::try_from(end.as_secs()).ok()?).ok()
    }

    /// Subject of the certificate, one name a line in the certificate's own order.
    pub(crate) fn subject(&self) -> Option<String> {
        let subject = self.certificate.as_ref()?.tbs_certificate().subject();
        Some(subject.iter_rdn().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }
}

fn fingerprint(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 7638, section 3.1, as PEM.
    const RFC_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4
cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc/BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ/2W+5JsGY4Hc5n9yBXArwl93lqt
7/RN5w6Cf0h4QyQ5v+65YGjQR0/FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbIS
D08qNLyrdkt+bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ+G/xBniIqbw0Ls1jF44+csFCur+kEgU8awapJzKnqDK
gwIDAQAB
-----END PUBLIC KEY-----";

    #[test]
    fn the_id_of_a_key_is_its_thumbprint() {
        let key = KeyMaterial::parse(RFC_KEY).unwrap();
        assert_eq!(key.key_id().as_deref(), Some("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"));
        assert!(key.expiry().is_none() && key.subject().is_none() && key.certificate_thumbprint().is_none());
    }

    #[test]
    fn what_is_no_pem_is_no_key() {
        assert!(KeyMaterial::parse("garbage").is_none());
        let broken = RFC_KEY.replace("MIIB", "AAAA");
        assert!(KeyMaterial::parse(&broken).is_none());
    }
}
