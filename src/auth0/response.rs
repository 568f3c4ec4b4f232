//! What comes back for a request.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{StatusCode, Version};

use super::quota::Quota;

/// Largest response that is read. A full page of a list is well below 1 MiB.
pub(super) const LARGEST_RESPONSE: usize = 16 << 20;

/// A whole response, whatever its status.
pub(super) struct Response {
    pub(super) status: StatusCode,
    /// How long the service asks to wait before the next request.
    pub(super) wait: Option<Duration>,
    /// What time it is there, as UNIX time.
    pub(super) date: Option<Duration>,
    /// What is left of the rate limit.
    pub(super) quota: Option<Quota>,
    /// Scheme and host that a redirect leads to. It is never followed.
    pub(super) redirect: Option<String>,
    pub(super) version: Version,
    pub(super) body: Bytes,
}

/// The last response to a request, and what the attempts before it say about it.
pub(super) struct Outcome {
    pub(super) response: Response,
    /// Whether the request would have been sent again, had there been time.
    pub(super) no_time_left: bool,
    /// Whether an earlier attempt of the same request may have been carried out.
    pub(super) after_doubt: bool,
}

/// Why no whole response arrived.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Connections cannot be made at all, for lack of trusted certificates for example.
    #[error("the provider cannot set up connections: {0}")]
    Setup(String),
    /// The host's name is unknown.
    #[error("the host name cannot be resolved: {0}")]
    Dns(String),
    /// Nothing listens there.
    #[error("the connection was refused")]
    Refused,
    /// Nothing answers there.
    #[error("no connection within {} s", .0.as_secs())]
    ConnectTimeout(Duration),
    /// The other side is not trusted, or does not speak TLS.
    #[error("no secure connection: {0}")]
    Tls(String),
    /// The proxy makes no connection.
    #[error("no connection through the proxy: {0}")]
    Proxy(String),
    /// A connection could not be made for another reason.
    #[error("no connection: {0}")]
    Connect(String),
    /// The request was sent, but no answer came in time.
    #[error("no response within {} s", .0.as_secs())]
    Timeout(Duration),
    /// The connection ended in the middle.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The answer is longer than any answer should be.
    #[error("the response is longer than {LARGEST_RESPONSE} bytes")]
    TooLarge,
}

impl Response {
    /// Whether this is a page for people, such as a proxy shows, and no JSON.
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

    /// This response to the first attempt.
    pub(super) fn at_once(self) -> Outcome {
        Outcome { response: self, no_time_left: false, after_doubt: false }
    }
}
