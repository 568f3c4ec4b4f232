//! Tokens for any application and any API: <https://auth0.com/docs/get-started/authentication-and-authorization-flow/client-credentials-flow>.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use super::error::Error;
use super::session::Session;
use super::settings::Credentials;
use super::token::{self, TokenScope};

/// A request for a token.
#[derive(Debug)]
pub struct TokenRequest {
    /// How the application authenticates. It cannot authenticate with a token.
    pub credentials: Credentials,
    /// The API.
    pub audience: String,
    /// The requested scopes. If there are none, the token has all scopes of the grant.
    pub scopes: Vec<String>,
    /// The organization that the token is for.
    pub organization: Option<String>,
}

/// An issued token.
#[derive(Debug)]
pub struct AccessToken {
    /// The token.
    pub token: SecretString,
    /// When it was requested, as UNIX time by the clock of this machine.
    pub asked_at: Duration,
    /// Its lifetime, if the response has one.
    pub lifetime: Option<Duration>,
    /// The granted scopes, if the response has them.
    pub scopes: Option<Vec<String>>,
}

impl AccessToken {
    /// The claims of the token. `None` if they cannot be read: some APIs have encrypted or opaque tokens.
    #[must_use]
    pub fn claims(&self) -> Option<Map<String, Value>> {
        let [_header, payload, _signature] =
            self.token.expose_secret().split('.').collect::<Vec<_>>().try_into().ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
    }
}

impl Session {
    /// Gets a token. Each one counts against the token quotas of the application and the tenant.
    pub async fn request_token(&self, request: TokenRequest) -> Result<AccessToken, Error> {
        let TokenRequest { credentials, audience, scopes, organization } = request;
        let scope = (!scopes.is_empty()).then(|| scopes.join(" "));
        let wanted = TokenScope { audience, scope, organization };
        let operation = &self.operation;
        let issued = token::issue(&operation.transport().sender, credentials, &wanted, operation.bounds()).await?;
        let scopes = issued.scope.map(|scope| scope.split_whitespace().map(str::to_owned).collect());
        Ok(AccessToken { token: issued.token, asked_at: issued.asked_at, lifetime: issued.lifetime, scopes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(token: &str) -> Option<Map<String, Value>> {
        AccessToken { token: token.into(), asked_at: Duration::ZERO, lifetime: None, scopes: None }.claims()
    }

    #[test]
    fn what_a_token_says_is_read_where_it_can_be() {
        let payload = URL_SAFE_NO_PAD.encode(r#"{"sub":"a@clients","exp":1}"#);
        assert_eq!(claims(&format!("h.{payload}.s")).unwrap()["sub"], "a@clients");
        for other in ["opaque", "a.b.c.d.e", "h.!.s", "h.W10.s"] {
            assert_eq!(claims(other), None, "{other}");
        }
    }
}
