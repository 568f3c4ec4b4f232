//! A key by which an application can prove who it is, and assertions that are signed with it.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rcgen::{KeyPair, PKCS_RSA_SHA256, PublicKeyData as _};
use serde_json::{Value, json};

/// Making a key takes long, so the tests share one.
static KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap());

pub(crate) fn private_pem() -> String {
    pem("PRIVATE KEY", KEY.serialized_der())
}

pub(crate) fn public_pem() -> String {
    pem("PUBLIC KEY", &KEY.subject_public_key_info())
}

/// An application that has the key as its credential, as a tenant is asked to create it.
pub(crate) fn application(algorithm: &str) -> Value {
    let credential = json!({ "credential_type": "public_key", "pem": public_pem(), "alg": algorithm });
    json!({
        "name": "terraform",
        "app_type": "non_interactive",
        "grant_types": ["client_credentials"],
        "client_authentication_methods": { "private_key_jwt": { "credentials": [credential] } },
    })
}

/// An assertion of the application for a tenant, good for two minutes from `seconds` from now on.
pub(crate) fn assertion(client_id: &str, url: &str, seconds: i64) -> String {
    sign(&private_pem(), client_id, url, seconds)
}

pub(crate) fn sign(private_pem: &str, client_id: &str, url: &str, seconds: i64) -> String {
    let begin = jiff::Timestamp::now().as_second() + seconds;
    let claims = json!({
        "iss": client_id,
        "sub": client_id,
        "aud": format!("{url}/"),
        "iat": begin,
        "exp": begin + 120,
        "jti": format!("{:x}", fastrand::u128(..)),
    });
    let key = EncodingKey::from_rsa_pem(private_pem.as_bytes()).unwrap();
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &key).unwrap()
}

/// As most tools write it, in lines of 64 characters.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
