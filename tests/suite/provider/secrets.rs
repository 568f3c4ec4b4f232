//! Secrets over raw gRPC: actions, which the installed Terraform may be too old for, and clients that know less.

use serde_json::json;
use terraform_provider_auth0::emulator::{Action, Emulator, Fault};
use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use terraform_provider_auth0::schema::Schema;
use terraform_provider_auth0::value::{Dynamic, Encoded};
use wire::invoke_action::event::Type;

use super::host::{CLIENT, Change, Host, decode, encode, object, resource, schemas};

const ROTATE: &str = "auth0_rotate_client_secret";
const SECRET: &str = "auth0_client_secret";
const TOKEN: &str = "auth0_access_token";

fn with_client_id(schema: &Schema, client_id: Dynamic) -> wire::DynamicValue {
    encode(schema, &object(schema, &[("client_id", client_id)]))
}

/// Validates, plans and invokes the action as Terraform 1.14 does. What it told, and what it ended with.
async fn rotate(host: &mut Host, client_id: &str) -> (Vec<String>, Vec<wire::Diagnostic>) {
    let config = Some(with_client_id(&schemas().actions[ROTATE], client_id.into()));
    let request = wire::validate_action_config::Request { type_name: ROTATE.to_owned(), config: config.clone() };
    assert_eq!(host.client.validate_action_config(request).await.unwrap().into_inner().diagnostics, []);
    let action_type = ROTATE.to_owned();
    let request = wire::plan_action::Request { action_type, config: config.clone(), ..Default::default() };
    let planned = host.client.plan_action(request).await.unwrap().into_inner();
    assert_eq!((planned.diagnostics, planned.deferred), (vec![], None));
    let request = wire::invoke_action::Request { action_type: ROTATE.to_owned(), config, ..Default::default() };
    let mut events = host.client.invoke_action(request).await.unwrap().into_inner();
    let mut told = Vec::new();
    loop {
        match events.message().await.unwrap().expect("an event").r#type.unwrap() {
            Type::Progress(progress) => told.push(progress.message),
            Type::Completed(completed) => {
                assert_eq!(events.message().await.unwrap(), None);
                return (told, completed.diagnostics);
            }
        }
    }
}

/// A client that the provider has made, and its secret.
async fn made(host: &mut Host, emulator: &Emulator) -> (String, String) {
    let (made, _) = host.create(CLIENT, object(resource(CLIENT), &[("name", "a".into())])).await;
    let Dynamic::String(id) = made.attribute("client_id").clone() else { panic!("an id") };
    let secret = secret(emulator, &id);
    (id, secret)
}

fn secret(emulator: &Emulator, id: &str) -> String {
    fn find(value: &serde_json::Value, id: &str) -> Option<String> {
        match value {
            serde_json::Value::Object(members) if members.get("client_id") == Some(&id.into()) => {
                members.get("client_secret")?.as_str().map(str::to_owned)
            }
            serde_json::Value::Object(members) => members.values().find_map(|value| find(value, id)),
            serde_json::Value::Array(elements) => elements.iter().find_map(|value| find(value, id)),
            _ => None,
        }
    }
    find(&emulator.state(), id).expect("a secret")
}

#[tokio::test]
async fn item_119_the_action_gives_a_client_another_secret() {
    let emulator = Emulator::start();
    let mut host = Host::on(&emulator).await;
    let (id, before) = made(&mut host, &emulator).await;
    let (told, problems) = rotate(&mut host, &id).await;
    assert_eq!(problems, []);
    assert!(told.len() == 2 && told.iter().all(|told| told.contains(&id)), "{told:?}");
    let after = secret(&emulator, &id);
    assert_ne!(after, before);
    assert!(!told.concat().contains(&after));
}

#[tokio::test]
async fn item_119_failed_action_explains_state_of_secret() {
    let emulator = Emulator::start();
    let mut host = Host::on(&emulator).await;
    let (id, before) = made(&mut host, &emulator).await;
    let path = "/api/v2/clients/*/rotate-secret";
    let body = json!({
        "statusCode": 403, "error": "Forbidden", "errorCode": "insufficient_scope",
        "message": "Insufficient scope, expected any of: update:client_keys",
    });
    emulator.fault(Fault::new("POST", path, Action::answer(403, body, &[])));
    let (told, problems) = rotate(&mut host, &id).await;
    assert_eq!((told.len(), problems.len()), (1, 1));
    assert_eq!(problems[0].summary, "Cannot rotate the secret of the client");
    for part in ["`update:client_keys`", "The secret is unchanged."] {
        assert!(problems[0].detail.contains(part), "{}", problems[0].detail);
    }
    assert_eq!(secret(&emulator, &id), before);

    let (_, problems) = rotate(&mut host, "nobody").await;
    assert!(problems[0].detail.contains("404"), "{}", problems[0].detail);

    // The answer is lost once, and the secret that was made then is replaced by another.
    emulator.fault(Fault::new("POST", path, Action::drop_after()));
    assert_eq!(rotate(&mut host, &id).await.1, []);
    assert_ne!(secret(&emulator, &id), before);
}

#[tokio::test]
async fn item_119_a_stop_ends_a_rotation_that_hangs() {
    let emulator = Emulator::start();
    let mut host = Host::on(&emulator).await;
    let (id, _) = made(&mut host, &emulator).await;
    emulator.fault(Fault::new("POST", "/api/v2/clients/*/rotate-secret", Action::delay_ms(600_000)));
    let config = Some(with_client_id(&schemas().actions[ROTATE], id.as_str().into()));
    let request = wire::invoke_action::Request { action_type: ROTATE.to_owned(), config, ..Default::default() };
    let mut events = host.client.invoke_action(request).await.unwrap().into_inner();
    let first = events.message().await.unwrap().unwrap();
    assert!(matches!(first.r#type, Some(Type::Progress(_))));
    host.client.stop_provider(wire::stop_provider::Request {}).await.unwrap();
    let Some(Type::Completed(completed)) = events.message().await.unwrap().unwrap().r#type else { panic!("an end") };
    let detail = &completed.diagnostics[0].detail;
    assert!(detail.contains("may have changed") && detail.contains("Invoke the action again."), "{detail}");
    assert_eq!(events.message().await.unwrap(), None);
}

#[tokio::test]
async fn item_119_action_accepts_unknown_and_refuses_invalid() {
    let mut host = Host::start().await;
    let schema = &schemas().actions[ROTATE];
    for (client_id, problems) in [(Dynamic::Unknown, 0), ("no client id".into(), 1), (Dynamic::Null, 1)] {
        let config = Some(with_client_id(schema, client_id));
        let request = wire::validate_action_config::Request { type_name: ROTATE.to_owned(), config: config.clone() };
        let told = host.client.validate_action_config(request).await.unwrap().into_inner().diagnostics;
        assert_eq!(told.len(), problems, "{told:?}");
    }
    let config = Some(with_client_id(schema, Dynamic::Unknown));
    let request = wire::plan_action::Request { action_type: ROTATE.to_owned(), config, ..Default::default() };
    assert_eq!(host.client.plan_action(request).await.unwrap().into_inner().diagnostics, []);
}

/// A Terraform that announces nothing, or nothing of write-only attributes: all else works, and the message names a release.
#[tokio::test]
async fn item_100_old_client_lacks_only_write_only_attributes() {
    let emulator = Emulator::start();
    let mut host = Host::on(&emulator).await;
    let schema = resource(CLIENT);
    let version = Dynamic::Number(1_i64.into());
    let supplied = object(
        schema,
        &[("name", "a".into()), ("client_secret_wo", "my s3cret".into()), ("client_secret_wo_version", version)],
    );
    let keepers = Dynamic::Map([("year".to_owned(), "1".into())].into());
    let rotated = object(schema, &[("name", "a".into()), ("rotate_secret_when", keepers)]);
    for capabilities in [None, Some(wire::ClientCapabilities::default())] {
        let validate = |config: &Dynamic| wire::validate_resource_config::Request {
            type_name: CLIENT.to_owned(),
            config: Some(encode(schema, config)),
            client_capabilities: capabilities,
        };
        let answer = host.client.validate_resource_config(validate(&supplied)).await.unwrap().into_inner();
        let [refusal] = answer.diagnostics.as_slice() else { panic!("{answer:?}") };
        assert!(refusal.detail.contains("`client_secret_wo`") && refusal.detail.contains("Terraform 1.11"));
        assert!(refusal.attribute.is_none() && !refusal.detail.contains("s3cret"));
        let answer = host.client.validate_resource_config(validate(&rotated)).await.unwrap().into_inner();
        assert_eq!(answer.diagnostics, []);
    }
    let (prior, private) = host.create(CLIENT, rotated).await;
    let renamed = object(schema, &[("name", "b".into())]);
    let change = Change { type_name: CLIENT, prior, config: renamed, private };
    let planned = host.plan(&change).await;
    assert_eq!(host.apply(&change, &planned).await.diagnostics, []);
}

#[tokio::test]
async fn item_099_a_supplied_secret_is_in_no_answer() {
    let emulator = Emulator::start();
    let mut host = Host::on(&emulator).await;
    let schema = resource(CLIENT);
    let config = |version: i64| {
        let version = Dynamic::Number(version.into());
        let secret = "my s3cret".into();
        object(schema, &[("name", "a".into()), ("client_secret_wo", secret), ("client_secret_wo_version", version)])
    };
    let create = Change::create(CLIENT, config(1));
    let planned = host.plan(&create).await;
    let created = host.apply(&create, &planned).await;
    let state = decode(CLIENT, created.new_state.clone());
    let change = Change { type_name: CLIENT, prior: state, config: config(2), private: created.private.to_vec() };
    let update = host.plan(&change).await;
    let updated = host.apply(&change, &update).await;
    assert_eq!((&created.diagnostics, &updated.diagnostics), (&vec![], &vec![]));
    for value in [planned.planned_state, created.new_state, update.planned_state, updated.new_state] {
        let value = value.unwrap();
        assert!(!String::from_utf8_lossy(&value.msgpack).contains("s3cret"));
        assert_eq!(decode(CLIENT, Some(value)).attribute("client_secret_wo"), &Dynamic::Null);
    }
    assert!(emulator.state().to_string().contains("my s3cret"), "it has arrived");
}

async fn open(
    host: &mut Host,
    type_name: &str,
    attributes: &[(&str, Dynamic)],
) -> wire::open_ephemeral_resource::Response {
    let schema = &schemas().ephemeral_resources[type_name];
    let config = Some(encode(schema, &object(schema, attributes)));
    let type_name = type_name.to_owned();
    let request = wire::open_ephemeral_resource::Request { type_name, config, ..Default::default() };
    host.client.open_ephemeral_resource(request).await.unwrap().into_inner()
}

fn result(type_name: &str, value: Option<wire::DynamicValue>) -> Dynamic {
    let wire::DynamicValue { msgpack, json } = value.expect("a result");
    Encoded { msgpack, json }.decode(schemas().ephemeral_resources[type_name].ty()).unwrap()
}

#[tokio::test]
async fn item_110_token_warns_shortly_before_it_expires() {
    let emulator = Emulator::start();
    let mut host = Host::on(&emulator).await;
    let (id, own) = (emulator.client_id().to_owned(), emulator.client_secret().to_owned());
    let answer = open(&mut host, SECRET, &[("client_id", id.as_str().into())]).await;
    assert_eq!((answer.diagnostics, answer.renew_at), (vec![], None));
    assert_eq!(result(SECRET, answer.result).attribute("client_secret"), &own.as_str().into());

    let audience = format!("{}/api/v2/", emulator.url());
    let proof = [
        ("client_id", id.as_str().into()),
        ("client_secret", own.as_str().into()),
        ("audience", audience.as_str().into()),
    ];
    let answer = open(&mut host, TOKEN, &proof).await;
    assert_eq!(answer.diagnostics, []);
    let token = result(TOKEN, answer.result);
    assert_eq!(token.attribute("client_secret"), &own.as_str().into(), "arguments go back as they came");
    let Dynamic::Typed(claims) = token.attribute("claims") else { panic!("{token:?}") };
    let Dynamic::Number(end) = claims.value.attribute("exp") else { panic!("{claims:?}") };
    let ahead = end.as_i64().unwrap() - answer.renew_at.unwrap().seconds;
    assert!((58..=62).contains(&ahead), "a minute ahead: {ahead}");

    let private = answer.private.clone();
    assert!(!String::from_utf8_lossy(private.as_deref().unwrap()).contains("eyJ"));
    let request = wire::renew_ephemeral_resource::Request { type_name: TOKEN.to_owned(), private };
    let renewed = host.client.renew_ephemeral_resource(request).await.unwrap().into_inner();
    assert_eq!(renewed.renew_at, None);
    assert_eq!(renewed.diagnostics[0].summary, "Access Token at Its End");
    assert_eq!(renewed.diagnostics[0].severity(), wire::diagnostic::Severity::Warning);
    let request = wire::close_ephemeral_resource::Request { type_name: TOKEN.to_owned(), private: answer.private };
    assert_eq!(host.client.close_ephemeral_resource(request).await.unwrap().into_inner().diagnostics, []);
}
