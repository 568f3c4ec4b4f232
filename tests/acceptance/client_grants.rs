//! The data source that lists grants.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::terraform::Workspace;

super::trials![
    every_filter_narrows_the_list,
    more_grants_than_fit_a_page_are_all_there,
    refuses_conflicting_filters_at_their_line,
    the_list_waits_for_what_it_depends_on,
];

const DATA: &str = "data.auth0_client_grants.a";

/// A tenant with two applications that have grants of every kind, and what they are called.
fn tenant() -> (Workspace, String) {
    let terraform = Workspace::new();
    for api in ["https://a", "https://b"] {
        terraform.tenant.api(api, &["read", "write"]);
    }
    let client = |name: &str| {
        let client = terraform.tenant.create("clients", &json!({ "name": name, "app_type": "non_interactive" }));
        client["client_id"].as_str().unwrap().to_owned()
    };
    let (one, other) = (client("one"), client("other"));
    for grant in [
        json!({ "client_id": one, "audience": "https://a", "scope": ["read"] }),
        json!({ "client_id": one, "audience": "https://a", "allow_all_scopes": true, "subject_type": "user" }),
        json!({ "client_id": one, "audience": "https://b", "scope": [], "allow_any_organization": true,
            "organization_usage": "allow" }),
        json!({ "client_id": other, "audience": "https://a", "scope": ["write", "read"] }),
        json!({ "default_for": "third_party_clients", "audience": "https://b", "scope": ["read"] }),
    ] {
        terraform.tenant.create("client-grants", &grant);
    }
    (terraform, one)
}

fn listed(terraform: &Workspace, arguments: &str) -> Vec<Value> {
    terraform.config(&format!("data \"auth0_client_grants\" \"a\" {{\n{arguments}\n}}"));
    terraform.apply();
    terraform.attributes(DATA)["client_grants"].as_array().unwrap().clone()
}

fn every_filter_narrows_the_list() {
    let (terraform, one) = tenant();
    let count = |arguments: &str| listed(&terraform, arguments).len();
    assert_eq!(count(""), 6, "the one of the administrator as well");
    assert_eq!(count(&format!("client_id = {one:?}")), 3);
    assert_eq!(count("audience = \"https://a\""), 3);
    assert_eq!(count("audience = \"https://a\"\nsubject_type = \"client\""), 2);
    assert_eq!(count("default_for = \"third_party_clients\""), 1);
    assert_eq!(count("allow_any_organization = true"), 1);
    assert_eq!(count("client_id = \"nobody\""), 0);

    let grants = listed(&terraform, &format!("client_id = {one:?}\naudience = \"https://a\""));
    let ids: Vec<_> = grants.iter().map(|grant| grant["id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    let user = grants.iter().find(|grant| grant["subject_type"] == "user").unwrap();
    assert_eq!((&user["allow_all_scopes"], &user["scopes"]), (&json!(true), &json!(null)));
    let client = grants.iter().find(|grant| grant["subject_type"] == "client").unwrap();
    assert_eq!((&client["allow_all_scopes"], &client["scopes"]), (&json!(false), &json!(["read"])));
}

fn more_grants_than_fit_a_page_are_all_there() {
    let terraform = Workspace::new();
    let client = terraform.tenant.create("clients", &json!({ "name": "one" }));
    for number in 0..120 {
        let audience = terraform.tenant.api(&format!("https://{number}"), &[]);
        let grant = json!({ "client_id": client["client_id"], "audience": audience, "scope": [] });
        terraform.tenant.create("client-grants", &grant);
    }
    let grants = listed(&terraform, "");
    let audiences: BTreeSet<_> = grants.iter().map(|grant| grant["audience"].as_str().unwrap()).collect();
    assert_eq!(audiences.len(), 121);
}

fn refuses_conflicting_filters_at_their_line() {
    let terraform = Workspace::new();
    terraform.config(
        r#"data "auth0_client_grants" "a" {
             client_id   = "c"
             default_for = "third_party_clients"
           }"#,
    );
    terraform.fail_to_plan().assert_one_error(&["Invalid Combination of Attributes", "main.tf line 3"]);
    terraform.config(r#"data "auth0_client_grants" "a" { allow_any_organization = false }"#);
    terraform.fail_to_plan().assert_one_error(&["Invalid Attribute Value", "set it to `true`"]);
    assert!(terraform.tenant.requests().is_empty());
}

fn the_list_waits_for_what_it_depends_on() {
    let terraform = Workspace::new();
    terraform.config(
        r#"
        resource "auth0_m2m_client" "b" { name = "b" }
        resource "auth0_client_grant" "b" {
          client_id = auth0_m2m_client.b.id
          audience  = var.management_api
          scopes    = ["read:users"]
        }
        data "auth0_client_grants" "a" {
          client_id  = auth0_m2m_client.b.id
          depends_on = [auth0_client_grant.b]
        }
        "#,
    );
    assert_eq!(terraform.plan().action(DATA), "read");
    terraform.apply();
    assert_eq!(terraform.attributes(DATA)["client_grants"][0]["scopes"], json!(["read:users"]));
}
