//! A grant that exists already: never taken over silently.

use std::process::Command;

use serde_json::{Value, json};

use terraform_provider_auth0::emulator::Action;

use crate::lifecycle::SMALL;
use crate::support::terraform::{Workspace, flat};

super::trials![
    names_existing_grant_and_its_import,
    what_is_pasted_has_the_odd_id_of_a_grant,
    an_existing_grant_is_adopted_when_that_is_wanted,
    adopts_equal_grant_without_a_write,
    an_adopted_grant_loses_what_is_not_configured,
    an_adopted_grant_survives_the_instance_that_had_it,
    advice_for_a_grant_that_is_replaced_can_be_followed,
];

const CLIENT: &str = "auth0_m2m_client.a";
const GRANT: &str = "auth0_client_grant.a";

/// A client under Terraform, and a grant for it that is not.
fn beside_a_grant(scope: &Value) -> (Workspace, String) {
    let terraform = Workspace::new();
    terraform.config(r#"resource "auth0_m2m_client" "a" { name = "a" }"#);
    terraform.apply();
    let grant = json!({
        "client_id": terraform.text(CLIENT, "id"),
        "audience": terraform.tenant.management_api(),
        "scope": scope,
    });
    let grant = terraform.tenant.create("client-grants", &grant)["id"].as_str().unwrap().to_owned();
    (terraform, grant)
}

fn names_existing_grant_and_its_import() {
    let (terraform, grant) = beside_a_grant(&json!(["read:clients"]));
    terraform.config(SMALL);
    let refused = terraform.fail_to_apply();
    refused.assert_one_error(&["Client Grant Exists Already", &grant, "audience = var.management_api"]);
    refused.assert_says(&[&format!("terraform import auth0_client_grant.NAME {grant}"), "`adopt_existing = true`"]);
    assert_eq!(terraform.addresses(), [CLIENT]);
    assert_eq!(terraform.tenant.read(&format!("client-grants/{grant}"))["scope"], json!(["read:clients"]));

    // The advice works as it stands.
    let block = format!("import {{\n  to = {GRANT}\n  id = {grant:?}\n}}\n");
    assert!(refused.stderr.contains(&format!("id = {grant:?}")), "{}", refused.stderr);
    terraform.config(&format!("{SMALL}{block}"));
    terraform.apply();
    assert_eq!(terraform.text(GRANT, "id"), grant);
    assert_eq!(terraform.tenant.read(&format!("client-grants/{grant}"))["scope"], json!(["read:users"]));
}

/// The advice is Terraform's language and a shell's, whatever the ID is.
fn what_is_pasted_has_the_odd_id_of_a_grant() {
    let id = r#"cgr_"\${x}$${y}%{z}'`$(exit 1)é"#;
    let (terraform, _) = beside_a_grant(&json!([]));
    let grant = json!({
        "id": id, "client_id": terraform.text(CLIENT, "id"), "audience": terraform.tenant.management_api(),
        "scope": [], "subject_type": "client",
    });
    let list = json!({ "client_grants": [grant], "total": 1, "start": 0, "limit": 100 });
    terraform.tenant.spoil_times(2, "GET", "/api/v2/client-grants", Action::answer(200, list, &[]));
    terraform.config(SMALL);
    let refused = terraform.fail_to_apply();

    let line = refused.stderr.lines().find_map(|line| line.split_once("  id = ")).expect("a block").1.trim();
    terraform.config(&format!("output \"id\" {{ value = {line} }}"));
    terraform.apply();
    let state: Value = serde_json::from_str(&terraform.state_file()).unwrap();
    assert_eq!(state["outputs"]["id"]["value"], id);

    let told = flat(&refused.stderr);
    let (_, command) = told.split_once("Or run `terraform import auth0_client_grant.NAME ").expect("a command");
    let word = command.split("`. To adopt").next().unwrap();
    let shell = Command::new("sh").args(["-c", &format!("printf '%s|' {word}")]).output().unwrap();
    assert_eq!(String::from_utf8(shell.stdout).unwrap(), format!("{id}|"));
}

fn an_existing_grant_is_adopted_when_that_is_wanted() {
    let (terraform, grant) = beside_a_grant(&json!(["read:clients"]));
    terraform.config(&SMALL.replace("scopes ", "adopt_existing = true\n  scopes "));
    terraform.apply();
    assert_eq!(terraform.text(GRANT, "id"), grant);
    assert_eq!(terraform.tenant.read(&format!("client-grants/{grant}"))["scope"], json!(["read:users"]));
    terraform.destroy();
    assert!(terraform.tenant.read(&format!("client-grants/{grant}")).is_null());
}

fn adopts_equal_grant_without_a_write() {
    let (terraform, grant) = beside_a_grant(&json!(["read:users"]));
    terraform.config(&SMALL.replace("scopes ", "adopt_existing = true\n  scopes "));
    let adopted = terraform.apply();
    assert_eq!(terraform.text(GRANT, "id"), grant);
    assert!(!adopted.requests.iter().any(|request| request.starts_with("PATCH")), "{:?}", adopted.requests);
}

/// Of an API of the tenant's own: a system API has no grants for all scopes.
fn an_adopted_grant_loses_what_is_not_configured() {
    let terraform = Workspace::new();
    terraform.config(r#"resource "auth0_m2m_client" "a" { name = "a" }"#);
    terraform.apply();
    let grant = json!({
        "client_id": terraform.text(CLIENT, "id"),
        "audience": terraform.tenant.api("https://shop", &["read"]),
        "allow_all_scopes": true,
        "organization_usage": "allow",
        "allow_any_organization": true,
    });
    let grant = terraform.tenant.create("client-grants", &grant)["id"].as_str().unwrap().to_owned();
    let own = SMALL.replace("var.management_api", "\"https://shop\"").replace("read:users", "read");
    terraform.config(&own.replace("scopes ", "adopt_existing = true\n  scopes "));
    let adopted = terraform.apply();
    assert_eq!(adopted.requests.iter().filter(|request| request.starts_with("PATCH")).count(), 1);
    let is = terraform.tenant.read(&format!("client-grants/{grant}"));
    assert_eq!((&is["allow_all_scopes"], &is["scope"]), (&json!(false), &json!(["read"])));
    assert_eq!((&is["organization_usage"], &is["allow_any_organization"]), (&json!(null), &json!(false)));
}

/// The new instance finds the grant of the old one, which is then destroyed.
fn an_adopted_grant_survives_the_instance_that_had_it() {
    let adopting =
        SMALL.replace("scopes ", "adopt_existing = true\n  lifecycle { create_before_destroy = true }\n  scopes ");
    let terraform = Workspace::new();
    terraform.config(&adopting);
    terraform.apply();
    let grant = terraform.text(GRANT, "id");
    terraform.apply_with(&["-replace", GRANT]);
    assert_eq!(terraform.text(GRANT, "id"), grant);
    terraform.assert_empty_plan();
    terraform.destroy();
    assert!(terraform.tenant.read(&format!("client-grants/{grant}")).is_null(), "the last instance does delete it");
}

/// Auth0 allows one grant, so the new instance cannot come first without adopting it.
fn advice_for_a_grant_that_is_replaced_can_be_followed() {
    let first = "lifecycle { create_before_destroy = true }\n  scopes ";
    let terraform = Workspace::new();
    terraform.config(&SMALL.replace("scopes ", first));
    terraform.apply();
    let grant = terraform.text(GRANT, "id");
    let refused = terraform.try_apply(&["-replace", GRANT]).failure();
    refused.assert_one_error(&["Client Grant Exists Already", &grant, "`create_before_destroy`"]);
    refused.assert_says(&["remove `create_before_destroy` or set `adopt_existing = true`"]);
    assert_eq!(terraform.text(GRANT, "id"), grant);

    terraform.config(&SMALL.replace("scopes ", &format!("adopt_existing = true\n  {first}")));
    terraform.apply_with(&["-replace", GRANT]);
    assert_eq!(terraform.text(GRANT, "id"), grant);
    terraform.config(SMALL);
    terraform.apply_with(&["-replace", GRANT]);
    assert_ne!(terraform.text(GRANT, "id"), grant);
}
