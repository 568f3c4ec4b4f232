//! Reads and rotates the secret of an application.

use std::collections::BTreeMap;

use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use super::api::{Api, Renewal};
use super::error::{Error, Flaw};
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

/// An application in a response.
#[derive(Deserialize)]
struct Application {
    client_id: Option<String>,
    client_secret: Option<String>,
    client_authentication_methods: Option<BTreeMap<String, Value>>,
}

impl Application {
    /// Its secret. That of another application is not handed over.
    fn secret(self, id: &str) -> Result<SecretView, Flaw> {
        if self.client_id.as_deref() != Some(id) {
            return Err(Flaw::expected("client_id", "the ID in the request"));
        }
        let method = self.client_authentication_methods.and_then(|methods| methods.into_keys().next());
        Ok(match (self.client_secret, method) {
            (Some(secret), _) => {
                foreign::conceal(&secret);
                SecretView::Shown(secret.into())
            }
            (None, Some(method)) => SecretView::OtherMethod(method),
            (None, None) => SecretView::Hidden,
        })
    }
}

impl Api<'_> {
    /// The secret of an application; `None` if there is no such application.
    pub async fn secret(&self, id: &str) -> Result<Option<SecretView>, Error> {
        let operation = &self.session.operation;
        let fields = [("fields", FIELDS), ("include_fields", "true")];
        let request = self.objects().object(Method::GET, id)?.query(fields);
        match operation.fetch::<Application>(&request).await {
            Err(error) if error.is_not_found() => Ok(None),
            found => found?.secret(id).map(Some).map_err(|flaw| flaw.at(&request.endpoint)),
        }
    }

    /// Rotates the secret of an application. The last rotation counts, so the request is repeated until there is a
    /// response. After an error the secret may be the old or the new one, unless the error [is a
    /// refusal](Error::is_refusal).
    ///
    /// <https://auth0.com/docs/get-started/applications/rotate-client-secret>
    pub async fn rotate_secret(&self, id: &str) -> Result<(), Error> {
        let _renewal = Renewal(self);
        let request = self.objects().part(Method::POST, id, "rotate-secret")?.repeatable();
        self.objects().fetch(&request, id).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn why_there_is_no_secret_is_told_apart() {
        let view = |json: &str| serde_json::from_str::<Application>(json).unwrap().secret("a").unwrap();
        let SecretView::Shown(secret) = view(r#"{"client_id":"a","client_secret":"s3cret"}"#) else { panic!() };
        assert_eq!(secret.expose_secret(), "s3cret");
        let keys = view(r#"{"client_id":"a","client_authentication_methods":{"private_key_jwt":{"credentials":[]}}}"#);
        assert!(matches!(keys, SecretView::OtherMethod(method) if method == "private_key_jwt"));
        assert!(matches!(view(r#"{"client_id":"a"}"#), SecretView::Hidden));
        assert!(!format!("{:?}", view(r#"{"client_id":"a","client_secret":"s3cret"}"#)).contains("s3cret"));
    }
}
