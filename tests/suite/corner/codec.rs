//! Values in every form in which they may travel.

use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use terraform_provider_auth0::value::{Dynamic, Type, Typed};

use super::host::{configured, decode, encode, object, planned, schema};

const VALUE: &str = "corner_value";
const BLOCK: &str = "corner_block";

/// The number 7 in the encoding of an object replaced by these bytes.
fn with_number(bytes: &[u8]) -> wire::DynamicValue {
    let encoded = encode(VALUE, &object(VALUE, &[("number", Dynamic::Number(7_i64.into()))])).msgpack;
    let seven = b"\xa6number\xa17";
    let at = encoded.windows(seven.len()).position(|window| window == seven).unwrap() + seven.len();
    let msgpack = [&encoded[..at - 2], bytes, &encoded[at..]].concat().into();
    wire::DynamicValue { msgpack, json: bytes::Bytes::new() }
}

#[tokio::test]
async fn item_059_a_number_is_read_in_every_width_and_as_text() {
    let mut client = configured().await;
    let forms: [(&[u8], &str); 14] = [
        (&[0x05], "5"),
        (&[0xff], "-1"),
        (&[0xcc, 200], "200"),
        (&[0xcd, 1, 0], "256"),
        (&[0xce, 0, 1, 0, 0], "65536"),
        (&[0xcf, 255, 255, 255, 255, 255, 255, 255, 255], "18446744073709551615"),
        (&[0xd0, 0x80], "-128"),
        (&[0xd1, 0x80, 0], "-32768"),
        (&[0xd2, 0x80, 0, 0, 0], "-2147483648"),
        (&[0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0], "-9223372036854775808"),
        (&[0xca, 0x3f, 0, 0, 0], "0.5"),
        (&[0xcb, 0x3f, 0xd0, 0, 0, 0, 0, 0, 0], "0.25"),
        (b"\xa30.1", "0.1"),
        (b"\xd9\x271340282346638528859811704183484516925440"[..41].as_ref(), "134028234663852885981170418348451692544"),
    ];
    for (bytes, number) in forms {
        let answer = planned(&mut client, VALUE, None, with_number(bytes)).await;
        assert_eq!(answer.diagnostics, [], "{bytes:x?}");
        let expected = Dynamic::Number(number.parse().unwrap());
        assert_eq!(decode(VALUE, answer.planned_state).attribute("number"), &expected);
    }
}

#[tokio::test]
async fn item_062_every_answer_has_exactly_what_the_schema_has() {
    let mut client = configured().await;
    let prior = object(BLOCK, &[("id", "object-1".into())]);
    let bare = |state: Option<wire::DynamicValue>| {
        // Reading is strict about what is missing and what is too much.
        let state = decode(BLOCK, state);
        assert_eq!(state.attribute("one"), &Dynamic::Null);
        assert_eq!(state.attribute("entry"), &Dynamic::List(vec![]));
        assert_eq!(state.attribute("member"), &Dynamic::set(vec![]));
        assert_eq!(state.attribute("labelled"), &Dynamic::Map([].into()));
        let Dynamic::Map(settings) = state.attribute("settings") else { panic!("a group is never null") };
        assert_eq!(settings.keys().collect::<Vec<_>>(), ["text", "volume"]);
    };

    let config = encode(BLOCK, &object(BLOCK, &[]));
    let plan = planned(&mut client, BLOCK, None, config.clone()).await;
    bare(plan.planned_state.clone());
    let type_name = BLOCK.to_owned();
    let apply = wire::apply_resource_change::Request {
        type_name: type_name.clone(),
        planned_state: plan.planned_state,
        config: Some(config),
        ..Default::default()
    };
    bare(client.apply_resource_change(apply).await.unwrap().into_inner().new_state);
    let current_state = Some(encode(BLOCK, &prior));
    let read = wire::read_resource::Request { type_name: type_name.clone(), current_state, ..Default::default() };
    bare(client.read_resource(read).await.unwrap().into_inner().new_state);
    let id = "object-1".to_owned();
    let import = wire::import_resource_state::Request { type_name: type_name.clone(), id, ..Default::default() };
    let imported = client.import_resource_state(import).await.unwrap().into_inner().imported_resources;
    bare(imported.into_iter().next().unwrap().state);
    let json = br#"{"id":"object-1","one":null,"settings":null,"gone":1}"#.as_slice().into();
    let raw_state = Some(wire::RawState { json, ..Default::default() });
    let upgrade = wire::upgrade_resource_state::Request { type_name, version: 0, raw_state };
    bare(client.upgrade_resource_state(upgrade).await.unwrap().into_inner().upgraded_state);
}

#[tokio::test]
async fn item_066_absent_is_null_and_json_is_read() {
    let mut client = configured().await;
    let destroys = [None, Some(wire::DynamicValue::default())];
    for null in destroys {
        let request = wire::plan_resource_change::Request {
            type_name: VALUE.to_owned(),
            prior_state: Some(encode(VALUE, &object(VALUE, &[("id", "object-1".into())]))),
            proposed_new_state: null.clone(),
            config: null,
            ..Default::default()
        };
        let answer = client.plan_resource_change(request).await.unwrap().into_inner();
        assert_eq!((answer.diagnostics, decode(VALUE, answer.planned_state)), (vec![], Dynamic::Null));
    }

    let json = br#"{"id":null,"text":"x","length":null,"number":0.1,"flag":true,"list":["a"],"set":[2,1],"map":{"k":false},
        "lists":null,"object":{"x":1,"label":null},"objects":null,"tuple":["a",1],"any":{"type":"bool","value":true},"answer":null}"#;
    let config = wire::DynamicValue { msgpack: bytes::Bytes::new(), json: json.as_slice().into() };
    let answer = planned(&mut client, VALUE, None, config).await;
    assert_eq!(answer.diagnostics, []);
    let state = decode(VALUE, answer.planned_state);
    assert_eq!(state.attribute("number"), &Dynamic::Number("0.1".parse().unwrap()));
    assert_eq!(state.attribute("any"), &Typed::wrap(Type::Bool, Dynamic::Bool(true)));
}

#[tokio::test]
async fn item_069_a_deep_value_is_echoed_or_refused() {
    let mut client = configured().await;
    let deep = |levels: usize| {
        let (mut ty, mut value) = (Type::String, Dynamic::from("x"));
        for level in 0..levels {
            (ty, value) = if level % 2 == 0 {
                (Type::list(ty), Dynamic::List(vec![value]))
            } else {
                let inner = "a".to_owned();
                (Type::Object([(inner.clone(), ty)].into()), Dynamic::Map([(inner, value)].into()))
            };
        }
        Typed::wrap(ty, value)
    };
    let config = object(VALUE, &[("any", deep(200))]);
    let answer = planned(&mut client, VALUE, None, encode(VALUE, &config)).await;
    assert_eq!(answer.diagnostics, []);
    assert_eq!(decode(VALUE, answer.planned_state).attribute("any"), &deep(200));

    let config = object(VALUE, &[("any", deep(300))]);
    let answer = planned(&mut client, VALUE, None, encode(VALUE, &config)).await;
    assert!(answer.diagnostics[0].detail.contains("nested more than 250 levels deep"), "{:?}", answer.diagnostics);

    // Without a type of its own each level costs the sender a few bytes.
    let levels = b"\x92\xc4\x09\"dynamic\"".repeat(1 << 20);
    let start = encode(VALUE, &object(VALUE, &[("any", Typed::wrap(Type::Bool, Dynamic::Bool(true)))])).msgpack;
    let at = start.windows(4).position(|window| window == b"\xa3any").unwrap() + 4;
    let msgpack = [&start[..at], &levels].concat().into();
    let answer = planned(&mut client, VALUE, None, wire::DynamicValue { msgpack, json: bytes::Bytes::new() }).await;
    assert!(answer.diagnostics[0].detail.contains("any: nested more than 250"), "{:?}", answer.diagnostics);
}

#[test]
fn item_052_types_within_sets_are_never_dynamic() {
    for name in [VALUE, BLOCK, "corner_nested", "corner_spelling"] {
        let Type::Object(attributes) = schema(name).ty().clone() else { panic!("an object") };
        assert!(!attributes.values().any(|ty| matches!(ty, Type::Set(element) if element.has_dynamic())), "{name}");
    }
}
