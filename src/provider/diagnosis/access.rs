//! What to do when the Management API could not even be asked: no connection, or no token.

use crate::auth0::{Suspicion, TokenError, TransportError};

/// What to do when no token was granted.
pub(super) fn token_step(error: &TokenError) -> String {
    let step = match error {
        TokenError::WrongCredentials => {
            "Check `client_id` and `client_secret` of the provider (or `AUTH0_CLIENT_ID` and `AUTH0_CLIENT_SECRET`), and \
             that they belong to the tenant that `domain` names. An application that proves itself with a key has no \
             secret: give `client_assertion_private_key` then."
        }
        TokenError::AssertionRefused { suspicion: Some(suspicion), signed_here, .. } => {
            return suspected_step(suspicion, *signed_here).to_owned();
        }
        TokenError::AssertionRefused { suspicion: None, signed_here: true, .. } => {
            "Check that the public half of `client_assertion_private_key` (or of the key in \
             `client_assertion_private_key_file`) is a credential of the application `client_id` that has not expired, that \
             the application authenticates with Private Key JWT, that the credential's algorithm is the one that \
             `client_assertion_signing_alg` names (without it `RS256`), and that the clock of this machine is right. The \
             tenant's log in Auth0 has the exact reason."
        }
        TokenError::AssertionRefused { suspicion: None, signed_here: false, .. } => {
            "It may have been used before, as Auth0 takes each of them once: Terraform starts the provider once to plan and \
             once to apply, and each needs an assertion of its own. Otherwise check that the key that signed it is a \
             credential of the application, with the same algorithm, and has not expired. The tenant's log in Auth0 has \
             the exact reason."
        }
        TokenError::AssertionSpent => {
            "Give `client_assertion_file` (or `AUTH0_CLIENT_ASSERTION_FILE`) and have a new assertion put there in time, or \
             let the provider sign with `client_assertion_private_key`."
        }
        TokenError::Assertion(_) => {
            "Check what is in the file that `client_assertion_file` (or `AUTH0_CLIENT_ASSERTION_FILE`) names."
        }
        TokenError::NotAuthorized { .. } => {
            "In Auth0, authorize the application for the Auth0 Management API (Applications, APIs, Auth0 Management API, \
             Machine to Machine Applications), with the scopes that are used."
        }
        TokenError::UnknownAudience { .. } => {
            "With a custom domain, set `audience` of the provider (or `AUTH0_AUDIENCE`) to \
             `https://TENANT.REGION.auth0.com/api/v2/`, the tenant's own Management API."
        }
        TokenError::GrantTypeNotAllowed => {
            "Use a machine-to-machine application, or allow the grant type in its advanced settings."
        }
        TokenError::QuotaExceeded { .. } => {
            "Apply again when the quota has been refilled, or raise it in Auth0 (`token_quota` of the application, or the \
             tenant's default). Each command that Terraform runs needs at least one token."
        }
        TokenError::NotAuth0 { .. } => "Check `domain` of the provider (or `AUTH0_DOMAIN`).",
        TokenError::Refused { status, .. } if *status >= 500 => {
            "Auth0 failed. Try again later, and check https://status.auth0.com."
        }
        TokenError::Refused { .. } => {
            "Check `domain`, `audience` and `client_id` of the provider. The tenant's log in Auth0 has the exact reason."
        }
    };
    step.to_owned()
}

/// What to do about what is wrong with an assertion.
fn suspected_step(suspicion: &Suspicion, signed_here: bool) -> &'static str {
    match suspicion {
        Suspicion::Clock(_) => "Set the clock of this machine: an assertion is taken for some minutes only.",
        Suspicion::Expired(_) | Suspicion::NotYetValid(_) => {
            "Sign a new assertion shortly before Terraform starts. The clocks of whoever signs and of Auth0 may differ by \
             ten seconds."
        }
        Suspicion::Issuer => {
            "Auth0 takes assertions that were signed with a key of the application itself. A token that a CI system issues \
             is none; what can be done with it is a signature by a key service, see the guide about authentication."
        }
        _ if signed_here => "Please report it with the release of the provider.",
        _ => "Have the assertion signed with the claims that Auth0 asks for, see the guide about authentication.",
    }
}

/// What to do when there is no connection.
pub(super) fn transport_step(cause: &TransportError) -> String {
    let step = match cause {
        TransportError::Dns(_) => {
            "Check `domain` of the provider (or `AUTH0_DOMAIN`), its `http_proxy`, and the name resolution."
        }
        TransportError::Proxy(_) => {
            "Check `http_proxy` of the provider (or `AUTH0_HTTP_PROXY`), or else the variable `HTTPS_PROXY`: a proxy that \
             wants a name and a password takes them as `http://NAME:PASSWORD@HOST:PORT`."
        }
        TransportError::Refused | TransportError::Connect(_) | TransportError::ConnectTimeout(_) => {
            "Check `domain` of the provider (or `AUTH0_DOMAIN`), the network, and the proxy: `http_proxy` of the provider \
             (or `AUTH0_HTTP_PROXY`), or else the variables `HTTPS_PROXY` and `NO_PROXY`."
        }
        TransportError::Tls(_) => {
            "Check `domain` of the provider (or `AUTH0_DOMAIN`). If a proxy in between, or the tenant itself, has a \
             certificate of an authority that this machine does not trust, give that authority's certificate as `ca_file` \
             (or `AUTH0_CA_FILE`)."
        }
        TransportError::Setup(_) => "Check that the system's certificates can be read (`SSL_CERT_FILE`).",
        TransportError::Timeout(_) => {
            "Apply again, with a longer `request_timeout` of the provider (or `AUTH0_REQUEST_TIMEOUT`) if it happens often."
        }
        TransportError::Broken(_) | TransportError::TooLarge => "Apply again.",
    };
    step.to_owned()
}
