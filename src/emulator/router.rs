//! The way of a request: to its route, through what the route demands, and back with an answer that keeps its contract.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use serde_json::Value;

use super::answer::Answer;
use super::api::ROUTES;
use super::authorization::Verifier;
use super::contract::Contract;
use super::endpoint::{Call, Handler, MAX_BODY, Route};
use super::error::ApiError;
use super::query::Query;
use super::{Object, Shared};

pub(crate) fn router(shared: &Arc<Shared>) -> Router {
    let mut router = Router::new();
    for route in ROUTES.iter() {
        let shared = Arc::clone(shared);
        let filter = MethodFilter::try_from(route.method.clone()).expect("the list holds ordinary methods only");
        let handler = move |path: Result<RawPathParams, RawPathParamsRejection>, request: Request| async move {
            let result = match path {
                Ok(path) => serve(route, &shared, path, request).await,
                Err(rejection) => Err(ApiError::without_code(StatusCode::BAD_REQUEST, rejection.body_text())),
            };
            let answer = if cfg!(debug_assertions) { kept(route, result) } else { result };
            answer.map_or_else(IntoResponse::into_response, IntoResponse::into_response)
        };
        router = router.route(&route.full_path(), on(filter, handler));
    }
    router.fallback(unknown).method_not_allowed_fallback(unknown)
}

async fn serve(route: &Route, shared: &Shared, path: RawPathParams, request: Request) -> Result<Answer, ApiError> {
    let (parts, body) = request.into_parts();
    let handler = match route.handler {
        Handler::Management(handler) => handler,
        Handler::Open(handler) => return handler(shared, &parts.headers, &bytes(body, usize::MAX).await?),
    };
    let scopes = shared.with_tenant(|tenant| Verifier::of(tenant)).scopes(&parts.headers)?;
    scopes.require_any(route.scopes)?;
    let query = Query::parse(parts.uri.query().unwrap_or_default(), route.query)?;
    let body = match &route.body {
        Some(contract) => object(contract, &parts.headers, body).await?,
        None => Object::new(),
    };
    let path = path.iter().map(|(_, value)| value.to_owned()).collect();
    shared.with_tenant(|tenant| {
        // Whoever is refused must not change anything, not even the ids of what comes next.
        let ids = tenant.ids.clone();
        let result = handler(&mut Call { tenant, scopes, path, query, body });
        if result.is_err() {
            tenant.ids = ids;
        }
        result
    })
}

/// The body as an object that fits the contract.
async fn object(contract: &Contract, headers: &HeaderMap, body: Body) -> Result<Object, ApiError> {
    let bytes = bytes(body, MAX_BODY).await?;
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !content_type.starts_with("application/json") {
        let what = format_args!("bodies of the type \"{content_type}\", send application/json");
        return Err(ApiError::not_imitated(StatusCode::UNSUPPORTED_MEDIA_TYPE, what));
    }
    let Ok(body) = serde_json::from_slice::<Value>(&bytes) else {
        return Err(ApiError::without_code(StatusCode::BAD_REQUEST, "Invalid request payload JSON format"));
    };
    contract.check(&body)?;
    match body {
        Value::Object(object) => Ok(object),
        _ => unreachable!("every contract of a body asks for an object"),
    }
}

/// The body of a request, unless it is too large.
async fn bytes(body: Body, limit: usize) -> Result<bytes::Bytes, ApiError> {
    axum::body::to_bytes(body, limit).await.map_err(|_| {
        let message = format!("Payload content length greater than maximum allowed: {limit}");
        ApiError::without_code(StatusCode::PAYLOAD_TOO_LARGE, message)
    })
}

/// The same result, if it keeps the contract of its route. This is how every test watches over all answers.
fn kept(route: &Route, result: Result<Answer, ApiError>) -> Result<Answer, ApiError> {
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
    ApiError::not_imitated(StatusCode::NOT_FOUND, what).into_response()
}
