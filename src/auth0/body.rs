//! The body of a request.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::document::Object;
use crate::foreign;

/// Properties to send. A secret property is not JSON: it stays wrapped until the bytes are written.
#[derive(Clone, Default)]
pub struct Body {
    properties: Object,
    secret: Option<(&'static str, SecretString)>,
}

impl Body {
    /// The same body with a secret in the property `name`. From now on, no message shows it.
    #[must_use]
    pub fn with_secret(self, name: &'static str, secret: SecretString) -> Self {
        foreign::conceal(secret.expose_secret());
        Self { secret: Some((name, secret)), ..self }
    }

    /// Whether it is empty. Auth0 refuses an empty update.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.properties.is_empty() && self.secret.is_none()
    }

    /// Whether it contains a secret.
    #[must_use]
    pub const fn has_secret(&self) -> bool {
        self.secret.is_some()
    }

    /// All properties except secrets.
    #[must_use]
    pub const fn properties(&self) -> &Object {
        &self.properties
    }
}

impl From<Object> for Body {
    fn from(properties: Object) -> Self {
        Self { properties, secret: None }
    }
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { properties, secret } = self;
        let mut body = serializer.serialize_map(None)?;
        for (name, value) in properties {
            body.serialize_entry(name, value)?;
        }
        if let Some((name, secret)) = secret {
            body.serialize_entry(name, secret.expose_secret())?;
        }
        body.end()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = self.secret.as_ref().map(|(name, _)| name);
        f.debug_struct("Body").field("properties", &self.properties).field("secret", &secret).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_secret_is_said_in_the_bytes_only() {
        let properties = json!({"name": "n"}).as_object().unwrap().clone();
        let body = Body::from(properties).with_secret("client_secret", "s3cret".into());
        assert_eq!(serde_json::to_value(&body).unwrap(), json!({"name": "n", "client_secret": "s3cret"}));
        assert!(!format!("{body:?}").contains("s3cret"));
        assert!(!body.is_empty() && Body::default().is_empty());
    }
}
