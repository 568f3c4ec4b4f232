//! Values with their own type.

use std::collections::BTreeMap;

use super::{Dynamic, Type, nfc};

/// The value of an attribute of any type (`dynamic`), with its type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Typed {
    /// Its type.
    pub ty: Type,
    /// The value of that type; it may be null or unknown.
    pub value: Dynamic,
}

impl Typed {
    /// A value of JSON, with the type that Terraform gives it: an object, a tuple, or a plain type.
    #[must_use]
    pub fn of_json(json: &serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match json {
            Json::Null => Self { ty: Type::Dynamic, value: Dynamic::Null },
            Json::Bool(value) => Self { ty: Type::Bool, value: Dynamic::Bool(*value) },
            Json::Number(number) => match number.to_string().parse() {
                Ok(number) => Self { ty: Type::Number, value: Dynamic::Number(number) },
                Err(_) => Self { ty: Type::String, value: Dynamic::String(number.to_string()) },
            },
            Json::String(text) => Self { ty: Type::String, value: Dynamic::String(nfc(text.clone())) },
            Json::Array(elements) => {
                let elements = elements.iter().map(Self::of_json).map(|Self { ty, value }| (ty, value));
                let (types, values) = elements.unzip();
                Self { ty: Type::Tuple(types), value: Dynamic::List(values) }
            }
            Json::Object(entries) => {
                let mut types = BTreeMap::new();
                let mut values = BTreeMap::new();
                for (key, entry) in entries {
                    let Self { ty, value } = Self::of_json(entry);
                    types.insert(nfc(key.clone()), ty);
                    values.insert(nfc(key.clone()), value);
                }
                Self { ty: Type::Object(types), value: Dynamic::Map(values) }
            }
        }
    }

    /// `value` for an attribute of any type. A value without a type stays as it is: it is unknown or null.
    #[must_use]
    pub fn wrap(ty: Type, value: Dynamic) -> Dynamic {
        if ty == Type::Dynamic { value } else { Dynamic::Typed(Box::new(Self { ty, value })) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::value::{Encoded, Number};

    #[test]
    fn json_becomes_what_terraform_would_make_of_it() {
        let json = json!({ "a": [1, "x", null], "b": { "c": true }, "d": 1.5 });
        let Typed { ty, value } = Typed::of_json(&json);
        assert_eq!(value.attribute("b").attribute("c"), &Dynamic::Bool(true));
        assert_eq!(value.attribute("d"), &Dynamic::Number("1.5".parse::<Number>().unwrap()));
        let tuple = Type::Tuple(vec![Type::Number, Type::String, Type::Dynamic]);
        let Type::Object(types) = &ty else { panic!("{ty:?}") };
        assert_eq!(types["a"], tuple);
        let wrapped = Typed::wrap(ty, value);
        assert_eq!(Encoded::encode(&wrapped, &Type::Dynamic).decode(&Type::Dynamic), Ok(wrapped));
    }
}
