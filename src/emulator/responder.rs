//! The way of a request to the router and back: what is checked, logged, read and spoilt on it.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody as _, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use axum::response::IntoResponse as _;
use bytes::Bytes;
use serde_json::Value;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tower_service::Service as _;

use super::api_error::ApiError;
use super::authorization::Scopes;
use super::endpoint::{is_control, is_management, max_body, takes_no_token};
use super::faults::{Action, Change, Delay, Drop, Moment, Substitute, Truncate, merged};
use super::hosts::Entrance;
use super::request_body::RequestBody;
use super::{Shared, lock};

/// Responds to the requests of all connections.
pub(crate) struct Responder {
    router: Router,
    shared: Arc<Shared>,
}

impl Responder {
    pub(crate) fn new(router: Router, shared: Arc<Shared>) -> Self {
        Self { router, shared }
    }

    /// The response, unless a fault closes the connection instead.
    pub(crate) async fn respond(
        &self,
        request: Request<Body>,
        entrance: Entrance,
        close: &CancellationToken,
    ) -> Response<Body> {
        let (parts, body) = request.into_parts();
        if let Err(foreign) = self.shared.hosts.check(&parts, entrance) {
            RequestBody::refuse(&parts, body, self.shared.silence);
            return foreign.into_response();
        }
        if is_control(parts.uri.path()) {
            let body = self.read(&parts, body).await;
            return self.serve_tenant(parts, body).await;
        }
        let (method, path) = (parts.method.as_str(), parts.uri.path());
        let seq = self.shared.log().arrived(method, path, parts.uri.query().unwrap_or_default());
        let body = self.read(&parts, body).await;
        self.remember(seq, &parts, body.bytes());
        // Even a sleep of no length takes until the next tick of the timer, a millisecond.
        if !self.shared.latency.is_zero() {
            sleep(self.shared.latency).await;
        }
        let action = self.shared.faults().next_action(method, path, body.bytes());
        let response = match action {
            None => self.route(parts, body).await,
            Some(Action::Answer(substitute)) => substitute_response(substitute),
            Some(Action::Delay(Delay { delay_ms })) => {
                sleep(Duration::from_millis(delay_ms)).await;
                self.route(parts, body).await
            }
            Some(Action::Drop(Drop { drop })) => {
                if drop == Moment::After {
                    self.route(parts, body).await;
                }
                close.cancel();
                pending().await
            }
            Some(Action::Truncate(Truncate { truncate })) => {
                replace_body(self.route(parts, body).await, |body| body.slice(..truncate.min(body.len()))).await
            }
            Some(Action::Change(Change { request: request_change, response: response_change })) => {
                let other_body = request_change.and_then(|change| merged(body.bytes(), &change));
                let body = other_body.map_or(body, |other| RequestBody::Whole(other.into()));
                let response = self.route(parts, body).await;
                match response_change {
                    None => response,
                    Some(change) => {
                        replace_body(response, |body| merged(&body, &change).map_or(body, Bytes::from)).await
                    }
                }
            }
        };
        self.shared.log().answered(seq, response.status().as_u16());
        response
    }

    /// Reads the body, where the endpoint takes no token or the request has a valid one.
    async fn read(&self, request: &Parts, body: Body) -> RequestBody {
        if body.is_end_stream() {
            return RequestBody::Whole(Bytes::new());
        }
        let (path, silence) = (request.uri.path(), self.shared.silence);
        let has_token = || self.shared.with_tenant(|tenant| Scopes::of_token(tenant, &request.headers)).is_ok();
        if takes_no_token(path) || has_token() {
            RequestBody::read(request, body, max_body(path), silence).await
        } else {
            RequestBody::refuse(request, body, silence)
        }
    }

    /// The body of a write to the Management API goes into the log; that of a token request does not, as it holds secrets and
    /// little else.
    fn remember(&self, seq: u64, request: &Parts, body: &[u8]) {
        let is_write = matches!(request.method, Method::POST | Method::PATCH | Method::PUT | Method::DELETE);
        if is_write && is_management(request.uri.path()) {
            self.shared.log().keep_body(seq, body);
        }
        if let Some(recorder) = &self.shared.secret_recorder {
            lock(recorder).record(&request.headers, body);
        }
    }

    /// Answers a request of the tenant's, if its plan allows it now.
    async fn route(&self, parts: Parts, body: RequestBody) -> Response<Body> {
        let (method, path, query) = (parts.method.as_str(), parts.uri.path(), parts.uri.query().unwrap_or_default());
        let limit = self.shared.limits().take(method, path, query, self.shared.clock.unix_milliseconds());
        let Some(limit) = limit else { return self.serve_tenant(parts, body).await };
        let mut response = if limit.granted {
            self.serve_tenant(parts, body).await
        } else {
            ApiError::too_many_requests(path, limit.message()).into_response()
        };
        for (name, value) in limit.headers() {
            // A token quota that is used up says more.
            response.headers_mut().entry(name).or_insert(HeaderValue::from(value));
        }
        response
    }

    async fn serve_tenant(&self, mut parts: Parts, body: RequestBody) -> Response<Body> {
        parts.extensions.insert(body);
        let Ok(response) = self.router.clone().call(Request::from_parts(parts, Body::empty())).await;
        let Some(recorder) = &self.shared.secret_recorder else { return response };
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        lock(recorder).record(&parts.headers, &body);
        Response::from_parts(parts, Body::from(body))
    }
}

fn substitute_response(substitute: Substitute) -> Response<Body> {
    let status = StatusCode::from_u16(substitute.status).expect("rules are checked when they are given");
    let (body, json) = match substitute.body {
        None => (String::new(), false),
        Some(Value::String(raw)) => (raw, false),
        Some(body) => (body.to_string(), true),
    };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    if json {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    }
    for (name, value) in substitute.headers {
        let (name, value) = (HeaderName::try_from(name), HeaderValue::try_from(value));
        headers.extend(name.ok().zip(value.ok()));
    }
    response
}

/// The response with another body, announced as if it were the real one.
async fn replace_body(response: Response<Body>, replace: impl FnOnce(Bytes) -> Bytes) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    let mut body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    if !body.is_empty() {
        body = replace(body);
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    Response::from_parts(parts, Body::from(body))
}
