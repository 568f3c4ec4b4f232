//! An object in a list, which its key tells apart even where the rest of it cannot be read.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::error::{self, Flaw};
use super::page::Listed;

/// A strange object must not hide its neighbours, so what is wrong with it matters only to whoever wants it.
pub(super) struct Entry<K, T> {
    pub(super) key: K,
    pub(super) object: Result<T, Flaw>,
}

impl<K: Listed, T> Listed for Entry<K, T> {
    fn id(&self) -> &str {
        self.key.id()
    }
}

impl<'de, K: DeserializeOwned, T: DeserializeOwned> Deserialize<'de> for Entry<K, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The text may hold secrets, so it is read at once and not kept.
        let text = <&RawValue>::deserialize(deserializer)?.get();
        let key = serde_json::from_str(text).map_err(D::Error::custom)?;
        Ok(Self { key, object: error::read(text.as_bytes()) })
    }
}
