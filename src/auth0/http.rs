//! Sends one request, once.

use std::error::Error as StdError;
use std::fs;
use std::io;
use std::iter;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::BytesMut;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Certificate, Proxy, redirect};
use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use url::{Url, form_urlencoded};

use super::headers;
use super::request::Request;
use super::response::{LARGEST_RESPONSE, Response, TransportError};
use super::settings::SettingsError;
use super::tenant::Tenant;
use crate::foreign;

/// The ID of a request in the tenant's log: <https://auth0.com/docs/api/management/v2>.
const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// Maximum time to connect, as a part of the request's time. If a host drops packets, it is then known that the request
/// did not reach it.
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// How long an HTTP/2 connection may be silent during a request, and how long it then has to respond to a ping.
/// Otherwise all attempts would use the same dead connection. A part of the request's time, so that there is time for
/// another attempt.
const LONGEST_SILENCE: Duration = Duration::from_secs(10);
/// Minimum for both, because a connection around the world may take this long.
const SHORTEST_SILENCE: Duration = Duration::from_secs(1);

/// The connections to one tenant.
pub(super) struct Http {
    encrypted: bool,
    loopback: bool,
    request_timeout: Duration,
    connect_timeout: Duration,
    silence: Duration,
    user_agent: HeaderValue,
    certificates: Vec<Certificate>,
    proxy: Option<Proxy>,
    /// Built on first use: reading the system's certificates takes milliseconds, and most provider processes send
    /// nothing.
    client: OnceLock<Result<reqwest::Client, TransportError>>,
}

impl Http {
    pub(super) fn new(
        tenant: &Tenant,
        request_timeout: Duration,
        user_agent: &str,
        ca_file: Option<PathBuf>,
        proxy: Option<Url>,
    ) -> Result<Self, SettingsError> {
        Ok(Self {
            encrypted: tenant.is_encrypted(),
            loopback: tenant.is_loopback(),
            request_timeout,
            connect_timeout: LONGEST_CONNECT.min(request_timeout / 2),
            silence: (request_timeout / 3).clamp(SHORTEST_SILENCE, LONGEST_SILENCE),
            user_agent: HeaderValue::from_str(user_agent).map_err(|_| SettingsError::UserAgent)?,
            certificates: ca_file.map_or_else(|| Ok(Vec::new()), certificates)?,
            proxy: proxy.inspect(conceal_password).map(Proxy::all).transpose().map_err(|_| SettingsError::Proxy)?,
            client: OnceLock::new(),
        })
    }

    /// `correlation_id` is the ID of the request in the tenant's log.
    pub(super) async fn send(
        &self,
        request: &Request,
        token: Option<&HeaderValue>,
        correlation_id: &HeaderValue,
    ) -> Result<Response, TransportError> {
        let client = self.client.get_or_init(|| self.connect_lazily()).as_ref().map_err(Clone::clone)?;
        let Request { url, body, .. } = request;
        let mut sending = client.request(request.method().clone(), url.clone()).header(CORRELATION_ID, correlation_id);
        if let Some(token) = token {
            conceal(token);
            sending = sending.header(AUTHORIZATION, token);
        }
        if let Some(body) = body {
            sending = sending.header(CONTENT_TYPE, body.content_type()).body(body.bytes());
        }
        let mut response = sending.send().await.map_err(|error| self.classify(&error))?;
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.classify(&error))? {
            if body.len() + chunk.len() > LARGEST_RESPONSE {
                return Err(TransportError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response {
            status: response.status(),
            wait: headers::asked_wait(response.headers()),
            date: headers::date(response.headers()),
            quota: headers::quota(response.headers()),
            redirect: headers::redirect(&response),
            version: response.version(),
            body: body.freeze(),
        })
    }

    fn connect_lazily(&self) -> Result<reqwest::Client, TransportError> {
        let mut builder = reqwest::Client::builder()
            .user_agent(self.user_agent.clone())
            .timeout(self.request_timeout)
            .connect_timeout(self.connect_timeout)
            .http2_keep_alive_interval(self.silence)
            .http2_keep_alive_timeout(self.silence)
            .redirect(redirect::Policy::none())
            // Never send a token to a host that is not configured, or unencrypted.
            .https_only(self.encrypted);
        builder = match &self.proxy {
            Some(proxy) => builder.proxy(proxy.clone()),
            // As usual, the proxy of the environment is not for loopback addresses.
            None if self.loopback => builder.no_proxy(),
            None => builder,
        };
        builder = if self.encrypted || self.proxy.is_some() {
            builder.tls_certs_merge(self.certificates.clone())
        } else {
            // Plain HTTP on this machine works without the system's certificates, as in bare containers.
            builder.tls_certs_only(self.certificates.clone())
        };
        builder.build().map_err(|error| TransportError::Setup(root_cause(&error)))
    }

    /// Whether the connection to the proxy failed. A connection through the proxy is a tunnel, unless it is
    /// unencrypted.
    fn is_refused_by_proxy(&self, error: &reqwest::Error) -> bool {
        let is_tunnel = |cause: &(dyn StdError + 'static)| cause.to_string().strip_prefix(TUNNEL) == Some(UNDERLYING);
        causes(error).any(is_tunnel) || (self.proxy.is_some() && !self.encrypted)
    }

    fn classify(&self, error: &reqwest::Error) -> TransportError {
        if !error.is_connect() {
            return if error.is_timeout() {
                TransportError::Timeout(self.request_timeout)
            } else {
                TransportError::Broken(root_cause(error))
            };
        }
        if error.is_dns() {
            TransportError::Dns(root_cause(error))
        } else if let Some(refusal) = causes(error).find_map(of_proxy) {
            TransportError::Proxy(refusal)
        } else if is_refused(error) && self.is_refused_by_proxy(error) {
            TransportError::Proxy("it refused the connection".to_owned())
        } else if let Some(tls) = causes(error).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
            TransportError::Tls(foreign::text(&tls.to_string()))
        } else if error.is_timeout() {
            TransportError::ConnectTimeout(self.connect_timeout)
        } else if is_refused(error) {
            TransportError::Refused
        } else {
            TransportError::Connect(root_cause(error))
        }
    }
}

/// No response may bring the token back into a message.
fn conceal(token: &HeaderValue) {
    if let Some(token) = token.to_str().ok().and_then(|header| header.strip_prefix("Bearer ")) {
        foreign::conceal(token);
    }
}

/// The same for the password of a proxy, also in the form in which it is sent.
fn conceal_password(proxy: &Url) {
    let Some(password) = proxy.password() else { return };
    let (name, password) = (percent_decoded(proxy.username()), percent_decoded(password));
    foreign::conceal(&password);
    foreign::conceal(&STANDARD.encode(format!("{name}:{password}")));
}

fn percent_decoded(part: &str) -> String {
    // In a form, these two mean something else.
    let value = part.replace('+', "%2B").replace('&', "%26");
    let mut pairs = form_urlencoded::parse(value.as_bytes());
    pairs.next().map(|(decoded, _)| decoded.into_owned()).unwrap_or_default()
}

fn is_refused(error: &reqwest::Error) -> bool {
    causes(error).filter_map(as_io).any(|io| io.kind() == io::ErrorKind::ConnectionRefused)
}

fn certificates(path: PathBuf) -> Result<Vec<Certificate>, SettingsError> {
    let pem = match fs::read(&path) {
        Ok(pem) => pem,
        Err(source) => return Err(SettingsError::CaFileUnreadable { path, source }),
    };
    // An unusable certificate in the file of the system is no reason to ignore the others.
    let usable = |certificate: &CertificateDer<'_>| RootCertStore::empty().add(certificate.clone()).is_ok();
    let certificates = CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok).filter(usable);
    let certificates: Vec<_> = certificates.filter_map(|der| Certificate::from_der(&der).ok()).collect();
    if certificates.is_empty() { Err(SettingsError::CaFileWithoutCertificate { path }) } else { Ok(certificates) }
}

/// The chain of causes, outermost first. An `io::Error` skips the error that it wraps in its chain of sources, so it is
/// unwrapped here.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    iter::successors(Some(error as &dyn StdError), |&error| match as_io(error).and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    })
}

/// The innermost cause. The outer ones only say that a request failed, and repeat its address.
fn root_cause(error: &reqwest::Error) -> String {
    causes(error).last().map(|cause| foreign::text(&cause.to_string())).unwrap_or_default()
}

/// What a proxy responded instead of a tunnel. The error type is private, so it is recognized by its name.
fn of_proxy(error: &(dyn StdError + 'static)) -> Option<String> {
    match error.to_string().strip_prefix(TUNNEL)? {
        UNDERLYING => None,
        "unsuccessful" => Some("it refused".to_owned()),
        reason => Some(foreign::text(reason)),
    }
}

const TUNNEL: &str = "tunnel error: ";
/// The text of the error if there is no connection to the proxy.
const UNDERLYING: &str = "failed to create underlying connection";

fn as_io<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a io::Error> {
    error.downcast_ref()
}
