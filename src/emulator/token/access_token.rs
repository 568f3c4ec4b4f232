//! Access tokens: which claims they carry in which dialect, and how they are signed.
//!
//! Dialects as in Auth0's documentation, "Access Token Profiles".

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::emulator::store::{Client, Organization, ResourceServer, Tenant};

/// What a token is about.
pub(super) struct AccessToken<'a> {
    pub tenant: &'a Tenant,
    pub client: &'a Client,
    pub api: &'a ResourceServer,
    pub organization: Option<&'a Organization>,
    pub scopes: &'a [&'a str],
}

impl AccessToken<'_> {
    /// Seconds from issue to expiry.
    pub(super) fn lifetime(&self) -> i64 {
        self.api.document.get("token_lifetime").and_then(Value::as_i64).unwrap_or(86400)
    }

    /// The token, signed with what the API asks for; only HS256 has a key of its own.
    pub(super) fn signed(&self) -> String {
        let algorithm = match self.setting("signing_alg") {
            Some("HS256") => Algorithm::HS256,
            Some("RS512") => Algorithm::RS512,
            Some("PS256") => Algorithm::PS256,
            _ => Algorithm::RS256,
        };
        let key = match algorithm {
            Algorithm::HS256 => EncodingKey::from_secret(self.setting("signing_secret").unwrap_or_default().as_bytes()),
            _ => self.tenant.key.encoding(),
        };
        let mut header = Header::new(algorithm);
        header.typ = Some(if self.follows_rfc_9068() { "at+jwt" } else { "JWT" }.to_owned());
        header.kid = (algorithm != Algorithm::HS256).then(|| self.tenant.key.kid().to_owned());
        jsonwebtoken::encode(&header, &self.claims(), &key)
            .expect("plain claims can be signed with a key of the right kind")
    }

    fn claims(&self) -> Value {
        let now = self.tenant.clock.now().as_second();
        let mut claims = json!({
            "iss": self.tenant.issuer(),
            "sub": format!("{}@clients", self.client.id()),
            "aud": self.api.identifier(),
            "iat": now,
            "exp": now + self.lifetime(),
        });
        if self.follows_rfc_9068() {
            claims["client_id"] = self.client.id().into();
            claims["jti"] = format!("{:032x}", rand::random::<u128>()).into();
        } else {
            claims["gty"] = "client-credentials".into();
            claims["azp"] = self.client.id().into();
        }
        if !self.scopes.is_empty() {
            claims["scope"] = self.scopes.join(" ").into();
        }
        if self.dialect().ends_with("_authz") {
            claims["permissions"] = json!(self.scopes);
        }
        if let Some(organization) = self.organization {
            claims["org_id"] = organization.id().into();
        }
        claims
    }

    fn follows_rfc_9068(&self) -> bool {
        self.dialect().starts_with("rfc9068_profile")
    }

    fn dialect(&self) -> &str {
        self.setting("token_dialect").unwrap_or("access_token")
    }

    fn setting(&self, name: &str) -> Option<&str> {
        self.api.document.get(name)?.as_str()
    }
}
