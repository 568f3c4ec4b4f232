//! Why no access token was granted.

use std::time::Duration;

use super::assertion::{AssertionError, Suspicion};

/// Why the token endpoint granted no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The application is unknown or its secret is another one.
    #[error("the client ID or the client secret is wrong")]
    WrongCredentials,
    /// An assertion was not accepted, or an application that has no key has shown one.
    #[error("Auth0 refused the client assertion{}{}", said(description), suspected(suspicion.as_ref()))]
    AssertionRefused {
        /// Whether it was signed here with a private key, and not elsewhere.
        signed_here: bool,
        /// The service's words, if any.
        description: String,
        /// What may be wrong, as far as that can be seen from here.
        suspicion: Option<Suspicion>,
    },
    /// Another token is needed, but there is no other assertion to get it with.
    #[error(
        "the provider needs another token, but it has used the client assertion, and Auth0 accepts each assertion once"
    )]
    AssertionSpent,
    /// There is no assertion where it should be.
    #[error("the client assertion cannot be used: {0}")]
    Assertion(#[from] AssertionError),
    /// The application exists, but may not call the API.
    #[error("the application may not call `{audience}`: it needs a client grant for that API")]
    NotAuthorized {
        /// The API that was asked for.
        audience: String,
    },
    /// The tenant has no such API.
    #[error("the tenant has no API `{audience}`")]
    UnknownAudience {
        /// The API that was asked for.
        audience: String,
    },
    /// The application may not use client credentials.
    #[error("the application does not allow the grant type `client_credentials`")]
    GrantTypeNotAllowed,
    /// No more tokens are granted for now, by a limit that the tenant has set:
    /// <https://auth0.com/docs/fine-grained-m2m-token-quotas>.
    #[error("the token quota of the application or its tenant is used up{}", for_a_while(*wait))]
    QuotaExceeded {
        /// How long the service asks to wait.
        wait: Option<Duration>,
    },
    /// Any other refusal, in the service's words.
    #[error("{status} {error}: {description}")]
    Refused {
        /// Status of the answer.
        status: u16,
        /// OAuth error code.
        error: String,
        /// Explanation for people.
        description: String,
    },
    /// What answered is no token endpoint.
    #[error("the response with status {status} is not from a token endpoint: is the domain an Auth0 tenant?")]
    NotAuth0 {
        /// Status of the answer.
        status: u16,
    },
}

impl TokenError {
    /// Whether asking again would be answered in the same way.
    pub(super) fn is_final(&self) -> bool {
        !matches!(self, Self::QuotaExceeded { .. } | Self::Refused { status: 408 | 500.., .. })
    }
}

fn said(description: &str) -> String {
    if description.is_empty() { String::new() } else { format!(" (\"{description}\")") }
}

fn suspected(suspicion: Option<&Suspicion>) -> String {
    suspicion.map_or_else(String::new, |suspicion| format!(": {suspicion}"))
}

pub(super) fn for_a_while(wait: Option<Duration>) -> String {
    wait.map_or_else(String::new, |wait| format!(" for {} s", wait.as_secs()))
}
