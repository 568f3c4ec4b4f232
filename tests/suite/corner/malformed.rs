//! Values that are not what they should be.

use bytes::Bytes;
use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use terraform_provider_auth0::protocol::wire::tfplugin6::attribute_path::step::Selector;
use terraform_provider_auth0::protocol::wire::tfplugin6::diagnostic::Severity;

use super::host::{configured, encode, object, planned};

const VALUE: &str = "corner_value";
const NESTED: &str = "corner_nested";

fn raw(msgpack: Vec<u8>) -> wire::DynamicValue {
    wire::DynamicValue { msgpack: msgpack.into(), json: Bytes::new() }
}

/// The encoding of an object with `name` and what follows it replaced.
fn with(type_name: &str, name: &str, value: &[u8]) -> wire::DynamicValue {
    let object = encode(type_name, &object(type_name, &[])).msgpack;
    let key = [&[0xa0 + u8::try_from(name.len()).unwrap()], name.as_bytes()].concat();
    let at = object.windows(key.len()).position(|window| window == key).unwrap() + key.len();
    // Every value of this object is nil, one byte.
    raw([&object[..at], value, &object[at + 1..]].concat())
}

fn place(diagnostic: &wire::Diagnostic) -> String {
    let step = |step: &wire::attribute_path::Step| match step.selector.clone().unwrap() {
        Selector::AttributeName(name) => name,
        Selector::ElementKeyString(key) => format!("{key:?}"),
        Selector::ElementKeyInt(index) => index.to_string(),
    };
    let steps = diagnostic.attribute.as_ref().map(|path| path.steps.iter().map(step).collect::<Vec<_>>());
    steps.unwrap_or_default().join(".")
}

#[tokio::test]
async fn item_067_what_is_malformed_is_an_error_at_its_place() {
    let mut client = configured().await;
    let missing = encode(VALUE, &object(VALUE, &[])).msgpack;
    let missing = [&[0x8d], &missing[1..missing.len() - 6]].concat();
    let cases = [
        (raw(vec![0xc1]), "", "found a reserved byte"),
        (raw(vec![0x8e, 0xa2]), "", "the bytes end inside the value"),
        (raw(vec![0xdf, 0xff, 0xff, 0xff, 0xff]), "", "the bytes end inside the value"),
        (raw(vec![0xc0, 0xc0]), "", "bytes after the value"),
        (raw(vec![0x93, 0xc0, 0xc0, 0xc0]), "", "expected a map, found an array"),
        (raw(missing), "tuple", "the attribute is missing"),
        (raw(vec![0x81, 0xa4, b'm', b'o', b'r', b'e', 0xc0]), "more", "no attribute of that name"),
        (with(VALUE, "text", &[0x07]), "text", "expected a string, found a number"),
        (with(VALUE, "text", b"\xa1\xff"), "text", "text that is not UTF-8"),
        (with(VALUE, "number", b"\xa3one"), "number", "not a finite number"),
        (with(VALUE, "number", b"\xaa1e99999999"), "number", "not a finite number"),
        (with(VALUE, "flag", b"\xa4true"), "flag", "expected a bool, found a string"),
        (with(VALUE, "list", &[0x92, 0xa1, b'a', 0xc3]), "list.1", "expected a string, found a bool"),
        (with(VALUE, "map", &[0x81, 0xa1, b'k', 0x01]), "map.\"k\"", "expected a bool, found a number"),
        (with(VALUE, "tuple", &[0x91, 0xc0]), "tuple", "expected 2 elements, found 1"),
        (with(VALUE, "any", &[0xa1, b'a']), "any", "expected an array, found a string"),
        (with(VALUE, "any", b"\x92\xc4\x05\"bag\"\xc0"), "any", "something that is not a type"),
        (with(VALUE, "object", &[0x81, 0xa1, b'x', 0x01]), "object.\"label\"", "the attribute is missing"),
    ];
    for (config, path, problem) in cases {
        let answer = planned(&mut client, VALUE, None, config).await;
        let [found] = answer.diagnostics.as_slice() else { panic!("{problem}: {:?}", answer.diagnostics) };
        assert_eq!((found.severity(), place(found).as_str()), (Severity::Error, path), "{found:?}");
        assert!(found.detail.contains(problem), "{problem:?} is not in {found:?}");
        assert_eq!(answer.planned_state, None);
    }
    let deep = with(NESTED, "list", &[0x91, 0x81, 0xa4, b'n', b'a', b'm', b'e', 0x01]);
    let answer = planned(&mut client, NESTED, None, deep).await;
    assert_eq!(place(&answer.diagnostics[0]), "list.0.name");
    let fine = planned(&mut client, VALUE, None, encode(VALUE, &object(VALUE, &[]))).await;
    assert_eq!(fine.diagnostics, [], "the next call works");
}

#[tokio::test]
async fn item_067_malformed_json_is_an_error_at_its_place() {
    let mut client = configured().await;
    for (json, path) in [("{", ""), ("[1]", ""), (r#"{"list":["a",{}]}"#, "list.1"), (r#"{"any":{"value":1}}"#, "any")]
    {
        let raw_state = Some(wire::RawState { json: json.as_bytes().into(), ..Default::default() });
        let request = wire::upgrade_resource_state::Request { type_name: VALUE.to_owned(), version: 0, raw_state };
        let answer = client.upgrade_resource_state(request).await.unwrap().into_inner();
        assert_eq!(answer.diagnostics.iter().map(place).collect::<Vec<_>>(), [path], "{json}");
    }
}
