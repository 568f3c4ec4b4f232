//! Why Auth0 granted no access token.

use std::time::Duration;

use super::assertion::AssertionError;

/// Why the token endpoint granted no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The application is unknown, or its secret is wrong.
    #[error("the client ID or the client secret is wrong")]
    WrongCredentials,
    /// Auth0 did not accept the assertion, or the application has no key.
    #[error("Auth0 refused the client assertion{}", said(description))]
    AssertionRefused {
        /// Whether it was signed here, with a private key.
        signed_here: bool,
        /// The words of Auth0, if any.
        description: String,
    },
    /// Auth0 did not accept an assertion that was signed elsewhere and has expired.
    #[error("Auth0 refused the client assertion, because it has expired")]
    AssertionExpired,
    /// The provider needs another token, but has no other assertion.
    #[error(
        "the provider needs another token, but it has used the client assertion, and Auth0 accepts each assertion once"
    )]
    AssertionSpent,
    /// The assertion is missing or unusable.
    #[error("the client assertion cannot be used: {0}")]
    Assertion(#[from] AssertionError),
    /// The application exists, but has no grant for the API.
    #[error("the application may not call `{audience}`: it needs a client grant for that API")]
    NotAuthorized {
        /// The audience.
        audience: String,
    },
    /// The tenant has no such API.
    #[error("the tenant has no API `{audience}`")]
    UnknownAudience {
        /// The audience.
        audience: String,
    },
    /// The application may not use the grant type `client_credentials`.
    #[error("the application does not allow the grant type `client_credentials`")]
    GrantTypeNotAllowed,
    /// A token quota of the tenant is used up: <https://auth0.com/docs/fine-grained-m2m-token-quotas>.
    #[error("the token quota of the application or its tenant is used up{}", for_a_while(*wait))]
    QuotaExceeded {
        /// How long Auth0 asks to wait.
        wait: Option<Duration>,
    },
    /// Any other refusal, in the words of Auth0.
    #[error("{status} {error}: {description}")]
    Refused {
        /// Status of the response.
        status: u16,
        /// OAuth error code.
        error: String,
        /// Explanation in plain language.
        description: String,
    },
    /// The response does not come from a token endpoint.
    #[error("the response with status {status} is not from a token endpoint")]
    NotAuth0 {
        /// Status of the response.
        status: u16,
    },
}

impl TokenError {
    /// Whether a retry would fail in the same way.
    pub(super) fn is_final(&self) -> bool {
        !matches!(self, Self::QuotaExceeded { .. } | Self::Refused { status: 408 | 500.., .. })
    }
}

fn said(description: &str) -> String {
    if description.is_empty() { String::new() } else { format!(" (\"{description}\")") }
}

pub(super) fn for_a_while(wait: Option<Duration>) -> String {
    wait.map_or_else(String::new, |wait| format!(" for {} s", wait.as_secs()))
}
