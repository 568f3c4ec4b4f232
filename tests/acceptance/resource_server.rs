//! The data source that reads an API.

use serde_json::json;
use terraform_provider_auth0::emulator::Action;

use crate::support::terraform::Workspace;

super::trials![
    an_api_is_found_by_its_identifier_and_by_its_id,
    what_is_not_there_is_an_error_at_its_line,
    exactly_one_argument_is_given,
    many_are_read_together,
    more_than_lists_can_show_are_read_singly,
];

const DATA: &str = "data.auth0_resource_server.a";

fn an_api_is_found_by_its_identifier_and_by_its_id() {
    let terraform = Workspace::new();
    let api = terraform.tenant.create(
        "resource-servers",
        &json!({
            "identifier": "https://api.example.com/v1", "name": "Invoices", "token_lifetime": 60, "signing_alg": "HS256",
            "token_dialect": "rfc9068_profile", "enforce_policies": true, "allow_offline_access": true,
            "scopes": [{ "value": "write" }, { "value": "read", "description": "Read all" }],
            "subject_type_authorization": { "client": { "policy": "deny_all" }, "user": { "policy": "require_client_grant" } },
        }),
    );
    for argument in ["identifier", "id"] {
        let value = api[argument].as_str().unwrap();
        terraform.config(&format!("data \"auth0_resource_server\" \"a\" {{ {argument} = {value:?} }}"));
        terraform.apply();
        assert_eq!(
            terraform.attributes(DATA),
            json!({
                "id": api["id"], "identifier": "https://api.example.com/v1", "name": "Invoices", "is_system": false,
                "scopes": [{ "name": "read", "description": "Read all" }, { "name": "write", "description": null }],
                "signing_alg": "HS256", "token_lifetime": 60, "token_lifetime_for_web": api["token_lifetime_for_web"],
                "token_dialect": "rfc9068_profile", "enforce_policies": true,
                "allow_offline_access": true, "client_policy": "deny_all", "user_policy": "require_client_grant",
            })
        );
        assert!(!terraform.state_file().contains(api["signing_secret"].as_str().unwrap()));
    }
    terraform.config("data \"auth0_resource_server\" \"a\" { identifier = var.management_api }");
    terraform.apply();
    assert_eq!(terraform.attributes(DATA)["is_system"], true);
}

fn what_is_not_there_is_an_error_at_its_line() {
    let terraform = Workspace::new();
    let api = terraform.tenant.create("resource-servers", &json!({ "identifier": "https://a" }));
    // The service itself takes the one for the other.
    for (argument, value) in
        [("identifier", "nobody"), ("identifier", api["id"].as_str().unwrap()), ("id", "https://a")]
    {
        terraform.config(&format!("data \"auth0_resource_server\" \"a\" {{ {argument} = {value:?} }}"));
        let expected = format!("the {argument} {value:?}");
        terraform.fail_to_plan().assert_one_error(&["API Not Found", &expected, "main.tf line 1"]);
    }
}

fn exactly_one_argument_is_given() {
    let terraform = Workspace::new();
    for arguments in ["", "id = \"a\"\nidentifier = \"b\""] {
        terraform.config(&format!("data \"auth0_resource_server\" \"a\" {{\n{arguments}\n}}"));
        terraform.fail_to_plan().assert_one_error(&["`identifier`", "`id`"]);
    }
}

/// So many APIs, all of which are read.
fn of_many(count: usize) -> Workspace {
    let terraform = Workspace::new();
    for number in 0..count {
        terraform.tenant.api(&format!("https://api{number}"), &["read"]);
    }
    terraform
}

fn many_are_read_together() {
    let terraform = of_many(60);
    terraform.config(
        r#"
        data "auth0_resource_server" "a" {
          count      = 60
          identifier = "https://api${count.index}"
        }
        output "names" { value = data.auth0_resource_server.a[*].name }
        "#,
    );
    let plan = terraform.plan();
    let names = &plan.json()["planned_values"]["outputs"]["names"]["value"];
    assert!((0..60).all(|number| names[number] == format!("https://api{number}")), "{names}");
    // A token, what the bound allows for one page, and what is confirmed until three have proven the list, ten side by side.
    assert!(plan.requests().len() <= 1 + 3 + 3 + 10, "{:?}", plan.requests());
}

fn more_than_lists_can_show_are_read_singly() {
    let terraform = of_many(12);
    let page = json!({ "total": 1_001, "start": 0, "limit": 100, "resource_servers": [] });
    terraform.tenant.spoil("GET", "/api/v2/resource-servers", Action::answer(200, page, &[]));
    terraform.config(
        r#"
        data "auth0_resource_server" "a" {
          count      = 12
          identifier = "https://api${count.index}"
        }
        "#,
    );
    let plan = terraform.plan();
    let refused = plan.requests().iter().filter(|request| *request == "GET /api/v2/resource-servers").count();
    assert_eq!(refused, 2, "page 0, and the checkpoint that there is none of: {:?}", plan.requests());
    assert_eq!(plan.json()["prior_state"]["values"]["root_module"]["resources"].as_array().unwrap().len(), 12);
}
