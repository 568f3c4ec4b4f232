//! What is planned where something is not known, not to be changed, or not to be seen.

use serde_json::json;

use crate::lifecycle::SMALL;
use crate::support::tenant::Tenant;
use crate::support::terraform::Workspace;

super::trials![
    item_087_ignored_changes_are_ignored,
    item_089_a_value_that_turns_out_as_it_was_changes_nothing,
    item_102_private_data_returns_in_every_call,
];

const CLIENT: &str = "auth0_m2m_client.a";

fn item_087_ignored_changes_are_ignored() {
    let config = |ignored: &str, description: &str, alg: &str| {
        format!(
            r#"
            resource "auth0_m2m_client" "a" {{
              name              = "a"
              description       = "{description}"
              jwt_configuration = {{ alg = "{alg}", lifetime_in_seconds = 60 }}
              lifecycle {{ ignore_changes = {ignored} }}
            }}
            "#
        )
    };
    let terraform = Workspace::new();
    terraform.config(&config("[]", "one", "RS256"));
    terraform.apply();
    for ignored in ["[description, client_id, jwt_configuration.alg]", "[description, jwt_configuration]", "all"] {
        terraform.config(&config(ignored, "two", "PS256"));
        terraform.assert_empty_plan();
    }
    let path = format!("clients/{}", terraform.text(CLIENT, "id"));
    terraform.tenant.change(&path, &json!({ "description": "by hand", "jwt_configuration": { "alg": "RS512" } }));
    terraform.assert_empty_plan();
    terraform.config(&config("[jwt_configuration.alg]", "two", "PS256"));
    terraform.apply();
    let client = terraform.tenant.read(&path);
    assert_eq!((&client["description"], &client["jwt_configuration"]["alg"]), (&json!("two"), &json!("RS512")));
}

fn item_089_a_value_that_turns_out_as_it_was_changes_nothing() {
    let config = |trigger: u8| {
        format!(
            r#"
            resource "terraform_data" "description" {{
              input            = "same"
              triggers_replace = {trigger}
            }}

            resource "auth0_m2m_client" "a" {{
              name        = "a"
              description = terraform_data.description.output
            }}
            "#
        )
    };
    let terraform = Workspace::new();
    terraform.config(&config(1));
    terraform.apply();
    terraform.config(&config(2));
    assert_eq!(terraform.plan().change(CLIENT)["after_unknown"]["description"], true);
    let applied = terraform.apply();
    assert!(!applied.requests.iter().any(|request| request.starts_with("PATCH")), "{:?}", applied.requests);
    assert_eq!(terraform.text(CLIENT, "description"), "same");
}

/// It remembers where it saw the object last, and that is what an object which is missing elsewhere is about.
fn item_102_private_data_returns_in_every_call() {
    let terraform = Workspace::new();
    let remembered = || {
        let home = terraform.tenant.domain();
        let elsewhere = Tenant::start();
        terraform.point_at(&elsewhere);
        terraform.fail_to_plan().assert_one_error(&["Provider Configured for Another Tenant", home]);
        let delete = ["destroy", "-auto-approve", "-refresh=false"];
        terraform.run(&delete).failure().assert_one_error(&["Provider Configured for Another Tenant", home]);
        assert!(!elsewhere.requests().iter().any(|request| request.starts_with("DELETE")));
        terraform.point_at(&terraform.tenant);
    };
    let client = r#"resource "auth0_m2m_client" "a" { name = "a" }"#;
    terraform.config(client);
    terraform.apply();
    remembered();

    terraform.config(&client.replace("\"a\" }", "\"b\" }"));
    terraform.apply();
    remembered();

    let id = terraform.text(CLIENT, "id");
    terraform.run(&["state", "rm", CLIENT]).success();
    terraform.run(&["import", CLIENT, &id]).success();
    remembered();
    terraform.config(SMALL);
    terraform.apply();
}
