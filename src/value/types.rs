//! Type constraints.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

/// The type of a value, which both encodings need to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// `object({…})`
    Object(BTreeMap<String, Type>),
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

    /// The type constraint as JSON, the form in which schemas carry it (`object-wire-format.md` of Terraform).
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        self.constraint().to_string().into_bytes()
    }

    fn constraint(&self) -> Json {
        match self {
            Self::Bool => json!("bool"),
            Self::Number => json!("number"),
            Self::String => json!("string"),
            Self::List(element) => json!(["list", element.constraint()]),
            Self::Set(element) => json!(["set", element.constraint()]),
            Self::Map(element) => json!(["map", element.constraint()]),
            Self::Object(attributes) => {
                let attributes: serde_json::Map<_, _> =
                    attributes.iter().map(|(name, ty)| (name.clone(), ty.constraint())).collect();
                json!(["object", attributes])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_are_compact_json() {
        let ty = Type::Object(BTreeMap::from([
            ("a".to_owned(), Type::set(Type::String)),
            ("b".to_owned(), Type::map(Type::list(Type::Number))),
            ("c".to_owned(), Type::Bool),
        ]));
        let json = String::from_utf8(ty.to_json()).unwrap();
        assert_eq!(json, r#"["object",{"a":["set","string"],"b":["map",["list","number"]],"c":"bool"}]"#);
    }
}
