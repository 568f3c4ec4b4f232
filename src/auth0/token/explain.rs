//! Why Auth0 granted no access token.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;

use super::super::endpoint::Endpoint;
use super::super::error::Error;
use super::super::response::{Outcome, Response};
use super::super::token_error::TokenError;
use super::client_auth::{Question, Shown};
use crate::foreign;

/// The OAuth error form: <https://www.rfc-editor.org/rfc/rfc6749#section-5.2>.
#[derive(Deserialize)]
struct OauthError {
    error: String,
    #[serde(default)]
    error_description: String,
}

/// The error of a response without a token. `unix_now` is the current time, to check the lifetime of an assertion.
pub(super) fn explain(outcome: &Outcome, endpoint: Endpoint, question: &Question, unix_now: Duration) -> Error {
    let response = &outcome.response;
    let status = response.status.as_u16();
    let body = serde_json::from_slice(&response.body);
    if response.status == StatusCode::TOO_MANY_REQUESTS {
        return match body {
            Ok(OauthError { error_description, .. }) if error_description.ends_with("quota exceeded") => {
                TokenError::QuotaExceeded { wait: response.wait }.into()
            }
            _ => Error::refusal(outcome, endpoint),
        };
    }
    let Ok(OauthError { error, error_description: description }) = body else {
        // A failing service often responds with a page of its front end.
        return if response.status.is_server_error() || response.redirect.is_some() {
            Error::foreign(response, endpoint)
        } else {
            TokenError::NotAuth0 { status }.into()
        };
    };
    let audience = || question.audience.clone();
    Error::Token(match (status, error.as_str()) {
        (401, "access_denied" | "invalid_client") => refused(response, question, &description, unix_now),
        (_, "access_denied") if description.starts_with("Client is not authorized to access") => {
            TokenError::NotAuthorized { audience: audience() }
        }
        (_, "access_denied") if description.starts_with("Service not ") => {
            TokenError::UnknownAudience { audience: audience() }
        }
        (_, "unauthorized_client") if description.starts_with("Grant type") => TokenError::GrantTypeNotAllowed,
        _ => TokenError::Refused { status, error: foreign::name(&error), description: foreign::text(&description) },
    })
}

/// Auth0 does not say which part of the credentials it did not accept.
fn refused(response: &Response, question: &Question, description: &str, unix_now: Duration) -> TokenError {
    let description = foreign::text(description);
    match &question.shown {
        Shown::Secret => TokenError::WrongCredentials,
        Shown::Signature => TokenError::AssertionRefused { signed_here: true, description },
        Shown::Assertion(assertion) if assertion.is_expired(response.date.unwrap_or(unix_now)) => {
            TokenError::AssertionExpired
        }
        Shown::Assertion(_) => TokenError::AssertionRefused { signed_here: false, description },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::assertion::{Assertion, unsigned};
    use super::super::super::request::Request;
    use super::*;

    const AUDIENCE: &str = "https://login.acme.com/api/v2/";

    const NOW: Duration = Duration::from_secs(1_000);

    fn endpoint() -> Endpoint {
        Request::token(&"login.acme.com".parse().unwrap(), Box::new(Vec::new)).endpoint
    }

    fn question(shown: Shown) -> Question {
        Question { audience: AUDIENCE.to_owned(), shown }
    }

    fn explained(status: u16, body: &'static str) -> Error {
        explain(&Response::of(status, body).at_once(), endpoint(), &question(Shown::Secret), NOW)
    }

    #[test]
    fn each_known_refusal_is_told_apart() {
        let audience = || AUDIENCE.to_owned();
        for (status, body, expected) in [
            (401, r#"{"error":"access_denied","error_description":"Unauthorized"}"#, TokenError::WrongCredentials),
            (401, r#"{"error":"invalid_client"}"#, TokenError::WrongCredentials),
            (
                403,
                r#"{"error":"access_denied","error_description":"Client is not authorized to access \"https://login.acme.com/api/v2/\". You need to create a \"client-grant\" associated to this API."}"#,
                TokenError::NotAuthorized { audience: audience() },
            ),
            (
                403,
                r#"{"error":"access_denied","error_description":"Service not enabled within domain: https://login.acme.com/api/v2/"}"#,
                TokenError::UnknownAudience { audience: audience() },
            ),
            (
                403,
                r#"{"error":"unauthorized_client","error_description":"Grant type 'client_credentials' not allowed for the client."}"#,
                TokenError::GrantTypeNotAllowed,
            ),
            (404, "<html>not here</html>", TokenError::NotAuth0 { status: 404 }),
            (
                400,
                r#"{"error":"invalid_request","error_description":"Missing required parameter: audience"}"#,
                TokenError::Refused {
                    status: 400,
                    error: "invalid_request".to_owned(),
                    description: "Missing required parameter: audience".to_owned(),
                },
            ),
        ] {
            let Error::Token(error) = explained(status, body) else { panic!("{body}") };
            assert_eq!(error, expected);
        }
    }

    #[test]
    fn only_a_failure_of_the_service_may_pass() {
        let final_error = |status, body| match explained(status, body) {
            Error::Token(error) => error.is_final(),
            other => panic!("{other}"),
        };
        assert!(final_error(400, r#"{"error":"invalid_request"}"#));
        assert!(final_error(401, r#"{"error":"access_denied"}"#));
        assert!(!final_error(500, r#"{"error":"server_error"}"#));
    }

    #[test]
    fn an_outage_or_a_rate_limit_is_no_refusal() {
        assert!(matches!(explained(503, "<html>"), Error::Foreign { status: 503, .. }));
        let moved = Response { redirect: Some("https://acme.com".to_owned()), ..Response::of(301, "<html>") }.at_once();
        let explained_move = explain(&moved, endpoint(), &question(Shown::Secret), NOW);
        assert!(matches!(explained_move, Error::Redirect { status: 301, .. }), "{explained_move}");
        assert!(matches!(explained(429, r#"{"error":"too_many_requests"}"#), Error::RateLimited { .. }));
        assert!(matches!(explained(429, "<html>"), Error::RateLimited { .. }));
    }

    #[test]
    fn a_used_up_token_quota_is_not_the_rate_limit() {
        let body = r#"{"error":"too_many_requests","error_description":"Client quota exceeded"}"#;
        let wait = Some(Duration::from_mins(59));
        let outcome = Response { wait, ..Response::of(429, body) }.at_once();
        let error = explain(&outcome, endpoint(), &question(Shown::Secret), NOW);
        let Error::Token(error) = error else { panic!("{error}") };
        assert_eq!(error, TokenError::QuotaExceeded { wait });
        assert!(!error.is_final());
        assert_eq!(error.to_string(), "the token quota of the application or its tenant is used up for 3540 s");
    }

    #[test]
    fn tells_expired_assertion_from_refused_one() {
        let refused = |shown, date, body: &'static str| {
            let date = Some(Duration::from_secs(date));
            let outcome = Response { date, ..Response::of(401, body) }.at_once();
            match explain(&outcome, endpoint(), &question(shown), NOW) {
                Error::Token(error) => error.to_string(),
                other => panic!("{other}"),
            }
        };
        let bare = r#"{"error":"invalid_client"}"#;
        let said = r#"{"error":"invalid_client","error_description":"Unknown key"}"#;
        assert_eq!(refused(Shown::Signature, 1_000, bare), "Auth0 refused the client assertion");
        assert_eq!(refused(Shown::Signature, 1_000, said), "Auth0 refused the client assertion (\"Unknown key\")");
        let claims = json!({ "sub": "me", "exp": 1_100.5 });
        let assertion = || Shown::Assertion(Assertion::parse(&unsigned("RS256", &claims).into()).unwrap());
        assert_eq!(refused(assertion(), 1_000, bare), "Auth0 refused the client assertion");
        let expired = "Auth0 refused the client assertion, because it has expired";
        assert_eq!(refused(assertion(), 1_150, bare), expired);
    }
}
