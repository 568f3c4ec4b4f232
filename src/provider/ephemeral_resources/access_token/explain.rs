//! Why an application got no token, and what to do.

use crate::{
    auth0::{Error, TokenError},
    diagnostic::Diagnostic,
    provider::diagnosis::{Names, full_stop},
};

const NAMES: Names = Names { object: "access token", attributes: || &[], renamed: &[], message_hints: &[] };

/// Explains why there is no token.
pub(super) fn diagnose(error: &Error) -> Diagnostic {
    let Error::Token(refusal) = error else { return NAMES.diagnose("get", error) };
    let (step, attribute) = step(refusal);
    let told = full_stop(format!("Auth0 granted no token: {refusal}"));
    let told = Diagnostic::error("Cannot get the access token", format!("{told} {step}"));
    match attribute {
        Some(attribute) => told.at(attribute),
        None => told,
    }
}

/// The next step, and its argument unless the argument has a secret.
fn step(refusal: &TokenError) -> (String, Option<&'static str>) {
    let (step, attribute) = match refusal {
        TokenError::WrongCredentials => (
            "Check `client_id` and `client_secret`. If the secret was rotated, use `auth0_client_secret` to read the \
             new one. If the application authenticates with a key, it has no secret.",
            Some("client_id"),
        ),
        TokenError::AssertionRefused { signed_here: true, .. } => (
            "Check that the public key of `client_assertion_private_key` is a credential of the application and has \
             not expired. It must have the algorithm of `client_assertion_signing_alg` (default `RS256`). The clock of \
             this machine must be right.",
            Some("client_id"),
        ),
        TokenError::AssertionRefused { signed_here: false, .. }
        | TokenError::AssertionExpired
        | TokenError::AssertionSpent => (
            "Auth0 accepts each assertion once, and Terraform gets one token to plan and one to apply. Set a new \
             assertion for each, or set `client_assertion_private_key`.",
            None,
        ),
        TokenError::Assertion(_) => ("Check `client_assertion`.", None),
        TokenError::NotAuthorized { .. } => {
            ("Create an `auth0_client_grant` of the application for the API, and refer to it here.", Some("audience"))
        }
        TokenError::UnknownAudience { .. } => ("Check the identifier of the API.", Some("audience")),
        TokenError::GrantTypeNotAllowed => ("Add it to `grant_types` of the application.", Some("client_id")),
        TokenError::QuotaExceeded { .. } => (
            "Wait until the quota refills, then run again. Or raise `token_quota` of the application. Each run gets up \
             to two tokens.",
            Some("client_id"),
        ),
        TokenError::NotAuth0 { .. } => ("Check `domain` of the provider (or `AUTH0_DOMAIN`).", None),
        TokenError::Refused { status, .. } if *status >= 500 => {
            ("Auth0 failed. Try again later, and check https://status.auth0.com.", None)
        }
        TokenError::Refused { description, .. } if description.contains("organization") => {
            ("Check `organization`, and the organization settings of the application's grant.", Some("organization"))
        }
        TokenError::Refused { .. } => ("The tenant's log in Auth0 has the exact reason.", None),
    };
    (step.to_owned(), attribute)
}

/// The token lacks required scopes.
pub(super) fn not_granted(missing: &[String], audience: &str) -> Diagnostic {
    let detail = format!(
        "The token for `{audience}` lacks {}. Add what is missing to `scopes` of the application's \
         `auth0_client_grant`, or remove it here.",
        missing.join(", ")
    );
    Diagnostic::error("Scopes Not Granted", detail).at("scopes")
}

/// The token is still in use when it expires.
pub(super) fn ends(audience: &str) -> Diagnostic {
    let detail = format!(
        "The token for `{audience}` was still in use shortly before it expired, and Terraform cannot replace it during \
         a run. The API refuses the token after that. Raise `token_lifetime` of the API, or split the run."
    );
    Diagnostic::warning("Access Token at Its End", detail)
}
