//! Errors of requests, distinguished by what the reader can do about them.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;

use super::endpoint::Endpoint;
use super::property_path::PropertyPath;
use super::response::{Outcome, Response, TransportError};
use super::token_error::TokenError;
use crate::foreign;

/// Why an operation failed. No variant contains a body, a secret or a token.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The Management API refused the request.
    #[error(transparent)]
    Api(Box<ApiError>),
    /// The response is an error, but not in the form of the Management API. Another service responded.
    #[error("{endpoint}: {} responded with status {status}, but not as the Management API does", endpoint.host)]
    Foreign {
        /// The request.
        endpoint: Endpoint,
        /// Its status.
        status: u16,
    },
    /// The response is a redirect. The token does not go to a host that is not configured.
    #[error(
        "{endpoint}: {} redirects to {to} (status {status}), and the provider does not follow redirects",
        endpoint.host
    )]
    Redirect {
        /// The request.
        endpoint: Endpoint,
        /// Its status.
        status: u16,
        /// Scheme and host of the target.
        to: String,
    },
    /// The rate limit was still exhausted when the operation ended.
    #[error("{endpoint}: the rate limit is exhausted{}", super::token_error::for_a_while(*wait))]
    RateLimited {
        /// The request.
        endpoint: Endpoint,
        /// How long Auth0 asks to wait.
        wait: Option<Duration>,
    },
    /// No access token was granted.
    #[error("no access token: {0}")]
    Token(#[from] TokenError),
    /// No response arrived, or only a part of it.
    #[error("{endpoint} to {}: {cause}", endpoint.host)]
    Transport {
        /// The request.
        endpoint: Endpoint,
        /// What went wrong.
        cause: TransportError,
    },
    /// A web page with a success status. Another service responded.
    #[error("{endpoint}: {} responded with a web page, not as the Management API does", endpoint.host)]
    WebPage {
        /// The request.
        endpoint: Endpoint,
    },
    /// The response does not have the documented form.
    #[error("{endpoint}: the response cannot be read at `{path}`: {reason}")]
    Decode {
        /// The request.
        endpoint: Endpoint,
        /// Place in the response.
        path: String,
        /// What was expected there.
        reason: String,
    },
    /// The outcome of a create is unknown: the object may exist.
    #[error("the object may or may not exist: {cause}")]
    UnknownFate {
        /// Why the outcome is unknown.
        cause: Box<Error>,
        /// The IDs of objects that may be the created one.
        candidates: Vec<String>,
        /// Why the search for it failed.
        unseen: Option<Box<Error>>,
    },
    /// The operation was cancelled.
    #[error("{endpoint}: interrupted before it was finished")]
    Cancelled {
        /// The request.
        endpoint: Endpoint,
    },
    /// The operation ran out of time.
    #[error("{endpoint}: not finished when the time ran out")]
    DeadlineExceeded {
        /// The request.
        endpoint: Endpoint,
    },
    /// The operation has no time left for another attempt.
    #[error("{cause}; no time was left for another attempt")]
    OutOfTime {
        /// The error of the last attempt.
        cause: Box<Error>,
    },
    /// No object can have this ID. No request was sent.
    #[error("`{id}` cannot be an ID")]
    InvalidId {
        /// The ID.
        id: String,
    },
}

/// A refusal of the Management API, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{endpoint}: {status} {error}{}: {message}", code.as_ref().map_or_else(String::new, |code| format!(" ({code})")))]
pub struct ApiError {
    /// The request.
    pub endpoint: Endpoint,
    /// Its status.
    pub status: u16,
    /// Name of the status.
    pub error: String,
    /// Machine-readable code. Many responses have none.
    pub code: Option<String>,
    /// Explanation in plain language.
    pub message: String,
    /// The property that a 400 is about.
    pub property: Option<PropertyPath>,
    /// Scopes, any one of which would have sufficed.
    pub missing_scopes: Vec<String>,
    /// Whether an earlier attempt may have had its effect, because its response was lost or an error.
    pub after_doubt: bool,
}

impl Error {
    /// Whether the Management API itself said that the object does not exist. A 404 from a proxy does not count.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.api_status() == Some(StatusCode::NOT_FOUND)
    }

    /// Whether the object conflicts with an existing one.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.api_status() == Some(StatusCode::CONFLICT)
    }

    /// Whether the token or the tenant's plan does not allow the operation.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.api_status() == Some(StatusCode::FORBIDDEN)
    }

    /// Whether Auth0 refused the request, so that nothing changed. False if an earlier attempt may have had its effect.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Api(api) => (400..500).contains(&api.status) && api.status != 408 && !api.after_doubt,
            Self::InvalidId { .. } => true,
            _ => false,
        }
    }

    fn api_status(&self) -> Option<StatusCode> {
        match self {
            Self::Api(api) => StatusCode::from_u16(api.status).ok(),
            _ => None,
        }
    }

    pub(super) fn unknown_fate(self) -> Self {
        Self::UnknownFate { cause: Box::new(self), candidates: Vec::new(), unseen: None }
    }

    /// The same error, with the fact that more time might have helped.
    pub(super) fn out_of_time(self) -> Self {
        match self {
            // These errors already mean lack of time or cancellation.
            Self::RateLimited { .. } | Self::Token(TokenError::QuotaExceeded { .. }) => self,
            other => Self::OutOfTime { cause: Box::new(other) },
        }
    }

    /// Whether the operation ended for lack of time, not because retries are useless.
    #[must_use]
    pub fn is_out_of_time(&self) -> bool {
        match self {
            Self::DeadlineExceeded { .. }
            | Self::OutOfTime { .. }
            | Self::RateLimited { .. }
            | Self::Token(TokenError::QuotaExceeded { .. }) => true,
            Self::UnknownFate { cause, unseen, .. } => {
                cause.is_out_of_time() || unseen.as_ref().is_some_and(|unseen| unseen.is_out_of_time())
            }
            _ => false,
        }
    }

    /// The meaning of a response that does not have a form of Auth0's.
    pub(super) fn foreign(response: &Response, endpoint: Endpoint) -> Self {
        let status = response.status.as_u16();
        match &response.redirect {
            Some(to) => Self::Redirect { endpoint, status, to: foreign::name(to) },
            None => Self::Foreign { endpoint, status },
        }
    }

    /// The error for a response other than 2xx.
    pub(super) fn refusal(outcome: &Outcome, endpoint: Endpoint) -> Self {
        let error = Self::refused(outcome, endpoint);
        if outcome.no_time_left { error.out_of_time() } else { error }
    }

    fn refused(Outcome { response, after_doubt, .. }: &Outcome, endpoint: Endpoint) -> Self {
        if response.status == StatusCode::TOO_MANY_REQUESTS {
            return Self::RateLimited { endpoint, wait: response.wait };
        }
        let status = response.status.as_u16();
        let Ok(body) = serde_json::from_slice::<ErrorBody>(&response.body) else {
            return Self::foreign(response, endpoint);
        };
        let (error, code) = (foreign::name(&body.error), body.code.as_deref().map(foreign::name));
        let message = foreign::text(&body.message);
        let property = PropertyPath::in_message(&message);
        let missing_scopes = missing_scopes(&body.message);
        let after_doubt = *after_doubt;
        Self::Api(Box::new(ApiError { endpoint, status, error, code, message, property, missing_scopes, after_doubt }))
    }
}

/// The form of errors: <https://auth0.com/docs/api/management/v2>.
#[derive(Deserialize)]
struct ErrorBody {
    error: String,
    message: String,
    #[serde(rename = "errorCode")]
    code: Option<String>,
}

/// Scopes that a message names. Anything else in their place is only shown with the message.
fn missing_scopes(message: &str) -> Vec<String> {
    const MOST: usize = 8;
    let scopes = message.strip_prefix("Insufficient scope, expected any of: ").unwrap_or_default();
    let scopes = scopes.split(',').map(str::trim).filter(|scope| (1..=60).contains(&scope.len()));
    scopes.map(foreign::name).take(MOST).collect()
}

/// Why some JSON does not have the expected form. Contains no values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Place in the JSON.
    pub path: String,
    /// What was expected there.
    pub reason: String,
}

impl Flaw {
    /// The error of a request whose response has the flaw.
    pub(super) fn at(self, endpoint: &Endpoint) -> Error {
        let Self { path, reason } = self;
        Error::Decode { endpoint: endpoint.clone(), path: foreign::name(&path), reason: foreign::name(&reason) }
    }

    /// At `path` there is not `what`.
    pub(super) fn expected(path: &str, what: &str) -> Self {
        Self { path: path.to_owned(), reason: format!("expected {what}") }
    }

    /// The same flaw in a part of a larger value.
    pub(super) fn below(self, place: &str) -> Self {
        let path = if self.path.is_empty() { place.to_owned() } else { format!("{place}.{}", self.path) };
        Self { path, ..self }
    }

    /// The flaw that `error` reports for the JSON at `path`, without the value.
    pub(super) fn new(path: String, error: &serde_json::Error) -> Self {
        Self { path, reason: without_value(&error.to_string()) }
    }
}

/// Drops the value from a message such as `invalid type: string "…", expected u64 at line 1 column 9`.
fn without_value(message: &str) -> String {
    message.rsplit_once(", expected ").map_or_else(|| message.to_owned(), |(_, rest)| format!("expected {rest}"))
}

#[cfg(test)]
mod tests {
    use reqwest::Method;

    use super::super::request::Request;
    use super::*;

    fn endpoint() -> Endpoint {
        let tenant = "acme.auth0.com".parse().unwrap();
        Request::new(&tenant, Method::GET, &["clients", "abc"]).unwrap().endpoint
    }

    fn refusal(status: u16, body: &'static str) -> Error {
        Error::refusal(&Response::of(status, body).at_once(), endpoint())
    }

    fn api(error: Error) -> ApiError {
        let Error::Api(api) = error else { panic!("{error}") };
        *api
    }

    #[test]
    fn a_refusal_keeps_status_code_and_message() {
        let error = refusal(
            404,
            r#"{"statusCode":404,"error":"Not Found","message":"The client does not exist","errorCode":"inexistent_client"}"#,
        );
        assert!(error.is_not_found() && !error.is_conflict() && !error.is_forbidden());
        assert_eq!(
            error.to_string(),
            "GET /api/v2/clients/abc: 404 Not Found (inexistent_client): The client does not exist"
        );
        let without_code = refusal(409, r#"{"statusCode":409,"error":"Conflict","message":"exists"}"#);
        assert!(without_code.is_conflict());
        assert_eq!(without_code.to_string(), "GET /api/v2/clients/abc: 409 Conflict: exists");
    }

    #[test]
    fn a_validation_error_names_the_property() {
        let error = api(refusal(
            400,
            r#"{"statusCode":400,"error":"Bad Request","message":"Payload validation error: 'Too long' on property grant_types[0] (List of grants).","errorCode":"invalid_body"}"#,
        ));
        assert_eq!(error.property.unwrap().to_string(), "grant_types[0]");
    }

    #[test]
    fn a_missing_scope_is_named() {
        let error = refusal(
            403,
            r#"{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:clients,read:client_keys","errorCode":"insufficient_scope"}"#,
        );
        assert!(error.is_forbidden());
        assert_eq!(api(error).missing_scopes, ["read:clients", "read:client_keys"]);
    }

    #[test]
    fn no_text_of_a_response_reaches_the_terminal_as_it_is() {
        foreign::conceal("what-was-sent-in-secret");
        let evil = r"\u001b[2J\u202e\r\n\u009b what-was-sent-in-secret";
        let body = format!(r#"{{"error":"{evil}","message":"{evil} on property {evil}","errorCode":"{evil}"}}"#);
        let to = Some("https://what-was-sent-in-secret.example.com\u{1b}".to_owned());
        let response = |status, body: &str| Response { body: body.to_owned().into(), ..Response::of(status, "") };
        let redirect = Response { redirect: to, ..response(302, "") };
        let flaw = Flaw { path: "\u{1b}[2J".repeat(10_000), reason: "what-was-sent-in-secret\n".to_owned() };
        let id = Request::new(&"acme.auth0.com".parse().unwrap(), Method::GET, &["what-was-sent-in-secret\n"]);
        for error in [
            Error::refusal(&response(400, &body).at_once(), endpoint()),
            Error::refusal(&redirect.at_once(), endpoint()),
            flaw.at(&endpoint()),
            id.err().unwrap(),
        ] {
            let shown = error.to_string();
            assert!(shown.chars().all(foreign::is_fit) && shown.chars().count() < 2_000, "{shown}");
            assert!(shown.contains(foreign::HIDDEN) && !shown.contains("what-was-sent"), "{shown}");
        }
    }

    #[test]
    fn the_404_of_something_else_is_not_an_absence() {
        for body in ["", "<html>404 s3cret</html>", "{}", "[]"] {
            let error = refusal(404, body);
            assert!(!error.is_not_found(), "{body}");
            assert!(matches!(error, Error::Foreign { status: 404, .. }));
            assert!(!error.to_string().contains("s3cret"));
        }
    }
}
