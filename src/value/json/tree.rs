//! Values as trees of JSON, the form of requests and responses of a REST API.

use serde_json::{Map, Number as JsonNumber, Value as Json};

use super::{found, scalar_name};
use crate::{
    diagnostic::Path,
    value::{DecodeError, Dynamic, Type, Typed, nfc},
};

/// An object of JSON.
pub type Object = Map<String, Json>;

/// Reads a value of type `ty` at `path`. Nothing is converted: a number in a text is an error.
pub fn read(json: &Json, ty: &Type, path: &Path) -> Result<Dynamic, DecodeError> {
    Ok(match (ty, json) {
        (_, Json::Null) => Dynamic::Null,
        (Type::Dynamic, json) => {
            let Typed { ty, value } = Typed::of_json(json);
            Typed::wrap(ty, value)
        }
        (Type::Bool, Json::Bool(value)) => Dynamic::Bool(*value),
        (Type::String, Json::String(text)) => Dynamic::String(nfc(text.clone())),
        (Type::Number, Json::Number(number)) => match number.to_string().parse() {
            Ok(number) => Dynamic::Number(number),
            Err(problem) => return Err(DecodeError::new(path, format!("expected a number, {problem}"))),
        },
        (Type::List(element), Json::Array(elements)) => {
            let read = |(index, json)| read(json, element, &path.index(index));
            Dynamic::List(elements.iter().enumerate().map(read).collect::<Result<_, _>>()?)
        }
        (Type::Set(element), Json::Array(elements)) => {
            Dynamic::set(elements.iter().map(|json| read(json, element, path)).collect::<Result<_, _>>()?)
        }
        (Type::Map(element), Json::Object(entries)) => {
            let read = |(key, json): (&String, &Json)| Ok((nfc(key.clone()), read(json, element, &path.key(key))?));
            Dynamic::Map(entries.iter().map(read).collect::<Result<_, _>>()?)
        }
        (Type::Tuple(types), Json::Array(elements)) if types.len() == elements.len() => {
            let read = |(index, (json, ty))| read(json, ty, &path.index(index));
            Dynamic::List(elements.iter().zip(types).enumerate().map(read).collect::<Result<_, _>>()?)
        }
        (Type::Object(attributes), Json::Object(entries)) => {
            let read = |(name, ty): (&String, &Type)| {
                let json = entries.get(name).unwrap_or(&Json::Null);
                Ok((name.clone(), read(json, ty, &path.attribute(name))?))
            };
            Dynamic::Map(attributes.iter().map(read).collect::<Result<_, _>>()?)
        }
        (ty, json) => return Err(DecodeError::expected(path, form(ty), found(&json.to_string()))),
    })
}

/// Writes a value. Unknown becomes null.
#[must_use]
pub fn write(value: &Dynamic) -> Json {
    match value {
        Dynamic::Null | Dynamic::Unknown => Json::Null,
        Dynamic::Bool(value) => Json::Bool(*value),
        Dynamic::Number(number) => match number.as_i64() {
            Some(whole) => whole.into(),
            None => number.to_f64().and_then(JsonNumber::from_f64).map_or(Json::Null, Json::Number),
        },
        Dynamic::String(text) => Json::String(text.clone()),
        Dynamic::List(elements) | Dynamic::Set(elements) => elements.iter().map(write).collect(),
        Dynamic::Map(entries) => Json::Object(entries.iter().map(|(key, value)| (key.clone(), write(value))).collect()),
        Dynamic::Typed(typed) => write(&typed.value),
    }
}

fn form(ty: &Type) -> &'static str {
    match ty {
        Type::List(_) | Type::Set(_) | Type::Tuple(_) => "an array",
        Type::Map(_) | Type::Object(_) => "an object",
        scalar => scalar_name(scalar),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object() -> Type {
        Type::Object(
            [
                ("count".to_owned(), Type::Number),
                ("on".to_owned(), Type::Bool),
                ("tags".to_owned(), Type::set(Type::String)),
                ("texts".to_owned(), Type::map(Type::list(Type::String))),
            ]
            .into(),
        )
    }

    #[test]
    fn a_value_survives_the_way_there_and_back() {
        let json = json!({"count": 36_000, "on": true, "tags": ["a", "b"], "texts": {"k": ["x"]}});
        let value = read(&json, &object(), &Path::root()).unwrap();
        assert_eq!(write(&value), json);
        assert_eq!(
            read(&json!({"count": 36_000.0}), &object(), &Path::root()).unwrap().attribute("count"),
            value.attribute("count")
        );
    }

    #[test]
    fn an_error_names_the_place_and_not_the_value() {
        for (json, path, problem) in [
            (json!({"count": "s3cret"}), "count", "expected a number, found a string"),
            (json!({"on": 1}), "on", "expected a bool, found a number"),
            (json!({"tags": "s3cret"}), "tags", "expected an array, found a string"),
            (json!({"texts": {"k": [1]}}), "texts[\"k\"][0]", "expected a string, found a number"),
            (json!([1]), "", "expected an object, found an array"),
        ] {
            let error = read(&json, &object(), &Path::root()).unwrap_err();
            assert_eq!((error.path.to_string().as_str(), error.problem.as_str()), (path, problem));
        }
    }
}
