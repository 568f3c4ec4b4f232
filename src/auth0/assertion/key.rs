//! The private key that signs assertions.

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use aws_lc_rs::error::KeyRejected;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::{self, PemObject as _};
use secrecy::{ExposeSecret as _, SecretString};

use super::super::credential_text::{self, TextError};

/// Signing algorithms that Auth0 accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SigningAlgorithm {
    /// RSA with SHA-256. The default for a key in Auth0.
    #[default]
    Rs256,
    /// RSA with SHA-384.
    Rs384,
    /// RSA-PSS with SHA-256.
    Ps256,
}

impl SigningAlgorithm {
    /// The names of all of them.
    pub const NAMES: &'static [&'static str] = &["RS256", "RS384", "PS256"];

    /// Its name in the header of an assertion.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Ps256 => "PS256",
        }
    }

    fn padding(self) -> &'static dyn RsaEncoding {
        match self {
            Self::Rs256 => &RSA_PKCS1_SHA256,
            Self::Rs384 => &RSA_PKCS1_SHA384,
            Self::Ps256 => &RSA_PSS_SHA256,
        }
    }
}

impl FromStr for SigningAlgorithm {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        [Self::Rs256, Self::Rs384, Self::Ps256].into_iter().find(|algorithm| algorithm.name() == name).ok_or(())
    }
}

/// A private key, ready to sign. Cloning is cheap.
#[derive(Clone)]
pub struct SigningKey {
    pair: Arc<RsaKeyPair>,
    algorithm: SigningAlgorithm,
}

/// Why a text is not a usable private key. Contains nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text has something that no key has.
    #[error(transparent)]
    Text(#[from] TextError),
    /// It needs a passphrase.
    #[error("the key is encrypted: decrypt it first, for example with `openssl pkey -in key.pem -out decrypted.pem`")]
    Encrypted,
    /// It is the public key.
    #[error("this is a public key: use the private key that belongs to it")]
    Public,
    /// It is a certificate, which has the public key.
    #[error("this is a certificate: use the private key that belongs to it")]
    Certificate,
    /// It has the format of OpenSSH.
    #[error("this is a key in the format of OpenSSH: convert it with `ssh-keygen -p -m PKCS8 -f key`")]
    OpenSsh,
    /// It is a JSON Web Key.
    #[error("this is a JSON Web Key: use the private key in PEM form, which begins with `-----BEGIN PRIVATE KEY-----`")]
    Jwk,
    /// Auth0 accepts RSA only.
    #[error("the key is not an RSA key, and Auth0 accepts only RSA keys for client assertions")]
    NotRsa,
    /// Auth0 accepts 2048 bits or more.
    #[error("the RSA key is shorter than 2048 bits, the minimum")]
    TooShort,
    /// A shell or a settings page joined its lines.
    #[error("the line breaks of the key are written as `\\n`: use real line breaks, or a file")]
    EscapedLineBreaks,
    /// A file for variables or a settings page has it in quotes.
    #[error("the key is in quotes: remove them")]
    Quoted,
    /// It is PEM, encoded once more.
    #[error("this is the base64 form of a file in PEM form: decode it first, for example with `base64decode()`")]
    Base64,
    /// It is the place of the key.
    #[error("this is the path of a file: use the content of the file, for example with `file()`")]
    FilePath,
    /// It is PEM, but the content is damaged.
    #[error("the key is damaged: it begins like a private key in PEM form, but cannot be read")]
    Damaged,
    /// Anything else.
    #[error("this is not a private key in PEM form, which begins with `-----BEGIN PRIVATE KEY-----`")]
    NotPem,
}

impl SigningKey {
    /// Reads PKCS #8 or PKCS #1 in PEM form. Skips text around the key, such as its certificate.
    pub fn from_pem(pem: &SecretString, algorithm: Option<SigningAlgorithm>) -> Result<Self, KeyError> {
        // A heredoc in a configuration may indent its lines.
        let lines: Vec<&str> = credential_text::trimmed(pem.expose_secret())?.lines().map(str::trim).collect();
        let text = SecretString::from(lines.join("\n"));
        let labels = || lines.iter().filter_map(|line| line.strip_prefix("-----BEGIN ")?.strip_suffix("-----"));
        let key = PrivateKeyDer::from_pem_slice(text.expose_secret().as_bytes()).map_err(|error| match error {
            pem::Error::NoItemsFound => other_than_key(labels(), text.expose_secret()),
            _ if lines.iter().any(|line| line.starts_with("Proc-Type:") && line.ends_with("ENCRYPTED")) => {
                KeyError::Encrypted
            }
            _ if text.expose_secret().contains("\\n") => KeyError::EscapedLineBreaks,
            _ => KeyError::Damaged,
        })?;
        let pair = match &key {
            PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
            _ => return Err(KeyError::NotRsa),
        };
        let pair = Arc::new(pair.map_err(|error| rejected(&error))?);
        Ok(Self { pair, algorithm: algorithm.unwrap_or_default() })
    }

    /// Distinguishes the key, with its algorithm, from others.
    pub(in crate::auth0) fn identity(&self) -> String {
        format!("{} {}", self.algorithm.name(), STANDARD.encode(self.pair.public_key()))
    }

    pub(super) fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    pub(super) fn sign(&self, content: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(self.algorithm.padding(), &SystemRandom::new(), content, &mut signature)
            .expect("an RSA key of 2048 bits or more has room for each of these signatures");
        signature
    }
}

/// Leaves out the key.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

fn other_than_key<'a>(mut labels: impl Iterator<Item = &'a str>, text: &str) -> KeyError {
    match labels.next() {
        Some("ENCRYPTED PRIVATE KEY") => KeyError::Encrypted,
        Some("PUBLIC KEY" | "RSA PUBLIC KEY") => KeyError::Public,
        Some("CERTIFICATE") => KeyError::Certificate,
        Some("OPENSSH PRIVATE KEY") => KeyError::OpenSsh,
        _ if text.starts_with('{') => KeyError::Jwk,
        _ if text.starts_with(['"', '\'', '`']) => KeyError::Quoted,
        _ if text.starts_with("-----BEGIN ") && text.contains("\\n") => KeyError::EscapedLineBreaks,
        _ if text.starts_with(BASE64_OF_PEM) => KeyError::Base64,
        _ if is_path(text) => KeyError::FilePath,
        _ => KeyError::NotPem,
    }
}

/// How `-----BEGIN` begins in base64.
const BASE64_OF_PEM: &str = "LS0tLS1CRUdJT";

/// Whether somebody meant a file. Base64 has no dots.
fn is_path(text: &str) -> bool {
    let extension = Path::new(text).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let is_of_key = ["pem", "key", "p8", "pk8", "der"].iter().any(|usual| extension.eq_ignore_ascii_case(usual));
    !text.contains('\n') && (is_of_key || text.starts_with(['/', '~', '.']))
}

/// aws-lc distinguishes its reasons only by name.
fn rejected(error: &KeyRejected) -> KeyError {
    match error.description_() {
        "WrongAlgorithm" => KeyError::NotRsa,
        "TooSmall" => KeyError::TooShort,
        _ => KeyError::Damaged,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::LazyLock;

    use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA384, UnparsedPublicKey};
    use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PKCS_RSA_SHA256};

    use super::*;

    /// Generating a key takes long, so the tests share one.
    static KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap());

    fn labelled(label: &str, der: &[u8]) -> String {
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
    }

    pub(in crate::auth0) fn pem() -> SecretString {
        labelled("PRIVATE KEY", KEY.serialized_der()).into()
    }

    fn read(pem: &str) -> Result<SigningKey, KeyError> {
        SigningKey::from_pem(&pem.into(), None)
    }

    #[test]
    fn reads_key_in_either_form_with_text_around() {
        let pkcs8 = labelled("PRIVATE KEY", KEY.serialized_der());
        // Of PKCS #8, PKCS #1 is what follows 26 bytes that name the algorithm.
        let pkcs1 = labelled("RSA PRIVATE KEY", &KEY.serialized_der()[26..]);
        let bundle = format!("{}{pkcs8}", labelled("CERTIFICATE", b"anything"));
        let indented = pkcs8.replace('\n', "\r\n    ");
        for pem in [&pkcs8, &pkcs1, &bundle, &indented, &format!("\n{}", pkcs8.trim_end())] {
            assert_eq!(read(pem).unwrap().algorithm(), SigningAlgorithm::Rs256, "{}", &pem[..40]);
        }
    }

    #[test]
    fn identity_tells_keys_and_algorithms_apart() {
        let identity = |algorithm| SigningKey::from_pem(&pem(), Some(algorithm)).unwrap().identity();
        assert_eq!(identity(SigningAlgorithm::Rs256), identity(SigningAlgorithm::Rs256));
        assert_ne!(identity(SigningAlgorithm::Rs256), identity(SigningAlgorithm::Ps256));
    }

    #[test]
    fn a_signature_can_be_checked_with_the_public_key() {
        let key = SigningKey::from_pem(&pem(), Some(SigningAlgorithm::Rs384)).unwrap();
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA384, key.pair.public_key().as_ref());
        public.verify(b"content", &key.sign(b"content")).unwrap();
    }

    #[test]
    fn what_cannot_be_used_is_told_apart_and_not_shown() {
        let pkcs8 = labelled("PRIVATE KEY", KEY.serialized_der());
        let der = |algorithm| KeyPair::generate_for(algorithm).unwrap().serialize_der();
        let legacy = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0FBB\n\n\
                      s3cret==\n-----END RSA PRIVATE KEY-----\n";
        for (pem, expected) in [
            (labelled("ENCRYPTED PRIVATE KEY", b"s3cret"), KeyError::Encrypted),
            (legacy.to_owned(), KeyError::Encrypted),
            (labelled("PUBLIC KEY", b"s3cret"), KeyError::Public),
            (labelled("CERTIFICATE", b"s3cret"), KeyError::Certificate),
            (labelled("OPENSSH PRIVATE KEY", b"s3cret"), KeyError::OpenSsh),
            (r#"{"kty":"RSA","d":"s3cret"}"#.to_owned(), KeyError::Jwk),
            (labelled("PRIVATE KEY", &der(&PKCS_ECDSA_P256_SHA256)), KeyError::NotRsa),
            (labelled("PRIVATE KEY", &der(&PKCS_ED25519)), KeyError::NotRsa),
            (labelled("EC PRIVATE KEY", b"s3cret"), KeyError::NotRsa),
            (labelled("RSA PRIVATE KEY", &STANDARD.decode(OF_512_BITS).unwrap()), KeyError::TooShort),
            (pkcs8.replace('\n', "\\n"), KeyError::EscapedLineBreaks),
            (labelled("PRIVATE KEY", b"s3cret"), KeyError::Damaged),
            (pkcs8[..pkcs8.len() / 2].to_owned(), KeyError::Damaged),
            (pkcs8.replace("MII", "M!I"), KeyError::Damaged),
            (format!("\"{pkcs8}\""), KeyError::Quoted),
            (format!("'{}'", pkcs8.replace('\n', "\\n")), KeyError::Quoted),
            (STANDARD.encode(&pkcs8), KeyError::Base64),
            ("/run/s3cret".to_owned(), KeyError::FilePath),
            ("~/s3cret".to_owned(), KeyError::FilePath),
            ("s3cret.pem\n".to_owned(), KeyError::FilePath),
            (format!("\u{feff}{pkcs8}"), KeyError::Text(TextError::ByteOrderMark)),
            ("s3cret".to_owned(), KeyError::NotPem),
            (STANDARD.encode(KEY.serialized_der()), KeyError::NotPem),
            (" \n".to_owned(), KeyError::Text(TextError::Empty)),
        ] {
            let error = read(&pem).unwrap_err();
            assert_eq!(error, expected, "{pem}");
            assert!(!format!("{error} {error:?}").contains("s3cret"));
        }
        assert!(!format!("{:?}", read(&pkcs8).unwrap()).contains(&pkcs8[60..80]));
    }

    /// Made for this test; it opens nothing.
    const OF_512_BITS: &str = "MIIBOwIBAAJBAMx+gNDAPrvlXZ6A4C07Le4s7A00vPy02oG1+60StD53erhyvP8ilADDfEkHJFnlRnu2VFA9WyO9YObojbNo2OcC\
        AwEAAQJAcjievvsCj3UYC7a0gM8zYnvZBa9VeFmUSytY/l0aLGETfqSr9FKXZLpoHhmKZfGnHrLdtzCBgOs9Vl9/BETowQIhAPt7\
        WFmKGCpSPeSHa9Lpx+cZ8DgzQdo2GOhlukfnjyfXAiEA0CsLhDF7EHb+6H+XbSKn1ZFXzqPa+sHUp0Pe8aO1dXECIBFQTKTdfQxs\
        3RX+vM2oirq+bmtwG/iKAOz/E/QfXRvBAiEAqaobxc+qdP33vzmXCt1PG7NNdN958B0hHH8l6565nBECIQCWSsS524wDuQsUGZor\
        U+pNMnO8TZvqe01BmVj3BqruIg==";
}
