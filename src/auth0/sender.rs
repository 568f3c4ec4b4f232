//! Sends a request until it has a final response. It knows nothing of tokens.

use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::header::HeaderValue;
use tokio::time::Instant;

use super::budget::{Budget, Permit, Spending, TooLong};
use super::cancellation::Bounds;
use super::error::Error;
use super::http::Http;
use super::request::{Repeat, Request};
use super::response::{Outcome, Response, TransportError};
use super::retry::{self, History, Setback, Verdict};
use super::settings::Limits;
use super::tenant::Tenant;

/// The connections to one tenant, and its rate limit.
pub(super) struct Sender {
    pub(super) tenant: Tenant,
    http: Http,
    budget: Budget,
    retries: AtomicU64,
}

/// All attempts of one request.
pub(super) struct Attempts {
    history: History,
    /// The ID of the request in the tenant's log and in the provider's log. All attempts share it.
    correlation_id: HeaderValue,
}

/// The outcome of an attempt.
pub(super) enum Progress {
    Done(Outcome),
    /// Auth0 did not accept the token. The request may be sent with another one.
    TokenRejected,
}

impl Attempts {
    pub(super) fn new() -> Self {
        let correlation_id = HeaderValue::from_str(&format!("{:032x}", fastrand::u128(..)));
        Self { history: History::default(), correlation_id: correlation_id.expect("digits are fit for a header") }
    }
}

impl Sender {
    pub(super) fn new(tenant: Tenant, http: Http, limits: Limits) -> Self {
        Self { tenant, http, budget: Budget::new(limits), retries: AtomicU64::new(0) }
    }

    /// Number of requests to the tenant so far, and how many of them were retries.
    pub(super) fn spending(&self) -> (Spending, u64) {
        (self.budget.spending(), self.retries.load(Ordering::Relaxed))
    }

    /// Sends a request without a token.
    pub(super) async fn exchange(&self, request: &Request, bounds: &Bounds) -> Result<Outcome, Error> {
        match self.proceed(request, None, false, &mut Attempts::new(), bounds).await? {
            Progress::Done(outcome) => Ok(outcome),
            Progress::TokenRejected => unreachable!("there is no token"),
        }
    }

    /// Sends a request until it has a final response or needs another token.
    pub(super) async fn proceed(
        &self,
        request: &Request,
        token: Option<&HeaderValue>,
        renewable: bool,
        attempts: &mut Attempts,
        bounds: &Bounds,
    ) -> Result<Progress, Error> {
        loop {
            // Before each attempt, because retries count for the rate limit as well.
            let permit = self.admit(request, bounds).await?;
            if attempts.history.attempts() > 0 {
                self.retries.fetch_add(1, Ordering::Relaxed);
            }
            let after_doubt = attempts.history.holds_doubt();
            let sent = self.send(request, token, attempts, bounds).await?;
            let setback = match &sent {
                Ok(response) => match permit.settle(response) {
                    Some(pause) => Some(Setback::Throttled(pause)),
                    None => Setback::of_response(response, renewable),
                },
                Err(failure) => {
                    drop(permit);
                    Some(Setback::of_failure(failure))
                }
            };
            let done = |no_time_left| match sent {
                Ok(response) => Ok(Outcome { response, no_time_left, after_doubt }),
                Err(cause) => Err(Error::Transport { endpoint: request.endpoint.clone(), cause }),
            };
            let Some(setback) = setback else { return done(false).map(Progress::Done) };
            let history = &mut attempts.history;
            history.record(setback);
            match retry::decide(request.repeat, history, setback, Instant::now(), bounds.deadline(), fastrand::f64()) {
                Verdict::GiveUp => return done(false).map(Progress::Done),
                Verdict::OutOfTime => return done(true).map(Progress::Done).map_err(Error::out_of_time),
                Verdict::FateUnknown => {
                    let cause = done(false).map(|outcome| Error::refusal(&outcome, request.endpoint.clone()));
                    return Err(cause.unwrap_or_else(|error| error).unknown_fate());
                }
                Verdict::Again { .. } if setback == Setback::TokenRejected => return Ok(Progress::TokenRejected),
                Verdict::Again { after } => {
                    let (method, path) = (request.method(), &request.endpoint.path);
                    tracing::debug!(%method, path, ?setback, wait_ms = after.as_millis(), "retrying the request");
                    // The wait that Auth0 asks for is for all requests, so it happens in the queue.
                    if !matches!(setback, Setback::Throttled(_)) {
                        bounds.run(&request.endpoint, tokio::time::sleep(after)).await?;
                    }
                }
            }
        }
    }

    /// Waits until the rate limit has room for a request.
    async fn admit(&self, request: &Request, bounds: &Bounds) -> Result<Permit<'_>, Error> {
        let endpoint = &request.endpoint;
        let limited = |wait| Error::RateLimited { endpoint: endpoint.clone(), wait };
        match bounds.run(endpoint, self.budget.admit(request.class, bounds.deadline())).await {
            Ok(permit) => permit.map_err(|TooLong(wait)| limited(Some(wait))),
            Err(Error::DeadlineExceeded { .. }) if self.budget.is_used_up(request.class) => Err(limited(None)),
            Err(error) => Err(error),
        }
    }

    /// Makes one attempt. The outer error means that the operation ended.
    async fn send(
        &self,
        request: &Request,
        token: Option<&HeaderValue>,
        Attempts { history, correlation_id }: &Attempts,
        bounds: &Bounds,
    ) -> Result<Result<Response, TransportError>, Error> {
        let (attempt, start) = (history.attempts() + 1, Instant::now());
        let sending = self.http.send(request, token, correlation_id);
        let sent = match request.repeat {
            Repeat::Always => bounds.run(&request.endpoint, sending).await?,
            Repeat::IfUnsent => bounds.run_with_grace(&request.endpoint, sending).await?,
        };
        let elapsed_ms = start.elapsed().as_millis();
        let (method, path) = (request.method(), &request.endpoint.path);
        let correlation_id = correlation_id.to_str().unwrap_or_default();
        match &sent {
            Ok(response) => {
                let (status, version) = (response.status.as_u16(), response.version);
                tracing::debug!(
                    %method, path, status, ?version, elapsed_ms, attempt, correlation_id, "received a response"
                );
            }
            Err(error) => {
                tracing::debug!(%method, path, %error, elapsed_ms, attempt, correlation_id, "request failed");
            }
        }
        Ok(sent)
    }
}
