//! The way of a request: to its route, through what the route demands, and back with an answer that keeps its contract.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use bytes::Bytes;
use serde_json::Value;

use super::answer::Answer;
use super::api::ROUTES;
use super::api_error::ApiError;
use super::authorization::Scopes;
use super::contract::Contract;
use super::endpoint::{Handler, ManagementHandler, RequestContext, Route};
use super::query::Query;
use super::request_body::RequestBody;
use super::store::Tenant;
use super::{Object, Shared};

pub(crate) fn router(shared: &Arc<Shared>) -> Router {
    let mut router = Router::new();
    for route in ROUTES.iter() {
        let shared = Arc::clone(shared);
        let filter = MethodFilter::try_from(route.method.clone()).expect("the list holds ordinary methods only");
        let handler = move |path: Result<RawPathParams, RawPathParamsRejection>, request: Request| async move {
            let result = match path {
                Ok(path) => serve(route, &shared, &path, request),
                Err(rejection) => Err(ApiError::without_code(StatusCode::BAD_REQUEST, rejection.body_text())),
            };
            let answer = if cfg!(debug_assertions) { check_answer(route, result) } else { result };
            answer.map_or_else(IntoResponse::into_response, IntoResponse::into_response)
        };
        router = router.route(&route.full_path(), on(filter, handler));
    }
    router.fallback(unknown).method_not_allowed_fallback(unknown)
}

fn serve(route: &Route, shared: &Shared, path: &RawPathParams, request: Request) -> Result<Answer, ApiError> {
    let (mut parts, _) = request.into_parts();
    let body = parts.extensions.remove::<RequestBody>().expect("the body is read before the request is routed");
    let body = body.expect(route.is_oauth());
    match route.handler {
        Handler::Open(handler) => handler(shared, &parts.headers, &body?),
        Handler::Management(handler) => {
            let path = path.iter().map(|(_, value)| value.to_owned()).collect();
            shared.change_tenant(|tenant| manage(route, handler, tenant, path, &parts, body))?
        }
    }
}

/// Checks a request of the Management API and carries it out, both with the tenant as it is now. The checks come in the order
/// of the service: a token that is missing or allows too little hides all that is wrong with the request.
fn manage(
    route: &Route,
    handler: ManagementHandler,
    tenant: &mut Tenant,
    path: Vec<String>,
    parts: &Parts,
    body: Result<Bytes, ApiError>,
) -> Result<Answer, ApiError> {
    let scopes = Scopes::of_token(tenant, &parts.headers)?;
    scopes.require_any(route.scopes)?;
    let query = Query::parse(parts.uri.query().unwrap_or_default(), route.query)?;
    let body = body?;
    let body = match &route.body {
        Some(contract) => object(contract, &parts.headers, &body)?,
        None => Object::new(),
    };
    // A request that is refused changes nothing, not even the ids of what comes next.
    let ids = tenant.ids.clone();
    let result = handler(&mut RequestContext { tenant, scopes, path, query, body });
    if result.is_err() {
        tenant.ids = ids;
    }
    result
}

/// The body as an object that fits the contract.
fn object(contract: &Contract, headers: &HeaderMap, body: &[u8]) -> Result<Object, ApiError> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !content_type.starts_with("application/json") {
        let what = format_args!("bodies of the type \"{content_type}\", send application/json");
        return Err(ApiError::not_imitated(what));
    }
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return Err(ApiError::without_code(StatusCode::BAD_REQUEST, "Invalid request payload JSON format"));
    };
    contract.check(&body)?;
    match body {
        Value::Object(object) => Ok(object),
        _ => unreachable!("every contract of a body asks for an object"),
    }
}

/// The result, or an error if it breaks the contract of its route. In builds for development this checks every answer.
fn check_answer(route: &Route, result: Result<Answer, ApiError>) -> Result<Answer, ApiError> {
    let breach = match &result {
        Ok(answer) => route.success.breach(answer),
        Err(error) => error.breach(),
    };
    match breach {
        None => result,
        Some(breach) => {
            Err(ApiError::broken_contract(format_args!("{} {}: {breach}", route.method, route.full_path())))
        }
    }
}

async fn unknown(request: Request) -> Response {
    let what = format_args!("{} {}", request.method(), request.uri().path());
    ApiError::not_imitated(what).into_response()
}
