//! Keys that the tenant signs with, and the certificate that clients carry.

use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};
use pkcs1::RsaPublicKeyRef;
use pkcs1::der::Decode as _;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_RSA_SHA256, PublicKeyData as _};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::{Value, json};

/// The key of all tenants of this process that have none in a file: making one takes longer than starting an emulator should.
static KEY: LazyLock<Arc<SigningKey>> = LazyLock::new(|| Arc::new(SigningKey::generate()));

/// An RSA key with its public part in the notation of JSON Web Keys.
pub(crate) struct SigningKey {
    pair: KeyPair,
    kid: String,
    modulus: String,
    exponent: String,
}

impl SigningKey {
    /// The key of this process.
    pub(crate) fn shared() -> Arc<Self> {
        Arc::clone(&KEY)
    }

    /// A key that was written down before; `None` if that is not a private RSA key.
    pub(crate) fn from_pem(pem: &str) -> Option<Self> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).ok()?;
        KeyPair::from_pkcs8_der_and_sign_algo(&der, &PKCS_RSA_SHA256).ok().map(Self::new)
    }

    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// The public key as in `/.well-known/jwks.json`.
    pub(crate) fn jwk(&self) -> Value {
        json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": self.modulus, "e": self.exponent })
    }

    pub(crate) fn encoding(&self) -> EncodingKey {
        EncodingKey::from_rsa_pem(self.private_pem().as_bytes()).expect("the key was made as an RSA key")
    }

    pub(crate) fn decoding(&self) -> DecodingKey {
        DecodingKey::from_rsa_components(&self.modulus, &self.exponent).expect("both parts were encoded as base64url")
    }

    pub(crate) fn private_pem(&self) -> String {
        pem("PRIVATE KEY", self.pair.serialized_der())
    }

    fn generate() -> Self {
        Self::new(KeyPair::generate_for(&PKCS_RSA_SHA256).expect("aws-lc generates RSA keys"))
    }

    fn new(pair: KeyPair) -> Self {
        let public = RsaPublicKeyRef::from_der(pair.der_bytes()).expect("rcgen gives RSA keys in the form of PKCS #1");
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let (modulus, exponent) = (encode(public.modulus.as_bytes()), encode(public.public_exponent.as_bytes()));
        let kid = encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, pair.der_bytes()).as_ref());
        Self { kid: kid[..21].to_owned(), modulus, exponent, pair }
    }
}

/// The certificate in the `signing_keys` of clients. The service makes one for each client; here all share one.
pub(crate) struct ClientCertificate {
    pem: String,
    pkcs7: String,
    key: String,
    subject: String,
}

impl ClientCertificate {
    pub(crate) fn of(domain: &str, key: &SigningKey) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, domain);
        let certificate = params.self_signed(&key.pair).expect("a certificate with nothing but a name can be signed");
        Self {
            pkcs7: pem("PKCS7", &certificates_only(certificate.der())),
            pem: pem("CERTIFICATE", certificate.der()),
            key: key.private_pem(),
            subject: format!("/CN={domain}"),
        }
    }

    pub(crate) fn with_key(&self) -> Value {
        json!([{ "cert": self.pem, "pkcs7": self.pkcs7, "key": self.key, "subject": self.subject }])
    }

    pub(crate) fn without_key(&self) -> Value {
        json!([{ "cert": self.pem, "pkcs7": self.pkcs7, "subject": self.subject }])
    }

    /// Lists show another word for the subject.
    pub(crate) fn in_lists(&self) -> Value {
        json!([{ "cert": self.pem, "pkcs7": self.pkcs7, "subject": "deprecated" }])
    }
}

/// A certificate in the wrapping of PKCS #7 without any signature (RFC 2315, "degenerate case").
fn certificates_only(certificate: &[u8]) -> Vec<u8> {
    const SIGNED_DATA: [u8; 11] = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
    const DATA: [u8; 11] = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
    let version = [2, 1, 1];
    let no_digests = der(0x31, &[]);
    let no_signers = der(0x31, &[]);
    let parts = [&version[..], &no_digests, &der(0x30, &DATA), &der(0xa0, certificate), &no_signers].concat();
    der(0x30, &[&SIGNED_DATA[..], &der(0xa0, &der(0x30, &parts))].concat())
}

/// One value in the distinguished encoding of ASN.1.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().position(|byte| *byte != 0).unwrap_or(length.len() - 1)..];
    let mut encoded = vec![tag];
    if content.len() >= 0x80 {
        encoded.push(0x80 | u8::try_from(significant.len()).expect("a length has at most eight bytes"));
    }
    encoded.extend_from_slice(significant);
    encoded.extend_from_slice(content);
    encoded
}

/// The text form of keys and certificates (RFC 7468).
pub(crate) fn pem(label: &str, bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let lines: Vec<&str> = (0..text.len()).step_by(64).map(|start| &text[start..text.len().min(start + 64)]).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_short_lengths_are_encoded_as_the_rules_say() {
        assert_eq!(der(4, &[]), [4, 0]);
        assert_eq!(der(4, &[1; 3]), [4, 3, 1, 1, 1]);
        assert_eq!(der(4, &[0; 200])[..3], [4, 0x81, 200]);
        assert_eq!(der(4, &[0; 300])[..4], [4, 0x82, 1, 44]);
    }

    #[test]
    fn the_private_key_is_in_one_of_the_three_forms_only() {
        let certificate = ClientCertificate::of("tenant.example", &SigningKey::shared());
        assert!(certificate.with_key()[0]["key"].as_str().unwrap().contains("PRIVATE KEY"));
        assert!(certificate.without_key()[0].get("key").is_none());
        assert_eq!(certificate.without_key()[0]["subject"], "/CN=tenant.example");
        assert_eq!(certificate.in_lists()[0]["subject"], "deprecated");
    }
}
