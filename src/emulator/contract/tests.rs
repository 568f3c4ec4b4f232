//! The wording of broken rules, one example for each.

use serde_json::json;

use super::*;

fn complaint(contract: &'static str, body: &Value) -> String {
    Contract::new(contract).check(body).expect_err("the body breaks a rule").to_string()
}

#[test]
fn every_definition_compiles_and_every_reference_leads_somewhere() {
    for name in definitions().keys() {
        Compiled::of(name, false);
        Compiled::of(name, true);
    }
}

#[test]
fn a_missing_property_is_named() {
    let text = complaint("clients.create", &json!({ "description": "no name" }));
    assert_eq!(text, "Payload validation error: 'Missing required property: name'.");
}

#[test]
fn unknown_properties_are_listed_together() {
    let text = complaint("client_grants.update", &json!({ "audience": "x", "client_id": "y", "scope": [] }));
    assert_eq!(text, "Payload validation error: 'Additional properties not allowed: audience,client_id'.");
    let text = complaint("clients.create", &json!({ "name": "x", "client_id": "y", "zz": 1 }));
    assert_eq!(text, "Payload validation error: 'Additional properties not allowed: client_id,zz'.");
}

#[test]
fn another_broken_rule_hides_no_known_property_as_unknown() {
    let text = complaint("clients.create", &json!({ "name": "x", "app_type": "toaster", "sso": true }));
    assert_eq!(
        text,
        "Payload validation error: 'No enum match for: toaster' on property app_type (Kind of the application)."
    );
}

#[test]
fn an_unknown_property_further_in_makes_none_of_those_around_it_unknown() {
    let body = json!({ "name": "x", "sso": true, "session_transfer": { "strange": 1 } });
    let text = complaint("clients.create", &body);
    assert_eq!(
        text,
        "Payload validation error: 'Additional properties not allowed: strange' on property session_transfer \
         (Native to web single sign-on)."
    );
}

#[test]
fn the_first_two_equal_items_are_told() {
    let mut state = json!({ "tenant": "t", "url": "u", "administrator": "a" });
    for name in ["clients", "client_grants", "resource_servers", "users"] {
        state[name] = json!([]);
    }
    state["organizations"] = json!([{ "id": "org_1", "name": "n", "client_grants": ["cgr_1", "cgr_2", "cgr_1"] }]);
    let text = complaint("control.state", &state);
    assert!(
        text.contains("'Array items are not unique (indexes 0 and 2)' on property organizations[0].client"),
        "{text}"
    );
}

#[test]
fn the_place_is_written_with_dots_and_brackets() {
    let text = complaint("client_grants.create", &json!({ "audience": "x", "scope": ["read:x", ""] }));
    assert_eq!(
        text,
        "Payload validation error: 'String is too short (0 chars), minimum 1' on property scope[1] (Granted scopes)."
    );
    let text = complaint("clients.update", &json!({ "token_quota": { "client_credentials": { "per_hour": 0 } } }));
    assert_eq!(
        text,
        "Payload validation error: 'Value 0 is less than minimum 1' on property \
         token_quota.client_credentials.per_hour (Quota of issued tokens)."
    );
}

#[test]
fn lengths_and_counts_are_told() {
    let text = complaint("clients.create", &json!({ "name": "x", "description": "d".repeat(141) }));
    assert!(text.contains("'String is too long (141 chars), maximum 140' on property description"), "{text}");
    let three = json!({ "private_key_jwt": { "credentials": [{"id": "cred_a"}, {"id": "cred_b"}, {"id": "cred_c"}] } });
    let text = complaint("clients.update", &json!({ "client_authentication_methods": three }));
    assert!(text.contains("'Array is too long (3), maximum 2'"), "{text}");
    let text = complaint("clients.update", &json!({}));
    assert_eq!(text, "Payload validation error: 'Too few properties defined (0), minimum 1'.");
}

#[test]
fn formats_and_patterns_show_the_value() {
    let text = complaint("clients.update", &json!({ "name": "<b>" }));
    assert!(text.contains("'String does not match pattern ^[^<>]+$: <b>' on property name"), "{text}");
    let text = complaint("credentials.update", &json!({ "expires_at": "tomorrow" }));
    assert!(text.contains("'Object didn't pass validation for format date-time: tomorrow'"), "{text}");
}

#[test]
fn null_clears_on_update_and_is_a_wrong_type_on_create() {
    let body = json!({ "name": "x", "token_quota": null });
    assert_eq!(Contract::new("clients.update").check(&body), Ok(()));
    let text = complaint("clients.create", &body);
    assert!(text.contains("'Expected type object but found type null' on property token_quota"), "{text}");
}

#[test]
fn the_secret_is_written_by_update_only() {
    assert!(!Contract::new("clients.create").properties().contains("client_secret"));
    let update = Contract::new("clients.update").properties();
    assert!(update.contains("client_secret") && update.contains("name"));
}

#[test]
fn metadata_has_at_most_ten_keys_of_a_limited_alphabet() {
    let many: Value = (0..11).map(|n| (format!("key{n}"), json!("v"))).collect();
    let text = complaint("clients.create", &json!({ "name": "x", "client_metadata": many }));
    assert!(text.contains("'Too many properties defined (11), maximum 10'"), "{text}");
    let text = complaint("clients.create", &json!({ "name": "x", "client_metadata": { "sch\u{f6}n": "v" } }));
    assert!(text.contains("String does not match pattern"), "{text}");
}
