//! The response to a request.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{StatusCode, Version};

use super::quota::Quota;

/// Maximum size of a response. A full page of a list is well below 1 MiB.
pub(super) const LARGEST_RESPONSE: usize = 16 << 20;

/// A complete response with any status.
pub(super) struct Response {
    pub(super) status: StatusCode,
    /// How long Auth0 asks to wait before the next request.
    pub(super) wait: Option<Duration>,
    /// The time at Auth0, as UNIX time.
    pub(super) date: Option<Duration>,
    /// The rate limit headers.
    pub(super) quota: Option<Quota>,
    /// Scheme and host of a redirect, which is never followed.
    pub(super) redirect: Option<String>,
    pub(super) version: Version,
    pub(super) body: Bytes,
}

/// The last response to a request, and what is known of the attempts before it.
pub(super) struct Outcome {
    pub(super) response: Response,
    /// Whether a retry was due, but there was no time for it.
    pub(super) no_time_left: bool,
    /// Whether an earlier attempt may have had its effect.
    pub(super) after_doubt: bool,
}

/// Why no complete response arrived.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The client cannot connect at all, for example without trusted certificates.
    #[error("the provider cannot set up connections: {0}")]
    Setup(String),
    /// The host name is unknown.
    #[error("the host name cannot be resolved: {0}")]
    Dns(String),
    /// Nothing listens on the port.
    #[error("the connection was refused")]
    Refused,
    /// The host does not respond.
    #[error("no connection within {} s", .0.as_secs())]
    ConnectTimeout(Duration),
    /// The certificate is not trusted, or the host does not speak TLS.
    #[error("no secure connection: {0}")]
    Tls(String),
    /// The proxy refused the connection, or cannot be reached.
    #[error("no connection through the proxy: {0}")]
    Proxy(String),
    /// Another reason for a failed connection.
    #[error("no connection: {0}")]
    Connect(String),
    /// The request was sent, but no response arrived in time.
    #[error("no response within {} s", .0.as_secs())]
    Timeout(Duration),
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The response is too long.
    #[error("the response is longer than {LARGEST_RESPONSE} bytes")]
    TooLarge,
}

impl Response {
    /// Whether this is a web page, such as a proxy shows, and not JSON.
    pub(super) fn is_web_page(&self) -> bool {
        self.body.trim_ascii_start().starts_with(b"<")
    }
}

#[cfg(test)]
impl Response {
    /// A response without any headers.
    pub(super) fn of(status: u16, body: &'static str) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap(),
            wait: None,
            date: None,
            quota: None,
            redirect: None,
            version: Version::HTTP_11,
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    /// This response, to the first attempt.
    pub(super) fn at_once(self) -> Outcome {
        Outcome { response: self, no_time_left: false, after_doubt: false }
    }
}
