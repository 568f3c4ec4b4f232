//! What holds for any bytes at all, for the fuzz targets and for the replay of what they found.

#![allow(dead_code, reason = "each fuzz target uses one of them")]

use std::collections::BTreeMap;

use terraform_provider_auth0::schema::duration;
use terraform_provider_auth0::value::{DecodeError, Dynamic, Type, json as json_codec, msgpack as msgpack_codec};

/// Reading `MessagePack` ends in a value that survives being written, or in an error with a place.
pub(crate) fn msgpack(bytes: &[u8]) {
    for ty in [Type::Dynamic, object()] {
        match msgpack_codec::decode(bytes, &ty) {
            Ok(value) => survives(&value, &ty),
            Err(error) => is_told(&error),
        }
    }
}

/// Reading JSON ends in a value that survives being written, or in an error with a place; what is read strictly reads the
/// same leniently.
pub(crate) fn json(bytes: &[u8]) {
    for ty in [Type::Dynamic, object()] {
        let lenient = json_codec::decode_lenient(bytes, &ty);
        match &lenient {
            Ok(value) => survives(value, &ty),
            Err(error) => is_told(error),
        }
        match json_codec::decode(bytes, &ty) {
            Ok(value) => assert_eq!(Ok(value), lenient),
            Err(error) => is_told(&error),
        }
    }
}

/// A duration is longer than nothing, and made of digits and units alone.
pub(crate) fn duration(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(duration) = duration::parse(text) {
        assert!(!duration.is_zero());
        assert!(text.bytes().all(|byte| byte.is_ascii_digit() || b"hms".contains(&byte)));
        assert_eq!(duration::parse(&format!("{}s", duration.as_secs())), Some(duration));
    }
}

fn survives(value: &Dynamic, ty: &Type) {
    let written = msgpack_codec::encode(value, ty);
    assert_eq!(msgpack_codec::decode(&written, ty).as_ref(), Ok(value));
    let known = value.clone().unknowns_as_null();
    assert!(known.is_wholly_known());
    assert_eq!(value.is_wholly_known(), *value == known);
}

fn is_told(error: &DecodeError) {
    assert!(!error.problem.is_empty());
    assert!(error.path.to_string().len() >= error.path.steps().len().saturating_sub(1));
}

/// An object with an attribute of every type, with names as short as can be.
fn object() -> Type {
    let point = Type::Object([("x".to_owned(), Type::Number), ("y".to_owned(), Type::Bool)].into());
    let types = [
        ("a", Type::String),
        ("b", Type::Number),
        ("c", Type::list(Type::set(Type::String))),
        ("d", Type::map(Type::Number)),
        ("e", Type::Tuple(vec![Type::Bool, Type::Dynamic])),
        ("f", Type::set(point)),
        ("g", Type::Dynamic),
    ];
    Type::Object(types.into_iter().map(|(name, ty)| (name.to_owned(), ty)).collect::<BTreeMap<_, _>>())
}
