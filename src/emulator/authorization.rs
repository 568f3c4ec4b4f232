//! Bearer tokens of the Management API: are they valid, and what do they allow.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode, header};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;

use super::error::ApiError;
use super::signing::SigningKey;
use super::store::Tenant;

/// The scopes of a token.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scopes(BTreeSet<String>);

impl Scopes {
    pub(crate) fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.0.contains(*name))
    }

    /// Fails unless the token has one of the scopes.
    pub(crate) fn require_any(&self, names: &[&str]) -> Result<(), ApiError> {
        if self.has_any(names) { Ok(()) } else { Err(ApiError::insufficient_scope(names)) }
    }
}

impl<'a> FromIterator<&'a str> for Scopes {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        Self(names.into_iter().map(str::to_owned).collect())
    }
}

#[derive(Deserialize)]
struct Claims {
    exp: i64,
    iss: String,
    aud: String,
    #[serde(default)]
    scope: String,
}

/// What decides whether a token is one of this tenant, for its Management API, now.
pub(crate) struct Verifier {
    key: Arc<SigningKey>,
    issuer: String,
    audience: String,
    now: i64,
}

impl Verifier {
    pub(crate) fn of(tenant: &Tenant) -> Self {
        Self {
            key: Arc::clone(&tenant.key),
            issuer: tenant.issuer(),
            audience: tenant.management_audience(),
            now: tenant.clock.now().as_second(),
        }
    }

    /// The scopes of the token in the `Authorization` header.
    pub(crate) fn scopes(&self, headers: &HeaderMap) -> Result<Scopes, ApiError> {
        let Some(header) = headers.get(header::AUTHORIZATION) else {
            return Err(ApiError::without_code(StatusCode::UNAUTHORIZED, "Missing authentication"));
        };
        let malformed = || ApiError::new(StatusCode::BAD_REQUEST, "Bearer", "Bad HTTP authentication header format");
        let (scheme, token) = header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(malformed)?;
        if !scheme.eq_ignore_ascii_case("bearer") || token.split('.').count() != 3 {
            return Err(malformed());
        }
        let mut validation = Validation::new(Algorithm::RS256);
        // The tenant has a clock of its own, and a token that has expired is told so whatever it was for.
        validation.validate_exp = false;
        validation.validate_aud = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.key.decoding(), &validation);
        let claims = claims.map_err(|error| ApiError::bad_token(complaint(error.kind())))?.claims;
        if claims.exp <= self.now {
            return Err(ApiError::bad_token("Expired token received for JSON Web Token validation"));
        }
        if claims.iss != self.issuer || claims.aud != self.audience {
            return Err(ApiError::bad_token("Invalid token"));
        }
        Ok(claims.scope.split_whitespace().collect())
    }
}

fn complaint(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidSignature => "Invalid signature received for JSON Web Token validation",
        _ => "Invalid token",
    }
}
