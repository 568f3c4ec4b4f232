//! Reads and rotates the secret of an application.

use reqwest::Method;
use secrecy::SecretString;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use super::api::{Api, Renewal};
use super::error::Error;
use crate::foreign;

/// What Auth0 shows of an application's secret.
#[derive(Debug)]
pub enum SecretView {
    /// The secret.
    Shown(SecretString),
    /// There is none, because the application authenticates with this method, such as `private_key_jwt`.
    OtherMethod(String),
    /// The token may not read it, or there is none.
    Hidden,
}

/// The properties that show it.
const FIELDS: &str = "client_id,client_secret,client_authentication_methods";

impl<'de> Deserialize<'de> for SecretView {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Fields {
            client_secret: Option<String>,
            client_authentication_methods: Option<std::collections::BTreeMap<String, serde_json::Value>>,
        }
        let Fields { client_secret, client_authentication_methods } = Fields::deserialize(deserializer)?;
        let method = client_authentication_methods.and_then(|methods| methods.into_keys().next());
        Ok(match (client_secret, method) {
            (Some(secret), _) => {
                foreign::conceal(&secret);
                Self::Shown(secret.into())
            }
            (None, Some(method)) => Self::OtherMethod(method),
            (None, None) => Self::Hidden,
        })
    }
}

impl Api<'_> {
    /// The secret of an application; `None` if there is no such application.
    pub async fn secret(&self, id: &str) -> Result<Option<SecretView>, Error> {
        let operation = &self.session.operation;
        let fields = [("fields", FIELDS), ("include_fields", "true")];
        let request = self.objects().object(Method::GET, id)?.query(fields);
        match operation.fetch(&request).await {
            Err(error) if error.is_not_found() => Ok(None),
            other => other.map(Some),
        }
    }

    /// Rotates the secret of an application. The last rotation counts, so the request is repeated until there is a
    /// response. After an error the secret may be the old or the new one, unless the error [is a
    /// refusal](Error::is_refusal).
    ///
    /// <https://auth0.com/docs/get-started/applications/rotate-client-secret>
    pub async fn rotate_secret(&self, id: &str) -> Result<(), Error> {
        let _renewal = Renewal(self);
        let operation = &self.session.operation;
        let request = self.objects().part(Method::POST, id, "rotate-secret")?.repeatable();
        operation.fetch::<IgnoredAny>(&request).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn why_there_is_no_secret_is_told_apart() {
        let view = |json: &str| serde_json::from_str::<SecretView>(json).unwrap();
        let SecretView::Shown(secret) = view(r#"{"client_id":"a","client_secret":"s3cret"}"#) else { panic!() };
        assert_eq!(secret.expose_secret(), "s3cret");
        let keys = view(r#"{"client_id":"a","client_authentication_methods":{"private_key_jwt":{"credentials":[]}}}"#);
        assert!(matches!(keys, SecretView::OtherMethod(method) if method == "private_key_jwt"));
        assert!(matches!(view(r#"{"client_id":"a"}"#), SecretView::Hidden));
        assert!(!format!("{:?}", view(r#"{"client_secret":"s3cret"}"#)).contains("s3cret"));
    }
}
