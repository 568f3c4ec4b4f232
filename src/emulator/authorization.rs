//! Bearer tokens of the Management API: are they valid, and what do they allow.

use std::collections::BTreeSet;

use axum::http::{HeaderMap, StatusCode, header};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;

use super::api_error::ApiError;
use super::store::Tenant;

/// The scopes of a token.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scopes(BTreeSet<String>);

impl Scopes {
    /// Those of the token in the `Authorization` header, if it is one of this tenant, for its Management API, now.
    pub(crate) fn of_token(tenant: &Tenant, headers: &HeaderMap) -> Result<Self, ApiError> {
        let Some(header) = headers.get(header::AUTHORIZATION) else {
            return Err(ApiError::without_code(StatusCode::UNAUTHORIZED, "Missing authentication"));
        };
        let malformed = || ApiError::new(StatusCode::BAD_REQUEST, "Bearer", "Bad HTTP authentication header format");
        let (scheme, token) = header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(malformed)?;
        if !scheme.eq_ignore_ascii_case("bearer") || token.split('.').count() != 3 {
            return Err(malformed());
        }
        let mut validation = Validation::new(Algorithm::RS256);
        // Both are checked below: the tenant has its own clock, and an expired token is reported before a wrong audience.
        validation.validate_exp = false;
        validation.validate_aud = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &tenant.key.decoding(), &validation);
        let claims = claims.map_err(|error| ApiError::bad_token(complaint(error.kind())))?.claims;
        if claims.exp <= tenant.clock.now().as_second() {
            return Err(ApiError::bad_token("Expired token received for JSON Web Token validation"));
        }
        if claims.iss != tenant.issuer() || claims.aud != tenant.management_audience() {
            return Err(ApiError::bad_token("Invalid token"));
        }
        Ok(claims.scope.split_whitespace().collect())
    }

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

fn complaint(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidSignature => "Invalid signature received for JSON Web Token validation",
        _ => "Invalid token",
    }
}
