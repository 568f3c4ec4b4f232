//! The provider's private data of an object. The state stores it, and Terraform does not show it.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// The provider's own data of an object, stored as JSON. It contains no secrets, because state files are not encrypted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Private {
    /// The remote system on which the object was last seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) origin: Option<String>,
}

impl Private {
    pub(super) fn seen_at(origin: String) -> Self {
        Self { origin: Some(origin) }
    }

    /// Reads stored bytes. Data in another form comes from another provider and is ignored.
    pub(super) fn read(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes).unwrap_or_default()
    }

    pub(super) fn write(&self) -> Bytes {
        serde_json::to_vec(self).expect("strings serialise").into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_survives_the_state() {
        let private = Private::seen_at("tenant.example".to_owned());
        assert_eq!(Private::read(&private.write()), private);
    }

    #[test]
    fn what_others_wrote_says_nothing() {
        for foreign in [&b""[..], b"null", b"{\"schema_version\":\"1\"}", b"\xff"] {
            assert_eq!(Private::read(foreign), Private::default());
        }
    }
}
