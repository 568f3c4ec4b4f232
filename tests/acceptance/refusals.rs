//! Each kind of refusal that the Management API has, with its place and the next step.

use serde_json::json;
use terraform_provider_auth0::emulator::Action;

use crate::lifecycle::SMALL;
use crate::support::terraform::Workspace;

super::trials![every_refusal_says_where_and_what_to_do, an_alias_that_another_application_has_is_named];

const CLIENT: &str = "auth0_m2m_client.a";

/// Status, code, message; what is said besides, and the line that is shown.
const REFUSALS: [(u16, &str, &str, &str, &str); 11] = [
    (
        400,
        "invalid_body",
        "Payload validation error: 'String is too long (300 chars), maximum 140' on property description (Free text).",
        "too long",
        "description = \"d\"",
    ),
    (
        400,
        "invalid_body",
        "Payload validation error: 'Array items are not unique (indexes 0 and 1)' on property grant_types.",
        "not unique",
        "grant_types = [\"client_credentials\"]",
    ),
    (
        400,
        "invalid_body",
        "Payload validation error: 'No enum match for: X' on property jwt_configuration.alg (Algorithm).",
        "No enum match",
        "alg = \"PS256\"",
    ),
    (
        400,
        "invalid_body",
        "Payload validation error: 'Missing required property: client_credentials' on property token_quota.",
        "Missing required property",
        "client_credentials = { per_hour = 1 }",
    ),
    (
        400,
        "invalid_body",
        "Payload validation error: 'Additional properties not allowed: token_endpoint_auth_method'.",
        "Additional properties",
        "authentication_method = \"client_secret_post\"",
    ),
    (
        400,
        "validation_error",
        "Invalid grant types: nonsense",
        "Invalid grant types",
        "grant_types = [\"client_credentials\"]",
    ),
    (401, "", "Invalid token", "Check `domain`, `audience` and `api_token`", "resource \"auth0_m2m_client\" \"a\""),
    (
        403,
        "insufficient_scope",
        "Insufficient scope, expected any of: create:clients",
        "Grant it `create:clients`",
        "resource \"auth0_m2m_client\" \"a\"",
    ),
    (
        403,
        "insufficient_scope",
        "Insufficient scope, expected any of: update:client_credentials",
        "Grant it `update:client_credentials`",
        "authentication_method = \"client_secret_post\"",
    ),
    (
        403,
        "insufficient_entitlement",
        "Please upgrade your subscription to use token quotas.",
        "subscription",
        "resource \"auth0_m2m_client\" \"a\"",
    ),
    (
        409,
        "",
        "An application with the alias urn:a already exists",
        "choose another value",
        "client_aliases = [\"urn:a\"]",
    ),
];

const EVERYTHING: &str = r#"
resource "auth0_m2m_client" "a" {
  name = "a"
  description = "d"
  grant_types = ["client_credentials"]
  authentication_method = "client_secret_post"
  client_aliases = ["urn:a"]
  jwt_configuration = {
    alg = "PS256"
  }
  token_quota = {
    client_credentials = { per_hour = 1 }
  }
}
"#;

fn every_refusal_says_where_and_what_to_do() {
    let terraform = Workspace::new();
    terraform.config(EVERYTHING);
    for (status, code, message, said, line) in REFUSALS {
        let mut body = json!({ "statusCode": status, "error": "Refused", "message": message });
        if !code.is_empty() {
            body["errorCode"] = code.into();
        }
        // A 401 is answered with a new token and one more try.
        let times = if status == 401 { 2 } else { 1 };
        for _ in 0..times {
            terraform.tenant.spoil("POST", "/api/v2/clients", Action::answer(status, body.clone(), &[]));
        }
        let failed = terraform.fail_to_apply();
        failed.assert_one_error(&["Cannot create the client", said, line]);
        failed.assert_says(&[message.split(" on property").next().unwrap()]);
        assert!(terraform.addresses().is_empty(), "{message}");
    }
}

fn an_alias_that_another_application_has_is_named() {
    let terraform = Workspace::new();
    terraform.tenant.create("clients", &json!({ "name": "other", "client_aliases": ["urn:a"] }));
    terraform.config(EVERYTHING);
    terraform.fail_to_apply().assert_one_error(&["urn:a", "client_aliases = [\"urn:a\"]"]);
    terraform.config(SMALL);
    terraform.apply();
    terraform.config(&SMALL.replace("name = \"a\"", "name = \"a\"\n  client_aliases = [\"urn:a\"]"));
    terraform.fail_to_apply().assert_one_error(&["Cannot update the client", "client_aliases = [\"urn:a\"]"]);
    assert!(terraform.attributes(CLIENT)["client_aliases"].is_null());
}
