//! Terraform's values: known, null or unknown, and their two encodings.

mod depth;
pub mod json;
pub mod msgpack;
mod number;
#[cfg(test)]
mod random;
mod text;
mod typed;
mod types;

use std::{collections::BTreeMap, fmt};

use bytes::Bytes;

pub use number::{NotANumber, Number};
pub use text::nfc;
pub use typed::Typed;
pub use types::Type;

use crate::diagnostic::Path;

/// A value that may be unknown.
///
/// Null means that the user left it out (or wrote `null`). Unknown means that only the apply decides it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value<T> {
    /// A value.
    Known(T),
    /// Null.
    #[default]
    Null,
    /// Unknown until the apply.
    Unknown,
}

impl<T> Value<T> {
    /// The value, if it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// The value itself, if it is known.
    pub fn into_known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// Applies `f` to a known value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Value<U> {
        match self {
            Self::Known(value) => Value::Known(f(value)),
            Self::Null => Value::Null,
            Self::Unknown => Value::Unknown,
        }
    }

    /// The value, or `default` if there is none.
    #[must_use]
    pub fn or(self, default: T) -> Self {
        match self {
            Self::Null => Self::Known(default),
            value => value,
        }
    }

    /// Whether the user left it out.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether only the apply decides it.
    pub const fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }
}

impl Value<String> {
    /// The text, if it is known.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        self.known().map(String::as_str)
    }
}

/// Absent is null.
impl<T> From<Option<T>> for Value<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Known)
    }
}

/// A value of any type, as the plan engine uses it. A [`Type`] next to it has its type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dynamic {
    /// Null.
    Null,
    /// Unknown until the apply.
    Unknown,
    /// `true` or `false`.
    Bool(bool),
    /// An exact number.
    Number(Number),
    /// Text.
    String(String),
    /// Elements in order.
    List(Vec<Dynamic>),
    /// Elements without order; made by [`Dynamic::set`] alone, which keeps them sorted.
    Set(Vec<Dynamic>),
    /// Elements by key, or attributes by name.
    Map(BTreeMap<String, Dynamic>),
    /// A value of any type, together with its type. Without a known type it is `Unknown`, and a null without type is
    /// `Null`.
    Typed(Box<Typed>),
}

impl Dynamic {
    /// A set of these elements. Elements that are partly unknown may turn out different, so all of them stay.
    #[must_use]
    pub fn set(mut elements: Vec<Self>) -> Self {
        elements.sort();
        elements.dedup_by(|a, b| a == b && a.is_wholly_known());
        Self::Set(elements)
    }

    /// Whether it is null, of whatever type.
    #[must_use]
    pub fn is_null(&self) -> bool {
        match self {
            Self::Typed(typed) => typed.value.is_null(),
            value => *value == Self::Null,
        }
    }

    /// Whether it is unknown, with or without a type.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Typed(typed) => typed.value.is_unknown(),
            value => *value == Self::Unknown,
        }
    }

    /// Whether it is an empty text or collection: `""`, `[]`, `{}`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::String(text) => text.is_empty(),
            Self::List(elements) | Self::Set(elements) => elements.is_empty(),
            Self::Map(elements) => elements.is_empty(),
            _ => false,
        }
    }

    /// Whether nothing inside is unknown.
    #[must_use]
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => true,
            Self::List(elements) | Self::Set(elements) => elements.iter().all(Self::is_wholly_known),
            Self::Map(elements) => elements.values().all(Self::is_wholly_known),
            Self::Typed(typed) => typed.value.is_wholly_known(),
        }
    }

    /// The same value with null for everything unknown.
    #[must_use]
    pub fn unknowns_as_null(self) -> Self {
        match self {
            Self::Unknown => Self::Null,
            Self::List(elements) => Self::List(elements.into_iter().map(Self::unknowns_as_null).collect()),
            Self::Set(elements) => Self::set(elements.into_iter().map(Self::unknowns_as_null).collect()),
            Self::Map(elements) => Self::Map(elements.into_iter().map(|(k, v)| (k, v.unknowns_as_null())).collect()),
            Self::Typed(typed) => Typed::wrap(typed.ty, typed.value.unknowns_as_null()),
            other => other,
        }
    }

    /// The entries of a map or the attributes of an object; `None` for other values.
    #[must_use]
    pub const fn entries(&self) -> Option<&BTreeMap<String, Self>> {
        if let Self::Map(entries) = self { Some(entries) } else { None }
    }

    /// The attribute `name` of an object. Null if the object is null or lacks it, unknown if the object is unknown.
    #[must_use]
    pub fn attribute(&self, name: &str) -> &Self {
        match self {
            Self::Map(attributes) => attributes.get(name).unwrap_or(&Self::Null),
            Self::Unknown => &Self::Unknown,
            _ => &Self::Null,
        }
    }
}

impl From<&str> for Dynamic {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

/// An encoded value: one of two encodings, or neither, which means null (`DynamicValue` in `tfplugin6.proto`; Terraform
/// sends MessagePack).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Encoded {
    /// MessagePack, or empty.
    pub msgpack: Bytes,
    /// JSON, or empty.
    pub json: Bytes,
}

impl Encoded {
    /// Reads a value of type `ty`.
    pub fn decode(&self, ty: &Type) -> Result<Dynamic, DecodeError> {
        if !self.msgpack.is_empty() {
            msgpack::decode(&self.msgpack, ty)
        } else if !self.json.is_empty() {
            json::decode(&self.json, ty)
        } else {
            Ok(Dynamic::Null)
        }
    }

    /// Writes a value of type `ty`.
    #[must_use]
    pub fn encode(value: &Dynamic, ty: &Type) -> Self {
        Self { msgpack: msgpack::encode(value, ty).into(), json: Bytes::new() }
    }
}

/// Shows only lengths, because the value may contain a secret.
impl fmt::Debug for Encoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoded({} bytes of MessagePack, {} of JSON)", self.msgpack.len(), self.json.len())
    }
}

/// A value that does not match its type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct DecodeError {
    /// Where in the value.
    pub path: Path,
    /// What is wrong there.
    pub problem: String,
}

impl DecodeError {
    pub(crate) fn new(path: &Path, problem: impl Into<String>) -> Self {
        Self { path: path.clone(), problem: problem.into() }
    }

    /// The sentence for a value of another type than expected.
    pub(crate) fn expected(path: &Path, expected: &str, found: &str) -> Self {
        Self::new(path, format!("expected {expected}, found {found}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_knows_no_order_and_no_twins() {
        let one = Dynamic::set(vec!["b".into(), "a".into(), "b".into()]);
        assert_eq!(one, Dynamic::set(vec!["a".into(), "b".into()]));
    }

    #[test]
    fn unknown_elements_of_a_set_stay_apart() {
        let Dynamic::Set(elements) = Dynamic::set(vec![Dynamic::Unknown, Dynamic::Unknown]) else { panic!("a set") };
        assert_eq!(elements.len(), 2);
    }

    #[test]
    fn a_null_with_a_type_is_null_and_keeps_it() {
        let unknown = Typed::wrap(Type::String, Dynamic::Unknown);
        assert!(unknown.is_unknown() && !unknown.is_wholly_known());
        let null = unknown.unknowns_as_null();
        assert!(null.is_null() && null != Dynamic::Null);
    }

    #[test]
    fn neither_encoding_is_null() {
        assert_eq!(Encoded::default().decode(&Type::String), Ok(Dynamic::Null));
    }
}
