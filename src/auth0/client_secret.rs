//! The secret of an application, on its way to the service and back.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::clients::AuthenticationMethods;

/// A secret that an application is to have from now on.
#[derive(Clone)]
pub struct NewSecret(SecretString);

impl From<SecretString> for NewSecret {
    fn from(secret: SecretString) -> Self {
        Self(secret)
    }
}

impl PartialEq for NewSecret {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }
}

impl Eq for NewSecret {}

/// In the body of a request, and nowhere else.
impl Serialize for NewSecret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose_secret())
    }
}

impl fmt::Debug for NewSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewSecret")
    }
}

/// What the service shows of an application's secret.
#[derive(Debug)]
pub enum SecretView {
    /// The secret.
    Shown(SecretString),
    /// There is none: the application authenticates by this method, such as `private_key_jwt`.
    OtherMethod(String),
    /// The token may not see it, or there is none.
    Hidden,
}

impl SecretView {
    /// The properties that tell.
    pub(super) const FIELDS: &'static str = "client_id,client_secret,client_authentication_methods";
}

impl<'de> Deserialize<'de> for SecretView {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Fields {
            client_secret: Option<String>,
            client_authentication_methods: Option<AuthenticationMethods>,
        }
        let Fields { client_secret, client_authentication_methods } = Fields::deserialize(deserializer)?;
        let method = client_authentication_methods.as_ref().and_then(AuthenticationMethods::name);
        Ok(match (client_secret, method) {
            (Some(secret), _) => Self::Shown(secret.into()),
            (None, Some(method)) => Self::OtherMethod(method.to_owned()),
            (None, None) => Self::Hidden,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_said_in_a_body_only() {
        let secret = NewSecret::from(SecretString::from("s3cret"));
        assert_eq!(serde_json::to_string(&secret).unwrap(), r#""s3cret""#);
        assert!(!format!("{secret:?}").contains("s3cret"));
        assert_ne!(secret, SecretString::from("other").into());
    }

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
