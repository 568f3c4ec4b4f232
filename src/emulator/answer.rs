//! Successful answers and their one content type.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::api::Success;

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

    /// What is not as it was promised, if anything.
    pub(crate) fn breach(&self, promised: &Success) -> Option<String> {
        if self.status != promised.status {
            return Some(format!("the status is {} instead of {}", self.status, promised.status));
        }
        match (&self.body, &promised.contract) {
            (None, None) => None,
            (Some(body), Some(contract)) => {
                let checked = if self.partial { contract.check_part(body) } else { contract.check(body) };
                checked.err().map(|violation| violation.to_string())
            }
            (body, _) => Some(format!("there is {} body", if body.is_some() { "a" } else { "no" })),
        }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::emulator::contract::Contract;

    fn breach(answer: &Answer) -> Option<String> {
        let contract = Some(Contract::new("organizations.organization"));
        answer.breach(&Success { status: StatusCode::OK, contract })
    }

    #[test]
    fn an_answer_keeps_its_contract_or_is_told_apart() {
        assert_eq!(breach(&Answer::ok(json!({ "id": "org_1", "name": "a" }))), None);
        let invented = breach(&Answer::ok(json!({ "id": "org_1", "name": "a", "colour": "red" }))).unwrap();
        assert!(invented.contains("Additional properties not allowed: colour"), "{invented}");
        let short = Answer::ok(json!({ "id": "org_1" }));
        assert!(breach(&short).unwrap().contains("Missing required property: name"));
        assert_eq!(breach(&short.partial(true)), None);
        assert!(breach(&Answer::ok(json!({ "id": 1 })).partial(true)).is_some());
        assert!(breach(&Answer::created(json!({ "id": "org_1", "name": "a" }))).unwrap().contains("201"));
        assert!(breach(&Answer::no_content()).is_some());
    }
}
