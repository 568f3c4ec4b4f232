//! Client assertions: a client proves with a signature that it holds a registered key.
//!
//! Rules as in Auth0's documentation, "Authenticate with Private Key JWT".

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use super::AuthenticatedClient;
use crate::emulator::store::{Credential, Tenant};

/// Longest assertion, and longest claim.
const MAX_ASSERTION: usize = 2048;
const MAX_CLAIM: usize = 64;
/// Tolerated difference between clocks, in seconds.
const SKEW: i64 = 10;
/// Longest validity of an assertion, in seconds.
const MAX_LIFETIME: i64 = 300;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    jti: String,
    iat: Option<i64>,
    nbf: Option<i64>,
}

/// A JWT has one audience or a list of them (RFC 7519, 4.1.3). Auth0's own client for Go sends a list of one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn is(&self, issuer: &str) -> bool {
        match self {
            Self::One(audience) => audience == issuer,
            Self::Several(audiences) => audiences.iter().any(|audience| audience == issuer),
        }
    }
}

/// The client that the assertion proves, or what is wrong with it. Only a token that is issued uses it up.
pub(super) fn verify(tenant: &Tenant, assertion: &str, client_id: Option<&str>) -> Result<AuthenticatedClient, String> {
    if assertion.len() > MAX_ASSERTION {
        return Err(format!("The client assertion is longer than {MAX_ASSERTION} bytes"));
    }
    let header = jsonwebtoken::decode_header(assertion).map_err(|_| "The client assertion is not a JWT")?;
    let claims = jsonwebtoken::dangerous::insecure_decode::<Claims>(assertion);
    let claims = claims.map_err(|_| "iss, sub, aud, exp and jti are required in the client assertion")?.claims;
    let client = tenant.client(&claims.sub).map_err(|error| error.to_string())?;
    let now = tenant.clock.now();
    let signed = client
        .assertion_credentials()
        .filter(|credential| !credential.is_expired(now))
        .filter(|credential| header.kid.is_none() || text(credential, "kid") == header.kid.as_deref())
        .any(|credential| is_signed_with(assertion, credential, header.alg));
    if !signed {
        return Err("The client assertion is not signed with a registered key".into());
    }
    check(&claims, client_id, &tenant.issuer(), now.as_second())?;
    if tenant.used_assertion(&claims.sub, &claims.jti) {
        return Err("jti has been used before".into());
    }
    let stale_from = claims.exp.saturating_add(SKEW);
    Ok(AuthenticatedClient { client_id: claims.sub, assertion: Some((claims.jti, stale_from)) })
}

fn is_signed_with(assertion: &str, credential: &Credential, algorithm: Algorithm) -> bool {
    let expected = match text(credential, "alg") {
        Some("RS384") => Algorithm::RS384,
        Some("PS256") => Algorithm::PS256,
        _ => Algorithm::RS256,
    };
    let key = credential.public_key().and_then(|key| key.rsa_components());
    let Some(key) = key.and_then(|(n, e)| DecodingKey::from_rsa_components(&n, &e).ok()) else { return false };
    // Times and audience are checked below, in the service's terms.
    let mut validation = Validation::new(expected);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    algorithm == expected && jsonwebtoken::decode::<Claims>(assertion, &key, &validation).is_ok()
}

fn check(claims: &Claims, client_id: Option<&str>, issuer: &str, now: i64) -> Result<(), String> {
    if [&claims.iss, &claims.sub, &claims.jti].iter().any(|claim| claim.len() > MAX_CLAIM) {
        return Err(format!("iss, sub and jti have at most {MAX_CLAIM} characters"));
    }
    if claims.iss != claims.sub || client_id.is_some_and(|id| id != claims.sub) {
        return Err("iss, sub and client_id differ".into());
    }
    if !claims.aud.is(issuer) {
        return Err(format!("aud is not {issuer}"));
    }
    if claims.exp < now - SKEW {
        return Err("The client assertion has expired".into());
    }
    if claims.exp > claims.iat.unwrap_or(now).saturating_add(MAX_LIFETIME + SKEW) {
        return Err("exp is more than five minutes away".into());
    }
    if claims.iat.into_iter().chain(claims.nbf).any(|time| time > now + SKEW) {
        return Err("The client assertion is not valid yet".into());
    }
    Ok(())
}

fn text<'c>(credential: &'c Credential, name: &str) -> Option<&'c str> {
    credential.document.get(name)?.as_str()
}
