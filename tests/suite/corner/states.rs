//! Stored state, as releases before this one left it.

use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use terraform_provider_auth0::value::{Dynamic, Type, Typed};

use super::host::{configured, decode};

async fn upgraded(type_name: &str, version: i64, raw_state: wire::RawState) -> wire::upgrade_resource_state::Response {
    let raw_state = Some(raw_state);
    let request = wire::upgrade_resource_state::Request { type_name: type_name.to_owned(), version, raw_state };
    configured().await.upgrade_resource_state(request).await.unwrap().into_inner()
}

fn json(text: &str) -> wire::RawState {
    wire::RawState { json: text.as_bytes().to_vec().into(), ..Default::default() }
}

#[tokio::test]
async fn item_106_state_of_the_current_version_is_read_leniently() {
    let state = r#"
        { "id": "object-1", "gone": {"deep": [1]}, "number": "340282346638528859811704183484516925440",
          "flag": "true", "text": 12, "list": ["a\u003cb", 1, true], "set": [2, "1", 2],
          "any": {"value": ["x"], "type": ["list", "string"]} }
    "#;
    let answer = upgraded("corner_value", 0, json(state)).await;
    assert_eq!(answer.diagnostics, []);
    let state = decode("corner_value", answer.upgraded_state);
    let number = |text: &str| Dynamic::Number(text.parse().unwrap());
    assert_eq!(state.attribute("number"), &number("340282346638528859811704183484516925440"));
    assert_eq!(state.attribute("flag"), &Dynamic::Bool(true));
    assert_eq!(state.attribute("text"), &"12".into());
    assert_eq!(state.attribute("list"), &Dynamic::List(vec!["a<b".into(), "1".into(), "true".into()]));
    assert_eq!(state.attribute("set"), &Dynamic::set(vec![number("1"), number("2")]));
    let list = Dynamic::List(vec!["x".into()]);
    assert_eq!(state.attribute("any"), &Typed::wrap(Type::list(Type::String), list));
    assert_eq!((state.attribute("map"), state.attribute("answer")), (&Dynamic::Null, &Dynamic::Null));
}

#[tokio::test]
async fn item_107_a_version_that_is_not_known_is_refused() {
    let state = || json(r#"{"id":"object-1","label":"x"}"#);
    let newer = upgraded("corner_version", 3, state()).await.diagnostics;
    assert_eq!(newer[0].summary, "State Too New");
    let older = upgraded("corner_thing", -1, state()).await.diagnostics;
    assert_eq!(older[0].summary, "State Cannot Be Upgraded");
    let flatmap = wire::RawState { flatmap: [("id".to_owned(), "x".to_owned())].into(), ..Default::default() };
    for version in [0, 2] {
        assert_eq!(upgraded("corner_version", version, flatmap.clone()).await.diagnostics[0].summary, "State Too Old");
    }
    let nothing = upgraded("corner_version", 2, json("null")).await.diagnostics;
    assert_eq!(nothing[0].summary, "Invalid State");
}
