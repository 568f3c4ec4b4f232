//! What the state holds after something failed.

use std::time::Duration;

use serde_json::json;
use terraform_provider_auth0::emulator::Action;

use crate::interrupt::interrupt;
use crate::lifecycle::SMALL;
use crate::support::terraform::Workspace;
use crate::visibility::act_with;

super::trials![
    item_027_ctrl_c_ends_a_wait_and_keeps_what_there_is,
    item_094_failed_update_keeps_prior_state,
    a_failed_create_leaves_nothing_in_the_state,
    lost_create_without_search_is_not_repeated,
    a_property_that_is_refused_is_shown_at_its_line,
    a_missing_scope_is_named,
    a_refused_connection_is_named,
    a_name_that_does_not_resolve_is_named,
    a_wrong_secret_is_named,
    an_api_that_is_not_there_is_named_at_its_line,
    an_overloaded_service_is_asked_again,
];

const CLIENT: &str = "auth0_m2m_client.a";

fn item_027_ctrl_c_ends_a_wait_and_keeps_what_there_is() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    terraform.tenant.spoil("POST", "/api/v2/client-grants", Action::delay_ms(600_000));
    let apply = ["apply", "-auto-approve", "-input=false"];
    // What is being created can only be remembered if its id arrives, so its answer gets five seconds more.
    let interrupted = interrupt(&terraform, &apply, "POST /api/v2/client-grants", 1, Duration::from_secs(6));
    interrupted.assert_says(&["Client Grant May Exist", "interrupted before it was finished"]);
    assert_eq!(terraform.addresses(), [CLIENT]);
}

fn item_094_failed_update_keeps_prior_state() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    terraform.apply();
    terraform.config(&SMALL.replace("name = \"a\"", "name = \"b\""));
    terraform.tenant.refuse("PATCH", "/api/v2/clients/*", 403, "operation_not_supported", "Not now");
    terraform.fail_to_apply().assert_one_error(&["Cannot update the client", "Not now", CLIENT]);
    assert_eq!(terraform.text(CLIENT, "name"), "a");
    assert!(!terraform.is_tainted(CLIENT));
    assert_eq!(terraform.plan().changed(CLIENT), ["name"]);
    terraform.apply();
    assert_eq!(terraform.text(CLIENT, "name"), "b");
}

fn a_failed_create_leaves_nothing_in_the_state() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    terraform.tenant.refuse("POST", "/api/v2/client-grants", 403, "operation_not_supported", "Not now");
    terraform.fail_to_apply().assert_one_error(&["Cannot create the client grant", "Not now"]);
    assert_eq!(terraform.addresses(), [CLIENT], "what was made before is there, what failed is not");
    assert!(!terraform.is_tainted(CLIENT));
    terraform.apply();
    assert_eq!(terraform.tenant.clients("a").len(), 1);
}

fn lost_create_without_search_is_not_repeated() {
    let terraform = Workspace::new();
    act_with(&terraform, &["create:clients"]);
    terraform.config("resource \"auth0_m2m_client\" \"a\" {\n  name = \"nightly reports\"\n}\n");
    terraform.tenant.spoil("POST", "/api/v2/clients", Action::drop_after());
    let lost = terraform.fail_to_apply();
    lost.assert_one_error(&["Client May Exist", "name = \"nightly reports\"", "Grant it one of `read:clients`"]);
    lost.assert_says(&["check in Auth0 whether it has a new application with the name `nightly reports`"]);
    lost.assert_says(&["import { to = auth0_m2m_client.NAME id = \"CLIENT_ID\" }"]);
    let posts = lost.requests.iter().filter(|request| *request == "POST /api/v2/clients").count();
    assert_eq!((posts, terraform.tenant.clients("nightly reports").len()), (1, 1));
}

fn a_property_that_is_refused_is_shown_at_its_line() {
    let terraform = Workspace::new();
    terraform
        .config("resource \"auth0_m2m_client\" \"a\" {\n  name = \"a\"\n  logo_uri = \"https://example.com/x\"\n}\n");
    let body = json!({
        "statusCode": 400, "error": "Bad Request", "errorCode": "invalid_body",
        "message": "Payload validation error: 'Object didn't pass validation for format absolute-https-uri-or-empty: \
                    https://example.com/x' on property logo_uri (The URL of the client logo).",
    });
    terraform.tenant.spoil("POST", "/api/v2/clients", Action::answer(400, body, &[]));
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&["Cannot create the client", "main.tf line 3", "logo_uri = \"https://example.com/x\""]);
    failed.assert_says(&["didn't pass validation", "invalid_body"]);
    assert!(terraform.addresses().is_empty());
}

fn a_missing_scope_is_named() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    let body = json!({
        "statusCode": 403, "error": "Forbidden", "errorCode": "insufficient_scope",
        "message": "Insufficient scope, expected any of: create:clients",
    });
    terraform.tenant.spoil("POST", "/api/v2/clients", Action::answer(403, body, &[]));
    terraform.fail_to_apply().assert_one_error(&[
        "Cannot create the client",
        "Grant it `create:clients`",
        "Management API",
    ]);
}

fn a_refused_connection_is_named() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    terraform.env("AUTH0_DOMAIN", "http://127.0.0.1:1");
    terraform.fail_to_apply().assert_one_error(&["refused", "`AUTH0_DOMAIN`"]);
}

fn a_name_that_does_not_resolve_is_named() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    terraform.env("AUTH0_DOMAIN", "tenant.invalid");
    terraform.fail_to_apply().assert_one_error(&["cannot be resolved", "`AUTH0_DOMAIN`"]);
}

fn a_wrong_secret_is_named() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    terraform.env("AUTH0_CLIENT_SECRET", "not-the-secret");
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&["`client_secret`", "`AUTH0_CLIENT_SECRET`"]);
    assert!(!failed.diagnostics().contains("not-the-secret"));
}

fn an_api_that_is_not_there_is_named_at_its_line() {
    let terraform = Workspace::new();
    terraform.config(&SMALL.replace("var.management_api", "\"https://nowhere.example.com\""));
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&["https://nowhere.example.com", "audience = \"https://nowhere.example.com\""]);
    assert_eq!(terraform.addresses(), [CLIENT]);
}

fn an_overloaded_service_is_asked_again() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    terraform.apply();
    terraform.tenant.spoil("GET", "/api/v2/clients/*", Action::status(503));
    terraform.tenant.spoil("GET", "/api/v2/client-grants/*", Action::drop_before());
    terraform.assert_empty_plan();
}
