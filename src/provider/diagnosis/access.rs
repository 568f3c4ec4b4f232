//! Next steps if no request reached the Management API: no connection, or no token.

use crate::auth0::{TokenError, TransportError};

/// The next step if Auth0 granted no token.
pub(super) fn token_step(error: &TokenError) -> String {
    let step = match error {
        TokenError::WrongCredentials => {
            "Check `client_id` and `client_secret` of the provider (or `AUTH0_CLIENT_ID` and `AUTH0_CLIENT_SECRET`). \
             They must belong to the tenant in `domain`. If the application authenticates with a key, it has no \
             secret: set `client_assertion_private_key` instead."
        }
        TokenError::AssertionRefused { signed_here: true, .. } => {
            "Check that the public key of `client_assertion_private_key` (or `client_assertion_private_key_file`) is a \
             credential of the application `client_id` and has not expired. The application must authenticate with \
             Private Key JWT. The credential must have the algorithm of `client_assertion_signing_alg` (default \
             `RS256`). The clock of this machine must be right. The tenant's log in Auth0 has the exact reason."
        }
        TokenError::AssertionRefused { signed_here: false, .. } => {
            "Auth0 accepts each assertion once. Terraform starts the provider once to plan and once to apply, and each \
             start needs its own assertion. If this one is new, check its claims (see the guide to authentication), \
             and that its key is a credential of the application with the same algorithm. The tenant's log in Auth0 \
             has the exact reason."
        }
        TokenError::AssertionExpired => "Sign a new assertion shortly before Terraform starts.",
        TokenError::AssertionSpent => {
            "Set `client_assertion_file` (or `AUTH0_CLIENT_ASSERTION_FILE`), and replace the assertion in that file in \
             time. Or set `client_assertion_private_key`, so that the provider signs assertions itself."
        }
        TokenError::Assertion(_) => {
            "Check the content of the file in `client_assertion_file` (or `AUTH0_CLIENT_ASSERTION_FILE`)."
        }
        TokenError::NotAuthorized { .. } => {
            "In Auth0, grant the application access to the Auth0 Management API, with the scopes that it uses \
             (Applications, APIs, Auth0 Management API, Machine to Machine Applications)."
        }
        TokenError::UnknownAudience { .. } => {
            "With a custom domain, set `audience` of the provider (or `AUTH0_AUDIENCE`) to \
             `https://TENANT.REGION.auth0.com/api/v2/`, the tenant's own Management API."
        }
        TokenError::GrantTypeNotAllowed => {
            "Use a machine-to-machine application, or allow the grant type in its advanced settings."
        }
        TokenError::QuotaExceeded { .. } => {
            "Wait until the quota refills, then apply again. Or raise it in Auth0 (`token_quota` of the application, \
             or the tenant's default). Each Terraform command needs at least one token."
        }
        TokenError::NotAuth0 { .. } => "Check `domain` of the provider (or `AUTH0_DOMAIN`).",
        TokenError::Refused { status, .. } if *status >= 500 => {
            "Auth0 failed. Try again later, and check https://status.auth0.com."
        }
        TokenError::Refused { .. } => {
            "Check `domain`, `audience` and `client_id` of the provider. The tenant's log in Auth0 has the exact \
             reason."
        }
    };
    step.to_owned()
}

/// The next step without a connection.
pub(super) fn transport_step(cause: &TransportError) -> String {
    let step = match cause {
        TransportError::Dns(_) => {
            "Check `domain` of the provider (or `AUTH0_DOMAIN`), its `http_proxy`, and the name resolution."
        }
        TransportError::Proxy(_) => {
            "Check `http_proxy` of the provider (or `AUTH0_HTTP_PROXY`), or else the variable `HTTPS_PROXY`. If the \
             proxy needs a name and a password, use `http://NAME:PASSWORD@HOST:PORT`."
        }
        TransportError::Refused | TransportError::Connect(_) | TransportError::ConnectTimeout(_) => {
            "Check the network and `domain` of the provider (or `AUTH0_DOMAIN`). Check the proxy as well: `http_proxy` \
             of the provider (or `AUTH0_HTTP_PROXY`), or else the variables `HTTPS_PROXY` and `NO_PROXY`."
        }
        TransportError::Tls(_) => {
            "Check `domain` of the provider (or `AUTH0_DOMAIN`). If this machine does not trust the authority behind \
             the certificate of the tenant or of a proxy, set that authority's certificate as `ca_file` (or \
             `AUTH0_CA_FILE`)."
        }
        TransportError::Setup(_) => {
            "Check that the provider can read the certificates of the system (`SSL_CERT_FILE`)."
        }
        TransportError::Timeout(_) => {
            "Apply again. If it happens often, raise `request_timeout` of the provider (or `AUTH0_REQUEST_TIMEOUT`)."
        }
        TransportError::Broken(_) | TransportError::TooLarge => "Apply again.",
    };
    step.to_owned()
}
