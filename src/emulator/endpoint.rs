//! What an endpoint is made of: its route, its handler, the context of a request, and parameters that several share.

use axum::http::{HeaderMap, Method, StatusCode};

use super::answer::Answer;
use super::api_error::ApiError;
use super::authorization::Scopes;
use super::contract::Contract;
use super::query::{Kind, Parameter, Query};
use super::store::Tenant;
use super::{Object, Shared};

/// The Management API, whose routes leave this out of their paths.
const MANAGEMENT: &str = "/api/v2";

/// The control interface, under paths that Auth0 does not have.
const CONTROL: &str = "/_emulator";

/// Bodies over this size are refused, as by the service.
const MAX_BODY: usize = 1 << 20;

/// The control interface takes the state of a whole tenant.
const MAX_STATE: usize = 1 << 26;

/// Whether a path is one of the Management API.
pub(crate) fn is_management(path: &str) -> bool {
    is_below(path, MANAGEMENT)
}

/// Whether a path is one of the control interface.
pub(crate) fn is_control(path: &str) -> bool {
    is_below(path, CONTROL)
}

/// Whether a request for this path may have a body although it has no token.
pub(crate) fn takes_no_token(path: &str) -> bool {
    is_control(path) || is_oauth(path)
}

/// The most bytes that the body of a request for this path may have.
pub(crate) fn max_body(path: &str) -> usize {
    if path.strip_prefix(CONTROL) == Some("/state") { MAX_STATE } else { MAX_BODY }
}

fn is_oauth(path: &str) -> bool {
    is_below(path, "/oauth")
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Parameters of lists that are paged by offset.
pub(crate) const PAGE: Parameter = Parameter::new("page", Kind::Number { minimum: 0, maximum: u64::MAX });
pub(crate) const PER_PAGE: Parameter = Parameter::new("per_page", Kind::Number { minimum: 1, maximum: 100 });
pub(crate) const INCLUDE_TOTALS: Parameter = Parameter::new("include_totals", Kind::Flag);
/// Parameters of lists that are paged by checkpoint.
pub(crate) const FROM: Parameter = Parameter::new("from", Kind::Text);
pub(crate) const TAKE: Parameter = Parameter::new("take", Kind::Number { minimum: 1, maximum: 100 });
/// How `fields` is meant.
pub(crate) const INCLUDE_FIELDS: Parameter = Parameter::new("include_fields", Kind::Flag);

/// An endpoint.
pub(crate) struct Route {
    pub method: Method,
    /// Below `MANAGEMENT` in the Management API.
    path: &'static str,
    /// Any of them opens the door.
    pub scopes: &'static [&'static str],
    pub query: &'static [Parameter],
    pub body: Option<Contract>,
    pub success: Success,
    pub handler: Handler,
}

/// What an endpoint answers when all is well.
pub(crate) struct Success {
    pub status: StatusCode,
    /// Without one the answer has no body.
    pub contract: Option<Contract>,
}

/// What an endpoint does.
#[derive(Clone, Copy)]
pub(crate) enum Handler {
    /// Of the Management API: the request is known to be well-formed and allowed.
    Management(ManagementHandler),
    /// Of anything else: needs no token, and judges the body itself.
    Open(fn(&Shared, &HeaderMap, &[u8]) -> Result<Answer, ApiError>),
}

pub(crate) type ManagementHandler = fn(&mut RequestContext<'_>) -> Result<Answer, ApiError>;

/// A request on its way to a handler of the Management API.
pub(crate) struct RequestContext<'a> {
    pub tenant: &'a mut Tenant,
    pub scopes: Scopes,
    /// What stands in the path, decoded, in order.
    pub path: Vec<String>,
    pub query: Query,
    pub(super) body: Object,
}

impl RequestContext<'_> {
    /// The body, which fits the contract of the endpoint; empty where there is none to speak of.
    pub(crate) fn take_body(&mut self) -> Object {
        std::mem::take(&mut self.body)
    }
}

impl Route {
    /// An endpoint of the Management API.
    pub(crate) const fn api(
        method: Method,
        path: &'static str,
        scopes: &'static [&'static str],
        query: &'static [Parameter],
        body: Option<Contract>,
        success: Success,
        handler: ManagementHandler,
    ) -> Self {
        Self { method, path, scopes, query, body, success, handler: Handler::Management(handler) }
    }

    /// An endpoint that needs no token.
    pub(crate) const fn open(
        method: Method,
        path: &'static str,
        body: Option<Contract>,
        success: Success,
        handler: fn(&Shared, &HeaderMap, &[u8]) -> Result<Answer, ApiError>,
    ) -> Self {
        Self { method, path, scopes: &[], query: &[], body, success, handler: Handler::Open(handler) }
    }

    /// The path as the router takes it.
    pub(crate) fn full_path(&self) -> String {
        let base = if self.is_management() { MANAGEMENT } else { "" };
        format!("{base}{}", self.path)
    }

    /// Names of what varies in the path.
    pub(crate) fn path_parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }

    pub(crate) fn is_management(&self) -> bool {
        matches!(self.handler, Handler::Management(_))
    }

    /// Whether errors are those of OAuth, and forms are taken.
    pub(crate) fn is_oauth(&self) -> bool {
        is_oauth(self.path)
    }
}

impl Success {
    pub(crate) const fn ok(definition: &'static str) -> Self {
        Self { status: StatusCode::OK, contract: Some(Contract::new(definition)) }
    }

    pub(crate) const fn created(definition: &'static str) -> Self {
        Self { status: StatusCode::CREATED, contract: Some(Contract::new(definition)) }
    }

    pub(crate) const fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, contract: None }
    }

    /// What of an answer is not as promised here, if anything.
    pub(crate) fn breach(&self, answer: &Answer) -> Option<String> {
        if answer.status() != self.status {
            return Some(format!("the status is {} instead of {}", answer.status(), self.status));
        }
        match (answer.body(), &self.contract) {
            (None, None) => None,
            (Some(body), Some(contract)) => {
                let checked = if answer.is_partial() { contract.check_partial(body) } else { contract.check(body) };
                checked.err().map(|violation| violation.to_string())
            }
            (body, _) => Some(format!("there is {} body", if body.is_some() { "a" } else { "no" })),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn breach(answer: &Answer) -> Option<String> {
        Success::ok("organizations.organization").breach(answer)
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
