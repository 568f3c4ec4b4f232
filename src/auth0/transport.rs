//! A request's whole life, from a description to a decoded answer.

use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::header::HeaderValue;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::bounds::{Bounds, Ended, Landing};
use super::budget::{Budget, Permit, Spending, TooLong};
use super::call::{Call, Endpoint, Repeat};
use super::error::{self, Error};
use super::http::{Answer, Http, TransportError};
use super::retry::{self, History, Setback, Verdict};
use super::settings::{Settings, SettingsError};
use super::tenant::Tenant;
use super::token::Tokens;

/// Everything that all requests to one tenant share.
pub(super) struct Transport {
    tenant: Tenant,
    http: Http,
    tokens: Tokens,
    budget: Budget,
    retries: AtomicU64,
}

impl Transport {
    pub(super) fn new(settings: Settings) -> Result<Self, SettingsError> {
        let Settings {
            tenant,
            audience,
            credentials,
            request_timeout,
            user_agent,
            ca_file,
            http_proxy,
            limits,
            token_cache,
        } = settings;
        let http = Http::new(&tenant, request_timeout, &user_agent, ca_file, http_proxy)?;
        let tokens = Tokens::new(credentials, audience.unwrap_or_else(|| tenant.audience()), token_cache)?;
        Ok(Self { tenant, http, tokens, budget: Budget::new(limits), retries: AtomicU64::new(0) })
    }

    pub(super) fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// What was asked of the tenant so far, and how many of these requests were repetitions.
    pub(super) fn spending(&self) -> (Spending, u64) {
        (self.budget.spending(), self.retries.load(Ordering::Relaxed))
    }

    /// Sends a request and reads the object in its answer.
    pub(super) async fn fetch<T: DeserializeOwned>(&self, call: &Call, bounds: &Bounds) -> Result<T, Error> {
        let answer = self.complete(call, bounds).await?;
        error::decode(&answer.body, call.endpoint()).map_err(|error| match call.repeat {
            Repeat::Always => error,
            // Something was created, but its id is lost.
            Repeat::IfUnsent => error.unknown_fate(),
        })
    }

    /// Sends a request and takes any other answer than a success for an error.
    pub(super) async fn complete(&self, call: &Call, bounds: &Bounds) -> Result<Answer, Error> {
        let answer = self.exchange(call, bounds).await?;
        if answer.status.is_success() { Ok(answer) } else { Err(Error::refusal(&answer, call.endpoint())) }
    }

    /// Sends a request until it has an answer that repeating would not change, be it a refusal.
    pub(super) async fn exchange(&self, call: &Call, bounds: &Bounds) -> Result<Answer, Error> {
        let ended = |ended| Error::ended(ended, call.endpoint());
        let mut history = History::default();
        let correlation_id = correlation_id();
        loop {
            let token =
                if call.authorized { Some(self.tokens.current(self, &call.endpoint(), bounds).await?) } else { None };
            // Before each attempt: repetitions draw from the tenant's rate limit as well.
            let permit = self.admit(call, bounds).await?;
            if history.attempts() > 0 {
                self.retries.fetch_add(1, Ordering::Relaxed);
            }
            let outcome =
                self.send(call, token.as_ref().map(|token| &token.header), &correlation_id, bounds, &history).await?;
            let outcome = outcome.map(|answer| Answer { after_doubt: history.holds_doubt(), ..answer });

            let setback = match &outcome {
                Ok(answer) => match permit.settle(answer) {
                    Some(pause) => Some(Setback::Throttled(pause)),
                    None => Setback::of_answer(answer, call.authorized && self.tokens.renewable()),
                },
                Err(failure) => {
                    drop(permit);
                    Some(Setback::of_failure(failure))
                }
            };
            let Some(setback) = setback else { return settle(outcome, call) };
            history.record(setback);
            match retry::decide(call.repeat, &history, setback, Instant::now(), bounds.deadline(), fastrand::f64()) {
                Verdict::GiveUp => return settle(outcome, call),
                Verdict::OutOfTime => {
                    let late = |answer| Answer { no_time_left: true, ..answer };
                    return settle(outcome, call).map(late).map_err(Error::out_of_time);
                }
                Verdict::FateUnknown => return Err(settle_as_error(outcome, call).unknown_fate()),
                Verdict::Again { after } => {
                    if let (Setback::TokenRejected, Some(token)) = (setback, &token) {
                        bounds.run(self.tokens.reject(self, token)).await.map_err(ended)?;
                    }
                    let Endpoint { method, path, .. } = call.endpoint();
                    tracing::debug!(%method, path, ?setback, wait_ms = after.as_millis(), "request will be repeated");
                    // The wait that the service asks for is one for all, and waited in line.
                    if !matches!(setback, Setback::Throttled(_)) {
                        bounds.run(tokio::time::sleep(after)).await.map_err(ended)?;
                    }
                }
            }
        }
    }

    /// Waits until the tenant's rate limit has room for a request.
    async fn admit(&self, call: &Call, bounds: &Bounds) -> Result<Permit<'_>, Error> {
        let admission = bounds.run(self.budget.admit(call.class, bounds.deadline())).await;
        let permit = admission.map_err(|ended| Error::ended(ended, call.endpoint()))?;
        permit.map_err(|TooLong(wait)| Error::RateLimited { endpoint: call.endpoint(), wait: Some(wait) })
    }

    /// Makes one attempt; the outer error is the end of the operation.
    async fn send(
        &self,
        call: &Call,
        token: Option<&HeaderValue>,
        correlation_id: &HeaderValue,
        bounds: &Bounds,
        history: &History,
    ) -> Result<Result<Answer, TransportError>, Error> {
        let (attempt, start) = (history.attempts() + 1, Instant::now());
        let ended = |ended: Ended| Error::ended(ended, call.endpoint());
        let sending = self.http.send(call, token, correlation_id);
        let outcome = match call.repeat {
            Repeat::Always => bounds.run(sending).await.map_err(ended)?,
            Repeat::IfUnsent => bounds.run_to_landing(sending).await.map_err(|landing| match landing {
                Landing::NotBegun(reason) => ended(reason),
                Landing::CutOff(reason) => ended(reason).unknown_fate(),
            })?,
        };
        let elapsed_ms = start.elapsed().as_millis();
        let Endpoint { method, path, .. } = call.endpoint();
        let correlation_id = correlation_id.to_str().unwrap_or_default();
        match &outcome {
            Ok(answer) => {
                let (status, version) = (answer.status.as_u16(), answer.version);
                tracing::debug!(
                    %method, path, status, ?version, elapsed_ms, attempt, correlation_id, "request answered"
                );
            }
            Err(error) => {
                tracing::debug!(%method, path, %error, elapsed_ms, attempt, correlation_id, "request failed");
            }
        }
        Ok(outcome)
    }
}

/// A name for a request in the tenant's log and in that of the provider. All attempts have the same, so that who looks for what
/// became of a request finds each of them.
fn correlation_id() -> HeaderValue {
    HeaderValue::from_str(&format!("{:032x}", fastrand::u128(..))).expect("digits are fit for a header")
}

fn settle(outcome: Result<Answer, TransportError>, call: &Call) -> Result<Answer, Error> {
    outcome.map_err(|cause| Error::Transport { endpoint: call.endpoint(), cause })
}

fn settle_as_error(outcome: Result<Answer, TransportError>, call: &Call) -> Error {
    match settle(outcome, call) {
        Ok(answer) => Error::refusal(&answer, call.endpoint()),
        Err(error) => error,
    }
}
