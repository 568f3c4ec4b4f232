//! Offline Auth0 tenant: the part of the Management API and of `/oauth/token` that machine-to-machine clients need.
//!
//! It shares no code with the provider, so that a mistake about Auth0 in one of them shows. How the parts relate:
//! `server` takes connections, keeps the log and commits faults; `api` is the list of the endpoints, which `router` serves
//! and `openapi` describes; the handlers (`clients`, `client_grants`, …) translate between requests and `store`, which is
//! the tenant; `contract` says what requests and answers look like.

mod answer;
mod api;
mod authorization;
mod client_grants;
mod clients;
mod clock;
pub mod contract;
mod control;
mod credentials;
mod error;
mod faults;
mod fields;
mod glob;
mod ids;
mod log;
mod openapi;
mod organizations;
mod paging;
mod query;
mod resource_servers;
mod router;
mod seed;
mod server;
mod signing;
mod store;
mod tls;
mod token;
mod users;

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tempfile::TempPath;
use tokio_util::sync::CancellationToken;

use self::clock::Clock;
use self::faults::Faults;
pub use self::faults::{Action, Delay, Drop as DropConnection, Fault, Moment, Substitute, Truncate};
use self::ids::Ids;
use self::log::Log;
pub use self::log::LoggedRequest;
use self::server::Server;
use self::signing::ClientCertificate;
use self::store::Tenant;
use self::tls::Tls;

type Object = Map<String, Value>;

/// A running emulator. It has a thread of its own, and stops when it is dropped.
pub struct Emulator {
    url: String,
    domain: String,
    client_id: String,
    client_secret: String,
    http_url: Option<String>,
    ca_file: Option<TempPath>,
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
        self.ca_file.as_deref()
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

    /// What is imitated, as an OpenAPI document.
    #[must_use]
    pub fn openapi() -> Value {
        openapi::document()
    }

    /// The requests so far, in the order of their arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.shared.log().requests().to_vec()
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
        if let Err(reason) = fault.check() {
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

/// Settings of an emulator to be started.
#[derive(Debug, Clone)]
pub struct Builder {
    listen: SocketAddr,
    tls: bool,
    http: Option<SocketAddr>,
    latency: Duration,
    clock: Option<Timestamp>,
    seed: Option<u64>,
    state: Option<Value>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            tls: false,
            http: None,
            latency: Duration::ZERO,
            clock: None,
            seed: None,
            state: None,
        }
    }
}

impl Builder {
    /// The address to listen at; port 0 picks a free one.
    #[must_use]
    pub fn listen(self, listen: SocketAddr) -> Self {
        Self { listen, ..self }
    }

    /// Serves https with a certificate authority of its own.
    #[must_use]
    pub fn tls(self, tls: bool) -> Self {
        Self { tls, ..self }
    }

    /// Waits before every answer, as if the network were that far.
    #[must_use]
    pub fn latency(self, latency: Duration) -> Self {
        Self { latency, ..self }
    }

    /// Serves http as well, at another address, while `tls` makes the tenant one of https.
    #[must_use]
    pub fn http(self, listen: SocketAddr) -> Self {
        Self { http: Some(listen), ..self }
    }

    /// A clock that stands still.
    #[must_use]
    pub fn clock(self, time: Timestamp) -> Self {
        Self { clock: Some(time), ..self }
    }

    /// Ids and secrets that are the same in every run.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }

    /// A tenant that was exported before, instead of a new one.
    #[must_use]
    pub fn state(self, state: Value) -> Self {
        Self { state: Some(state), ..self }
    }

    /// Starts the emulator; it accepts connections when this returns.
    ///
    /// # Panics
    /// When it cannot listen at the address.
    #[must_use]
    pub fn start(self) -> Emulator {
        let listen = self.listen;
        self.try_start().unwrap_or_else(|error| panic!("cannot listen at {listen}: {error}"))
    }

    /// The same without panicking.
    ///
    /// # Errors
    /// When the state to start from is not in order, or when it cannot listen at the address or write the authority's certificate.
    pub fn try_start(self) -> io::Result<Emulator> {
        // Not through the runtime: the caller may be in one of its own.
        let listener = TcpListener::bind(self.listen)?;
        listener.set_nonblocking(true)?;
        let address = reachable(listener.local_addr()?);
        let tls = self.tls.then(|| Tls::new(address.ip())).transpose()?;
        let domain = address.to_string();
        let url = format!("{}://{domain}", if self.tls { "https" } else { "http" });

        let certificate = ClientCertificate::of(&domain);
        let clock = self.clock.map_or(Clock::System, Clock::Fixed);
        let ids = self.seed.map_or_else(Ids::random, Ids::seeded);
        let mut tenant = Tenant::empty(url.clone(), certificate, clock, ids);
        match self.state {
            None => seed::fill(&mut tenant),
            Some(state) => {
                tenant.restore(state).map_err(|reason| io::Error::new(io::ErrorKind::InvalidData, reason))?;
            }
        }
        let administrator = tenant.client(&tenant.administrator).expect("both ways above leave an administrator");
        let (client_id, client_secret) =
            (administrator.id().to_owned(), administrator.secret().unwrap_or_default().to_owned());
        let shared = Arc::new(Shared {
            tenant: Mutex::new(tenant),
            log: Mutex::new(Log::new()),
            faults: Mutex::default(),
            latency: self.latency,
        });

        let server = Server::new(router::router(&shared), Arc::clone(&shared));
        let (acceptor, ca_file) = tls.map(|tls| (tls.acceptor, tls.ca_file)).unzip();
        let stop = CancellationToken::new();
        let plain = self.http.map(TcpListener::bind).transpose()?;
        let http_url = match &plain {
            None => None,
            Some(listener) => {
                listener.set_nonblocking(true)?;
                Some(format!("http://{}", reachable(listener.local_addr()?)))
            }
        };
        let serving = {
            let (server, stop) = (server, stop.clone());
            async move {
                let main = server::run(listener, acceptor, server.clone(), stop.clone());
                match plain {
                    None => main.await,
                    Some(plain) => drop(tokio::join!(main, server::run(plain, None, server, stop))),
                }
            }
        };
        // Made when nothing else can fail: a runtime must not be dropped inside that of a caller.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread =
            std::thread::Builder::new().name("auth0-emulator".into()).spawn(move || runtime.block_on(serving))?;
        Ok(Emulator { url, domain, client_id, client_secret, http_url, ca_file, shared, stop, thread: Some(thread) })
    }
}

/// An address under which this machine reaches a listener.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        _ => address.ip(),
    };
    SocketAddr::new(ip, address.port())
}

/// What all connections and the owner of the emulator share.
struct Shared {
    tenant: Mutex<Tenant>,
    log: Mutex<Log>,
    faults: Mutex<Faults>,
    latency: Duration,
}

impl Shared {
    fn with_tenant<T>(&self, act: impl FnOnce(&mut Tenant) -> T) -> T {
        act(&mut locked(&self.tenant))
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        locked(&self.log)
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        locked(&self.faults)
    }
}

/// A panic elsewhere does not spoil what is inside: every change is made in one step.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
