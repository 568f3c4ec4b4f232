//! Why an application got no token, and what to do.

use crate::{
    auth0::{Error, Suspicion, TokenError},
    diagnostic::Diagnostic,
    provider::diagnosis::Names,
};

const NAMES: Names = Names { object: "access token", attributes: || &[], renamed: &[], message_hints: &[] };

/// Explains why there is no token.
pub(super) fn diagnose(error: &Error) -> Diagnostic {
    let Error::Token(refusal) = error else { return NAMES.diagnose("get", error) };
    let (step, attribute) = step(refusal);
    let told = Diagnostic::error("Cannot get the access token", format!("Auth0 grants none: {refusal}. {step}"));
    match attribute {
        Some(attribute) => told.at(attribute),
        None => told,
    }
}

/// What to do, and the argument that it is about unless that holds a secret.
fn step(refusal: &TokenError) -> (String, Option<&'static str>) {
    let (step, attribute) = match refusal {
        TokenError::WrongCredentials => (
            "Check `client_id` and `client_secret`. A secret that was rotated is replaced by that of \
             `auth0_client_secret`; an application that proves itself with a key has none.",
            Some("client_id"),
        ),
        TokenError::AssertionRefused { suspicion: Some(Suspicion::Clock(_)), .. } => {
            ("Set the clock of this machine: an assertion is taken for some minutes only.", None)
        }
        TokenError::AssertionRefused { signed_here: true, .. } => (
            "Check that the public half of `client_assertion_private_key` is a credential of the application that has not \
             expired, with the algorithm that `client_assertion_signing_alg` names (without it `RS256`).",
            Some("client_id"),
        ),
        TokenError::AssertionRefused { signed_here: false, .. } | TokenError::AssertionSpent => (
            "Auth0 takes each assertion once, and Terraform gets a token to plan and another to apply. Give a new \
             assertion to each run, or let `client_assertion_private_key` sign.",
            None,
        ),
        TokenError::Assertion(_) => ("Check `client_assertion`.", None),
        TokenError::NotAuthorized { .. } => {
            ("Give the application an `auth0_client_grant` for the API, and refer to it here.", Some("audience"))
        }
        TokenError::UnknownAudience { .. } => ("Check the identifier of the API.", Some("audience")),
        TokenError::GrantTypeNotAllowed => ("Add it to `grant_types` of the application.", Some("client_id")),
        TokenError::QuotaExceeded { .. } => (
            "Run again when the quota has been refilled, or raise `token_quota` of the application. Each run gets up to \
             two tokens.",
            Some("client_id"),
        ),
        TokenError::NotAuth0 { .. } => ("Check `domain` of the provider (or `AUTH0_DOMAIN`).", None),
        TokenError::Refused { status, .. } if *status >= 500 => {
            ("Auth0 failed. Try again later, and check https://status.auth0.com.", None)
        }
        TokenError::Refused { description, .. } if description.contains("organization") => {
            ("Check `organization`, and what the application's grant says of organizations.", Some("organization"))
        }
        TokenError::Refused { .. } => ("The tenant's log in Auth0 has the exact reason.", None),
    };
    (step.to_owned(), attribute)
}

/// A token that lacks what it was wanted for.
pub(super) fn not_granted(missing: &[String], audience: &str) -> Diagnostic {
    let detail = format!(
        "Auth0 granted a token for `{audience}` without {}. Add that to the `scopes` of the application's \
         `auth0_client_grant`, or remove it here.",
        missing.join(", ")
    );
    Diagnostic::error("Scopes Not Granted", detail).at("scopes")
}

/// A token that is still in use when it ends.
pub(super) fn ends(audience: &str) -> Diagnostic {
    let detail = format!(
        "The token for `{audience}` was in use until shortly before its end, and Terraform cannot replace it while it \
         runs. What used it later was refused. Let the tokens of the API live longer (`token_lifetime`), or split the run."
    );
    Diagnostic::warning("Access Token at Its End", detail)
}
