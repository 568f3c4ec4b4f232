//! Successful answers and their one content type.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// A status with a JSON body or none.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    status: StatusCode,
    body: Option<Value>,
    /// Whether the request wants less than everything, or may not see it.
    partial: bool,
    headers: Vec<(&'static str, String)>,
}

impl Answer {
    pub(crate) fn new(status: StatusCode, body: impl Into<Value>) -> Self {
        Self { status, body: Some(body.into()), partial: false, headers: Vec::new() }
    }

    pub(crate) fn ok(body: impl Into<Value>) -> Self {
        Self::new(StatusCode::OK, body)
    }

    pub(crate) fn created(body: impl Into<Value>) -> Self {
        Self::new(StatusCode::CREATED, body)
    }

    pub(crate) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None, partial: false, headers: Vec::new() }
    }

    /// The same, of which parts may be left out.
    pub(crate) fn partial(self, partial: bool) -> Self {
        Self { partial, ..self }
    }

    /// The same with more headers, whose names are in lower case.
    pub(crate) fn with_headers(mut self, headers: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.headers.extend(headers);
        self
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn body(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    pub(crate) fn is_partial(&self) -> bool {
        self.partial
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let body = self.body.map_or_else(String::new, |body| body.to_string());
        let mut response = (self.status, body).into_response();
        // The service sends the type with empty answers as well.
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        for (name, value) in self.headers {
            let value = HeaderValue::from_str(&value).expect("values of headers are made of plain characters");
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
        response
    }
}
