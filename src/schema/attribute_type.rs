//! The Rust types in a `Value<…>` of a model.

mod collections;

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

use super::{Kind, Model, Nesting};
use crate::{
    diagnostic::Path,
    value::{DecodeError, Dynamic, Number, Type, Typed, Value, nfc},
};

pub use collections::{Plain, Results, Set};

/// A Rust type with a counterpart in Terraform.
pub trait AttributeType: Sized {
    /// What the schema says of it.
    fn kind() -> Kind;

    /// Reads it at `path`. A collection with an unknown element is unknown as a whole, unless its elements are
    /// themselves a `Value<…>`.
    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError>;

    /// It as a value.
    fn into_dynamic(self) -> Dynamic;

    /// Reads it as the element of a collection, where null has no meaning.
    #[doc(hidden)]
    fn element(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        match Value::from_dynamic(value, path)? {
            Value::Null => mismatch(path, "a value, not null"),
            value => Ok(value),
        }
    }
}

impl<T: AttributeType> Value<T> {
    #[doc(hidden)]
    pub fn from_dynamic(value: Dynamic, path: &Path) -> Result<Self, DecodeError> {
        match value {
            Dynamic::Null => Ok(Self::Null),
            Dynamic::Unknown => Ok(Self::Unknown),
            known => T::from_dynamic(known, path),
        }
    }

    #[doc(hidden)]
    pub fn into_dynamic(self) -> Dynamic {
        match self {
            Self::Known(value) => value.into_dynamic(),
            Self::Null => Dynamic::Null,
            Self::Unknown => Dynamic::Unknown,
        }
    }
}

fn mismatch<T>(path: &Path, expected: &str) -> Result<T, DecodeError> {
    Err(DecodeError::new(path, format!("expected {expected}")))
}

impl AttributeType for bool {
    fn kind() -> Kind {
        Kind::Value(Type::Bool)
    }

    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        match value {
            Dynamic::Bool(value) => Ok(Value::Known(value)),
            _ => mismatch(path, "a bool"),
        }
    }

    fn into_dynamic(self) -> Dynamic {
        Dynamic::Bool(self)
    }
}

impl AttributeType for i64 {
    fn kind() -> Kind {
        Kind::Value(Type::Number)
    }

    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        match value {
            Dynamic::Number(number) => {
                number.as_i64().map(Value::Known).map_or_else(|| mismatch(path, "a whole number"), Ok)
            }
            _ => mismatch(path, "a number"),
        }
    }

    fn into_dynamic(self) -> Dynamic {
        Dynamic::Number(Number::from(self))
    }
}

impl AttributeType for Number {
    fn kind() -> Kind {
        Kind::Value(Type::Number)
    }

    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        match value {
            Dynamic::Number(number) => Ok(Value::Known(number)),
            _ => mismatch(path, "a number"),
        }
    }

    fn into_dynamic(self) -> Dynamic {
        Dynamic::Number(self)
    }
}

impl AttributeType for String {
    fn kind() -> Kind {
        Kind::Value(Type::String)
    }

    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        match value {
            Dynamic::String(text) => Ok(Value::Known(text)),
            _ => mismatch(path, "a string"),
        }
    }

    fn into_dynamic(self) -> Dynamic {
        Dynamic::String(nfc(self))
    }
}

/// A secret in the configuration. No state has it, so it cannot become a value.
impl AttributeType for SecretString {
    fn kind() -> Kind {
        String::kind()
    }

    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        Ok(String::from_dynamic(value, path)?.map(Self::from))
    }

    fn into_dynamic(self) -> Dynamic {
        Dynamic::Null
    }
}

/// A secret that Terraform gets: a result of an ephemeral resource, which no state and no plan stores.
#[derive(Clone)]
pub struct Disclosed(SecretString);

impl From<SecretString> for Disclosed {
    fn from(secret: SecretString) -> Self {
        Self(secret)
    }
}

impl fmt::Debug for Disclosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Disclosed")
    }
}

impl AttributeType for Disclosed {
    fn kind() -> Kind {
        String::kind()
    }

    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        Ok(SecretString::from_dynamic(value, path)?.map(Self))
    }

    fn into_dynamic(self) -> Dynamic {
        self.0.expose_secret().into()
    }
}

/// Any value with its type. If it has a type, it counts as known, even if it is null.
impl AttributeType for Typed {
    fn kind() -> Kind {
        Kind::Value(Type::Dynamic)
    }

    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        match value {
            Dynamic::Typed(typed) => Ok(Value::Known(*typed)),
            _ => mismatch(path, "a value with its type"),
        }
    }

    fn into_dynamic(self) -> Dynamic {
        Self::wrap(self.ty, self.value)
    }
}

/// One nested object.
impl<M: Model> AttributeType for M {
    fn kind() -> Kind {
        Kind::Nested { nesting: Nesting::Single, attributes: M::attributes().to_vec() }
    }

    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        <M as Model>::from_dynamic(value, path).map(Value::Known)
    }

    fn into_dynamic(self) -> Dynamic {
        Model::into_dynamic(self)
    }
}
