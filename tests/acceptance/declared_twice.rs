//! One client grant in two resources of a configuration.

use serde_json::json;
use terraform_provider_auth0::emulator::Action;

use crate::support::terraform::{Run, Workspace};

super::trials![
    two_resources_do_not_adopt_one_grant,
    an_existing_grant_is_adopted_once,
    names_other_resource_without_adopting,
    a_grant_is_not_updated_and_adopted_in_one_run,
    a_lost_create_finds_no_grant_of_another_resource,
    two_defaults_are_one_grant_too,
];

const CLIENT: &str = "auth0_m2m_client.c";
const GRANTS: [&str; 2] = ["auth0_client_grant.a", "auth0_client_grant.b"];
/// One resource after the other, and all at once.
const ORDERS: [&[&str]; 2] = [&["-parallelism=1"], &[]];

fn client() -> &'static str {
    "resource \"auth0_m2m_client\" \"c\" { name = \"x\" }\n"
}

/// A grant with this scope and these further lines.
fn grant(name: &str, scope: &str, more: &str) -> String {
    format!(
        "resource \"auth0_client_grant\" \"{name}\" {{\n  client_id = auth0_m2m_client.c.client_id\n  \
         audience = var.management_api\n  scopes = [\"{scope}\"]\n  {more}\n}}\n"
    )
}

const ADOPTING: &str = "adopt_existing = true";

fn adopting(name: &str, scope: &str) -> String {
    grant(name, scope, ADOPTING)
}

/// The one grant of the application.
fn only_grant(terraform: &Workspace) -> String {
    let client = terraform.text(CLIENT, "id");
    let state = terraform.tenant.state();
    let grants = state["client_grants"].as_array().unwrap();
    let mut grants = grants.iter().filter(|grant| grant["client_id"] == client);
    let id = grants.next().unwrap()["id"].as_str().unwrap().to_owned();
    assert!(grants.next().is_none(), "{state}");
    id
}

/// The error names the grant by everything that it is known by.
fn assert_names_grant(terraform: &Workspace, failed: &Run) {
    failed.assert_one_error(&[
        "Client Grant Declared Twice",
        &format!("`{}`", only_grant(terraform)),
        &format!("The application `{}`", terraform.text(CLIENT, "id")),
        &format!("`{}`", terraform.tenant.management_api()),
        "subject type `client`",
        "another resource of this run",
    ]);
    assert!(!failed.stderr.contains("import"), "what is in a state cannot be imported: {}", failed.stderr);
}

/// The name of the one grant in the state.
fn holder(terraform: &Workspace) -> &'static str {
    let addresses = terraform.addresses();
    let mut held = GRANTS.into_iter().filter(|grant| addresses.iter().any(|address| address == grant));
    let holder = held.next().unwrap();
    assert!(held.next().is_none(), "{addresses:?}");
    &holder[holder.len() - 1..]
}

fn two_resources_do_not_adopt_one_grant() {
    for order in ORDERS {
        let terraform = Workspace::new();
        let both = format!("{}{}{}", client(), adopting("a", "read:users"), adopting("b", "read:clients"));
        terraform.config(&both);
        let failed = terraform.try_apply(order).failure();
        assert_names_grant(&terraform, &failed);
        let (grant, holder) = (only_grant(&terraform), holder(&terraform));
        let scope = if holder == "a" { "read:users" } else { "read:clients" };
        assert_eq!(terraform.tenant.read(&format!("client-grants/{grant}"))["scope"], json!([scope]));

        // The advice works: one resource with the scopes of both.
        let merged = adopting(holder, "read:users\", \"read:clients");
        terraform.config(&format!("{}{merged}", client()));
        terraform.apply();
        assert_eq!(only_grant(&terraform), grant);
    }
}

fn an_existing_grant_is_adopted_once() {
    for order in ORDERS {
        let terraform = Workspace::new();
        terraform.config(client());
        terraform.apply();
        let api = terraform.tenant.management_api();
        let existing = json!({"client_id": terraform.text(CLIENT, "id"), "audience": api, "scope": []});
        let existing = terraform.tenant.create("client-grants", &existing)["id"].as_str().unwrap().to_owned();
        let both = format!("{}{}{}", client(), adopting("a", "read:users"), adopting("b", "read:clients"));
        terraform.config(&both);
        let failed = terraform.try_apply(order).failure();
        assert_names_grant(&terraform, &failed);
        assert_eq!(only_grant(&terraform), existing);
        let holder = holder(&terraform);
        assert_eq!(terraform.text(&format!("auth0_client_grant.{holder}"), "id"), existing);
    }
}

fn names_other_resource_without_adopting() {
    let terraform = Workspace::new();
    let both = format!("{}{}{}", client(), grant("a", "read:users", ""), grant("b", "read:clients", ""));
    terraform.config(&both);
    let failed = terraform.try_apply(&["-parallelism=1"]).failure();
    assert_names_grant(&terraform, &failed);
}

fn a_grant_is_not_updated_and_adopted_in_one_run() {
    for order in ORDERS {
        let terraform = Workspace::new();
        terraform.config(&format!("{}{}", client(), grant("a", "read:users", "")));
        terraform.apply();
        terraform.config(&format!("{}{}{}", client(), grant("a", "read:logs", ""), adopting("b", "read:clients")));
        let failed = terraform.try_apply(order).failure();
        assert_names_grant(&terraform, &failed);
    }
}

/// The second create is lost before it arrives, so the grant that is there is that of the first.
fn a_lost_create_finds_no_grant_of_another_resource() {
    let terraform = Workspace::new();
    let after = grant("b", "read:users", "depends_on = [auth0_client_grant.a]");
    terraform.config(&format!("{}{}{after}", client(), grant("a", "read:users", "")));
    terraform.tenant.spoil_after(1, "POST", "/api/v2/client-grants", Action::status(503));
    let failed = terraform.fail_to_apply();
    assert_names_grant(&terraform, &failed);
    assert_eq!(holder(&terraform), "a");
}

fn two_defaults_are_one_grant_too() {
    let default = |name: &str| {
        format!(
            "resource \"auth0_client_grant\" \"{name}\" {{\n  default_for = \"third_party_clients\"\n  \
             audience = \"https://api.example.com\"\n  {ADOPTING}\n}}\n"
        )
    };
    let terraform = Workspace::new();
    terraform.tenant.api("https://api.example.com", &[]);
    terraform.config(&format!("{}{}", default("a"), default("b")));
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&["Client Grant Declared Twice", "The default for `third_party_clients`"]);
}
