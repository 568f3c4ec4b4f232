//! The mapping between the model and the Management API.

use serde_json::json;

use super::*;
use crate::{schema::Model, value::Dynamic};

fn planned() -> M2mClient {
    M2mClient {
        description: Value::Known("d".to_owned()),
        grant_types: Value::Known(["client_credentials".to_owned()].into()),
        authentication_method: Value::Known("client_secret_post".to_owned()),
        jwt_configuration: Value::Known(JwtConfiguration {
            alg: Value::Known("RS256".to_owned()),
            lifetime_in_seconds: Value::Known(36_000),
            secret_encoded: Value::Known(false),
        }),
        client_metadata: Value::Known([("team".to_owned(), "a".to_owned())].into()),
        ..M2mClient::lookup(Value::Known("id".to_owned()), Value::Known("n".to_owned()))
    }
}

fn answer(json: serde_json::Value) -> clients::Client {
    serde_json::from_value(json).unwrap()
}

fn state(client: M2mClient) -> Dynamic {
    Model::into_dynamic(client)
}

#[test]
fn a_new_client_is_sent_with_everything_that_was_planned() {
    let sent = serde_json::to_value(to_api(&planned())).unwrap();
    assert_eq!(
        sent,
        json!({
            "name": "n", "app_type": "non_interactive", "description": "d",
            "grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_post",
            "jwt_configuration": {"alg": "RS256", "lifetime_in_seconds": 36000, "secret_encoded": false},
            "client_metadata": {"team": "a"}, "oidc_conformant": true, "is_first_party": true,
        })
    );
    assert_eq!(state(from_api(answer(json_with_id(sent)), &planned())), state(planned()));
}

fn json_with_id(mut client: serde_json::Value) -> serde_json::Value {
    client["client_id"] = json!("id");
    client
}

#[test]
fn a_patch_says_what_changed_and_nothing_else() {
    let sent = |plan: &M2mClient| serde_json::to_value(changes(&planned(), plan)).unwrap();
    assert_eq!(sent(&planned()), json!({}));
    let plan = M2mClient {
        description: Value::Null,
        jwt_configuration: Value::Known(JwtConfiguration {
            lifetime_in_seconds: Value::Known(60),
            ..planned().jwt_configuration.into_known().unwrap()
        }),
        client_metadata: Value::Known([("tier".to_owned(), "1".to_owned())].into()),
        ..planned()
    };
    let expected = json!({
        "description": "", "jwt_configuration": {"lifetime_in_seconds": 60},
        "client_metadata": {"team": null, "tier": "1"},
    });
    assert_eq!(sent(&plan), expected);
}

#[test]
fn to_spell_nothing_in_another_way_changes_nothing() {
    let prior = M2mClient { description: Value::Null, client_metadata: Value::Null, ..planned() };
    let plan = M2mClient {
        description: Value::Known(String::new()),
        client_metadata: Value::Known(BTreeMap::new()),
        ..planned()
    };
    assert!(changes(&prior, &plan).is_empty());
}

#[test]
fn what_the_scopes_hide_stays_as_it_was() {
    let summary = answer(json!({"client_id": "id", "name": "new", "app_type": "non_interactive"}));
    let expected = M2mClient { name: Value::Known("new".to_owned()), description: Value::Null, ..planned() };
    assert_eq!(state(from_api(summary, &planned())), state(expected));
}

#[test]
fn what_was_cleared_reads_as_null() {
    let cleared = answer(json!({
        "client_id": "id", "name": "n", "app_type": "non_interactive", "grant_types": [], "description": "",
        "logo_uri": "", "client_metadata": {}, "jwt_configuration": {"alg": "RS256"},
    }));
    let read = from_api(cleared, &planned());
    assert!(read.description.is_null() && read.logo_uri.is_null() && read.client_metadata.is_null());
    let jwt = read.jwt_configuration.known().unwrap();
    assert!(jwt.lifetime_in_seconds.is_null(), "the service leaves it out when only `alg` was ever sent");
    assert_eq!(jwt.secret_encoded, Value::Known(false));
}

#[test]
fn keys_that_somebody_attached_are_drift_and_are_detached() {
    let drifted = from_api(
        answer(json!({
            "client_id": "id", "name": "n", "app_type": "non_interactive", "grant_types": [],
            "client_authentication_methods": {"private_key_jwt": {"credentials": [{"id": "cred_1"}]}},
        })),
        &planned(),
    );
    assert_eq!(drifted.authentication_method.as_str(), Some("private_key_jwt"));
    let prior = M2mClient { authentication_method: drifted.authentication_method, ..planned() };
    let expected = json!({"token_endpoint_auth_method": "client_secret_post", "client_authentication_methods": null});
    assert_eq!(serde_json::to_value(changes(&prior, &planned())).unwrap(), expected);
}

#[test]
fn a_summary_is_no_ground_for_an_import() {
    let summary = answer(json!({"client_id": "id", "name": "new", "app_type": "non_interactive"}));
    assert!(legible(summary.clone(), &planned()).is_ok());
    let stub = M2mClient::lookup(Value::Known("id".to_owned()), Value::Null);
    let error = legible(summary, &stub).unwrap_err();
    assert!(error.iter().next().unwrap().detail.contains("`read:clients`"));
}

#[test]
fn a_client_without_token_settings_has_a_plain_secret() {
    let bare = answer(json!({"client_id": "id", "app_type": "non_interactive", "grant_types": []}));
    let jwt = from_api(bare, &planned()).jwt_configuration.into_known().unwrap();
    assert_eq!((jwt.alg, jwt.secret_encoded), (Value::Null, Value::Known(false)));
}

#[test]
fn another_kind_of_application_is_refused_by_name() {
    let error = machine_to_machine(answer(json!({"client_id": "id", "app_type": "spa"}))).unwrap_err();
    let detail = &error.iter().next().unwrap().detail;
    assert!(detail.contains("`spa`") && detail.contains("`auth0_client`"), "{detail}");
    assert!(machine_to_machine(answer(json!({"client_id": "id"}))).is_err());
}
