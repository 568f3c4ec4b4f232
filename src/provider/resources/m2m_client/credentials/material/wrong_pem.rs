//! Which texts are no public key or certificate in PEM form, and what to do about each.

use std::path::Path;

use aws_lc_rs::signature::RsaKeyPair;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub(super) const CERTIFICATE: &str = "CERTIFICATE";
pub(super) const PUBLIC_KEY: &str = "PUBLIC KEY";
pub(super) const RSA_PUBLIC_KEY: &str = "RSA PUBLIC KEY";

/// Why a text is not usable. Contains nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in super::super) enum WrongPem {
    /// Nothing but white space.
    #[error("it is empty")]
    Empty,
    /// Some editors put this invisible character at the start of a file.
    #[error("it begins with a byte order mark, which is invisible: save it as UTF-8 without one")]
    ByteOrderMark,
    /// The private half, in whatever form.
    #[error(
        "this is a private key, which nobody but the application may have: use its public key, for example from \
         `openssl pkey -in key.pem -pubout`"
    )]
    Private,
    /// The private half, with a passphrase.
    #[error(
        "this is an encrypted private key, which nobody but the application may have: use its public key, for example \
         from `openssl pkey -in key.pem -pubout`"
    )]
    EncryptedPrivate,
    /// The private half, in the format of OpenSSH.
    #[error(
        "this is a private key in the format of OpenSSH, which nobody but the application may have: use its public \
         key, for example from `ssh-keygen -e -m PKCS8 -f key`"
    )]
    OpenSshPrivate,
    /// It has the format of OpenSSH.
    #[error("this is a key in the format of OpenSSH: convert it with `ssh-keygen -e -m PKCS8 -f key.pub`")]
    OpenSsh,
    /// It is a JSON Web Key.
    #[error("this is a JSON Web Key: use the public key in PEM form, which begins with `-----BEGIN PUBLIC KEY-----`")]
    Jwk,
    /// Auth0 accepts RSA only.
    #[error("this is an {0} key, and Auth0 accepts only RSA keys: make one, for example with `openssl genrsa 2048`")]
    NotRsa(&'static str),
    /// Nor is it of any usual kind.
    #[error("this is not an RSA key, and Auth0 accepts no others: make one, for example with `openssl genrsa 2048`")]
    UnknownKind,
    /// Auth0 accepts 2048 bits or more.
    #[error("the RSA key is shorter than 2048 bits, the minimum: make a longer one")]
    TooShort,
    /// A public key alone.
    #[error("this is a public key without its certificate: use what begins with `-----BEGIN CERTIFICATE-----`")]
    NotCertificate,
    /// What a certificate is made of.
    #[error("this is a certificate request: use the certificate that was issued for it")]
    Request,
    /// A chain, or a file with several keys.
    #[error("it has several keys or certificates: use one; of a chain, the certificate of the application alone")]
    Several,
    /// A shell or a settings page joined its lines.
    #[error("its line breaks are written as `\\n`: use real line breaks, or a file")]
    EscapedLineBreaks,
    /// A file for variables or a settings page has it in quotes.
    #[error("it is in quotes: remove them")]
    Quoted,
    /// It is PEM, encoded once more.
    #[error("this is the base64 form of a file in PEM form: decode it first, for example with `base64decode()`")]
    Base64,
    /// It is the place of the key.
    #[error("this is the path of a file: use the content of the file, for example with `file()`")]
    FilePath,
    /// It is PEM, but the content is damaged.
    #[error("it is damaged: it begins like a public key or a certificate in PEM form, but cannot be read")]
    Damaged,
    /// Anything else.
    #[error(
        "this is neither a public key nor a certificate in PEM form, which begin with `-----BEGIN PUBLIC KEY-----` and \
         `-----BEGIN CERTIFICATE-----`"
    )]
    NotPem,
}

/// The label and the content of the one key or certificate in a text. Skips text around it.
pub(super) fn only_section(text: &str) -> Result<(&'static str, Vec<u8>), WrongPem> {
    // A heredoc in a configuration may indent its lines.
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let text = lines.join("\n");
    let text = text.trim();
    if let Some(error) = private(text) {
        return Err(error);
    }
    let mut begins = lines.iter().enumerate().filter_map(|(index, line)| Some((index, label(line)?)));
    match (begins.next(), begins.next()) {
        (Some((first, label)), None) => Ok((label, content(&lines[first + 1..], label)?)),
        (Some(_), Some(_)) => Err(WrongPem::Several),
        (None, _) => Err(other(text)),
    }
}

fn label(line: &str) -> Option<&'static str> {
    let label = line.strip_prefix("-----BEGIN ")?.strip_suffix("-----")?;
    [CERTIFICATE, PUBLIC_KEY, RSA_PUBLIC_KEY].into_iter().find(|known| *known == label)
}

fn content(lines: &[&str], label: &str) -> Result<Vec<u8>, WrongPem> {
    let end = format!("-----END {label}-----");
    let Some(end) = lines.iter().position(|line| *line == end) else {
        return Err(if lines.iter().any(|line| line.contains("\\n")) {
            WrongPem::EscapedLineBreaks
        } else {
            WrongPem::Damaged
        });
    };
    STANDARD.decode(lines[..end].concat()).map_err(|_| WrongPem::Damaged)
}

/// Which private key the text has, in whatever form. Nothing else is looked for before.
fn private(text: &str) -> Option<WrongPem> {
    let decoded = STANDARD.decode(text.split_whitespace().collect::<String>()).unwrap_or_default();
    if [RsaKeyPair::from_pkcs8(&decoded), RsaKeyPair::from_der(&decoded)].iter().any(Result::is_ok) {
        return Some(WrongPem::Private);
    }
    let decoded = String::from_utf8(decoded).unwrap_or_default();
    [text, &decoded].into_iter().find_map(|text| {
        let is_key = text.contains("PRIVATE KEY") || text.starts_with("PuTTY-User-Key-File");
        let is_jwk = text.contains('{') && text.contains("\"kty\"") && text.contains("\"d\"");
        match () {
            () if text.contains("OPENSSH PRIVATE KEY") => Some(WrongPem::OpenSshPrivate),
            () if text.contains("ENCRYPTED") && is_key => Some(WrongPem::EncryptedPrivate),
            () if is_key || is_jwk => Some(WrongPem::Private),
            () => None,
        }
    })
}

/// How `-----BEGIN` begins in base64.
const BASE64_OF_PEM: &str = "LS0tLS1CRUdJT";

/// What a text is that has no key and no certificate.
fn other(text: &str) -> WrongPem {
    match text {
        "" => WrongPem::Empty,
        _ if text.starts_with('\u{feff}') => WrongPem::ByteOrderMark,
        _ if text.starts_with(['{', '[']) => WrongPem::Jwk,
        _ if text.starts_with(['"', '\'', '`']) => WrongPem::Quoted,
        _ if text.contains("-----BEGIN ") && text.contains("\\n") => WrongPem::EscapedLineBreaks,
        _ if text.contains("CERTIFICATE REQUEST-----") => WrongPem::Request,
        _ if text.contains("-----BEGIN EC PARAMETERS") || text.starts_with("ecdsa-") => {
            WrongPem::NotRsa("elliptic-curve (EC)")
        }
        _ if text.starts_with("ssh-ed25519 ") => WrongPem::NotRsa("Ed25519"),
        _ if text.starts_with("ssh-") || text.starts_with("---- BEGIN SSH2") => WrongPem::OpenSsh,
        _ if text.starts_with(BASE64_OF_PEM) => WrongPem::Base64,
        _ if is_path(text) => WrongPem::FilePath,
        _ if begins_damaged(text) => WrongPem::Damaged,
        _ => WrongPem::NotPem,
    }
}

/// Whether somebody meant a file. Base64 has no dots.
fn is_path(text: &str) -> bool {
    let extension = Path::new(text).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let is_of_key =
        ["pem", "key", "pub", "crt", "cer", "der"].iter().any(|usual| extension.eq_ignore_ascii_case(usual));
    !text.contains('\n') && (is_of_key || text.starts_with(['/', '~', '.']))
}

/// Whether the first line of a key or certificate is there, with more or less than it should have.
fn begins_damaged(text: &str) -> bool {
    [CERTIFICATE, PUBLIC_KEY].iter().any(|label| text.contains(&format!("BEGIN {label}")))
}
