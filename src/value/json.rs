//! Values as JSON, the encoding of stored state (`RawState` in `tfplugin6.proto`).
//!
//! Numbers are read from their text and never become floats.

pub mod tree;

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::{DecodeError, Dynamic, Number, Type, Typed, depth::Depth, nfc};
use crate::diagnostic::Path;

/// Reads a value of type `ty`.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Dynamic, DecodeError> {
    read(bytes, ty, Missing::Error)
}

/// Reads a value of type `ty` from a state that an older release may have written. A missing attribute is null, an
/// unknown one is ignored. A number or bool may be a text, and a text may be a number or bool.
pub fn decode_lenient(bytes: &[u8], ty: &Type) -> Result<Dynamic, DecodeError> {
    read(bytes, ty, Missing::Null)
}

/// How to treat an object with missing or unknown attributes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    Error,
    Null,
}

fn read(bytes: &[u8], ty: &Type, missing: Missing) -> Result<Dynamic, DecodeError> {
    let raw: &RawValue = serde_json::from_slice(bytes).map_err(|_| DecodeError::new(&Path::root(), "not JSON"))?;
    Reader { missing, depth: Depth::default() }.value(raw, ty, &Path::root())
}

/// One level of the value. Each level is parsed on its own, so that this module counts the depth, not the parser.
#[derive(Clone, Copy)]
struct Reader {
    missing: Missing,
    depth: Depth,
}

impl Reader {
    fn value(self, raw: &RawValue, ty: &Type, path: &Path) -> Result<Dynamic, DecodeError> {
        let inner = Self { depth: self.depth.deeper(path)?, ..self };
        let text = raw.get();
        if text == "null" {
            return Ok(Dynamic::Null);
        }
        match ty {
            Type::Bool | Type::Number | Type::String => scalar(text, ty, path, self.missing),
            Type::List(element) => elements(raw, path)?
                .iter()
                .enumerate()
                .map(|(i, raw)| inner.value(raw, element, &path.index(i)))
                .collect::<Result<_, _>>()
                .map(Dynamic::List),
            Type::Set(element) => elements(raw, path)?
                .iter()
                .map(|raw| inner.value(raw, element, path))
                .collect::<Result<_, _>>()
                .map(Dynamic::set),
            Type::Map(element) => {
                let read = |(key, raw): (String, &RawValue)| {
                    let value = inner.value(raw, element, &path.key(&*key))?;
                    Ok((nfc(key), value))
                };
                entries(raw, path)?.into_iter().map(read).collect::<Result<_, _>>().map(Dynamic::Map)
            }
            Type::Tuple(types) => inner.tuple(raw, types, path),
            Type::Object(attributes) => inner.object(raw, attributes, path),
            Type::Dynamic => inner.typed(raw, path),
        }
    }

    fn tuple(self, raw: &RawValue, types: &[Type], path: &Path) -> Result<Dynamic, DecodeError> {
        let elements = elements(raw, path)?;
        if elements.len() != types.len() {
            let problem = format!("expected {} elements, found {}", types.len(), elements.len());
            return Err(DecodeError::new(path, problem));
        }
        let read = |(index, (raw, ty)): (usize, (&&RawValue, &Type))| self.value(raw, ty, &path.index(index));
        elements.iter().zip(types).enumerate().map(read).collect::<Result<_, _>>().map(Dynamic::List)
    }

    fn object(self, raw: &RawValue, attributes: &BTreeMap<String, Type>, path: &Path) -> Result<Dynamic, DecodeError> {
        let entries = entries(raw, path)?;
        let mut extra = entries.keys().filter(|name| !attributes.contains_key(*name));
        if let (Missing::Error, Some(extra)) = (self.missing, extra.next()) {
            return Err(DecodeError::new(&path.attribute(extra), "no attribute of that name"));
        }
        let read = |(name, ty): (&String, &Type)| {
            let place = path.attribute(name);
            let value = match entries.get(name) {
                Some(raw) => self.value(raw, ty, &place)?,
                None if self.missing == Missing::Null => Dynamic::Null,
                None => return Err(DecodeError::new(&place, "the attribute is missing")),
            };
            Ok((name.clone(), value))
        };
        attributes.iter().map(read).collect::<Result<_, _>>().map(Dynamic::Map)
    }

    /// A value with its own type: an object of both.
    fn typed(self, raw: &RawValue, path: &Path) -> Result<Dynamic, DecodeError> {
        let entries = entries(raw, path)?;
        let (Some(ty), Some(value), 2) = (entries.get("type"), entries.get("value"), entries.len()) else {
            return Err(DecodeError::new(path, "expected a type and a value"));
        };
        let ty = Type::read(ty, path, Depth::default())?;
        let value = self.value(value, &ty, path)?;
        Ok(Typed::wrap(ty, value))
    }
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
        _ => string
            .or_else(|| (lenient && !text.starts_with(['{', '['])).then(|| text.to_owned()))
            .map(|text| Dynamic::String(nfc(text))),
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
    use proptest::prelude::*;

    use super::*;
    use crate::value::random::typed;

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
    fn a_dynamic_value_brings_its_type() {
        let read = |json: &str| decode(json.as_bytes(), &Type::Dynamic);
        assert_eq!(read(r#"{"type":"string","value":"x"}"#), Ok(Typed::wrap(Type::String, "x".into())));
        assert_eq!(read(r#"{"value":null,"type":"string"}"#), Ok(Typed::wrap(Type::String, Dynamic::Null)));
        assert_eq!(read("null"), Ok(Dynamic::Null));
        let tuple = read(r#"{"value":[true,{"value":1,"type":"number"}],"type":["tuple",["bool","dynamic"]]}"#);
        let one = Typed::wrap(Type::Number, Dynamic::Number(1_i64.into()));
        let elements = Dynamic::List(vec![Dynamic::Bool(true), one]);
        assert_eq!(tuple, Ok(Typed::wrap(Type::Tuple(vec![Type::Bool, Type::Dynamic]), elements)));
        assert_eq!(read(r#"{"value":1}"#).unwrap_err().problem, "expected a type and a value");
        assert_eq!(
            read(r#"{"value":[],"type":["tuple",["bool"]]}"#).unwrap_err().problem,
            "expected 1 elements, found 0"
        );
    }

    #[test]
    fn depth_has_an_end() {
        let nested = |levels: usize| {
            let ty = format!("{}\"bool\"{}", r#"["list","#.repeat(levels), "]".repeat(levels));
            format!(r#"{{"type":{ty},"value":{}true{}}}"#, "[".repeat(levels), "]".repeat(levels))
        };
        assert!(decode(nested(200).as_bytes(), &Type::Dynamic).is_ok());
        let error = decode(nested(300).as_bytes(), &Type::Dynamic).unwrap_err();
        assert_eq!(error.problem, "nested more than 250 levels deep");
    }

    proptest! {
        #[test]
        fn no_text_panics((ty, _) in typed(), text in "[\\[\\]{}\":,a-z0-9 ]{0,40}") {
            let _ = decode(text.as_bytes(), &ty);
            let _ = decode_lenient(text.as_bytes(), &ty);
        }
    }

    #[test]
    fn escapes_and_whitespace_are_json() {
        assert_eq!(decode(br#" "a\u003cb" "#, &Type::String), Ok("a<b".into()));
    }
}
