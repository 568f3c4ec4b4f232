//! Values that are not known yet.

use std::collections::BTreeMap;

use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use terraform_provider_auth0::value::{Dynamic, Type, Typed};

use super::host::{configured, decode, encode, object, planned};

const VALUE: &str = "corner_value";

#[tokio::test]
async fn item_063_an_unknown_value_is_read_whatever_is_said_about_it() {
    let mut client = configured().await;
    let forms: [&[u8]; 9] = [
        b"\xd4\x00\x00",
        b"\xd4\x00\x07",
        b"\xd5\x00\x01\x02",
        b"\xc7\x00\x00",
        b"\xc7\x09\x0c\x82\x01\xc2\x02\xa4pre-",
        b"\xc7\x05\x0c\x81\x03\x92\x05\xc3",
        b"\xc7\x05\x0c\x82\x05\x01\x06\x09",
        b"\xc7\x06\x0c\x81\x63\xa3new",
        b"\xd6\x4d\x00\x00\x00\x00",
    ];
    let known = encode(VALUE, &object(VALUE, &[("text", "T".into())])).msgpack;
    let text = b"\xa4text\xa1T";
    let at = known.windows(text.len()).position(|window| window == text).unwrap() + text.len();
    for form in forms {
        let msgpack = [&known[..at - 2], form, &known[at..]].concat().into();
        let config = wire::DynamicValue { msgpack, json: bytes::Bytes::new() };
        let answer = planned(&mut client, VALUE, None, config).await;
        assert_eq!(answer.diagnostics, [], "{form:x?}");
        assert_eq!(decode(VALUE, answer.planned_state).attribute("text"), &Dynamic::Unknown, "{form:x?}");
    }
}

#[tokio::test]
async fn item_064_an_unknown_value_stays_where_it_is() {
    let mut client = configured().await;
    let map = |key: &str, value: Dynamic| Dynamic::Map(BTreeMap::from([(key.to_owned(), value)]));
    let unknown = || Dynamic::Unknown;
    let values = [
        ("text", unknown()),
        ("list", unknown()),
        ("list", Dynamic::List(vec!["a".into(), unknown()])),
        ("set", Dynamic::set(vec![Dynamic::Number(1_i64.into()), unknown(), unknown()])),
        ("map", map("k", unknown())),
        ("lists", map("k", Dynamic::List(vec![unknown(), "a".into()]))),
        ("object", Dynamic::Map([("x".to_owned(), unknown()), ("label".to_owned(), "l".into())].into())),
        ("tuple", Dynamic::List(vec!["a".into(), unknown()])),
        ("any", unknown()),
        ("any", Typed::wrap(Type::String, unknown())),
        ("any", Typed::wrap(Type::list(Type::Bool), Dynamic::List(vec![Dynamic::Bool(true), unknown()]))),
    ];
    for (name, value) in values {
        let answer = planned(&mut client, VALUE, None, encode(VALUE, &object(VALUE, &[(name, value.clone())]))).await;
        assert_eq!(answer.diagnostics, [], "{name}");
        assert_eq!(decode(VALUE, answer.planned_state).attribute(name), &value, "{name}");
    }
    for name in ["entry", "member", "labelled", "one"] {
        let config = object("corner_block", &[(name, unknown())]);
        let answer = planned(&mut client, "corner_block", None, encode("corner_block", &config)).await;
        assert_eq!(answer.diagnostics, [], "{name}");
        assert_eq!(decode("corner_block", answer.planned_state).attribute(name), &unknown(), "{name}");
    }
}
