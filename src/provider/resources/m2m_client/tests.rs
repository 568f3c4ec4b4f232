//! The mapping between the model and the Management API.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::SecretString;
use serde_json::json;

use super::{
    application::{ClientCredentialsQuota, DefaultOrganization, JwtConfiguration, TokenExchange, TokenQuota},
    *,
};
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
        client_aliases: texts(&["urn:a"]),
        allowed_clients: texts(&["other"]),
        token_quota: quota(Some(10), None),
        token_exchange: Value::Known(TokenExchange { allow_any_profile_of_type: texts(&["custom_authentication"]) }),
        organization_usage: Value::Known("allow".to_owned()),
        organization_require_behavior: Value::Known("no_prompt".to_owned()),
        default_organization: Value::Known(DefaultOrganization {
            organization_id: Value::Known("org_1".to_owned()),
            flows: texts(&["client_credentials"]),
        }),
        oidc_conformant: Value::Known(true),
        is_first_party: Value::Known(true),
        is_token_endpoint_ip_header_trusted: Value::Known(false),
        require_proof_of_possession: Value::Known(false),
        require_pushed_authorization_requests: Value::Known(true),
        par_request_expiry: Value::Known(60),
        compliance_level: Value::Known("none".to_owned()),
        deletion_protection: Value::Known(false),
        id: Value::Known("id".to_owned()),
        client_id: Value::Known("id".to_owned()),
        name: Value::Known("n".to_owned()),
        ..M2mClient::default()
    }
}

fn texts(texts: &[&str]) -> Value<BTreeSet<String>> {
    Value::Known(texts.iter().map(|&text| text.to_owned()).collect())
}

fn quota(per_hour: Option<i64>, per_day: Option<i64>) -> Value<TokenQuota> {
    let limits =
        ClientCredentialsQuota { enforce: Value::Known(true), per_hour: per_hour.into(), per_day: per_day.into() };
    Value::Known(TokenQuota { client_credentials: Value::Known(limits) })
}

/// What is read of a response beside what is known.
fn read(json: &serde_json::Value, known: &M2mClient) -> M2mClient {
    shown(json, known).client
}

fn shown(json: &serde_json::Value, known: &M2mClient) -> Shown {
    Shown::seen(json.as_object().unwrap(), known).unwrap().value
}

fn changes(prior: &M2mClient, plan: &M2mClient) -> Body {
    secret::with_new_secret(mapping::update(prior, plan), prior, plan)
}

fn state(client: M2mClient) -> Dynamic {
    Model::into_dynamic(client)
}

#[test]
fn create_sends_everything_planned() {
    let sent = serde_json::to_value(create_body(&planned())).unwrap();
    assert_eq!(
        sent,
        json!({
            "name": "n", "app_type": "non_interactive", "description": "d",
            "grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_post",
            "jwt_configuration": {"alg": "RS256", "lifetime_in_seconds": 36000, "secret_encoded": false},
            "client_metadata": {"team": "a"}, "client_aliases": ["urn:a"], "allowed_clients": ["other"],
            "token_quota": {"client_credentials": {"enforce": true, "per_hour": 10}},
            "token_exchange": {"allow_any_profile_of_type": ["custom_authentication"]},
            "organization_usage": "allow", "organization_require_behavior": "no_prompt",
            "default_organization": {"organization_id": "org_1", "flows": ["client_credentials"]},
            "oidc_conformant": true, "is_first_party": true, "is_token_endpoint_ip_header_trusted": false,
            "require_proof_of_possession": false, "require_pushed_authorization_requests": true,
            "par_request_expiry": 60, "compliance_level": "none",
        })
    );
    assert_eq!(state(read(&json_with_id(sent), &planned())), state(planned()));
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
fn update_clears_removed_attributes() {
    let plan = M2mClient {
        client_aliases: Value::Null,
        allowed_clients: Value::Null,
        token_quota: Value::Null,
        token_exchange: Value::Null,
        organization_usage: Value::Null,
        organization_require_behavior: Value::Null,
        default_organization: Value::Null,
        require_pushed_authorization_requests: Value::Known(false),
        compliance_level: Value::Null,
        ..planned()
    };
    let expected = json!({
        "client_aliases": [], "allowed_clients": [], "token_quota": null, "token_exchange": null,
        "organization_usage": null, "organization_require_behavior": null, "default_organization": null,
        "require_pushed_authorization_requests": false, "compliance_level": null,
    });
    assert_eq!(serde_json::to_value(changes(&planned(), &plan)).unwrap(), expected);
}

#[test]
fn a_quota_is_sent_as_a_whole() {
    let plan = M2mClient { token_quota: quota(Some(10), Some(50)), ..planned() };
    let expected = json!({"token_quota": {"client_credentials": {"enforce": true, "per_hour": 10, "per_day": 50}}});
    assert_eq!(serde_json::to_value(changes(&planned(), &plan)).unwrap(), expected);
}

#[test]
fn attributes_that_do_not_go_together_are_named() {
    let problems = |config: M2mClient| {
        let found = rules::check(&config);
        found.iter().map(|d| d.path.as_ref().unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(problems(planned()), Vec::<String>::new());
    let third_party = M2mClient { is_first_party: Value::Known(false), ..planned() };
    assert_eq!(problems(third_party.clone()), ["organization_usage"]);
    let strange = M2mClient {
        oidc_conformant: Value::Known(false),
        organization_usage: Value::Unknown,
        organization_require_behavior: Value::Null,
        token_quota: quota(None, None),
        grant_types: texts(&["implicit"]),
        ..third_party
    };
    assert_eq!(problems(strange), ["oidc_conformant", "token_quota.client_credentials", "grant_types"]);
}

#[test]
fn to_spell_nothing_in_another_way_changes_nothing() {
    let prior =
        M2mClient { description: Value::Null, client_metadata: Value::Null, client_aliases: Value::Null, ..planned() };
    let plan = M2mClient {
        description: Value::Known(String::new()),
        client_metadata: Value::Known(BTreeMap::new()),
        client_aliases: texts(&[]),
        ..planned()
    };
    assert!(changes(&prior, &plan).is_empty());
}

#[test]
fn what_the_scopes_hide_stays_as_it_was() {
    let summary = json!({"client_id": "id", "name": "new", "app_type": "non_interactive"});
    let expected = M2mClient { name: Value::Known("new".to_owned()), description: Value::Null, ..planned() };
    assert_eq!(state(read(&summary, &planned())), state(expected));
}

#[test]
fn each_group_of_settings_is_seen_without_the_other() {
    let credentials_only = json!({
        "client_id": "id", "name": "n", "app_type": "non_interactive", "description": "d",
        "client_authentication_methods": {"private_key_jwt": {"credentials": []}},
    });
    let seen = read(&credentials_only, &planned());
    assert_eq!(seen.authentication_method.as_str(), Some("private_key_jwt"));
    assert_eq!(seen.organization_usage.as_str(), Some("allow"));

    let keys = M2mClient { authentication_method: Value::Known("private_key_jwt".to_owned()), ..planned() };
    let settings_only = json!({
        "client_id": "id", "name": "n", "app_type": "non_interactive", "grant_types": [], "organization_usage": "deny",
    });
    let seen = read(&settings_only, &keys);
    assert_eq!(seen.authentication_method.as_str(), Some("private_key_jwt"), "hidden");
    assert_eq!(seen.organization_usage.as_str(), Some("deny"));
}

#[test]
fn what_was_cleared_reads_as_null() {
    let cleared = json!({
        "client_id": "id", "name": "n", "app_type": "non_interactive", "grant_types": [], "description": "",
        "logo_uri": "", "client_metadata": {}, "jwt_configuration": {"alg": "RS256"},
    });
    let seen = read(&cleared, &planned());
    assert!(seen.description.is_null() && seen.logo_uri.is_null() && seen.client_metadata.is_null());
    let jwt = seen.jwt_configuration.known().unwrap();
    assert!(jwt.lifetime_in_seconds.is_null(), "the service leaves it out when only `alg` was ever sent");
    assert_eq!(jwt.secret_encoded, Value::Known(false));
}

#[test]
fn foreign_keys_are_drift_and_are_detached() {
    let attached = json!({
        "client_id": "id", "name": "n", "app_type": "non_interactive", "grant_types": [],
        "client_authentication_methods": {"private_key_jwt": {"credentials": [{"id": "cred_1"}]}},
    });
    let drifted = read(&attached, &planned());
    assert_eq!(drifted.authentication_method.as_str(), Some("private_key_jwt"));
    let prior = M2mClient { authentication_method: drifted.authentication_method, ..planned() };
    let expected = json!({"token_endpoint_auth_method": "client_secret_post", "client_authentication_methods": null});
    assert_eq!(serde_json::to_value(changes(&prior, &planned())).unwrap(), expected);
}

#[test]
fn a_summary_is_no_ground_for_an_import() {
    let summary = || json!({"client_id": "id", "name": "new", "app_type": "non_interactive"});
    assert!(shown(&summary(), &planned()).into_client().is_ok());
    let error = shown(&summary(), &M2mClient::default()).into_client().unwrap_err();
    assert!(error.iter().next().unwrap().detail.contains("`read:clients`"));
}

#[test]
fn a_client_without_token_settings_has_a_plain_secret() {
    let bare = json!({"client_id": "id", "app_type": "non_interactive", "grant_types": []});
    let jwt = read(&bare, &planned()).jwt_configuration.into_known().unwrap();
    assert_eq!((jwt.alg, jwt.secret_encoded), (Value::Null, Value::Known(false)));
}

#[test]
fn another_kind_of_application_is_refused_by_name() {
    let error = shown(&json!({"client_id": "id", "app_type": "spa"}), &planned()).into_client().unwrap_err();
    let detail = &error.iter().next().unwrap().detail;
    assert!(detail.contains("`spa`") && detail.contains("`auth0_client`"), "{detail}");
    assert!(shown(&json!({"client_id": "id"}), &planned()).into_client().is_err());
}

#[test]
fn sends_secret_alone_when_its_version_changes() {
    let with = |version: Option<i64>| M2mClient {
        client_secret_wo: Value::Known("s3cret".into()),
        client_secret_wo_version: version.into(),
        ..planned()
    };
    let sent = |prior: &M2mClient, plan: &M2mClient| serde_json::to_value(changes(prior, plan)).unwrap();
    assert_eq!(sent(&planned(), &with(Some(1))), json!({"client_secret": "s3cret"}));
    assert_eq!(sent(&with(Some(1)), &with(Some(2))), json!({"client_secret": "s3cret"}));
    for version in [None, Some(1)] {
        assert_eq!(sent(&with(version), &with(version)), json!({}), "nothing tells whether it is another one");
    }
    for plan in [planned(), with(None)] {
        assert_eq!(sent(&with(Some(1)), &plan), json!({}), "what was supplied stays");
    }
    assert!(!format!("{:?} {:?}", with(None), changes(&planned(), &with(Some(1)))).contains("s3cret"));
}

#[test]
fn only_keepers_that_change_rotate() {
    let keepers = |year: &str| Value::Known(BTreeMap::from([("year".to_owned(), year.to_owned())]));
    assert!(secret::is_due(&keepers("1"), &keepers("2")));
    assert!(secret::is_due(&keepers("1"), &Value::Known(BTreeMap::new())));
    for (prior, plan) in [(keepers("1"), keepers("1")), (Value::Null, keepers("1")), (keepers("1"), Value::Null)] {
        assert!(!secret::is_due(&prior, &plan), "{prior:?} {plan:?}");
    }
}

#[test]
fn supplied_and_rotated_secret_exclude_each_other() {
    let told = |config: &M2mClient| {
        let told: Vec<_> =
            rules::check(config).into_iter().map(|told| (told.path.unwrap().to_string(), told.detail)).collect();
        told
    };
    let secret = || Value::Known(SecretString::from("s3cret"));
    let keepers = Value::Known(BTreeMap::new());
    let both = M2mClient { client_secret_wo: secret(), rotate_secret_when: keepers, ..planned() };
    let version = M2mClient { client_secret_wo_version: Value::Known(1), ..planned() };
    for (config, path) in [(both, "rotate_secret_when"), (version, "client_secret_wo_version")] {
        let told = told(&config);
        assert_eq!(told[0].0, path, "no path leads to the secret");
        assert!(!told[0].1.contains("s3cret"));
    }
    let unknown =
        M2mClient { client_secret_wo: Value::Unknown, client_secret_wo_version: Value::Known(1), ..planned() };
    assert_eq!(told(&unknown), []);
}

#[test]
fn an_exchange_or_quota_that_the_service_emptied_is_drift_or_nothing() {
    let shown = |property: &str, value: serde_json::Value| {
        let mut client = json!({"client_id": "id", "name": "n", "app_type": "non_interactive", "grant_types": []});
        client[property] = value;
        client
    };
    let without = M2mClient { token_exchange: Value::Null, ..planned() };
    let emptied = read(&shown("token_exchange", json!({"allow_any_profile_of_type": []})), &without);
    assert!(emptied.token_exchange.is_null(), "empty is another spelling of nothing");
    for nothing in [json!({}), json!({"client_credentials": null})] {
        let seen = read(&shown("token_quota", nothing), &planned());
        assert!(seen.token_quota.is_null(), "the quota is gone, whatever it was before");
    }
}
