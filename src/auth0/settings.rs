//! The settings of a client.

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
    /// Audience of the Management API, if it is not [`Tenant::audience`] (custom domains).
    pub audience: Option<String>,
    /// How the client authenticates.
    pub credentials: Credentials,
    /// Maximum time of one request.
    pub request_timeout: Duration,
    /// Value of the `User-Agent` header.
    pub user_agent: String,
    /// PEM file with certificates to trust beside those of the system.
    pub ca_file: Option<PathBuf>,
    /// Proxy for all requests. By default, the environment decides, as for other programs.
    pub http_proxy: Option<Url>,
    /// The share of the rate limit, and the maximum rate.
    pub limits: Limits,
    /// Folder for tokens that outlive the process, if any.
    pub token_cache: Option<PathBuf>,
}

/// The part of the tenant's rate limit that this client may use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Maximum requests per second, whatever the tenant allows.
    pub max_requests_per_second: Option<f64>,
    /// Share of the rate limit, above 0 and up to 1.
    pub quota_share: f64,
}

/// Leaves out the proxy, whose address may contain a password.
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

/// How a client authenticates.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// Client ID and secret, exchanged for a token on first use.
    ClientSecret {
        /// The client ID.
        client_id: String,
        /// The client secret.
        client_secret: SecretString,
    },
    /// Client ID and private key. The key signs an assertion for each token.
    PrivateKey {
        /// The client ID.
        client_id: String,
        /// A key that is registered for the application.
        key: SigningKey,
    },
    /// An assertion that was signed elsewhere. It contains the client ID.
    Assertion(Assertion),
    /// The same in a file. The file is read for each token, because it may contain a new assertion.
    AssertionFile(PathBuf),
    /// A Management API token.
    Token(SecretString),
}

/// Why no client can be created from the settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// `ca_file` cannot be read.
    #[error("the certificate file {} cannot be read: {source}", path.display())]
    CaFileUnreadable {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// `ca_file` contains no usable certificate.
    #[error("the certificate file {} has no usable PEM certificate", path.display())]
    CaFileWithoutCertificate {
        /// The file.
        path: PathBuf,
    },
    /// The address of the proxy is not usable.
    #[error("the address of the proxy is not usable: use `http://HOST:PORT`")]
    Proxy,
    /// A header cannot contain the token.
    #[error("the token has characters that an HTTP header cannot have, such as a line break")]
    Token,
    /// A header cannot contain the user agent.
    #[error("the user agent has characters that an HTTP header cannot have")]
    UserAgent,
}
