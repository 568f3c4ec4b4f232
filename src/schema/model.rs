//! One declaration per Terraform type: the struct, its schema, and the way between the struct and a value.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::SecretString;

use super::{Attribute, Kind, Nesting};
use crate::{
    diagnostic::Path,
    value::{DecodeError, Dynamic, Number, Type, Value},
};

/// A struct whose fields are the attributes of a Terraform type. Implemented by [`model!`](crate::model!) alone.
pub trait Model: Sized + Send + Sync + 'static {
    /// Markdown: what the type is for.
    const DESCRIPTION: &'static str;

    /// Its attributes, in the order of declaration.
    fn attributes() -> Vec<Attribute>;

    /// Reads the struct out of an object value at `path`.
    fn from_dynamic(object: Dynamic, path: &Path) -> Result<Self, DecodeError>;

    /// The struct as an object value.
    fn into_dynamic(self) -> Dynamic;
}

/// A Rust type that can stand in a `Value<…>` of a model.
pub trait Known: Sized {
    /// What the schema says of it.
    fn kind() -> Kind;

    /// Reads it at `path`. A collection with an unknown element is as a whole not known yet.
    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError>;

    /// It as a value.
    fn into_dynamic(self) -> Dynamic;
}

impl<T: Known> Value<T> {
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

/// Declares a model.
///
/// Each line is one attribute: documentation, which becomes its description, name, type and behaviour. A missing comment
/// does not compile, and neither does a type that Terraform has no counterpart for.
#[macro_export]
macro_rules! model {
    (
        $(#[doc = $description:literal])+
        $visibility:vis struct $Model:ident {
            $(
                $(#[doc = $doc:literal])+
                $name:ident: Value<$Known:ty> = $behaviour:expr,
            )+
        }
    ) => {
        $(#[doc = $description])+
        #[derive(Debug, Clone, Default)]
        $visibility struct $Model {
            $(
                $(#[doc = $doc])+
                $visibility $name: $crate::value::Value<$Known>,
            )+
        }

        impl $crate::schema::Model for $Model {
            const DESCRIPTION: &'static str = concat!($($description, "\n"),+);

            fn attributes() -> Vec<$crate::schema::Attribute> {
                vec![$(
                    $crate::schema::Attribute {
                        name: stringify!($name),
                        description: $crate::schema::model::text(concat!($($doc, "\n"),+)),
                        kind: <$Known as $crate::schema::Known>::kind(),
                        behaviour: $behaviour,
                    },
                )+]
            }

            fn from_dynamic(
                object: $crate::value::Dynamic,
                path: &$crate::diagnostic::Path,
            ) -> Result<Self, $crate::value::DecodeError> {
                let mut attributes = $crate::schema::model::attributes_of(object, path)?;
                Ok(Self {
                    $($name: $crate::value::Value::from_dynamic(
                        attributes.remove(stringify!($name)).unwrap_or($crate::value::Dynamic::Null),
                        &path.attribute(stringify!($name)),
                    )?,)+
                })
            }

            fn into_dynamic(self) -> $crate::value::Dynamic {
                let Self { $($name),+ } = self;
                $crate::value::Dynamic::Map([$((stringify!($name).to_owned(), $name.into_dynamic())),+].into())
            }
        }
    };
}
/// Documentation comments as Markdown. Where a comment was wrapped says nothing, so each paragraph becomes one line; an
/// item of a list keeps its own.
#[doc(hidden)]
#[must_use]
pub fn text(doc: &str) -> String {
    let mut text = String::new();
    for line in doc.lines().map(str::trim) {
        let starts_anew = line.is_empty() || line.starts_with("* ") || text.is_empty() || text.ends_with('\n');
        text.push_str(if line.is_empty() || line.starts_with("* ") {
            "\n"
        } else if starts_anew {
            ""
        } else {
            " "
        });
        if line.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
    }
    text.trim().to_owned()
}

/// The attributes of an object by name. Null counts as an object of nulls: so Terraform sends an absent provider block.
#[doc(hidden)]
pub fn attributes_of(object: Dynamic, path: &Path) -> Result<BTreeMap<String, Dynamic>, DecodeError> {
    match object {
        Dynamic::Map(attributes) => Ok(attributes),
        Dynamic::Null => Ok(BTreeMap::new()),
        _ => Err(DecodeError::new(path, "expected an object")),
    }
}

fn mismatch<T>(path: &Path, expected: &str) -> Result<T, DecodeError> {
    Err(DecodeError::new(path, format!("expected {expected}")))
}

impl Known for bool {
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

impl Known for i64 {
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

impl Known for String {
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
        Dynamic::String(self)
    }
}

/// A secret of the configuration. It goes to no state, so it has no way back into a value.
impl Known for SecretString {
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

impl Known for BTreeSet<String> {
    fn kind() -> Kind {
        Kind::Value(Type::set(Type::String))
    }

    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        let (Dynamic::Set(elements) | Dynamic::List(elements)) = value else { return mismatch(path, "a set") };
        elements.into_iter().map(|element| known_element(element, path)).collect()
    }

    fn into_dynamic(self) -> Dynamic {
        Dynamic::set(self.into_iter().map(Dynamic::String).collect())
    }
}

impl Known for BTreeMap<String, String> {
    fn kind() -> Kind {
        Kind::Value(Type::map(Type::String))
    }

    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        let Dynamic::Map(elements) = value else { return mismatch(path, "a map") };
        let read = |(key, element): (String, Dynamic)| {
            let value = known_element::<String>(element, &path.key(&*key))?;
            Ok(value.map(|value| (key, value)))
        };
        elements.into_iter().map(read).collect()
    }

    fn into_dynamic(self) -> Dynamic {
        Dynamic::Map(self.into_iter().map(|(key, value)| (key, Dynamic::String(value))).collect())
    }
}

/// A model nested in another: one object.
impl<M: Model> Known for M {
    fn kind() -> Kind {
        Kind::Nested { nesting: Nesting::Single, attributes: M::attributes() }
    }

    fn from_dynamic(value: Dynamic, path: &Path) -> Result<Value<Self>, DecodeError> {
        <M as Model>::from_dynamic(value, path).map(Value::Known)
    }

    fn into_dynamic(self) -> Dynamic {
        Model::into_dynamic(self)
    }
}

fn known_element<T: Known>(element: Dynamic, path: &Path) -> Result<Value<T>, DecodeError> {
    match Value::from_dynamic(element, path)? {
        Value::Null => mismatch(path, "a value, not null"),
        value => Ok(value),
    }
}

/// Collects known elements; one that is not known makes the whole unknown.
impl<A, C: FromIterator<A>> FromIterator<Value<A>> for Value<C> {
    fn from_iter<I: IntoIterator<Item = Value<A>>>(elements: I) -> Self {
        elements.into_iter().map(Value::into_known).collect::<Option<C>>().map_or(Self::Unknown, Self::Known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_becomes_one_line() {
        assert_eq!(
            text(" One\n sentence.\n\n Another:\n * a\n * b\n   more\n"),
            "One sentence.\n\nAnother:\n* a\n* b more"
        );
    }
}
