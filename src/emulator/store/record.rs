//! What every kind of object has in common: how it is found, where lists show it, and how it is written down.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// JSON object.
pub(super) type Object = Map<String, Value>;

/// An object of a tenant. What it is written as is for serde to say, in the snapshot as in the file.
pub(crate) trait Record: Clone + Serialize + DeserializeOwned {
    /// What many of them are called.
    const KIND: &'static str;

    /// By this it is found; empty if it has none, which only a document from elsewhere can bring about.
    fn id(&self) -> &str;

    /// Keys grow along lists. `place` grows with every object that is created.
    fn key(&self, place: u64) -> String {
        format!("{place:020}")
    }
}

/// The text behind a name, or nothing.
pub(super) fn text<'o>(object: &'o Object, name: &str) -> &'o str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}
