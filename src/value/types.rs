//! Type constraints.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json, value::RawValue};

use super::{DecodeError, depth::Depth};
use crate::diagnostic::Path;

/// The type of a value. Both encodings need it to decode.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// `list(…)`
    List(Box<Type>),
    /// `set(…)`
    Set(Box<Type>),
    /// `map(…)`
    Map(Box<Type>),
    /// `tuple([…])`
    Tuple(Vec<Type>),
    /// `object({…})`
    Object(BTreeMap<String, Type>),
    /// `any`: the value has its own type.
    Dynamic,
}

impl Type {
    /// A list of `element`.
    #[must_use]
    pub fn list(element: Self) -> Self {
        Self::List(Box::new(element))
    }

    /// A set of `element`.
    #[must_use]
    pub fn set(element: Self) -> Self {
        Self::Set(Box::new(element))
    }

    /// A map of `element`.
    #[must_use]
    pub fn map(element: Self) -> Self {
        Self::Map(Box::new(element))
    }

    /// Whether a value of this type, or a part of it, has its own type.
    #[must_use]
    pub fn has_dynamic(&self) -> bool {
        match self {
            Self::Dynamic => true,
            Self::Bool | Self::Number | Self::String => false,
            Self::List(element) | Self::Set(element) | Self::Map(element) => element.has_dynamic(),
            Self::Tuple(elements) => elements.iter().any(Self::has_dynamic),
            Self::Object(attributes) => attributes.values().any(Self::has_dynamic),
        }
    }

    /// The type constraint as JSON, the form in schemas (`object-wire-format.md` of Terraform).
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        self.constraint().to_string().into_bytes()
    }

    fn constraint(&self) -> Json {
        match self {
            Self::Bool => json!("bool"),
            Self::Number => json!("number"),
            Self::String => json!("string"),
            Self::Dynamic => json!("dynamic"),
            Self::List(element) => json!(["list", element.constraint()]),
            Self::Set(element) => json!(["set", element.constraint()]),
            Self::Map(element) => json!(["map", element.constraint()]),
            Self::Tuple(elements) => json!(["tuple", elements.iter().map(Self::constraint).collect::<Vec<_>>()]),
            Self::Object(attributes) => {
                let attributes: serde_json::Map<_, _> =
                    attributes.iter().map(|(name, ty)| (name.clone(), ty.constraint())).collect();
                json!(["object", attributes])
            }
        }
    }

    /// Reads the type constraint of a dynamic value at `path`.
    pub(super) fn from_json(json: &[u8], path: &Path) -> Result<Self, DecodeError> {
        let raw: &RawValue = serde_json::from_slice(json).map_err(|_| no_type(path))?;
        Self::read(raw, path, Depth::default())
    }

    /// Each level is parsed on its own, so that this module counts the depth, not the parser.
    pub(super) fn read(raw: &RawValue, path: &Path, depth: Depth) -> Result<Self, DecodeError> {
        let depth = depth.deeper(path)?;
        if let Ok(name) = serde_json::from_str::<String>(raw.get()) {
            return match name.as_str() {
                "bool" => Ok(Self::Bool),
                "number" => Ok(Self::Number),
                "string" => Ok(Self::String),
                "dynamic" => Ok(Self::Dynamic),
                _ => Err(no_type(path)),
            };
        }
        let (kind, inner): (String, &RawValue) = serde_json::from_str(raw.get()).map_err(|_| no_type(path))?;
        let element = || Self::read(inner, path, depth).map(Box::new);
        match kind.as_str() {
            "list" => element().map(Self::List),
            "set" => element().map(Self::Set),
            "map" => element().map(Self::Map),
            "tuple" => {
                let elements: Vec<&RawValue> = serde_json::from_str(inner.get()).map_err(|_| no_type(path))?;
                elements.into_iter().map(|raw| Self::read(raw, path, depth)).collect::<Result<_, _>>().map(Self::Tuple)
            }
            "object" => {
                let attributes: BTreeMap<String, &RawValue> =
                    serde_json::from_str(inner.get()).map_err(|_| no_type(path))?;
                let read = |(name, raw): (String, &RawValue)| Ok((name, Self::read(raw, path, depth)?));
                attributes.into_iter().map(read).collect::<Result<_, _>>().map(Self::Object)
            }
            _ => Err(no_type(path)),
        }
    }
}

fn no_type(path: &Path) -> DecodeError {
    DecodeError::new(path, "the value brings along something that is not a type")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_are_compact_json() {
        let ty = Type::Object(BTreeMap::from([
            ("a".to_owned(), Type::set(Type::String)),
            ("b".to_owned(), Type::map(Type::list(Type::Number))),
            ("c".to_owned(), Type::Tuple(vec![Type::Bool, Type::Dynamic])),
        ]));
        let json = String::from_utf8(ty.to_json()).unwrap();
        let expected =
            r#"["object",{"a":["set","string"],"b":["map",["list","number"]],"c":["tuple",["bool","dynamic"]]}]"#;
        assert_eq!(json, expected);
        assert_eq!(Type::from_json(json.as_bytes(), &Path::root()), Ok(ty));
    }

    #[test]
    fn what_is_not_a_constraint_is_an_error() {
        let deep = format!("{}\"string\"{}", r#"["list","#.repeat(9_999), "]".repeat(9_999));
        let wrong =
            ["", "string", "\"text\"", "[]", r#"["list"]"#, r#"["list","string","string"]"#, r#"["bag","string"]"#];
        for json in wrong.into_iter().chain([r#"["tuple","string"]"#, r#"["object",["string"]]"#, deep.as_str()]) {
            assert!(Type::from_json(json.as_bytes(), &Path::root()).is_err(), "{json:.40}");
        }
    }
}
