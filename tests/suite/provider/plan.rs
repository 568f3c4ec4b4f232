//! Plans, applies and imports as Terraform hears of them.

use terraform_provider_auth0::emulator::Emulator;
use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use terraform_provider_auth0::value::{Dynamic, Number};

use super::host::{CLIENT, Change, GRANT, Host, decode, object, resource};

fn client(attributes: &[(&str, Dynamic)]) -> Dynamic {
    object(resource(CLIENT), attributes)
}

fn jwt(secret_encoded: Dynamic) -> Dynamic {
    let attributes =
        [("alg", Dynamic::Null), ("lifetime_in_seconds", Dynamic::Null), ("secret_encoded", secret_encoded)];
    Dynamic::Map(attributes.map(|(name, value)| (name.to_owned(), value)).into())
}

/// A client that exists, and a change to it that needs another one.
async fn replaced(host: &mut Host) -> Change {
    let (prior, private) = host.create(CLIENT, client(&[("name", "a".into())])).await;
    let config = client(&[("name", "b".into()), ("jwt_configuration", jwt(Dynamic::Bool(true)))]);
    Change { type_name: CLIENT, prior, config, private }
}

#[tokio::test]
async fn item_084_what_needs_a_new_object_is_named_by_its_path() {
    let emulator = Emulator::start();
    let mut host = Host::on(&emulator).await;
    let change = replaced(&mut host).await;
    let created = host.plan(&Change::create(CLIENT, change.config.clone())).await;
    assert_eq!(created.requires_replace, []);
    let planned = host.plan(&change).await;
    assert_eq!(paths(&planned), ["jwt_configuration.secret_encoded"]);
    assert_eq!(host.plan(&change).await, planned);

    let api = emulator.url().to_owned() + "/api/v2/";
    let grant = |audience: &str, scopes: &[&str]| {
        let scopes = Dynamic::set(scopes.iter().map(|scope| (*scope).into()).collect());
        let client_id = change.prior.attribute("client_id").clone();
        object(resource(GRANT), &[("client_id", client_id), ("audience", audience.into()), ("scopes", scopes)])
    };
    let (prior, private) = host.create(GRANT, grant(&api, &["read:users"])).await;
    let elsewhere = grant("https://api.example.com", &["read:clients"]);
    let planned = host.plan(&Change { type_name: GRANT, prior, config: elsewhere, private }).await;
    assert_eq!(paths(&planned), ["audience"]);
}

#[tokio::test]
async fn item_085_the_second_leg_of_a_replacement_is_a_create() {
    let emulator = Emulator::start();
    let mut host = Host::on(&emulator).await;
    let change = replaced(&mut host).await;
    let leg = Change { prior: Dynamic::Null, ..change.clone() };
    let create = Change::create(CLIENT, change.config);
    let (leg, created) = (host.plan(&leg).await, host.plan(&create).await);
    assert_eq!(leg.diagnostics, []);
    assert_eq!(leg.planned_state, created.planned_state);
    assert_eq!(leg.requires_replace, []);
    assert_eq!(decode(CLIENT, leg.planned_state).attribute("id"), &Dynamic::Unknown);
}

#[tokio::test]
async fn item_088_a_plan_is_always_the_same_and_asks_nobody() {
    let emulator = Emulator::start();
    let mut host = Host::on(&emulator).await;
    let change = replaced(&mut host).await;
    emulator.clear_requests();
    let first = host.plan(&change).await;
    for _ in 0..10 {
        assert_eq!(host.plan(&change).await, first);
    }
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn item_091_a_planned_destroy_is_null() {
    let emulator = Emulator::start();
    let mut host = Host::on(&emulator).await;
    let change = Change { config: Dynamic::Null, ..replaced(&mut host).await };
    let planned = host.plan(&change).await;
    assert_eq!(planned.diagnostics, []);
    assert_eq!(decode(CLIENT, planned.planned_state.clone()), Dynamic::Null);
    assert_eq!(planned.planned_private, change.private, "the delete needs what the provider remembers");
    let applied = host.apply(&change, &planned).await;
    assert_eq!(applied.diagnostics, []);
    assert_eq!(decode(CLIENT, applied.new_state), Dynamic::Null);
}

#[tokio::test]
async fn item_096_no_leniency_of_old_is_asked_for() {
    let emulator = Emulator::start();
    let mut host = Host::on(&emulator).await;
    let replaced = replaced(&mut host).await;
    let update = Change { config: client(&[("name", "b".into())]), ..replaced.clone() };
    let destroy = Change { config: Dynamic::Null, ..replaced.clone() };
    for change in [Change::create(CLIENT, update.config.clone()), update, destroy] {
        let planned = host.plan(&change).await;
        assert!(!planned.legacy_type_system);
        let applied = host.apply(&change, &planned).await;
        assert_eq!(applied.diagnostics, []);
        assert!(!applied.legacy_type_system);
    }
}

#[tokio::test]
async fn item_105_import_returns_one_known_object() {
    let emulator = Emulator::start();
    let mut host = Host::on(&emulator).await;
    let (made, _) = host.create(CLIENT, client(&[("name", "a".into())])).await;
    let Dynamic::String(id) = made.attribute("id").clone() else { panic!("an id") };
    let request = wire::import_resource_state::Request { type_name: CLIENT.to_owned(), id, ..Default::default() };
    let answer = host.client.import_resource_state(request).await.unwrap().into_inner();
    assert_eq!(answer.diagnostics, []);
    let [imported] = answer.imported_resources.as_slice() else { panic!("one object: {answer:?}") };
    assert_eq!(imported.type_name, CLIENT);
    let state = decode(CLIENT, imported.state.clone());
    assert!(state.is_wholly_known(), "{state:?}");

    let request = wire::read_resource::Request {
        type_name: CLIENT.to_owned(),
        current_state: imported.state.clone(),
        private: imported.private.clone(),
        ..Default::default()
    };
    let read = host.client.read_resource(request).await.unwrap().into_inner();
    assert_eq!(read.diagnostics, []);
    assert_eq!(decode(CLIENT, read.new_state), made);
    let lifetime = made.attribute("jwt_configuration").attribute("lifetime_in_seconds");
    assert_eq!(*lifetime, Dynamic::Number(Number::from(36_000_i64)));
}

/// The paths that need a new object, in words.
fn paths(planned: &wire::plan_resource_change::Response) -> Vec<String> {
    use wire::attribute_path::step::Selector;
    let word = |step: &wire::attribute_path::Step| match step.selector.clone().unwrap() {
        Selector::AttributeName(name) => name,
        other => panic!("no attribute: {other:?}"),
    };
    let path = |path: &wire::AttributePath| path.steps.iter().map(word).collect::<Vec<_>>().join(".");
    planned.requires_replace.iter().map(path).collect()
}
