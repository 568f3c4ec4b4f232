//! The access token: requested on first use, shared by all requests, replaced before it expires.
//!
//! <https://auth0.com/docs/secure/tokens/access-tokens/management-api-access-tokens>

mod cache;
mod client_auth;
mod explain;
mod issued;
mod lifetime;

use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::assertion::Assertion;
use super::cancellation::Bounds;
use super::clock::unix_now;
use super::credential_text;
use super::endpoint::Endpoint;
use super::error::Error;
use super::request::Request;
use super::response::Outcome;
use super::sender::Sender;
use super::settings::{Credentials, SettingsError};
use super::token_error::TokenError;

use cache::{Cache, CachedToken};
use client_auth::{Attempt, ClientAuth, Question, Shown};
use lifetime::lifetime;

pub(super) use client_auth::TokenScope;
pub(super) use issued::issue;

/// How long before its expiry a token is replaced, so that none expires in transit.
const RENEW_AHEAD: Duration = Duration::from_mins(1);

/// How long a failure of the token endpoint counts for all requests. Otherwise each of hundreds of objects would repeat
/// its retries.
const OUTAGE_MEMORY: Duration = Duration::from_secs(30);

/// The source of tokens, and the current token.
pub(super) struct Tokens {
    source: Source,
    wanted: TokenScope,
    /// Folder for tokens that outlive the process.
    cache: Option<PathBuf>,
    /// Locked during a token request, so that one request serves all waiting requests.
    held: Mutex<TokenState>,
}

enum Source {
    Given(HeaderValue),
    Application(ClientAuth),
}

/// An `Authorization` header, and its number in this process.
#[derive(Clone)]
pub(super) struct Bearer {
    pub(super) header: HeaderValue,
    serial: u64,
    origin: Origin,
}

/// Where a token comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The configuration, or another process that stored it.
    Elsewhere,
    /// A token request of this process.
    Granted,
    /// The same, after Auth0 did not accept an earlier one. If it does not accept this one either, yet another would
    /// not help.
    LastResort,
}

impl Tokens {
    pub(super) fn new(
        credentials: Credentials,
        audience: String,
        cache: Option<PathBuf>,
    ) -> Result<Self, SettingsError> {
        let source = match ClientAuth::of(credentials) {
            Err(token) => Source::Given(bearer_header(token.expose_secret()).ok_or(SettingsError::Token)?),
            Ok(proof) => Source::Application(proof),
        };
        let wanted = TokenScope::everything(audience);
        Ok(Self { source, wanted, cache, held: Mutex::default() })
    }

    /// Whether another token can replace this one if Auth0 does not accept it.
    pub(super) fn renewable(&self, bearer: &Bearer) -> bool {
        match (&self.source, bearer.origin) {
            (Source::Given(_), _) | (_, Origin::LastResort) => false,
            (Source::Application(_), Origin::Elsewhere) => true,
            (Source::Application(proof), Origin::Granted) => proof.lasts(),
        }
    }

    /// The token for the next request to `endpoint`.
    pub(super) async fn current(&self, sender: &Sender, endpoint: &Endpoint, bounds: &Bounds) -> Result<Bearer, Error> {
        let proof = match &self.source {
            Source::Given(header) => {
                return Ok(Bearer { header: header.clone(), serial: 0, origin: Origin::Elsewhere });
            }
            Source::Application(proof) => proof,
        };
        let mut held = bounds.run(endpoint, self.held.lock()).await?;
        if let Some(known) = held.known(Instant::now()) {
            return known;
        }
        let identity = self.cached_identity(proof);
        let cache = self.cache(sender, identity.as_ref());
        if let Some(bearer) = cache.as_ref().and_then(|cache| held.inherit(cache, Instant::now(), unix_now())) {
            return Ok(bearer);
        }
        let issuer = sender.tenant.url().to_string();
        let Attempt { form, question } = proof.ask(&self.wanted, issuer, held.spent.as_ref())?;
        let request = Request::token(&sender.tenant, form);
        let (asked, asked_at) = (Instant::now(), unix_now());
        let outcome = sender.exchange(&request, bounds).await.and_then(|outcome| grant(&outcome, &request, &question));
        let outcome = outcome.map_err(|error| held.same_refusal(error));
        if let Err(error @ (Error::Cancelled { .. } | Error::DeadlineExceeded { .. } | Error::OutOfTime { .. })) =
            outcome
        {
            // This operation ended. The next waiting request asks for a token itself.
            return Err(error);
        }
        let lifetime = outcome.as_ref().ok().and_then(|grant| grant.lifetime);
        let bearer = held.keep(outcome, asked, Instant::now())?;
        if let (Some(cache), Some(lifetime), Some(token)) = (cache, lifetime, bearer.token()) {
            let renew_at = asked_at.saturating_add(renewal_age(lifetime));
            cache.store(CachedToken { token: token.into(), asked_at, renew_at });
        }
        if let Shown::Assertion(assertion) = question.shown {
            held.spent = Some(assertion);
        }
        Ok(bearer)
    }

    /// Auth0 accepted a token. So if it does not accept it later, another one may help again. Waits for nothing: a
    /// response is here, and nothing may come between it and its caller.
    pub(super) fn accept(&self, bearer: &Bearer) {
        if bearer.origin == Origin::LastResort
            && let Ok(mut held) = self.held.try_lock()
        {
            held.is_last_resort = false;
            if let Some((current, _)) = held.token.as_mut().filter(|(current, _)| current.serial == bearer.serial) {
                current.origin = Origin::Granted;
            }
        }
    }

    /// Drops a token that Auth0 did not accept, unless it has been replaced already.
    pub(super) async fn reject(&self, sender: &Sender, bearer: &Bearer) {
        let mut held = self.held.lock().await;
        if held.drop_token(bearer)
            && let (Source::Application(proof), Some(token)) = (&self.source, bearer.token())
            && let Some(cache) = self.cache(sender, self.cached_identity(proof).as_ref())
        {
            cache.remove(token);
        }
    }

    /// The client ID and the credential, if tokens outlive the process.
    fn cached_identity(&self, proof: &ClientAuth) -> Option<(String, SecretString)> {
        self.cache.as_ref().and_then(|_| proof.identity())
    }

    /// The file for tokens of this application.
    fn cache<'c>(&self, sender: &Sender, identity: Option<&'c (String, SecretString)>) -> Option<Cache<'c>> {
        let (folder, (client_id, credential)) = self.cache.as_deref().zip(identity)?;
        let (tenant, audience) = (sender.tenant.url().as_str(), &self.wanted.audience);
        Some(Cache::new(folder, tenant, client_id, audience, credential.expose_secret().as_bytes()))
    }
}

impl Bearer {
    fn token(&self) -> Option<&str> {
        self.header.to_str().ok()?.strip_prefix("Bearer ")
    }
}

/// What is known about the token.
#[derive(Default)]
struct TokenState {
    token: Option<(Bearer, Option<Instant>)>,
    /// Why and when the last token request failed.
    failure: Option<(Error, Instant)>,
    /// The assertion of the last token. Auth0 accepts each assertion once.
    spent: Option<Assertion>,
    /// The last token that Auth0 did not accept.
    rejected: Option<HeaderValue>,
    /// Whether Auth0 has not accepted a token that this process requested.
    is_last_resort: bool,
    serial: u64,
}

struct Grant {
    header: HeaderValue,
    lifetime: Option<Duration>,
}

impl TokenState {
    /// The current token or a recent failure. A refusal is final for this process: repeating wrong credentials for each
    /// of a thousand objects would lock the application out.
    fn known(&self, now: Instant) -> Option<Result<Bearer, Error>> {
        if let Some((bearer, renew_at)) = &self.token
            && renew_at.is_none_or(|renew_at| now < renew_at)
        {
            return Some(Ok(bearer.clone()));
        }
        let (failure, at) = self.failure.as_ref()?;
        let is_known = match failure {
            Error::Token(refusal) if refusal.is_final() => true,
            // Whether there is time to wait depends on the deadline of each operation.
            Error::RateLimited { .. } | Error::Token(TokenError::QuotaExceeded { .. }) => false,
            _ => now < *at + OUTAGE_MEMORY,
        };
        is_known.then(|| Err(failure.clone()))
    }

    /// Uses the token that another process stored.
    fn inherit(&mut self, cache: &Cache, now: Instant, unix_now: Duration) -> Option<Bearer> {
        let kept = cache.load(unix_now)?;
        let header =
            bearer_header(kept.token.expose_secret()).filter(|header| self.rejected.as_ref() != Some(header))?;
        self.failure = None;
        self.serial += 1;
        let bearer = Bearer { header, serial: self.serial, origin: Origin::Elsewhere };
        self.token = Some((bearer.clone(), now.checked_add(kept.renew_at.saturating_sub(unix_now))));
        Some(bearer)
    }

    fn keep(&mut self, outcome: Result<Grant, Error>, asked: Instant, answered: Instant) -> Result<Bearer, Error> {
        self.token = None;
        self.failure = outcome.as_ref().err().map(|error| (error.clone(), answered));
        let Grant { header, lifetime } = outcome?;
        self.serial += 1;
        let origin = if self.is_last_resort { Origin::LastResort } else { Origin::Granted };
        let bearer = Bearer { header, serial: self.serial, origin };
        let renew_at = lifetime.and_then(|lifetime| asked.checked_add(renewal_age(lifetime)));
        self.token = Some((bearer.clone(), renew_at));
        Ok(bearer)
    }

    /// If a token quota stops requests, the error names the quota, not the rate limit.
    fn same_refusal(&self, error: Error) -> Error {
        match (error, &self.failure) {
            (Error::RateLimited { wait, .. }, Some((Error::Token(TokenError::QuotaExceeded { .. }), _))) => {
                TokenError::QuotaExceeded { wait }.into()
            }
            (error, _) => error,
        }
    }

    /// Whether it was the current token.
    fn drop_token(&mut self, rejected: &Bearer) -> bool {
        let dropped = self.token.take_if(|(bearer, _)| bearer.serial == rejected.serial).is_some();
        if dropped {
            self.is_last_resort |= rejected.origin != Origin::Elsewhere;
            self.rejected = Some(rejected.header.clone());
        }
        dropped
    }
}

/// A token with a lifetime below twice the margin is used for half of its lifetime.
fn renewal_age(lifetime: Duration) -> Duration {
    lifetime.saturating_sub(RENEW_AHEAD).max(lifetime / 2)
}

#[derive(Deserialize)]
struct TokenBody<'a> {
    access_token: String,
    #[serde(borrow)]
    expires_in: Option<&'a RawValue>,
}

fn grant(outcome: &Outcome, request: &Request, question: &Question) -> Result<Grant, Error> {
    let response = &outcome.response;
    if !response.status.is_success() {
        let error = explain::explain(outcome, request.endpoint.clone(), question, unix_now());
        return Err(if outcome.no_time_left { error.out_of_time() } else { error });
    }
    let status = response.status.as_u16();
    let body = serde_json::from_slice::<TokenBody<'_>>(&response.body).map_err(|_| TokenError::NotAuth0 { status })?;
    let header = bearer_header(&body.access_token).ok_or(TokenError::NotAuth0 { status })?;
    Ok(Grant { header, lifetime: lifetime(body.expires_in) })
}

/// `None` if no service issues such a token, such as an empty one.
fn bearer_header(token: &str) -> Option<HeaderValue> {
    if credential_text::visible(token) != Ok(token) {
        return None;
    }
    let mut header = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    header.set_sensitive(true);
    Some(header)
}

#[cfg(test)]
mod tests;
