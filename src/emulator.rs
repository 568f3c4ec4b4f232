//! Offline Auth0 tenant: the part of the Management API and of `/oauth/token` that machine-to-machine clients need.
//!
//! It shares no code with the provider, so that a mistake about Auth0 in one of them shows. How the parts relate:
//! `server` takes connections; `responder` checks and reads requests, keeps the log and commits faults; `api` is the list of the endpoints, which `router` serves
//! and `openapi` describes; `endpoint` says what an endpoint is. The handlers, named after their paths (`clients`,
//! `client_grants`, …), translate between requests and `store`, which is the tenant and names its files after what they hold
//! (`store/client.rs`, …). `contract` says what requests and answers look like.

mod answer;
mod api;
mod api_error;
mod authorization;
mod builder;
mod client_grants;
mod clients;
mod clock;
pub mod contract;
mod control;
mod credentials;
mod endpoint;
mod exposure;
mod faults;
mod fields;
mod glob;
mod hosts;
mod idle;
mod ids;
mod limits;
mod log;
mod openapi;
mod organizations;
mod paging;
mod query;
mod request_body;
mod resource_servers;
mod responder;
mod router;
mod secret_recorder;
mod seed;
mod server;
mod signing;
mod store;
mod tls;
mod token;
mod users;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

pub use self::builder::Builder;
use self::clock::{Clock, SteadyClock};
use self::faults::Faults;
pub use self::faults::{Action, Change, Delay, Drop as DropConnection, Fault, Moment, Substitute, Truncate};
pub use self::hosts::AllowedHost;
use self::hosts::Hosts;
use self::limits::Limits;
pub use self::limits::Plan;
use self::log::Log;
pub use self::log::LoggedRequest;
use self::secret_recorder::SecretRecorder;
use self::store::{DataError, Tenant};
use self::tls::CaFile;

type Object = Map<String, Value>;

/// A running emulator. It has a thread of its own, and stops when it is dropped.
pub struct Emulator {
    url: String,
    domain: String,
    client_id: String,
    client_secret: String,
    http_url: Option<String>,
    exposed: Vec<(&'static str, SocketAddr)>,
    ca_file: Option<CaFile>,
    shared: Arc<Shared>,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    /// A new tenant in memory, over http on a free port.
    ///
    /// # Panics
    /// When there is no free port.
    #[must_use]
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// An emulator with settings of its own.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Where the tenant is, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The same without the scheme, which is what goes into `AUTH0_DOMAIN`.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// A client that holds every scope of the Management API.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Its secret.
    #[must_use]
    pub fn client_secret(&self) -> &str {
        &self.client_secret
    }

    /// The certificate to trust, with TLS.
    #[must_use]
    pub fn ca_file(&self) -> Option<&Path> {
        self.ca_file.as_ref().map(CaFile::path)
    }

    /// What a client needs to know, as the binary announces it.
    #[must_use]
    pub fn announcement(&self) -> Value {
        let mut announcement = json!({
            "url": self.url,
            "domain": self.domain,
            "client_id": self.client_id(),
            "client_secret": self.client_secret(),
            "ca_file": self.ca_file(),
        });
        if let Some(url) = &self.http_url {
            announcement["http_url"] = url.as_str().into();
        }
        announcement
    }

    /// Warnings for whoever has started it: where other machines can reach it.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let warning = |(scheme, address): &(&str, SocketAddr)| {
            let place = if address.ip().is_unspecified() {
                format!("port {} of every address of this machine", address.port())
            } else {
                format!("{scheme}://{address}")
            };
            format!(
                "other machines can reach this tenant at {place}; whoever can reach it can read its secrets without a \
                 token; to prevent that, listen on a loopback address, such as 127.0.0.1:{}",
                address.port()
            )
        };
        self.exposed.iter().map(warning).collect()
    }

    /// What is imitated, as an OpenAPI document.
    #[must_use]
    pub fn openapi() -> Value {
        openapi::document(&api::ROUTES)
    }

    /// The requests so far, in the order of their arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.shared.log().requests_with_bodies()
    }

    /// Empties the log of requests.
    pub fn clear_requests(&self) {
        self.shared.log().clear();
    }

    /// Adds a rule that spoils answers.
    ///
    /// # Panics
    /// When the rule cannot be carried out: a status or header that HTTP does not have.
    pub fn fault(&self, fault: Fault) {
        if let Err(reason) = fault.validate() {
            panic!("{reason}");
        }
        self.shared.faults().add(fault);
    }

    /// Removes all such rules.
    pub fn clear_faults(&self) {
        self.shared.faults().clear();
    }

    /// Everything that the tenant is, secrets too.
    #[must_use]
    pub fn state(&self) -> Value {
        self.shared.with_tenant(|tenant| tenant.dump())
    }

    /// Every secret, token and assertion in requests and answers so far. Empty unless the emulator was told to
    /// [record](Builder::record_secrets) them.
    #[must_use]
    pub fn recorded_secrets(&self) -> Vec<String> {
        self.shared.secret_recorder.as_ref().map(|recorder| lock(recorder).secrets()).unwrap_or_default()
    }

    /// Stops the tenant's clock at this time.
    pub fn set_clock(&self, time: Timestamp) {
        self.shared.with_tenant(|tenant| tenant.clock = Clock::Fixed(time));
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            // A panic over there has been reported by its own thread.
            let _ = thread.join();
        }
    }
}

/// What all connections and the owner of the emulator share.
struct Shared {
    hosts: Hosts,
    tenant: Mutex<Tenant>,
    log: Mutex<Log>,
    faults: Mutex<Faults>,
    limits: Mutex<Limits>,
    latency: Duration,
    /// How long a client may be silent in the middle of a request.
    silence: Duration,
    /// How much later a write shows in lists.
    eventual: Duration,
    clock: SteadyClock,
    /// Only on request: reading every body twice takes time.
    secret_recorder: Option<Mutex<SecretRecorder>>,
}

impl Shared {
    fn with_tenant<T>(&self, act: impl FnOnce(&mut Tenant) -> T) -> T {
        let mut tenant = lock(&self.tenant);
        if !self.eventual.is_zero() {
            let delay = u64::try_from(self.eventual.as_millis()).unwrap_or(u64::MAX);
            tenant.set_list_lag(self.clock.unix_milliseconds(), delay);
        }
        act(&mut tenant)
    }

    /// Does what may change the tenant, and keeps the change, so that what is answered is there after a crash. A change that
    /// cannot be kept is undone, so that what is refused never takes effect.
    fn change_tenant<T>(&self, act: impl FnOnce(&mut Tenant) -> T) -> Result<T, DataError> {
        self.with_tenant(|tenant| tenant.change(act))
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    fn limits(&self) -> MutexGuard<'_, Limits> {
        lock(&self.limits)
    }
}

/// The value is usable even after a panic elsewhere: every change is made in one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
