//! Client of the Auth0 Management API.
//!
//! [`Client`] is made once from [`Settings`] and shared. Every operation opens a [`Session`] with
//! [`Client::within`], which bounds all of its waits by a cancellation token and a deadline, and calls
//! one area of the API: [`Session::clients`], [`Session::client_grants`].
//!
//! Downwards: an area file describes a request (`call`), `transport` sees it through (token, sending,
//! repeating), `http` sends it once. What is decided on the way is decided by pure code in `retry`, `page`
//! and `token`, which take the time as an argument.

mod assertion;
mod bounds;
mod call;
pub mod client_grants;
pub mod clients;
mod entry;
mod error;
mod http;
mod page;
mod patch;
mod property;
mod retry;
mod settings;
mod tenant;
mod text;
mod token;
mod transport;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use reqwest::Method;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use bounds::Bounds;
use call::Call;
use client_grants::ClientGrants;
use clients::Clients;
use entry::Entry;
use page::{Listed, Progress, Reading, Stuck};
use transport::Transport;

pub use assertion::{Assertion, AssertionError, KeyError, SigningAlgorithm, SigningKey, Suspicion};
pub use call::Endpoint;
pub use error::{ApiError, Error};
pub use http::TransportError;
pub use patch::{MapPatch, Patch};
pub use property::{PropertyPath, PropertyStep};
pub use settings::{Credentials, Settings, SettingsError};
pub use tenant::{Tenant, TenantError};
pub use token::TokenError;

/// The Management API of one tenant. Cloning is cheap; clones share the token and the connections.
#[derive(Clone)]
pub struct Client(Arc<Shared>);

struct Shared {
    transport: Transport,
    /// Set once the tenant has refused to leave fields out of client lists.
    whole_client_lists: AtomicBool,
}

impl Client {
    /// Takes the settings as they are: nothing is asked before the first operation, and of all files
    /// only `ca_file` is read.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let transport = Transport::new(settings)?;
        Ok(Self(Arc::new(Shared { transport, whole_client_lists: AtomicBool::new(false) })))
    }

    /// The tenant that this client talks to.
    #[must_use]
    pub fn tenant(&self) -> &Tenant {
        self.0.transport.tenant()
    }

    /// Opens an operation: each of its waits ends when `stop` is cancelled or `deadline` has come.
    #[must_use]
    pub fn within(&self, stop: &CancellationToken, deadline: Instant) -> Session {
        Session { shared: Arc::clone(&self.0), bounds: Bounds::new(stop.clone(), deadline) }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("tenant", self.tenant()).finish_non_exhaustive()
    }
}

/// One operation's view of the Management API.
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
    bounds: Bounds,
}

impl Session {
    /// Applications.
    #[must_use]
    pub fn clients(&self) -> Clients<'_> {
        Clients::new(self)
    }

    /// Which API each application may call.
    #[must_use]
    pub fn client_grants(&self) -> ClientGrants<'_> {
        ClientGrants::new(self)
    }

    fn call(&self, method: Method, segments: &[&str]) -> Result<Call, Error> {
        Call::new(self.shared.transport.tenant(), method, segments)
    }

    async fn fetch<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Error> {
        self.shared.transport.fetch(call, &self.bounds).await
    }

    async fn complete(&self, call: &Call) -> Result<(), Error> {
        self.shared.transport.complete(call, &self.bounds).await.map(drop)
    }

    /// Reads a whole collection for the objects whose key is `wanted`.
    async fn find<K: Listed + DeserializeOwned, T: DeserializeOwned>(
        &self,
        collection: &str,
        filters: &[(&str, &str)],
        wanted: impl Fn(&K) -> bool,
    ) -> Result<Vec<T>, Error> {
        let endpoint = self.call(Method::GET, &[collection])?.endpoint();
        let entries = self.list::<Entry<K, T>>(collection, filters).await?;
        let found = entries.into_iter().filter(|entry| wanted(&entry.key));
        found.map(|entry| entry.object.map_err(|flaw| flaw.of(endpoint.clone()))).collect()
    }

    /// Reads a whole collection.
    async fn list<T: Listed + DeserializeOwned>(
        &self,
        collection: &str,
        filters: &[(&str, &str)],
    ) -> Result<Vec<T>, Error> {
        let mut reading = Reading::new();
        loop {
            let paging = reading.ask().query();
            let paging = paging.iter().map(|(key, value)| (*key, value.as_str()));
            let call = self.call(Method::GET, &[collection])?.query(filters.iter().copied().chain(paging));
            reading = match reading.advance(self.fetch(&call).await?) {
                Ok(Progress::Complete(items)) => return Ok(items),
                Ok(Progress::Unfinished(reading)) => reading,
                Err(Stuck(property)) => {
                    let (endpoint, path) = (call.endpoint(), property.to_owned());
                    return Err(Error::Decode { endpoint, path, reason: "the list does not lead on".to_owned() });
                }
            };
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenant = self.shared.transport.tenant();
        f.debug_struct("Session").field("tenant", tenant).field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

fn absent_if_not_found<T>(outcome: Result<T, Error>) -> Result<Option<T>, Error> {
    match outcome {
        Err(error) if error.is_not_found() => Ok(None),
        other => other.map(Some),
    }
}

fn done_if_not_found(outcome: Result<(), Error>) -> Result<(), Error> {
    absent_if_not_found(outcome).map(|_| ())
}
