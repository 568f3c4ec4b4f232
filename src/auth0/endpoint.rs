//! What a request is about, as errors and the log name it.

use std::fmt;

use reqwest::Method;

/// Method and place of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub(super) method: Method,
    /// With its port where that is not the usual one.
    pub(super) host: String,
    pub(super) path: String,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// Kinds of requests that may have a limit of their own.
/// <https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/rate-limit-configurations>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Requests for tokens, which are not the Management API's.
    Token,
    /// Lists of applications, which have a bucket of their own on some plans.
    ClientLists,
    Other,
}
