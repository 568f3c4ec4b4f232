//! Why no access token was granted.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;

use super::super::assertion::{AssertionError, Suspicion};
use super::super::call::Endpoint;
use super::super::error::{self, Error};
use super::super::http::Answer;
use super::proof::{Question, Shown};

/// Why the token endpoint granted no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The application is unknown or its secret is another one.
    #[error("the client id or the client secret is wrong")]
    WrongCredentials,
    /// An assertion was not accepted, or an application that has no key has shown one.
    #[error("the client assertion was refused{}{}", said(description), suspected(suspicion.as_ref()))]
    AssertionRefused {
        /// Whether it was signed here with a private key, and not elsewhere.
        signed_here: bool,
        /// The service's words, if any.
        description: String,
        /// What may be wrong, as far as that can be seen from here.
        suspicion: Option<Suspicion>,
    },
    /// Another token is needed, but there is no other assertion to get it with.
    #[error(
        "another token is needed, but the client assertion has been used already, and Auth0 takes each of them once"
    )]
    AssertionSpent,
    /// There is no assertion where it should be.
    #[error("the client assertion cannot be used: {0}")]
    Assertion(#[from] AssertionError),
    /// The application exists, but may not call the API.
    #[error("the application is not authorized to call `{audience}`: it needs a client grant for that API")]
    NotAuthorized {
        /// The API that was asked for.
        audience: String,
    },
    /// The tenant has no such API.
    #[error("the tenant has no API `{audience}`")]
    UnknownAudience {
        /// The API that was asked for.
        audience: String,
    },
    /// The application may not use client credentials.
    #[error("the application does not allow the grant type `client_credentials`")]
    GrantTypeNotAllowed,
    /// No more tokens are granted for now, by a limit that the tenant has set:
    /// <https://auth0.com/docs/fine-grained-m2m-token-quotas>.
    #[error("the token quota of the application or its tenant is used up{}", error::for_a_while(*wait))]
    QuotaExceeded {
        /// How long the service asks to wait.
        wait: Option<Duration>,
    },
    /// Any other refusal, in the service's words.
    #[error("{status} {error}: {description}")]
    Refused {
        /// Status of the answer.
        status: u16,
        /// OAuth error code.
        error: String,
        /// Explanation for people.
        description: String,
    },
    /// What answered is no token endpoint.
    #[error("what answered with status {status} is no token endpoint: is the domain an Auth0 tenant?")]
    NotAuth0 {
        /// Status of the answer.
        status: u16,
    },
}

impl TokenError {
    /// Whether asking again would be answered in the same way.
    pub(super) fn is_final(&self) -> bool {
        !matches!(self, Self::QuotaExceeded { .. } | Self::Refused { status: 408 | 500.., .. })
    }
}

/// The OAuth error form: <https://www.rfc-editor.org/rfc/rfc6749#section-5.2>.
#[derive(Deserialize)]
struct OauthError {
    error: String,
    #[serde(default)]
    error_description: String,
}

fn said(description: &str) -> String {
    if description.is_empty() { String::new() } else { format!(" (\"{description}\")") }
}

fn suspected(suspicion: Option<&Suspicion>) -> String {
    suspicion.map_or_else(String::new, |suspicion| format!(": {suspicion}"))
}

/// What an answer that is no token means. Assertions end with time, so it matters that it is `unix_now` here.
pub(super) fn explain(answer: &Answer, endpoint: Endpoint, question: &Question, unix_now: Duration) -> Error {
    let status = answer.status.as_u16();
    let body = serde_json::from_slice(&answer.body);
    if answer.status == StatusCode::TOO_MANY_REQUESTS {
        return match body {
            Ok(OauthError { error_description, .. }) if error_description.ends_with("quota exceeded") => {
                TokenError::QuotaExceeded { wait: answer.wait }.into()
            }
            _ => Error::refusal(answer, endpoint),
        };
    }
    let Ok(OauthError { error, error_description: description }) = body else {
        // A failing service often answers with a page of its front end.
        return if answer.status.is_server_error() || answer.redirect.is_some() {
            Error::foreign(answer, endpoint)
        } else {
            TokenError::NotAuth0 { status }.into()
        };
    };
    let audience = || question.audience.clone();
    Error::Token(match (status, error.as_str()) {
        (401, "access_denied" | "invalid_client") => refused(answer, question, description, unix_now),
        (_, "access_denied") if description.starts_with("Client is not authorized to access") => {
            TokenError::NotAuthorized { audience: audience() }
        }
        (_, "access_denied") if description.starts_with("Service not ") => {
            TokenError::UnknownAudience { audience: audience() }
        }
        (_, "unauthorized_client") if description.starts_with("Grant type") => TokenError::GrantTypeNotAllowed,
        _ => TokenError::Refused { status, error, description },
    })
}

/// The service does not say which part of a proof it did not accept.
fn refused(answer: &Answer, question: &Question, description: String, unix_now: Duration) -> TokenError {
    let service_now = answer.date.unwrap_or(unix_now);
    let (signed_here, suspicion) = match &question.shown {
        Shown::Secret => return TokenError::WrongCredentials,
        Shown::Signature => (true, Suspicion::of_clocks(unix_now, service_now)),
        Shown::Assertion(assertion) => (false, assertion.claims().suspicion(&question.issuer, service_now)),
    };
    TokenError::AssertionRefused { signed_here, description, suspicion }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::assertion::{Assertion, unsigned};
    use super::super::super::call::Call;
    use super::*;

    const AUDIENCE: &str = "https://login.acme.com/api/v2/";

    const NOW: Duration = Duration::from_secs(1_000);

    fn endpoint() -> Endpoint {
        Call::token(&"login.acme.com".parse().unwrap(), Box::new(Vec::new)).endpoint()
    }

    fn question(shown: Shown) -> Question {
        let issuer = "https://login.acme.com/".to_owned();
        Question { audience: AUDIENCE.to_owned(), issuer, shown }
    }

    fn explained(status: u16, body: &'static str) -> Error {
        explain(&Answer::of(status, body), endpoint(), &question(Shown::Secret), NOW)
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
        let moved = Answer { redirect: Some("https://acme.com".to_owned()), ..Answer::of(301, "<html>") };
        let explained_move = explain(&moved, endpoint(), &question(Shown::Secret), NOW);
        assert!(matches!(explained_move, Error::Redirect { status: 301, .. }), "{explained_move}");
        assert!(matches!(explained(429, r#"{"error":"too_many_requests"}"#), Error::RateLimited { .. }));
        assert!(matches!(explained(429, "<html>"), Error::RateLimited { .. }));
    }

    #[test]
    fn a_used_up_token_quota_is_not_the_rate_limit() {
        let body = r#"{"error":"too_many_requests","error_description":"Client quota exceeded"}"#;
        let wait = Some(Duration::from_mins(59));
        let answer = Answer { wait, ..Answer::of(429, body) };
        let error = explain(&answer, endpoint(), &question(Shown::Secret), NOW);
        let Error::Token(error) = error else { panic!("{error}") };
        assert_eq!(error, TokenError::QuotaExceeded { wait });
        assert!(!error.is_final());
        assert_eq!(error.to_string(), "the token quota of the application or its tenant is used up for 3540 s");
    }

    #[test]
    fn a_refused_assertion_is_explained_by_what_can_be_seen_from_here() {
        let refused = |shown, date, body: &'static str| {
            let date = Some(Duration::from_secs(date));
            let answer = Answer { date, ..Answer::of(401, body) };
            match explain(&answer, endpoint(), &question(shown), NOW) {
                Error::Token(error) => error.to_string(),
                other => panic!("{other}"),
            }
        };
        let bare = r#"{"error":"invalid_client"}"#;
        assert_eq!(refused(Shown::Signature, 1_000, bare), "the client assertion was refused");
        assert_eq!(
            refused(Shown::Signature, 900, r#"{"error":"invalid_client","error_description":"Expired"}"#),
            "the client assertion was refused (\"Expired\"): this machine's clock is 100 s ahead of Auth0's"
        );
        let claims = json!({ "iss": "me", "sub": "me", "aud": "https://login.acme.com/", "exp": 1_100, "jti": "x" });
        let assertion = || Shown::Assertion(Assertion::parse(&unsigned("RS256", &claims).into()).unwrap());
        assert_eq!(refused(assertion(), 1_000, bare), "the client assertion was refused");
        assert_eq!(refused(assertion(), 1_150, bare), "the client assertion was refused: it expired 50 s ago");
    }
}
