//! Client assertions: an application signs them with its key to authenticate.
//!
//! <https://auth0.com/docs/get-started/authentication-and-authorization-flow/authenticate-with-private-key-jwt>

mod external;
mod key;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

#[cfg(test)]
pub(super) use external::tests::unsigned;
pub use external::{Assertion, AssertionError};
pub use key::{KeyError, SigningAlgorithm, SigningKey};

/// The form parameter that says how to read the assertion.
pub(super) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Lifetime of an assertion that is signed here. Auth0 accepts up to five minutes.
const LIFETIME: Duration = Duration::from_mins(2);

/// An assertion of the application `client_id` for the token endpoint of `issuer`. It works once, because it has a
/// unique `id`.
pub(super) fn sign(key: &SigningKey, client_id: &str, issuer: &str, id: &str, unix_now: Duration) -> String {
    let header = json!({ "alg": key.algorithm().name(), "typ": "JWT" });
    let claims = json!({
        "iss": client_id,
        "sub": client_id,
        "aud": issuer,
        "iat": unix_now.as_secs(),
        "exp": (unix_now + LIFETIME).as_secs(),
        "jti": id,
    });
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let content = format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
    let signature = key.sign(content.as_bytes());
    format!("{content}.{}", encode(&signature))
}

/// A new ID for an assertion.
pub(super) fn random_id() -> String {
    let mut id = [0; 16];
    aws_lc_rs::rand::fill(&mut id).expect("the system gives random bytes");
    URL_SAFE_NO_PAD.encode(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assertion_says_what_auth0_asks_for() {
        let key = SigningKey::from_pem(&key::tests::pem(), Some(SigningAlgorithm::Ps256)).unwrap();
        let assertion = sign(&key, "me", "https://acme.auth0.com/", "once", Duration::from_secs(1_000));
        let part = |index| {
            let part = assertion.split('.').nth(index).unwrap();
            serde_json::from_slice::<serde_json::Value>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        assert_eq!(part(0), json!({ "alg": "PS256", "typ": "JWT" }));
        let aud = "https://acme.auth0.com/";
        assert_eq!(part(1), json!({ "iss": "me", "sub": "me", "aud": aud, "iat": 1_000, "exp": 1_120, "jti": "once" }));
        assert!(assertion.len() <= 2048, "Auth0 reads no longer ones");
    }

    #[test]
    fn no_two_assertions_have_the_same_name() {
        let (one, other) = (random_id(), random_id());
        assert_ne!(one, other);
        assert!(one.len() <= 64, "Auth0 reads no longer ones");
    }
}
