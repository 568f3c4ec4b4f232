//! What a request is about, for errors and the log.

use std::fmt;

use reqwest::Method;

/// Method, host and path of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub(super) method: Method,
    /// Includes the port if it is not the default.
    pub(super) host: String,
    pub(super) path: String,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// Kinds of requests with rate limits of their own.
/// <https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/rate-limit-configurations>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Token requests, which do not count for the Management API.
    Token,
    /// Lists of applications, which have their own bucket on some plans.
    ClientLists,
    Other,
}
