//! What a client needs to know before it can talk to a tenant.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::assertion::{Assertion, SigningKey};
use super::tenant::Tenant;

/// Everything that a [`Client`](super::Client) is made from.
pub struct Settings {
    /// The tenant.
    pub tenant: Tenant,
    /// Identifier of the Management API, where it is not [`Tenant::audience`] (custom domains).
    pub audience: Option<String>,
    /// How the client proves who it is.
    pub credentials: Credentials,
    /// Longest time that one request may take.
    pub request_timeout: Duration,
    /// Value of the `User-Agent` header.
    pub user_agent: String,
    /// PEM file with certificates to trust beside those of the system.
    pub ca_file: Option<PathBuf>,
    /// Proxy for all requests; without it the environment decides, as for other programs.
    pub http_proxy: Option<Url>,
    /// How much of the tenant's rate limit may be used.
    pub limits: Limits,
    /// Folder in which tokens are kept between processes, if they are.
    pub token_cache: Option<PathBuf>,
}

/// How much of the tenant's rate limit may be used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Most requests in a second, whatever the tenant allows.
    pub max_requests_per_second: Option<f64>,
    /// Part of the rate limit, above 0 and up to 1, that is not left to others.
    pub quota_share: f64,
}

/// Leaves out the proxy, whose address may hold a password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("tenant", &self.tenant)
            .field("audience", &self.audience)
            .field("credentials", &self.credentials)
            .field("request_timeout", &self.request_timeout)
            .field("user_agent", &self.user_agent)
            .field("ca_file", &self.ca_file)
            .field("limits", &self.limits)
            .field("token_cache", &self.token_cache)
            .finish_non_exhaustive()
    }
}

/// How a client proves who it is.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// An application's id and secret, exchanged for a token on first use.
    ClientSecret {
        /// The application's id.
        client_id: String,
        /// Its secret.
        client_secret: SecretString,
    },
    /// An application's id and the key that it signs an assertion with for each token.
    PrivateKey {
        /// The application's id.
        client_id: String,
        /// One of the keys that are registered for it.
        key: SigningKey,
    },
    /// An assertion that was signed elsewhere. It says for which application it speaks.
    Assertion(Assertion),
    /// The same in a file, which is read whenever a token is needed: it may hold another one by then.
    AssertionFile(PathBuf),
    /// A Management API token, used as it is.
    Token(SecretString),
}

/// Why no client can be made from some settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// `ca_file` cannot be read.
    #[error("the certificate file {} cannot be read: {source}", path.display())]
    CaFileUnreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// `ca_file` holds no certificate that could be trusted.
    #[error("the certificate file {} has no usable PEM certificate", path.display())]
    CaFileWithoutCertificate {
        /// The file.
        path: PathBuf,
    },
    /// The proxy's address is of no use.
    #[error("the address of the proxy is not usable: use `http://HOST:PORT`")]
    Proxy,
    /// The token cannot be sent.
    #[error("the token has characters that an HTTP header cannot have: does it end with a line break?")]
    Token,
    /// The user agent cannot be sent.
    #[error("the user agent has characters that an HTTP header cannot have")]
    UserAgent,
}
