//! What a configured text in PEM form or a configured subject is.

mod subject;
mod wrong_pem;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use pkcs1::RsaPublicKeyRef;
use time::OffsetDateTime;
use x509_cert::Certificate as X509;
use x509_cert::der::{Decode as _, oid::ObjectIdentifier};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

pub(super) use wrong_pem::WrongPem;
use wrong_pem::{CERTIFICATE, PUBLIC_KEY, RSA_PUBLIC_KEY, only_section};

/// What distinguishes a credential from others of the application. Texts never do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Identity {
    /// The thumbprint of a public key (RFC 7638), which Auth0 shows as `kid` unless it was given another one.
    Key(String),
    /// The `thumbprint_sha256` of a certificate.
    Certificate(String),
    /// The distinguished name of a subject, in the form for comparison.
    Subject(String),
}

impl Identity {
    /// The identity of a credential with this subject, from a configuration or from Auth0.
    pub(super) fn of_subject(subject_dn: &str) -> Self {
        Self::Subject(subject::comparable(subject_dn))
    }
}

/// An RSA key for `private_key_jwt`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PublicKey {
    /// The `kid` that Auth0 derives from it.
    pub thumbprint: String,
    /// When its certificate expires, if it came in one.
    pub not_after: Option<OffsetDateTime>,
    /// The form for Auth0: nothing around it, and no indentation.
    pub pem: String,
}

/// A certificate for mutual TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Certificate {
    /// The `thumbprint_sha256` that Auth0 derives from it.
    pub thumbprint: String,
    /// The `subject_dn` that Auth0 derives from it: one name a line, in the order of the certificate.
    pub subject_dn: String,
    /// When it expires.
    pub not_after: OffsetDateTime,
    /// The form for Auth0: nothing around it, and no indentation.
    pub pem: String,
}

impl PublicKey {
    /// Reads a public key, or the key in a certificate.
    pub(super) fn read(pem: &str) -> Result<Self, WrongPem> {
        let (label, der) = only_section(pem)?;
        let certificate = (label == CERTIFICATE).then(|| x509(&der)).transpose()?;
        let not_after = certificate.as_ref().map(not_after).transpose()?;
        let (label, der) = if label == RSA_PUBLIC_KEY { (PUBLIC_KEY, spki(&der)) } else { (label, der) };
        let key = match certificate {
            Some(certificate) => certificate.tbs_certificate().subject_public_key_info().clone(),
            None => SubjectPublicKeyInfoOwned::from_der(&der).map_err(|_| WrongPem::Damaged)?,
        };
        Ok(Self { thumbprint: key_thumbprint(&key)?, not_after, pem: labelled(label, &der) })
    }

    pub(super) fn identity(&self) -> Identity {
        Identity::Key(self.thumbprint.clone())
    }
}

impl Certificate {
    /// Reads a certificate. Its key may be of any kind.
    pub(super) fn read(pem: &str) -> Result<Self, WrongPem> {
        let (label, der) = only_section(pem)?;
        if label != CERTIFICATE {
            return Err(WrongPem::NotCertificate);
        }
        let certificate = x509(&der)?;
        Ok(Self {
            thumbprint: fingerprint(&der),
            subject_dn: subject::of(certificate.tbs_certificate().subject()),
            not_after: not_after(&certificate)?,
            pem: labelled(label, &der),
        })
    }

    /// Its identity for `self_signed_tls_client_auth`.
    pub(super) fn identity(&self) -> Identity {
        Identity::Certificate(self.thumbprint.clone())
    }

    /// Its identity for `tls_client_auth`: certificates with the same subject are one credential.
    pub(super) fn subject_identity(&self) -> Identity {
        Identity::of_subject(&self.subject_dn)
    }
}

/// <https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1>
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// Other kinds of keys, with their names.
const OTHER_KINDS: [(&str, &str); 6] = [
    ("1.2.840.10045.2.1", "elliptic-curve (EC)"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
    ("1.2.840.113549.1.1.10", "RSA-PSS"),
    ("1.2.840.10040.4.1", "DSA"),
    ("1.3.101.110", "X25519"),
];

/// The shortest key that Auth0 accepts.
const SHORTEST: usize = 2048;

/// The header of a key in SPKI form: RSA, without parameters.
const RSA_ALGORITHM: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

fn key_thumbprint(key: &SubjectPublicKeyInfoOwned) -> Result<String, WrongPem> {
    if key.algorithm.oid != RSA {
        let oid = key.algorithm.oid.to_string();
        let kind = OTHER_KINDS.iter().find(|(other, _)| *other == oid).map(|(_, kind)| *kind);
        return Err(kind.map_or(WrongPem::UnknownKind, WrongPem::NotRsa));
    }
    let bits = key.subject_public_key.as_bytes().ok_or(WrongPem::Damaged)?;
    let rsa = RsaPublicKeyRef::from_der(bits).map_err(|_| WrongPem::Damaged)?;
    let modulus = rsa.modulus.as_bytes();
    let unused = modulus.first().map_or(0, |first| first.leading_zeros() as usize);
    if modulus.len() * 8 - unused < SHORTEST {
        return Err(WrongPem::TooShort);
    }
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let (e, n) = (encode(rsa.public_exponent.as_bytes()), encode(modulus));
    // The members of the key and their order are those of RFC 7638, section 3.2.
    Ok(fingerprint(format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#).as_bytes()))
}

fn fingerprint(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, bytes))
}

fn x509(der: &[u8]) -> Result<X509, WrongPem> {
    X509::from_der(der).map_err(|_| WrongPem::Damaged)
}

fn not_after(certificate: &X509) -> Result<OffsetDateTime, WrongPem> {
    let seconds = certificate.tbs_certificate().validity().not_after.to_unix_duration().as_secs();
    let seconds = i64::try_from(seconds).map_err(|_| WrongPem::Damaged)?;
    OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| WrongPem::Damaged)
}

/// The SPKI form of a key in PKCS #1 form.
fn spki(pkcs1: &[u8]) -> Vec<u8> {
    let bits = tagged(0x03, &[&[0], pkcs1].concat());
    tagged(0x30, &[&RSA_ALGORITHM, bits.as_slice()].concat())
}

/// DER: tag, length, content.
fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length = &length[content.len().leading_zeros() as usize / 8..];
    let mut der = vec![tag];
    if content.len() >= 0x80 {
        der.push(0x80 | u8::try_from(length.len()).expect("a length has at most eight bytes"));
    }
    der.extend(length);
    der.extend(content);
    der
}

fn labelled(label: &str, der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let lines: Vec<_> = encoded.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line)).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[cfg(test)]
mod tests;
