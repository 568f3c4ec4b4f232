//! Objects that give way to new ones.

use serde_json::json;

use crate::lifecycle::SMALL;
use crate::support::terraform::Workspace;

super::trials![
    item_083_what_cannot_be_changed_forces_replacement_once,
    item_086_the_new_object_can_come_before_the_old_one_goes,
    item_086_replacement_can_be_demanded,
    item_086_what_came_into_being_half_is_replaced,
    a_grant_for_another_api_or_client_is_another_grant,
    unknown_object_may_force_replacement,
];

const CLIENT: &str = "auth0_m2m_client.a";
const GRANT: &str = "auth0_client_grant.a";

fn item_083_what_cannot_be_changed_forces_replacement_once() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    terraform.apply();
    let before = terraform.text(CLIENT, "id");
    terraform.config(
        r#"
        resource "auth0_m2m_client" "a" {
          name              = "b"
          jwt_configuration = { secret_encoded = true }
        }
        "#,
    );
    let plan = terraform.plan();
    assert_eq!(plan.action(CLIENT), "delete, create");
    assert!(plan.text().contains("secret_encoded = false -> true # forces replacement"), "{}", plan.text());
    let paths = &plan.change(CLIENT)["replace_paths"];
    assert_eq!(*paths, json!([["jwt_configuration", "secret_encoded"]]));

    let replaced = terraform.apply();
    assert_ne!(terraform.text(CLIENT, "id"), before);
    let posts = replaced.requests.iter().filter(|request| *request == "POST /api/v2/clients").count();
    assert_eq!(posts, 1);
    assert!(!replaced.requests.iter().any(|request| request.starts_with("PATCH")), "{:?}", replaced.requests);
    assert!(terraform.tenant.read(&format!("clients/{before}")).is_null());
}

fn item_086_the_new_object_can_come_before_the_old_one_goes() {
    let config = |encoded: bool| {
        format!(
            r#"
            resource "auth0_m2m_client" "a" {{
              name              = "a"
              jwt_configuration = {{ secret_encoded = {encoded} }}
              lifecycle {{ create_before_destroy = true }}
            }}
            "#
        )
    };
    let terraform = Workspace::new();
    terraform.config(&config(false));
    terraform.apply();
    let before = terraform.text(CLIENT, "id");
    terraform.config(&config(true));
    assert_eq!(terraform.plan().action(CLIENT), "create, delete");
    let replaced = terraform.apply();
    let writes: Vec<_> = replaced.requests.iter().filter(|request| request.contains("clients")).collect();
    let place = |wanted: &str| writes.iter().position(|request| *request == wanted).unwrap();
    assert!(place("POST /api/v2/clients") < place("DELETE /api/v2/clients/{id}"), "{writes:?}");
    assert!(terraform.tenant.read(&format!("clients/{before}")).is_null());
    assert_eq!(terraform.tenant.clients("a").len(), 1);
}

fn item_086_replacement_can_be_demanded() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    terraform.apply();
    let before = terraform.text(CLIENT, "id");
    terraform.apply_with(&["-replace=auth0_m2m_client.a"]);
    assert_ne!(terraform.text(CLIENT, "id"), before);
    assert_eq!(terraform.tenant.clients("a").len(), 1);
}

fn item_086_what_came_into_being_half_is_replaced() {
    let config = |command: &str| {
        format!(
            r#"
            resource "auth0_m2m_client" "a" {{
              name = "a"
              provisioner "local-exec" {{ command = "{command}" }}
            }}
            "#
        )
    };
    let terraform = Workspace::new();
    terraform.config(&config("exit 1"));
    terraform.fail_to_apply().assert_one_error(&["local-exec provisioner error"]);
    assert!(terraform.is_tainted(CLIENT));
    let before = terraform.text(CLIENT, "id");
    terraform.config(&config("exit 0"));
    assert_eq!(terraform.plan().action(CLIENT), "delete, create");
    terraform.apply();
    assert!(!terraform.is_tainted(CLIENT));
    assert_ne!(terraform.text(CLIENT, "id"), before);
    assert_eq!(terraform.tenant.clients("a").len(), 1, "nothing leaks");
}

fn a_grant_for_another_api_or_client_is_another_grant() {
    let terraform = Workspace::new();
    terraform.tenant.api("https://api.example.com", &["read:users"]);
    terraform.config(SMALL);
    terraform.apply();
    let first = terraform.text(GRANT, "id");

    let elsewhere = SMALL.replace("var.management_api", "\"https://api.example.com\"");
    terraform.config(&elsewhere);
    let plan = terraform.plan();
    assert_eq!(plan.action(GRANT), "delete, create");
    assert_eq!(plan.change(GRANT)["replace_paths"], json!([["audience"]]));
    terraform.apply();
    let second = terraform.text(GRANT, "id");
    assert_ne!(second, first);
    assert!(terraform.tenant.read(&format!("client-grants/{first}")).is_null());

    terraform.config(&format!(
        "{}\nresource \"auth0_m2m_client\" \"b\" {{ name = \"b\" }}",
        elsewhere.replace("auth0_m2m_client.a.client_id", "auth0_m2m_client.b.client_id")
    ));
    assert_eq!(terraform.plan().action(GRANT), "delete, create");
    terraform.apply();
    assert_eq!(terraform.text(GRANT, "client_id"), terraform.text("auth0_m2m_client.b", "id"));
}

fn unknown_object_may_force_replacement() {
    let config = |input: &str| {
        format!(
            r#"
            resource "terraform_data" "x" {{ input = {input} }}
            resource "auth0_m2m_client" "a" {{
              name              = "a"
              jwt_configuration = terraform_data.x.output ? {{ alg = "RS256" }} : {{ alg = "PS256", secret_encoded = true }}
            }}
            "#
        )
    };
    let terraform = Workspace::new();
    terraform.config(&config("true"));
    terraform.apply();
    terraform.config(&config("false"));
    assert_eq!(terraform.plan().action(CLIENT), "delete, create");
    terraform.apply();
    assert_eq!(terraform.attributes(CLIENT)["jwt_configuration"]["secret_encoded"], json!(true));
}
