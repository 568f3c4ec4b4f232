//! Client of the Auth0 Management API.
//!
//! [`Client`] is made once from [`Settings`] and shared. Every operation opens a [`Session`] with
//! [`Client::within`], which bounds all of its waits by a cancellation token and a deadline, and calls
//! one area of the API: [`Session::clients`], [`Session::client_grants`], [`Session::resource_servers`],
//! [`Session::access_tokens`].
//!
//! Downwards: an area file describes a request (`call`), `transport` sees it through (token, sending,
//! repeating), `http` sends it once. What is decided on the way is decided by pure code in `retry`, `page`
//! and `token`, which take the time as an argument.

mod access_tokens;
mod assertion;
mod bounds;
mod budget;
mod call;
pub mod client_grants;
mod client_secret;
pub mod clients;
mod coalesce;
mod collection;
mod entry;
mod error;
mod fate;
mod http;
mod page;
mod patch;
mod property;
pub mod resource_servers;
mod retry;
mod settings;
mod tenant;
mod text;
mod token;
mod transport;
mod trust;

use std::fmt;
use std::sync::Arc;

use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use access_tokens::AccessTokens;
use bounds::Bounds;
use budget::Spending;
use call::Call;
use client_grants::{ClientGrant, ClientGrants};
use clients::{Clients, Creations};
use coalesce::Cost;
use collection::Collection;
use resource_servers::{ResourceServer, ResourceServers};
use transport::Transport;

pub use access_tokens::{AccessToken, TokenRequest};
pub use assertion::{Assertion, AssertionError, KeyError, SigningAlgorithm, SigningKey, Suspicion};
pub use budget::Limits;
pub use call::Endpoint;
pub use client_secret::{NewSecret, SecretView};
pub use collection::{Parts, View};
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
    clients: Collection<clients::Client>,
    client_grants: Collection<ClientGrant>,
    resource_servers: Collection<ResourceServer>,
    creations: Creations,
}

impl Shared {
    /// What was asked of the tenant, for the log.
    fn tell(&self) {
        let (Spending { requests, waited_ms }, retries) = self.transport.spending();
        if requests == 0 {
            return;
        }
        let mut cost = self.clients.cost();
        cost.add(self.client_grants.cost());
        cost.add(self.resource_servers.cost());
        let Cost { objects, requests: reads, pages, confirmations } = cost;
        let from_pages = objects.saturating_sub(reads - pages + confirmations);
        tracing::info!(
            requests,
            retries,
            waited_ms,
            pages,
            objects,
            from_pages,
            confirmations,
            "what was asked of the tenant"
        );
    }

    /// Forgets what is known. A write to one collection may show in another: with an application go its grants.
    fn renew(&self) {
        self.clients.renew();
        self.client_grants.renew();
        self.resource_servers.renew();
    }
}

/// The end of a run, or of one command of a reattached process.
impl Drop for Shared {
    fn drop(&mut self) {
        self.tell();
    }
}

impl Client {
    /// Takes the settings as they are: nothing is asked before the first operation, and of all files
    /// only `ca_file` is read.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let transport = Transport::new(settings)?;
        let (clients, client_grants, resource_servers) = (Collection::new(), Collection::new(), Collection::new());
        let creations = Creations::new();
        Ok(Self(Arc::new(Shared { transport, clients, client_grants, resource_servers, creations })))
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

    /// APIs and their scopes.
    #[must_use]
    pub fn resource_servers(&self) -> ResourceServers<'_> {
        ResourceServers::new(self)
    }

    /// Tokens for applications.
    #[must_use]
    pub fn access_tokens(&self) -> AccessTokens<'_> {
        AccessTokens::new(self)
    }

    fn call(&self, method: Method, segments: &[&str]) -> Result<Call, Error> {
        Call::new(self.shared.transport.tenant(), method, segments)
    }

    async fn fetch<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Error> {
        let _renewal = Renewal::after(self, call);
        self.shared.transport.fetch(call, &self.bounds).await
    }

    /// Sends a deletion. Nothing but a 204 says that it was done: what answers 200 in its place is not the Management API.
    async fn delete(&self, call: &Call) -> Result<(), Error> {
        let _renewal = Renewal::after(self, call);
        let answer = self.shared.transport.complete(call, &self.bounds).await?;
        if answer.status == StatusCode::NO_CONTENT { Ok(()) } else { Err(Error::foreign(&answer, call.endpoint())) }
    }
}

/// Ends a write, however it ends: nothing that was known before answers reads that come after it.
struct Renewal<'a>(Option<&'a Shared>);

impl<'a> Renewal<'a> {
    fn after(session: &'a Session, call: &Call) -> Self {
        Self((call.method != Method::GET).then_some(&*session.shared))
    }
}

impl Drop for Renewal<'_> {
    fn drop(&mut self) {
        if let Some(shared) = self.0 {
            shared.renew();
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
