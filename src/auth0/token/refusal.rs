//! Why no access token was granted.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;

use super::super::call::Endpoint;
use super::super::error::{self, Error};
use super::super::http::Answer;

/// Why the token endpoint granted no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The application is unknown or its secret is another one.
    #[error("the client id or the client secret is wrong")]
    WrongCredentials,
    /// The application exists, but may not call the Management API.
    #[error(
        "the application is not authorized to call `{audience}`: it needs a client grant for the Management API with the \
         scopes that are used"
    )]
    NotAuthorized {
        /// The API that was asked for.
        audience: String,
    },
    /// The tenant has no such API.
    #[error(
        "the tenant has no API `{audience}`: with a custom domain, set the audience to \
         `https://TENANT.REGION.auth0.com/api/v2/`, the tenant's own Management API"
    )]
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

pub(super) fn explain(answer: &Answer, endpoint: Endpoint, audience: &str) -> Error {
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
        return if answer.status.is_server_error() {
            Error::Foreign { endpoint, status }
        } else {
            TokenError::NotAuth0 { status }.into()
        };
    };
    let audience = || audience.to_owned();
    Error::Token(match (status, error.as_str()) {
        (401, "access_denied" | "invalid_client") => TokenError::WrongCredentials,
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

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::super::super::call::Call;
    use super::*;

    const AUDIENCE: &str = "https://login.acme.com/api/v2/";

    fn explained(status: u16, body: &'static str) -> Error {
        let status = StatusCode::from_u16(status).unwrap();
        let answer = Answer { status, wait: None, body: Bytes::from_static(body.as_bytes()) };
        explain(&answer, Call::token(&"login.acme.com".parse().unwrap(), &[]).endpoint(), AUDIENCE)
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
        assert!(matches!(explained(429, r#"{"error":"too_many_requests"}"#), Error::RateLimited { .. }));
        assert!(matches!(explained(429, "<html>"), Error::RateLimited { .. }));
    }

    #[test]
    fn a_used_up_token_quota_is_not_the_rate_limit() {
        let body = r#"{"error":"too_many_requests","error_description":"Client quota exceeded"}"#;
        let status = StatusCode::TOO_MANY_REQUESTS;
        let wait = Some(Duration::from_mins(59));
        let answer = Answer { status, wait, body: Bytes::from_static(body.as_bytes()) };
        let error = explain(&answer, Call::token(&"login.acme.com".parse().unwrap(), &[]).endpoint(), AUDIENCE);
        let Error::Token(error) = error else { panic!("{error}") };
        assert_eq!(error, TokenError::QuotaExceeded { wait });
        assert!(!error.is_final());
        assert_eq!(error.to_string(), "the token quota of the application or its tenant is used up for 3540 s");
    }
}
