//! Connections: an accept loop of our own, because a fault may close one without an answer.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use axum::response::IntoResponse as _;
use bytes::{Bytes, BytesMut};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tokio_stream::StreamExt as _;
use tokio_util::sync::CancellationToken;
use tower_service::Service as _;

use super::api_error::ApiError;
use super::endpoint::{CONTROL, MANAGEMENT, MAX_BODY};
use super::faults::{Action, Change, Delay, Drop, Moment, Substitute, Truncate, merged};
use super::{Shared, lock};

/// Serves connections until the token is cancelled; those still open are closed then.
pub(crate) async fn run(
    listener: std::net::TcpListener,
    tls: Option<TlsAcceptor>,
    server: Server,
    stop: CancellationToken,
) {
    let listener = TcpListener::from_std(listener).expect("the listener was made non-blocking");
    let accept_all = async {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                // The one connection failed while it waited, or files have run out, which passes.
                sleep(Duration::from_millis(10)).await;
                continue;
            };
            tokio::spawn(stop.child_token().run_until_cancelled_owned(server.clone().connection(stream, tls.clone())));
        }
    };
    stop.run_until_cancelled(accept_all).await;
}

/// Everything that a connection needs.
#[derive(Clone)]
pub(crate) struct Server {
    router: Router,
    shared: Arc<Shared>,
}

impl Server {
    pub(crate) fn new(router: Router, shared: Arc<Shared>) -> Self {
        Self { router, shared }
    }

    async fn connection(self, stream: TcpStream, tls: Option<TlsAcceptor>) {
        // Answers are small, and a client waits for each of them.
        let _ = stream.set_nodelay(true);
        match tls {
            None => self.serve(stream).await,
            Some(tls) => {
                if let Ok(stream) = tls.accept(stream).await {
                    self.serve(stream).await;
                }
            }
        }
    }

    async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(self, stream: S) {
        let close = CancellationToken::new();
        let service = {
            let close = close.clone();
            service_fn(move |request: Request<Incoming>| {
                let (server, close) = (self.clone(), close.clone());
                async move { Ok::<_, Infallible>(server.respond(request.map(Body::new), &close).await) }
            })
        };
        let builder = auto::Builder::new(TokioExecutor::new());
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        // A client that breaks off is its own affair.
        let _ = close.run_until_cancelled(connection).await;
    }

    async fn respond(self, request: Request<Body>, close: &CancellationToken) -> Response<Body> {
        let (method, path) = (request.method().as_str().to_owned(), request.uri().path().to_owned());
        if path.starts_with(CONTROL) {
            return self.serve_tenant(request).await;
        }
        let seq = self.shared.log().arrived(&method, &path, request.uri().query().unwrap_or_default());
        let (parts, body) = self.read_body(seq, request).await;
        // Even a sleep of no length takes until the next tick of the timer, a millisecond.
        if !self.shared.latency.is_zero() {
            sleep(self.shared.latency).await;
        }
        let action = self.shared.faults().next_action(&method, &path, &body);
        let request = Request::from_parts(parts, Body::from(body.clone()));
        let response = match action {
            None => self.route(request).await,
            Some(Action::Answer(substitute)) => substitute_response(substitute),
            Some(Action::Delay(Delay { delay_ms })) => {
                sleep(Duration::from_millis(delay_ms)).await;
                self.route(request).await
            }
            Some(Action::Drop(Drop { drop })) => {
                if drop == Moment::After {
                    self.route(request).await;
                }
                close.cancel();
                pending().await
            }
            Some(Action::Truncate(Truncate { truncate })) => {
                replace_body(self.route(request).await, |body| body.slice(..truncate.min(body.len()))).await
            }
            Some(Action::Change(Change { request: request_change, response: response_change })) => {
                let body = request_change.and_then(|patch| merged(&body, &patch)).map_or(body, Bytes::from);
                let response = self.route(request.map(|_| Body::from(body))).await;
                match response_change {
                    None => response,
                    Some(patch) => replace_body(response, |body| merged(&body, &patch).map_or(body, Bytes::from)).await,
                }
            }
        };
        self.shared.log().answered(seq, response.status().as_u16());
        response
    }

    /// Reads the body of a request, which may be endless. That of a write to the Management API goes into the log; that of a
    /// token request does not, as it holds secrets and little else.
    async fn read_body(&self, seq: u64, request: Request<Body>) -> (Parts, Bytes) {
        let (parts, body) = request.into_parts();
        let body = read_at_most(body, MAX_BODY).await;
        let is_write = matches!(parts.method, Method::POST | Method::PATCH | Method::PUT | Method::DELETE);
        if is_write && parts.uri.path().starts_with(MANAGEMENT) {
            self.shared.log().keep_body(seq, &body);
        }
        if let Some(recorder) = &self.shared.secret_recorder {
            lock(recorder).record(&parts.headers, &body);
        }
        (parts, body)
    }

    /// Answers a request of the tenant's, if its plan allows it now.
    async fn route(&self, request: Request<Body>) -> Response<Body> {
        let (method, uri) = (request.method().as_str(), request.uri());
        let query = uri.query().unwrap_or_default();
        let limit = self.shared.limits().take(method, uri.path(), query, self.shared.clock.unix_milliseconds());
        let Some(limit) = limit else { return self.serve_tenant(request).await };
        let mut response = if limit.granted {
            self.serve_tenant(request).await
        } else {
            ApiError::too_many_requests(uri.path(), limit.message()).into_response()
        };
        for (name, value) in limit.headers() {
            // A token quota that is used up says more.
            response.headers_mut().entry(name).or_insert(HeaderValue::from(value));
        }
        response
    }

    async fn serve_tenant(&self, request: Request<Body>) -> Response<Body> {
        let Ok(mut response) = self.router.clone().call(request).await;
        if let Some(recorder) = &self.shared.secret_recorder {
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
            lock(recorder).record(&parts.headers, &body);
            response = Response::from_parts(parts, Body::from(body));
        }
        // What is answered has to be there after a crash.
        match self.shared.save() {
            Ok(()) => response,
            Err(error) => ApiError::without_code(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        }
    }
}

/// The whole body, or just over `limit` bytes of a longer one, which the router then refuses. Nothing of one that breaks off.
async fn read_at_most(body: Body, limit: usize) -> Bytes {
    let (mut chunks, mut bytes) = (body.into_data_stream(), BytesMut::new());
    while bytes.len() <= limit {
        match chunks.next().await {
            None => break,
            Some(Ok(chunk)) => bytes.extend_from_slice(&chunk),
            Some(Err(_)) => return Bytes::new(),
        }
    }
    bytes.freeze()
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
