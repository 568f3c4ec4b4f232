//! An object as the Management API shows it, with only the properties that are read.

use std::collections::{BTreeMap, BTreeSet};
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
pub struct Fields {
    read: BTreeMap<String, Fields>,
    /// Of these, only the presence is read: their value is `true`.
    present: BTreeSet<String>,
}

impl Fields {
    /// The fields at these paths, such as `jwt_configuration.alg`. The last step includes everything below it.
    pub fn at<S: AsRef<str>>(paths: impl IntoIterator<Item = S>) -> Self {
        let mut fields = Self::default();
        for path in paths {
            path.as_ref().split('.').fold(&mut fields, |fields, step| fields.read.entry(step.to_owned()).or_default());
        }
        fields
    }

    /// Also reads whether these properties are present, but not their values.
    pub(super) fn noting(self, names: &[&str]) -> Self {
        Self { present: names.iter().map(|name| (*name).to_owned()).collect(), ..self }
    }
}

/// Decodes a value with these fields only.
impl<'de> DeserializeSeed<'de> for &Fields {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.read.is_empty() {
            Value::deserialize(deserializer).map(whole)
        } else {
            deserializer.deserialize_any(self)
        }
    }
}

/// The value with `36000` for `36000.0`, which is the same number in JSON.
fn whole(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().filter(|_| number.is_f64()).and_then(integer).unwrap_or(number.into()),
        Value::Array(elements) => elements.into_iter().map(whole).collect(),
        Value::Object(entries) => entries.into_iter().map(|(name, value)| (name, whole(value))).collect(),
        other => other,
    }
}

fn integer(number: f64) -> Option<Value> {
    /// Beyond it, floats are not exact.
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and is small enough")]
    let integer = number as i64;
    (number.fract() == 0.0 && number.abs() <= LARGEST).then(|| integer.into())
}

impl<'de> Visitor<'de> for &Fields {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Object::new();
        while let Some(name) = entries.next_key::<String>()? {
            match self.read.get(&name) {
                Some(fields) => drop(object.insert(name, entries.next_value_seed(fields)?)),
                None if self.present.contains(&name) => {
                    if entries.next_value::<Option<IgnoredAny>>()?.is_some() {
                        object.insert(name, true.into());
                    }
                }
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
        Ok(whole(value.into()))
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
    fn of_a_secret_only_the_presence_is_read() {
        let fields = Fields::at(["id"]).noting(&["client_secret"]);
        let read = |json: Value| fields.deserialize(json).unwrap();
        let shown = json!({"id": "a", "client_secret": "s3cret", "signing_keys": []});
        assert_eq!(read(shown), json!({"id": "a", "client_secret": true}));
        assert_eq!(read(json!({"id": "a", "client_secret": null})), json!({"id": "a"}));
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
    fn whole_number_may_have_a_fraction_of_zero() {
        let json = json!({"total": 2.0, "rest": {"deep": [36_000.0, 1.5, -3e2, 1e300]}, "big": u64::MAX});
        let expected = json!({"total": 2, "rest": {"deep": [36_000, 1.5, -300, 1e300]}, "big": u64::MAX});
        assert_eq!(read(&["total", "rest", "big"], &json), expected);
        assert_eq!(read(&["x.y"], &json!({"x": 36_000.0})), json!({"x": 36_000}));
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
