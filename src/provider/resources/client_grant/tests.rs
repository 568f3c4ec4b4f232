//! The mapping between the model and the Management API.

use std::collections::BTreeSet;

use serde_json::json;

use super::*;

fn set(elements: &[&str]) -> Value<BTreeSet<String>> {
    Value::Known(elements.iter().map(|element| (*element).to_owned()).collect())
}

fn known(text: &str) -> Value<String> {
    Value::Known(text.to_owned())
}

fn grant() -> ClientGrant {
    ClientGrant {
        client_id: known("abc"),
        audience: known("https://api"),
        scopes: set(&["read"]),
        allow_all_scopes: Value::Known(false),
        subject_type: known("client"),
        allow_any_organization: Value::Known(false),
        is_system: Value::Known(false),
        id: known("cgr_1"),
        adopt_existing: Value::Known(false),
        deletion_protection: Value::Known(false),
        ..ClientGrant::default()
    }
}

fn answered(json: &serde_json::Value) -> ClientGrant {
    mapping::read(json.as_object().unwrap(), &grant()).unwrap()
}

fn patch(prior: &ClientGrant, plan: &ClientGrant) -> serde_json::Value {
    serde_json::to_value(mapping::update(prior, plan)).unwrap()
}

fn problems(config: &ClientGrant) -> Vec<String> {
    ClientGrantResource.validate(config).iter().map(|d| d.path.as_ref().unwrap().to_string()).collect()
}

#[test]
fn a_new_grant_says_no_more_than_is_configured() {
    assert_eq!(
        serde_json::Value::from(mapping::create(&grant())),
        json!({"client_id": "abc", "audience": "https://api", "scope": ["read"], "subject_type": "client"})
    );
    let all = ClientGrant { scopes: Value::Null, allow_all_scopes: Value::Known(true), ..grant() };
    let sent = serde_json::Value::from(mapping::create(&all));
    assert_eq!((sent.get("scope"), &sent["allow_all_scopes"]), (None, &json!(true)));
}

#[test]
fn what_the_service_leaves_out_is_the_default() {
    let read = answered(&json!({"id": "cgr_1", "client_id": "abc", "audience": "https://api", "scope": []}));
    let expected = ClientGrant { scopes: Value::Null, ..grant() };
    assert_eq!(read.into_dynamic(), expected.into_dynamic());
}

#[test]
fn a_patch_says_what_changed_and_nothing_else() {
    assert_eq!(patch(&grant(), &grant()), json!({}));
    assert_eq!(patch(&grant(), &ClientGrant { scopes: Value::Null, ..grant() }), json!({"scope": []}));
    let organizations = ClientGrant {
        organization_usage: known("allow"),
        allow_any_organization: Value::Known(true),
        authorization_details_types: set(&["payment"]),
        ..grant()
    };
    assert_eq!(
        patch(&grant(), &organizations),
        json!({
            "organization_usage": "allow", "allow_any_organization": true,
            "authorization_details_types": ["payment"],
        })
    );
    assert_eq!(
        patch(&organizations, &grant()),
        json!({"organization_usage": null, "allow_any_organization": false, "authorization_details_types": []})
    );
}

#[test]
fn switches_between_all_scopes_and_list_in_one_patch() {
    let all = ClientGrant { scopes: Value::Null, allow_all_scopes: Value::Known(true), ..grant() };
    assert_eq!(patch(&grant(), &all), json!({"allow_all_scopes": true}));
    assert_eq!(patch(&all, &grant()), json!({"allow_all_scopes": false, "scope": ["read"]}));
    let none = ClientGrant { scopes: Value::Null, ..grant() };
    assert_eq!(patch(&all, &none), json!({"allow_all_scopes": false, "scope": []}), "nothing is left granted");
}

#[test]
fn attributes_that_exclude_each_other_are_named() {
    assert_eq!(problems(&grant()), Vec::<String>::new());
    assert_eq!(problems(&ClientGrant { client_id: Value::Null, ..grant() }), ["client_id"]);
    assert_eq!(problems(&ClientGrant { default_for: known("third_party_clients"), ..grant() }), ["default_for"]);
    assert_eq!(problems(&ClientGrant { allow_all_scopes: Value::Known(true), ..grant() }), ["scopes"]);
    let details = ClientGrant { authorization_details_types: set(&["x"]), ..grant() };
    assert_eq!(problems(&details), ["authorization_details_types"]);
    assert!(problems(&ClientGrant { subject_type: known("user"), ..details }).is_empty());
}

#[test]
fn what_is_unknown_is_in_no_conflict_yet() {
    let unknown = ClientGrant {
        client_id: Value::Unknown,
        default_for: Value::Unknown,
        scopes: Value::Unknown,
        allow_all_scopes: Value::Known(true),
        ..grant()
    };
    assert!(problems(&unknown).is_empty());
}
