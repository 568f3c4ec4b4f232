//! Values as JSON, the encoding of stored state (`RawState` in `tfplugin6.proto`).
//!
//! Numbers are read from their text, so that none passes through a float.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::{DecodeError, Dynamic, Number, Type};
use crate::diagnostic::Path;

/// Reads a value of type `ty`.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Dynamic, DecodeError> {
    read(bytes, ty, Missing::Error)
}

/// Reads a value of type `ty` out of state that an older release may have written: a missing attribute is null, one that
/// the type does not know is ignored, and a number or bool may stand as text, or text as a number or bool.
pub fn decode_lenient(bytes: &[u8], ty: &Type) -> Result<Dynamic, DecodeError> {
    read(bytes, ty, Missing::Null)
}

/// What to do about an object that does not have exactly the attributes of its type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    Error,
    Null,
}

fn read(bytes: &[u8], ty: &Type, missing: Missing) -> Result<Dynamic, DecodeError> {
    let raw: &RawValue = serde_json::from_slice(bytes).map_err(|_| DecodeError::new(&Path::root(), "not JSON"))?;
    value(raw, ty, &Path::root(), missing)
}

fn value(raw: &RawValue, ty: &Type, path: &Path, missing: Missing) -> Result<Dynamic, DecodeError> {
    let text = raw.get();
    if text == "null" {
        return Ok(Dynamic::Null);
    }
    match ty {
        Type::Bool | Type::Number | Type::String => scalar(text, ty, path, missing),
        Type::List(element) => elements(raw, path)?
            .iter()
            .enumerate()
            .map(|(i, raw)| value(raw, element, &path.index(i), missing))
            .collect::<Result<_, _>>()
            .map(Dynamic::List),
        Type::Set(element) => elements(raw, path)?
            .iter()
            .map(|raw| value(raw, element, path, missing))
            .collect::<Result<_, _>>()
            .map(Dynamic::set),
        Type::Map(element) => {
            let read =
                |(key, raw): (String, &RawValue)| Ok((key.clone(), value(raw, element, &path.key(key), missing)?));
            entries(raw, path)?.into_iter().map(read).collect::<Result<_, _>>().map(Dynamic::Map)
        }
        Type::Object(attributes) => object(raw, attributes, path, missing),
    }
}

fn object(
    raw: &RawValue,
    attributes: &BTreeMap<String, Type>,
    path: &Path,
    missing: Missing,
) -> Result<Dynamic, DecodeError> {
    let entries = entries(raw, path)?;
    let mut extra = entries.keys().filter(|name| !attributes.contains_key(*name));
    if let (Missing::Error, Some(extra)) = (missing, extra.next()) {
        return Err(DecodeError::new(&path.attribute(extra), "no attribute of that name"));
    }
    let read = |(name, ty): (&String, &Type)| {
        let place = path.attribute(name);
        let value = match entries.get(name) {
            Some(raw) => value(raw, ty, &place, missing)?,
            None if missing == Missing::Null => Dynamic::Null,
            None => return Err(DecodeError::new(&place, "the attribute is missing")),
        };
        Ok((name.clone(), value))
    };
    attributes.iter().map(read).collect::<Result<_, _>>().map(Dynamic::Map)
}

fn scalar(text: &str, ty: &Type, path: &Path, missing: Missing) -> Result<Dynamic, DecodeError> {
    let string = serde_json::from_str::<String>(text).ok();
    let lenient = missing == Missing::Null;
    let value = match ty {
        Type::Bool => match (text, string.as_deref()) {
            ("true", _) => Some(Dynamic::Bool(true)),
            ("false", _) => Some(Dynamic::Bool(false)),
            (_, Some("true" | "1")) if lenient => Some(Dynamic::Bool(true)),
            (_, Some("false" | "0")) if lenient => Some(Dynamic::Bool(false)),
            _ => None,
        },
        Type::Number => {
            string.as_deref().filter(|_| lenient).unwrap_or(text).parse::<Number>().ok().map(Dynamic::Number)
        }
        _ => {
            string.or_else(|| (lenient && !text.starts_with(['{', '['])).then(|| text.to_owned())).map(Dynamic::String)
        }
    };
    value.ok_or_else(|| DecodeError::expected(path, scalar_name(ty), found(text)))
}

fn elements<'a>(raw: &'a RawValue, path: &Path) -> Result<Vec<&'a RawValue>, DecodeError> {
    serde_json::from_str(raw.get()).map_err(|_| DecodeError::expected(path, "an array", found(raw.get())))
}

fn entries<'a>(raw: &'a RawValue, path: &Path) -> Result<BTreeMap<String, &'a RawValue>, DecodeError> {
    serde_json::from_str(raw.get()).map_err(|_| DecodeError::expected(path, "an object", found(raw.get())))
}

fn scalar_name(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "a bool",
        Type::Number => "a number",
        _ => "a string",
    }
}

fn found(text: &str) -> &'static str {
    match text.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a bool",
        _ => "a number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object() -> Type {
        Type::Object(BTreeMap::from([
            ("count".to_owned(), Type::Number),
            ("on".to_owned(), Type::Bool),
            ("name".to_owned(), Type::String),
            ("tags".to_owned(), Type::map(Type::list(Type::String))),
        ]))
    }

    #[test]
    fn old_state_is_read_leniently() {
        let json = br#" {"count": "340282346638528859811704183484516925440", "on": "true", "gone": [1], "name": 5} "#;
        let state = decode_lenient(json, &object()).unwrap();
        assert_eq!(
            state.attribute("count"),
            &Dynamic::Number("340282346638528859811704183484516925440".parse().unwrap())
        );
        assert_eq!(state.attribute("on"), &Dynamic::Bool(true));
        assert_eq!(state.attribute("name"), &"5".into());
        assert_eq!(state.attribute("tags"), &Dynamic::Null);
    }

    #[test]
    fn a_call_is_read_strictly() {
        let error = decode(br#"{"count":1,"on":true,"name":"x","tags":null,"more":1}"#, &object()).unwrap_err();
        assert_eq!((error.path.to_string().as_str(), error.problem.as_str()), ("more", "no attribute of that name"));
        let error = decode(br#"{"on":true}"#, &object()).unwrap_err();
        assert_eq!(error.problem, "the attribute is missing");
    }

    #[test]
    fn errors_say_where() {
        let json = br#"{"tags":{"a":["x",{}]}}"#;
        let error = decode_lenient(json, &object()).unwrap_err();
        assert_eq!(error.path.to_string(), r#"tags["a"][1]"#);
        assert_eq!(error.problem, "expected a string, found an object");
        assert_eq!(decode_lenient(b"{", &object()).unwrap_err().problem, "not JSON");
    }

    #[test]
    fn escapes_and_whitespace_are_json() {
        assert_eq!(decode(br#" "a\u003cb" "#, &Type::String), Ok("a<b".into()));
    }
}
