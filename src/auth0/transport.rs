//! Sends requests with a token, and reads their responses.

use std::marker::PhantomData;
use std::sync::Arc;

use reqwest::{Method, StatusCode};
use serde::de::{DeserializeOwned, DeserializeSeed};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::budget::Spending;
use super::cancellation::Bounds;
use super::endpoint::Endpoint;
use super::error::{Error, Flaw};
use super::http::Http;
use super::request::{Repeat, Request};
use super::response::{Outcome, Response};
use super::sender::{Attempts, Progress, Sender};
use super::settings::{Settings, SettingsError};
use super::tenant::Tenant;
use super::token::Tokens;

/// What all requests to one tenant share.
pub(super) struct Transport {
    pub(super) sender: Sender,
    tokens: Tokens,
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
        Ok(Self { sender: Sender::new(tenant, http, limits), tokens })
    }

    pub(super) fn tenant(&self) -> &Tenant {
        &self.sender.tenant
    }

    /// Number of requests to the tenant so far, and how many of them were retries.
    pub(super) fn spending(&self) -> (Spending, u64) {
        self.sender.spending()
    }

    async fn exchange(&self, request: &Request, bounds: &Bounds) -> Result<Outcome, Error> {
        let mut attempts = Attempts::new();
        loop {
            let token = self.tokens.current(&self.sender, &request.endpoint, bounds).await?;
            let (header, renewable) = (Some(&token.header), self.tokens.renewable(&token));
            match self.sender.proceed(request, header, renewable, &mut attempts, bounds).await? {
                Progress::Done(outcome) => {
                    if outcome.response.status != StatusCode::UNAUTHORIZED {
                        self.tokens.accept(&token);
                    }
                    return Ok(outcome);
                }
                Progress::TokenRejected => {
                    bounds.run(&request.endpoint, self.tokens.reject(&self.sender, &token)).await?;
                }
            }
        }
    }
}

/// Access to a tenant for one operation, which limits every wait.
#[derive(Clone)]
pub(super) struct Operation {
    transport: Arc<Transport>,
    bounds: Bounds,
}

impl Operation {
    pub(super) fn new(transport: Arc<Transport>, stop: CancellationToken, deadline: Instant) -> Self {
        Self { transport, bounds: Bounds::new(stop, deadline) }
    }

    pub(super) fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(super) fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// A request to the Management API. Each argument becomes exactly one segment of the path.
    pub(super) fn request<S: AsRef<str>>(&self, method: Method, segments: &[S]) -> Result<Request, Error> {
        Request::new(self.transport.tenant(), method, segments)
    }

    /// Sends a request and reads the object in its response.
    pub(super) async fn fetch<T: DeserializeOwned>(&self, request: &Request) -> Result<T, Error> {
        self.fetch_with(request, PhantomData).await
    }

    /// The same, where `seed` says what to read.
    pub(super) async fn fetch_with<T, S>(&self, request: &Request, seed: S) -> Result<T, Error>
    where
        S: for<'de> DeserializeSeed<'de, Value = T>,
    {
        let response = self.complete(request).await?;
        decode(&response, seed, &request.endpoint).map_err(|error| match request.repeat {
            Repeat::Always => error,
            // The object was created, but its ID is lost.
            Repeat::IfUnsent => error.unknown_fate(),
        })
    }

    /// Sends a delete. Only a 204 means success: a 200 does not come from the Management API.
    pub(super) async fn delete(&self, request: &Request) -> Result<(), Error> {
        let response = self.complete(request).await?;
        if response.status == StatusCode::NO_CONTENT {
            return Ok(());
        }
        Err(Error::foreign(&response, request.endpoint.clone()))
    }

    /// Sends a request. Any response other than a success is an error.
    async fn complete(&self, request: &Request) -> Result<Response, Error> {
        let outcome = self.transport.exchange(request, &self.bounds).await?;
        if outcome.response.status.is_success() {
            return Ok(outcome.response);
        }
        Err(Error::refusal(&outcome, request.endpoint.clone()))
    }
}

/// Reads the JSON body of a successful response.
fn decode<T, S>(response: &Response, seed: S, endpoint: &Endpoint) -> Result<T, Error>
where
    S: for<'de> DeserializeSeed<'de, Value = T>,
{
    let mut track = serde_path_to_error::Track::new();
    let mut json = serde_json::Deserializer::from_slice(&response.body);
    let read = seed.deserialize(serde_path_to_error::Deserializer::new(&mut json, &mut track));
    read.map_err(|error| {
        if response.is_web_page() {
            return Error::WebPage { endpoint: endpoint.clone() };
        }
        Flaw::new(track.path().to_string(), &error).at(endpoint)
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    fn read<T: DeserializeOwned>(body: &'static str) -> Result<T, Error> {
        let tenant = "acme.auth0.com".parse().unwrap();
        let request = Request::new(&tenant, Method::GET, &["clients", "abc"]).unwrap();
        decode(&Response::of(200, body), PhantomData, &request.endpoint)
    }

    #[test]
    fn a_web_page_is_no_odd_response_of_the_api() {
        let error = read::<Vec<u64>>("\n<!DOCTYPE html><p>s3cret</p>").unwrap_err();
        assert!(matches!(error, Error::WebPage { .. }), "{error}");
        assert!(!format!("{error} {error:?}").contains("s3cret"));
    }

    #[test]
    fn names_place_of_flaw_without_its_value() {
        #[derive(Debug, Deserialize)]
        struct Outer {
            #[serde(rename = "inner")]
            _inner: Vec<u64>,
        }
        let error = read::<Outer>(r#"{"inner":[1,"s3cret, expected nothing"]}"#).unwrap_err();
        let Error::Decode { path, reason, .. } = &error else { panic!("{error}") };
        assert_eq!(path, "inner[1]");
        assert!(reason.starts_with("expected u64"), "{reason}");
        assert!(!format!("{error} {error:?}").contains("s3cret"));
    }
}
