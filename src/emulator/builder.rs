//! Settings of an emulator, and its start.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::clock::{Clock, SteadyClock};
use super::exposure::{from_elsewhere, from_here};
use super::hosts::{AllowedHost, Hosts};
use super::ids::Ids;
use super::limits::{Limits, Plan};
use super::log::Log;
use super::responder::Responder;
use super::server::Server;
use super::signing::SigningKey;
use super::store::{File, Tenant};
use super::tls::Tls;
use super::{Emulator, Shared, router, seed, server};

/// Settings of an emulator to be started.
#[derive(Debug, Clone)]
pub struct Builder {
    listen: SocketAddr,
    tls: bool,
    http: Option<SocketAddr>,
    allowed_hosts: Vec<AllowedHost>,
    silence: Duration,
    latency: Duration,
    eventual: Duration,
    plan: Plan,
    clock: Option<Timestamp>,
    seed: Option<u64>,
    state: Option<Value>,
    data: Option<PathBuf>,
    record_secrets: bool,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            tls: false,
            http: None,
            allowed_hosts: Vec::new(),
            silence: Duration::from_mins(1),
            latency: Duration::ZERO,
            eventual: Duration::ZERO,
            plan: Plan::Unlimited,
            clock: None,
            seed: None,
            state: None,
            data: None,
            record_secrets: false,
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

    /// Also answers requests for this host; see [`AllowedHost`].
    #[must_use]
    pub fn allow_host(mut self, host: AllowedHost) -> Self {
        self.allowed_hosts.push(host);
        self
    }

    /// Closes connections that are silent for so long: between requests, and while one arrives.
    #[must_use]
    pub fn silence(self, silence: Duration) -> Self {
        Self { silence, ..self }
    }

    /// Waits before every answer, as if the network were that far.
    #[must_use]
    pub fn latency(self, latency: Duration) -> Self {
        Self { latency, ..self }
    }

    /// Delays the effect of writes on lists by this much, in whole milliseconds. Reads of one object are not delayed, nor is
    /// the state that the tenant starts with.
    #[must_use]
    pub fn eventual(self, delay: Duration) -> Self {
        Self { eventual: delay, ..self }
    }

    /// Limits requests as the tenant of this plan would.
    #[must_use]
    pub fn plan(self, plan: Plan) -> Self {
        Self { plan, ..self }
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

    /// Keeps the tenant in this file, and starts as the tenant in it if there is one.
    #[must_use]
    pub fn data(self, file: impl Into<PathBuf>) -> Self {
        Self { data: Some(file.into()), ..self }
    }

    /// Records every secret in requests and answers, for [`Emulator::recorded_secrets`].
    #[must_use]
    pub fn record_secrets(self, record_secrets: bool) -> Self {
        Self { record_secrets, ..self }
    }

    /// Starts the emulator; it accepts connections when this returns.
    ///
    /// # Panics
    /// When it cannot.
    #[must_use]
    pub fn start(self) -> Emulator {
        let listen = self.listen;
        self.try_start().unwrap_or_else(|error| panic!("cannot start at {listen}: {error}"))
    }

    /// The same without panicking.
    ///
    /// # Errors
    /// When the state to start from is not in order, when the file is of no use, or when it cannot listen at the address or
    /// write the authority's certificate.
    pub fn try_start(self) -> io::Result<Emulator> {
        // Not through the runtime: the caller may be in one of its own.
        let listener = TcpListener::bind(self.listen)?;
        listener.set_nonblocking(true)?;
        let listening = listener.local_addr()?;
        let address = from_here(listening);
        let domain = address.to_string();
        let scheme = if self.tls { "https" } else { "http" };
        let url = format!("{scheme}://{domain}");

        let file = self.data.as_deref().map(File::open).transpose().map_err(io::Error::other)?;
        let tls = self.tls.then(|| Tls::new(address.ip(), file.as_ref())).transpose()?;
        let tenant = self.tenant(url.clone(), &domain, file)?;
        let administrator =
            tenant.client(&tenant.administrator).expect("every way to a tenant leaves an administrator");
        let (client_id, client_secret) =
            (administrator.id().to_owned(), administrator.secret().unwrap_or_default().to_owned());
        let shared = Arc::new(Shared {
            hosts: Hosts(self.allowed_hosts),
            silence: self.silence,
            tenant: Mutex::new(tenant),
            log: Mutex::new(Log::new()),
            faults: Mutex::default(),
            limits: Mutex::new(Limits::new(self.plan)),
            latency: self.latency,
            eventual: self.eventual,
            clock: SteadyClock::start(),
            secret_recorder: self.record_secrets.then(Mutex::default),
        });

        let server = Server::new(Responder::new(router::router(&shared), Arc::clone(&shared)), self.silence);
        let (acceptor, ca_file) = tls.map(|tls| (tls.acceptor, tls.ca_file)).unzip();
        let stop = CancellationToken::new();
        let plain = self.http.map(TcpListener::bind).transpose()?;
        let mut exposed: Vec<_> = from_elsewhere(listening).into_iter().map(|address| (scheme, address)).collect();
        let http_url = match &plain {
            None => None,
            Some(listener) => {
                listener.set_nonblocking(true)?;
                let listening = listener.local_addr()?;
                exposed.extend(from_elsewhere(listening).map(|address| ("http", address)));
                Some(format!("http://{}", from_here(listening)))
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
        // The last that can fail: a runtime must not be dropped where the caller may be in one of its own.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread =
            std::thread::Builder::new().name("auth0-emulator".into()).spawn(move || runtime.block_on(serving))?;
        let thread = Some(thread);
        Ok(Emulator { url, domain, client_id, client_secret, http_url, exposed, ca_file, shared, stop, thread })
    }

    /// The tenant to serve: that of the file, or else that of the state, or else a new one.
    fn tenant(&self, url: String, domain: &str, file: Option<File>) -> io::Result<Tenant> {
        let invalid = |reason: String| io::Error::new(io::ErrorKind::InvalidData, reason);
        let key = match &file {
            None => SigningKey::shared(),
            Some(file) => {
                let pem = file.pem("token signing", || SigningKey::shared().private_pem()).map_err(io::Error::other)?;
                let key = SigningKey::from_pem(&pem).ok_or_else(|| file.damaged("the key for tokens is not a key"));
                Arc::new(key.map_err(io::Error::other)?)
            }
        };
        let clock = self.clock.map_or(Clock::System, Clock::Fixed);
        let ids = self.seed.map_or_else(Ids::random, Ids::seeded);
        let mut tenant = Tenant::empty(url, domain, key, clock, ids);
        let is_there = file.map_or(Ok(false), |file| tenant.attach(file)).map_err(io::Error::other)?;
        match &self.state {
            Some(_) if is_there => {
                return Err(invalid("the data file holds a tenant already, and a state is for a new one".into()));
            }
            Some(state) => tenant.restore(state.clone()).map_err(invalid)?,
            None if is_there => {}
            None => seed::fill(&mut tenant),
        }
        tenant.save().map_err(io::Error::other)?;
        Ok(tenant)
    }
}
