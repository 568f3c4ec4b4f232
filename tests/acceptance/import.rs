//! Objects that were there before Terraform.

use std::fmt::Write as _;

use serde_json::json;

use crate::attributes::{SECRETS, Surroundings};
use crate::lifecycle::SMALL;
use crate::support::key;
use crate::support::terraform::Workspace;

super::trials![
    item_103_command_imports_without_later_changes,
    item_103_all_three_forms_of_a_grants_id_name_the_same_grant,
    item_103_a_key_names_every_grant_that_can_be_created,
    item_103_block_imports_and_generates_valid_configuration,
    item_104_a_malformed_id_is_answered_with_the_right_form,
    item_104_an_object_that_is_not_there_is_not_imported,
    an_application_of_another_type_is_not_imported,
    imports_quietly_with_generated_configuration,
    warns_before_an_imported_application_loses_its_keys,
];

const CLIENT: &str = "auth0_m2m_client.a";
const GRANT: &str = "auth0_client_grant.a";

/// An application and its grant, created by hand. Returns both IDs.
fn existing(terraform: &Workspace) -> (String, String) {
    let tenant = &terraform.tenant;
    let client = tenant.create("clients", &json!({ "name": "a", "app_type": "non_interactive" }));
    let client = client["client_id"].as_str().unwrap().to_owned();
    let grant = json!({ "client_id": client, "audience": tenant.management_api(), "scope": ["read:users"] });
    let grant = tenant.create("client-grants", &grant);
    (client, grant["id"].as_str().unwrap().to_owned())
}

fn item_103_command_imports_without_later_changes() {
    let terraform = Workspace::new();
    // Made as Terraform would have made it: what a tenant's own defaults are is another matter.
    terraform.config(SMALL);
    terraform.apply();
    let (client, grant) = (terraform.text(CLIENT, "id"), terraform.text(GRANT, "id"));
    for address in [CLIENT, GRANT] {
        terraform.run(&["state", "rm", address]).success();
    }
    terraform.run(&["import", CLIENT, &client]).success();
    terraform.run(&["import", GRANT, &grant]).success();
    terraform.assert_empty_plan();
}

fn item_103_all_three_forms_of_a_grants_id_name_the_same_grant() {
    let terraform = Workspace::new();
    let (client, grant) = existing(&terraform);
    let audience = terraform.tenant.management_api();
    terraform.config(&SMALL.replace("auth0_m2m_client.a.client_id", &format!("{client:?}")));
    let key = format!("{client}::{audience}");
    for id in [&grant, &key, &format!("{key}::client")] {
        terraform.run(&["import", GRANT, id]).success();
        let attributes = terraform.attributes(GRANT);
        assert_eq!(attributes["id"], *grant, "{id}");
        assert_eq!(attributes["client_id"], *client);
        assert_eq!(attributes["audience"], *audience);
        assert_eq!(attributes["subject_type"], "client");
        assert_eq!(attributes["scopes"], json!(["read:users"]));
        terraform.plan_with(&["-target=auth0_client_grant.a", "-detailed-exitcode"]);
        terraform.run(&["state", "rm", GRANT]).success();
    }
}

fn item_103_a_key_names_every_grant_that_can_be_created() {
    for audience in ["My API", " ", "urn::x::user", "tab\there", "::"] {
        let terraform = Workspace::new();
        terraform.tenant.api(audience, &[]);
        terraform.config(&SMALL.replace("var.management_api", &format!("{audience:?}")));
        terraform.apply();
        let (client, grant) = (terraform.text(CLIENT, "id"), terraform.text(GRANT, "id"));
        terraform.run(&["state", "rm", GRANT]).success();
        terraform.run(&["import", GRANT, &format!("{client}::{audience}::client")]).success();
        assert_eq!(terraform.text(GRANT, "id"), grant);
    }
}

fn item_103_block_imports_and_generates_valid_configuration() {
    let terraform = Workspace::new();
    let (client, grant) = existing(&terraform);
    let tenant_client = format!("clients/{client}");
    terraform.tenant.change(
        &tenant_client,
        &json!({ "description": "By hand", "client_metadata": { "team": "a" }, "jwt_configuration": { "alg": "PS256" } }),
    );
    terraform.config(&format!(
        "import {{\n  to = {CLIENT}\n  id = {client:?}\n}}\nimport {{\n  to = {GRANT}\n  id = {grant:?}\n}}\n"
    ));
    terraform.run(&["plan", "-generate-config-out=generated.tf"]).success();
    terraform.run(&["validate"]).success();
    let imported = terraform.apply();
    assert!(imported.stdout.contains("2 imported, 0 added"), "{}", imported.stdout);
    assert_eq!(terraform.text(CLIENT, "description"), "By hand");
    assert_eq!(terraform.tenant.read(&tenant_client)["jwt_configuration"]["alg"], "PS256");
}

fn item_104_a_malformed_id_is_answered_with_the_right_form() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    let refused = terraform.run(&["import", CLIENT, "not a client"]).failure();
    refused.assert_one_error(&["Invalid Import ID", "\"not a client\"", "by its client ID"]);
    let refused = terraform.run(&["import", GRANT, "nonsense"]).failure();
    refused.assert_one_error(&["Invalid Import ID", "`cgr_…`", "`CLIENT_ID::AUDIENCE::SUBJECT_TYPE`"]);
    assert!(refused.requests.is_empty(), "{refused:?}");
    assert!(terraform.addresses().is_empty());
}

fn item_104_an_object_that_is_not_there_is_not_imported() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    for (address, id) in [(CLIENT, "AaiyAPdpYdesoKnqjj8HJqRn4T5titww"), (GRANT, "cgr_AaiyAPdpYdesoKnq")] {
        let refused = terraform.run(&["import", address, id]).failure();
        refused.assert_one_error(&["Cannot import non-existent remote object"]);
    }
    let refused = terraform.run(&["import", GRANT, "abc::https://api.example.com"]).failure();
    refused.assert_one_error(&["Cannot Import Non-Existent Client Grant", "`abc`", "`https://api.example.com`"]);
    assert!(terraform.addresses().is_empty());
}

fn an_application_of_another_type_is_not_imported() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    let spa = terraform.tenant.create("clients", &json!({ "name": "s", "app_type": "spa" }));
    let refused = terraform.run(&["import", CLIENT, spa["client_id"].as_str().unwrap()]).failure();
    refused.assert_one_error(&["Not a Machine-to-Machine Client", "`spa`", "`auth0_client`"]);
    assert!(terraform.addresses().is_empty());
}

/// Applications and grants made by hand with each single property, and with none, where Auth0 shows no default of its own.
fn imports_quietly_with_generated_configuration() {
    let terraform = Workspace::new();
    let surroundings = Surroundings::new(&terraform.tenant, 100);
    let mut imports = String::new();
    let mut add = |resource: &str, id: &str| {
        let number = imports.matches("import").count();
        writeln!(imports, "import {{\n  to = {resource}.i{number}\n  id = {id:?}\n}}").unwrap();
    };
    let client = |property: &str, value: serde_json::Value| {
        let mut body = json!({ "name": "by hand", "app_type": "non_interactive" });
        body[property] = value;
        terraform.tenant.create("clients", &body)["client_id"].as_str().unwrap().to_owned()
    };
    let local = ["deletion_protection", "timeouts", "rotate_secret_when", "adopt_existing", "credentials"];
    add("auth0_m2m_client", &client("name", json!("bare")));
    add("auth0_m2m_client", &client("jwt_configuration", json!({ "alg": "RS256" })));
    add("auth0_m2m_client", &client("token_endpoint_auth_method", json!("none")));
    let keys = key::application("RS256")["client_authentication_methods"].clone();
    add("auth0_m2m_client", &client("client_authentication_methods", keys));
    for number in 0..4 {
        let attributes = surroundings.client(number).into_iter();
        for (attribute, values) in attributes.filter(|(name, _)| !local.contains(name) && !SECRETS.contains(name)) {
            let property = if attribute == "authentication_method" { "token_endpoint_auth_method" } else { attribute };
            if let Some(value) = values.into_iter().nth(number).filter(|value| value["organization_id"].is_null()) {
                add("auth0_m2m_client", &client(property, value));
            }
        }
    }
    let owner = client("name", json!("owner"));
    for (number, attribute, value) in [
        (0, "scope", json!([])),
        (1, "scope", json!(["read"])),
        (2, "allow_all_scopes", json!(true)),
        (3, "subject_type", json!("user")),
        (4, "organization_usage", json!("allow")),
        (5, "allow_any_organization", json!(true)),
    ] {
        let audience = surroundings.grant(number)[2].1[0].clone();
        let mut body = json!({ "client_id": owner, "audience": audience, "scope": [] });
        if attribute == "allow_all_scopes" {
            body.as_object_mut().unwrap().remove("scope");
        }
        body[attribute] = value;
        add("auth0_client_grant", terraform.tenant.create("client-grants", &body)["id"].as_str().unwrap());
    }
    terraform.config(&imports);
    terraform.run(&["plan", "-generate-config-out=generated.tf"]).success();
    terraform.run(&["validate"]).success();
    let plan = terraform.plan();
    let number = imports.matches("import").count();
    let text = plan.text();
    assert!(text.contains(&format!("{number} to import, 0 to add, 0 to change, 0 to destroy")), "{text}");
    terraform.apply();
}

fn warns_before_an_imported_application_loses_its_keys() {
    let terraform = Workspace::new();
    let client = terraform.tenant.create("clients", &key::application("RS256"));
    let id = client["client_id"].as_str().unwrap();
    let import = format!("import {{\n  to = {CLIENT}\n  id = {id:?}\n}}\n");
    terraform.config(&format!("{import}resource \"auth0_m2m_client\" \"a\" {{\n  name = \"terraform\"\n}}\n"));
    let planned = terraform.run(&["plan", "-input=false"]).success();
    let told = crate::support::terraform::flat(&planned.stdout);
    assert!(told.contains("Application Loses Its Credentials") && told.contains("`private_key_jwt`"), "{told}");

    let credential = &client["client_authentication_methods"]["private_key_jwt"]["credentials"][0]["id"];
    assert!(told.contains(credential.as_str().unwrap()), "{told}");

    let kept = format!("authentication_method = \"private_key_jwt\"\n  credentials = {{ {credential} = {{}} }}");
    terraform
        .config(&format!("{import}resource \"auth0_m2m_client\" \"a\" {{\n  name = \"terraform\"\n  {kept}\n}}\n"));
    assert_eq!(terraform.plan().changed(CLIENT), ["oidc_conformant"]);
    terraform.apply();
    assert!(terraform.tenant.read(&format!("clients/{id}"))["client_authentication_methods"].is_object());

    terraform.config(&format!(
        "resource \"auth0_m2m_client\" \"b\" {{\n  name = \"b\"\n  {kept}\n}}\n{}",
        SMALL.replace("name = \"a\"", &format!("name = \"terraform\"\n  {kept}"))
    ));
    terraform.fail_to_plan().assert_one_error(&["Credential Not Registered", "auth0_m2m_client.b"]);
}
