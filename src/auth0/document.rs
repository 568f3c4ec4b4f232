//! An object as the Management API shows it, with only the properties that are read.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize as _;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::error::Flaw;
use super::path_part::is_path_part;

/// An object of JSON.
pub type Object = serde_json::Map<String, Value>;

/// How a caller views an object in a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen<T> {
    /// The value that the view returned.
    pub value: T,
    /// Whether it agrees with the known or planned object. `None` if the response shows too little to tell.
    pub same: Option<bool>,
}

impl<T> Seen<T> {
    /// The same with another `value`.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Seen<U> {
        Seen { value: change(self.value), same: self.same }
    }
}

/// The properties of an object to read. All others are dropped while a response is decoded, so no secret and no key
/// outlives its response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(BTreeMap<String, Fields>);

impl Fields {
    /// The fields at these paths, such as `jwt_configuration.alg`. The last step includes everything below it.
    pub fn at<S: AsRef<str>>(paths: impl IntoIterator<Item = S>) -> Self {
        let mut fields = Self::default();
        for path in paths {
            path.as_ref().split('.').fold(&mut fields, |fields, step| fields.0.entry(step.to_owned()).or_default());
        }
        fields
    }
}

/// Decodes a value with these fields only.
impl<'de> DeserializeSeed<'de> for &Fields {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.0.is_empty() { Value::deserialize(deserializer) } else { deserializer.deserialize_any(self) }
    }
}

impl<'de> Visitor<'de> for &Fields {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Object::new();
        while let Some(name) = entries.next_key::<String>()? {
            match self.0.get(&name) {
                Some(fields) => drop(object.insert(name, entries.next_value_seed(fields)?)),
                None => drop(entries.next_value::<IgnoredAny>()?),
            }
        }
        Ok(object.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(element) = elements.next_element_seed(self)? {
            array.push(element);
        }
        Ok(array.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
}

/// An object with its ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Document {
    pub(super) id: String,
    pub(super) object: Object,
}

impl Document {
    /// The object in `value`, with its ID in the property `key`. No later request could name an object of another ID.
    pub(super) fn of(value: Value, key: &str) -> Result<Self, Flaw> {
        match value {
            Value::Object(object) => match object.get(key) {
                Some(Value::String(id)) if is_path_part(id) => Ok(Self { id: id.clone(), object }),
                _ => Err(Flaw::expected(key, "an ID")),
            },
            _ => Err(Flaw::expected("", "an object")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(paths: &[&str], json: &Value) -> Value {
        Fields::at(paths).deserialize(json.clone()).unwrap()
    }

    #[test]
    fn only_named_properties_are_kept_at_every_depth() {
        let json = json!({
            "client_id": "a", "client_secret": "s3cret", "signing_keys": [{"cert": "s3cret"}],
            "jwt_configuration": {"alg": "RS256", "key": "s3cret"}, "scopes": [{"value": "x", "key": "s3cret"}],
            "client_metadata": {"any": "text"}, "nothing": null, "number": 1.5,
        });
        let paths = ["client_id", "jwt_configuration.alg", "scopes.value", "client_metadata", "nothing", "number"];
        let expected = json!({
            "client_id": "a", "jwt_configuration": {"alg": "RS256"}, "scopes": [{"value": "x"}],
            "client_metadata": {"any": "text"}, "nothing": null, "number": 1.5,
        });
        assert_eq!(read(&paths, &json), expected);
        assert_eq!(
            read(&["jwt_configuration.alg"], &json!({"jwt_configuration": "odd"})),
            json!({"jwt_configuration": "odd"})
        );
    }

    #[test]
    fn an_object_without_its_key_is_no_document() {
        let read = |json: Value| Document::of(json, "id").map(|document| document.id);
        assert_eq!(read(json!({"id": "a", "name": "n"})).unwrap(), "a");
        for json in
            [json!({"name": "n"}), json!({"id": 1}), json!({"id": null}), json!({"id": ".."}), json!([]), json!("a")]
        {
            assert!(read(json.clone()).is_err(), "{json}");
        }
    }
}
