//! Errors that are answers, in the shapes that the service gives them.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::answer::Answer;
use super::contract::{Contract, Violation};
use super::paging::PagingError;
use super::store::{DataError, ObjectKind, StoreError};

/// An answer other than success.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ApiError {
    /// Of the Management API.
    Management { status: StatusCode, message: String, code: Option<&'static str>, attributes: Option<Value> },
    /// Of the token endpoint.
    OAuth { status: StatusCode, error: &'static str, description: String, uri: Option<&'static str> },
    /// Of the token endpoint: too many tokens were issued, and what the headers say about it.
    QuotaExceeded { description: &'static str, headers: Vec<(&'static str, String)> },
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self::Management { status, message: message.into(), code: Some(code), attributes: None }
    }

    pub(crate) fn without_code(status: StatusCode, message: impl Into<String>) -> Self {
        Self::Management { status, message: message.into(), code: None, attributes: None }
    }

    /// A token that is there, but not valid.
    pub(crate) fn bad_token(message: impl Into<String>) -> Self {
        let message = message.into();
        let attributes = Some(json!({ "error": message }));
        Self::Management { status: StatusCode::UNAUTHORIZED, message, code: None, attributes }
    }

    /// A token that holds none of these scopes.
    pub(crate) fn insufficient_scope(any_of: &[&str]) -> Self {
        let message = format!("Insufficient scope, expected any of: {}", any_of.join(","));
        Self::new(StatusCode::FORBIDDEN, "insufficient_scope", message)
    }

    /// Something that Auth0 may well have, but the emulator has not. Every client takes a 404 for an object that is gone.
    pub(crate) fn not_imitated(what: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "not_imitated", format!("auth0-emulator does not imitate {what}"))
    }

    /// A mistake of the emulator: an answer of its own is not as its contract says.
    pub(crate) fn broken_contract(breach: impl std::fmt::Display) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "broken_contract",
            format!("auth0-emulator breaks its contract, {breach}"),
        )
    }

    /// A body of more bytes than this.
    pub(crate) fn body_too_large(is_oauth: bool, limit: usize) -> Self {
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        if is_oauth {
            return Self::oauth(status, "invalid_request", "The body is too large");
        }
        Self::without_code(status, format!("Payload content length greater than maximum allowed: {limit}"))
    }

    /// A limit of the tenant's plan is reached, in the form that the endpoint has for errors.
    pub(crate) fn too_many_requests(path: &str, message: String) -> Self {
        match path {
            "/oauth/token" => Self::oauth(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", message),
            _ => Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", message),
        }
    }

    pub(crate) fn bad_query(detail: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_query_string", format!("Query validation error: {detail}."))
    }

    pub(crate) fn oauth(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self::OAuth { status, error, description: description.into(), uri: None }
    }
}

impl From<DataError> for ApiError {
    fn from(error: DataError) -> Self {
        Self::without_code(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

impl From<Violation> for ApiError {
    fn from(violation: Violation) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_body", violation.to_string())
    }
}

impl From<PagingError> for ApiError {
    fn from(reason: PagingError) -> Self {
        let code = match reason {
            PagingError::OutOfReach { .. } => "invalid_paging",
            PagingError::UnknownCheckpoint => "invalid_query_string",
        };
        Self::new(StatusCode::BAD_REQUEST, code, reason.to_string())
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let (status, code) = match &error {
            StoreError::Missing(ObjectKind::Client) => (StatusCode::NOT_FOUND, "inexistent_client"),
            StoreError::Missing(ObjectKind::ClientGrant) => (StatusCode::NOT_FOUND, "inexistent_client_grant"),
            StoreError::Missing(ObjectKind::Credential) => (StatusCode::NOT_FOUND, "inexistent_credential"),
            // Recorded without a code.
            StoreError::Missing(ObjectKind::Organization) => {
                return Self::without_code(StatusCode::NOT_FOUND, error.to_string());
            }
            StoreError::Missing(ObjectKind::ResourceServer) | StoreError::UnknownAudience(_) => {
                (StatusCode::NOT_FOUND, "inexistent_resource_server")
            }
            StoreError::GrantExists { .. }
            | StoreError::ResourceServerExists
            | StoreError::OrganizationExists
            | StoreError::GrantAssociated
            | StoreError::TooManyGrants(_)
            | StoreError::AliasExists(_) => (StatusCode::CONFLICT, "conflict"),
            StoreError::Unsuitable(_) => (StatusCode::BAD_REQUEST, "validation_error"),
            StoreError::Invalid(_) => (StatusCode::BAD_REQUEST, "invalid_body"),
        };
        Self::new(status, code, error.to_string())
    }
}

/// What errors look like.
static MANAGEMENT: Contract = Contract::new("errors.management");
static OAUTH: Contract = Contract::new("errors.oauth");

impl ApiError {
    /// What is not as errors are, if anything.
    pub(crate) fn breach(&self) -> Option<String> {
        let contract = match self {
            Self::Management { .. } => &MANAGEMENT,
            Self::OAuth { .. } | Self::QuotaExceeded { .. } => &OAUTH,
        };
        contract.check(&self.body()).err().map(|violation| violation.to_string())
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Management { status, .. } | Self::OAuth { status, .. } => *status,
            Self::QuotaExceeded { .. } => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    fn body(&self) -> Value {
        match self {
            Self::Management { status, message, code, attributes } => {
                let reason = status.canonical_reason().unwrap_or("Error");
                let mut body = json!({ "statusCode": status.as_u16(), "error": reason, "message": message });
                if let Some(code) = code {
                    body["errorCode"] = (*code).into();
                }
                if let Some(attributes) = attributes {
                    body["attributes"] = attributes.clone();
                }
                body
            }
            Self::QuotaExceeded { description, .. } => {
                json!({ "error": "too_many_requests", "error_description": description })
            }
            Self::OAuth { error, description, uri, .. } => {
                let mut body = json!({ "error": error, "error_description": description });
                if let Some(uri) = uri {
                    body["error_uri"] = (*uri).into();
                }
                body
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let answer = Answer::new(self.status(), self.body());
        match self {
            Self::QuotaExceeded { headers, .. } => answer.with_headers(headers).into_response(),
            _ => answer.into_response(),
        }
    }
}
