//! Secrets that are supplied, and secrets that are rotated, also when something comes in between.

use serde_json::json;
use terraform_provider_auth0::emulator::Action;

use crate::support::terraform::Workspace;

super::trials![
    item_098_a_supplied_secret_reaches_auth0_and_nothing_else,
    item_098_a_supplied_secret_is_changed_by_its_version_alone,
    sends_secret_and_other_changes_in_one_patch,
    to_stop_supplying_a_secret_says_that_it_stays,
    a_secret_that_auth0_refuses_leaves_no_client,
    replaces_create_that_ended_before_its_secret,
    can_finish_create_that_ended_before_its_secret,
    lost_update_sets_same_secret,
    an_imported_client_gets_its_secret,
    keepers_rotate_when_they_change_and_only_then,
    a_rotation_comes_after_the_other_changes,
    refused_rotation_keeps_secret,
    refusal_after_lost_response_claims_nothing,
    a_rotation_that_never_arrived_is_made_up_for,
    a_rotation_whose_answer_is_lost_is_made_up_for,
    a_rotation_that_is_interrupted_is_made_up_for,
    a_rotation_whose_process_is_killed_is_made_up_for,
    secrets_need_a_permission_that_is_named,
    refuses_invalid_secrets_before_any_write,
];

const CLIENT: &str = "auth0_m2m_client.a";

/// A client with these lines, and a variable `secret` that leaves no trace by itself.
fn configure(terraform: &Workspace, lines: &str) {
    let variable = "variable \"secret\" {\n  ephemeral = true\n  default   = null\n}\n";
    terraform.config(&format!("{variable}resource \"auth0_m2m_client\" \"a\" {{\n  name = \"a\"\n{lines}\n}}\n"));
}

fn supply(terraform: &Workspace, secret: &str, version: u32) {
    terraform.env("TF_VAR_secret", secret);
    configure(terraform, &format!("  client_secret_wo = var.secret\n  client_secret_wo_version = {version}"));
}

fn id(terraform: &Workspace) -> String {
    terraform.text(CLIENT, "client_id")
}

/// The secret that Auth0 has for the one client of the name.
fn secret(terraform: &Workspace) -> String {
    let clients = terraform.tenant.clients("a");
    assert_eq!(clients.len(), 1, "one client and no other: {clients:?}");
    clients[0]["client_secret"].as_str().unwrap().to_owned()
}

fn writes(requests: &[String]) -> Vec<&str> {
    let writes = requests.iter().filter(|request| !request.starts_with("GET ") && !request.ends_with("/oauth/token"));
    writes.map(String::as_str).collect()
}

fn item_098_a_supplied_secret_reaches_auth0_and_nothing_else() {
    let terraform = Workspace::new();
    supply(&terraform, "my-s3cret-1", 1);
    let plan = terraform.plan();
    assert!(plan.text().contains("client_secret_wo = (write-only attribute)"), "{}", plan.text());
    assert!(!terraform.plan_file().contains("my-s3cret"));
    let run = terraform.apply();
    assert_eq!(writes(&run.requests), ["POST /api/v2/clients", "PATCH /api/v2/clients/{id}"]);
    assert_eq!(secret(&terraform), "my-s3cret-1");
    assert!(terraform.tenant.accepts(&id(&terraform), "my-s3cret-1"));
    assert_eq!(terraform.attributes(CLIENT)["client_secret_wo"], json!(null));
    let state = terraform.state_file();
    assert!(!state.contains("my-s3cret"));
    let state: serde_json::Value = serde_json::from_str(&state).unwrap();
    let marked = &state["resources"][0]["instances"][0]["sensitive_attributes"];
    assert_eq!(marked, &json!([]), "there is nothing to hide, and it would make each object's state larger");
}

fn item_098_a_supplied_secret_is_changed_by_its_version_alone() {
    let terraform = Workspace::new();
    supply(&terraform, "one", 1);
    terraform.apply();
    supply(&terraform, "two", 1);
    terraform.assert_empty_plan();
    supply(&terraform, "two", 2);
    assert_eq!(terraform.plan().changed(CLIENT), ["client_secret_wo_version"]);
    let run = terraform.apply();
    assert_eq!(writes(&run.requests), ["PATCH /api/v2/clients/{id}"]);
    assert_eq!(secret(&terraform), "two");
}

fn sends_secret_and_other_changes_in_one_patch() {
    let terraform = Workspace::new();
    supply(&terraform, "one", 1);
    terraform.apply();
    configure(&terraform, "  description = \"d\"\n  client_secret_wo = var.secret\n  client_secret_wo_version = 2");
    terraform.env("TF_VAR_secret", "two");
    terraform.try_apply(&[]).success();
    let patches: Vec<_> = terraform.tenant.patches().into_iter().map(|(_, said)| said).collect();
    assert_eq!(patches, [json!({ "description": "d", "client_secret": "two" })]);
}

fn to_stop_supplying_a_secret_says_that_it_stays() {
    for lines in ["", "  client_secret_wo = var.secret"] {
        let terraform = Workspace::new();
        supply(&terraform, "one", 1);
        terraform.apply();
        terraform.env("TF_VAR_secret", "two");
        configure(&terraform, lines);
        let run = terraform.run(&["plan", "-input=false"]).success();
        assert!(crate::support::terraform::flat(&run.stdout).contains("Client Secret Stays"), "{}", run.stdout);
        let run = terraform.apply();
        assert_eq!(writes(&run.requests), [""; 0]);
        assert_eq!(secret(&terraform), "one");
    }
}

fn a_secret_that_auth0_refuses_leaves_no_client() {
    let terraform = Workspace::new();
    supply(&terraform, "s3cret", 1);
    let message = "Payload validation error: 'String is too short (6 chars), minimum 48' on property client_secret (The client secret).";
    terraform.tenant.refuse("PATCH", "/api/v2/clients/*", 400, "invalid_body", message);
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&[
        "Cannot set the secret of the client",
        "minimum 48",
        "deleted the new application again",
    ]);
    failed.assert_says(&["client_secret_wo_version = 1"]);
    assert!(!failed.stderr.contains("s3cret"), "{}", failed.stderr);
    assert!(terraform.addresses().is_empty());
    assert!(terraform.tenant.clients("a").is_empty(), "nothing is left");
    terraform.apply();
    assert_eq!(secret(&terraform), "s3cret");
}

/// Every attempt to set the secret fails, for longer than the provider tries.
fn spoil_the_secret(terraform: &Workspace) {
    terraform.tenant.spoil_times(99, "PATCH", "/api/v2/clients/*", Action::delay_ms(600_000));
}

/// A create that has time for the client alone.
fn half_created(terraform: &Workspace, lines: &str) {
    terraform.env("TF_VAR_secret", "one");
    let lines = format!("  client_secret_wo = var.secret\n  client_secret_wo_version = 1\n{lines}");
    configure(terraform, &format!("{lines}\n  timeouts = {{ create = \"1s\" }}"));
    spoil_the_secret(terraform);
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&[
        "Cannot set the secret of the client",
        "may or may not have the secret",
        "terraform untaint",
    ]);
    terraform.tenant.spoil_no_more();
    assert!(terraform.is_tainted(CLIENT));
    assert_eq!(terraform.tenant.clients("a").len(), 1);
}

fn replaces_create_that_ended_before_its_secret() {
    let terraform = Workspace::new();
    half_created(&terraform, "  deletion_protection = true");
    let first = id(&terraform);
    terraform.apply();
    assert_ne!(id(&terraform), first);
    assert_eq!(secret(&terraform), "one");
    assert_eq!(terraform.attributes(CLIENT)["deletion_protection"], true);
}

fn can_finish_create_that_ended_before_its_secret() {
    let terraform = Workspace::new();
    half_created(&terraform, "");
    let first = id(&terraform);
    terraform.run(&["untaint", CLIENT]).success();
    let run = terraform.apply();
    assert_eq!(writes(&run.requests), ["PATCH /api/v2/clients/{id}"]);
    assert_eq!(id(&terraform), first);
    assert_eq!(secret(&terraform), "one");
}

fn lost_update_sets_same_secret() {
    let terraform = Workspace::new();
    supply(&terraform, "one", 1);
    terraform.apply();
    supply(&terraform, "two", 2);
    terraform.tenant.spoil("PATCH", "/api/v2/clients/*", Action::drop_after());
    let run = terraform.apply();
    assert_eq!(writes(&run.requests).len(), 2, "it is sent again, which changes nothing more");
    assert_eq!(secret(&terraform), "two");

    terraform.env("TF_VAR_secret", "three");
    configure(
        &terraform,
        "  client_secret_wo = var.secret\n  client_secret_wo_version = 3\n  timeouts = { update = \"1s\" }",
    );
    spoil_the_secret(&terraform);
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&["Cannot update the client", "may have changed", "The next apply sets it again."]);
    terraform.tenant.spoil_no_more();
    assert_eq!(terraform.attributes(CLIENT)["client_secret_wo_version"], 2);
    terraform.apply();
    assert_eq!(secret(&terraform), "three");
}

fn an_imported_client_gets_its_secret() {
    let terraform = Workspace::new();
    configure(&terraform, "");
    terraform.apply();
    let id = id(&terraform);
    terraform.run(&["state", "rm", CLIENT]).success();
    supply(&terraform, "one", 1);
    terraform.run(&["import", CLIENT, &id]).success();
    assert_eq!(terraform.plan().changed(CLIENT), ["client_secret_wo_version"]);
    terraform.apply();
    assert_eq!(secret(&terraform), "one");
}

fn keep(terraform: &Workspace, year: &str) {
    configure(terraform, &format!("  rotate_secret_when = {{ year = \"{year}\" }}"));
}

fn keepers_rotate_when_they_change_and_only_then() {
    let terraform = Workspace::new();
    let rotations = |run: &[String]| run.iter().filter(|request| request.ends_with("rotate-secret")).count();
    configure(&terraform, "");
    terraform.apply();
    let first = secret(&terraform);
    keep(&terraform, "1");
    assert_eq!(writes(&terraform.apply().requests), [""; 0], "there were no keepers before");
    assert_eq!(secret(&terraform), first);
    keep(&terraform, "2");
    let plan = terraform.plan();
    assert_eq!(plan.changed(CLIENT), ["rotate_secret_when"]);
    assert!(plan.text().contains("\"year\" = \"1\" -> \"2\""), "{}", plan.text());
    assert_eq!(rotations(&terraform.apply().requests), 1);
    let second = secret(&terraform);
    assert_ne!(second, first);
    assert!(!terraform.tenant.accepts(&id(&terraform), &first));
    configure(&terraform, "");
    assert_eq!(rotations(&terraform.apply().requests), 0);
    assert_eq!(secret(&terraform), second);

    let fresh = Workspace::new();
    keep(&fresh, "1");
    assert_eq!(writes(&fresh.apply().requests), ["POST /api/v2/clients"], "not on create");
}

fn a_rotation_comes_after_the_other_changes() {
    let terraform = Workspace::new();
    keep(&terraform, "1");
    terraform.apply();
    let first = secret(&terraform);
    configure(&terraform, "  description = \"d\"\n  rotate_secret_when = { year = \"2\" }");
    terraform.tenant.refuse("POST", "/api/v2/clients/*/rotate-secret", 403, "operation_not_supported", "Not now");
    terraform.fail_to_apply();
    assert_eq!(terraform.text(CLIENT, "description"), "d", "what was changed is known");
    assert_eq!(terraform.plan().changed(CLIENT), ["rotate_secret_when"]);
    assert_eq!(secret(&terraform), first);
    terraform.apply();
    assert_ne!(secret(&terraform), first);
}

/// A client whose rotation is due, and the secret that it has.
fn due() -> (Workspace, String) {
    let terraform = Workspace::new();
    configure(&terraform, "  rotate_secret_when = { year = \"1\" }\n  timeouts = { update = \"1s\" }");
    terraform.apply();
    let secret = secret(&terraform);
    configure(&terraform, "  rotate_secret_when = { year = \"2\" }\n  timeouts = { update = \"1s\" }");
    (terraform, secret)
}

/// The next apply rotates, and then nothing is left to do.
#[track_caller]
fn assert_converges(terraform: &Workspace, before: &str) {
    terraform.tenant.spoil_no_more();
    assert!(terraform.plan().changed(CLIENT).contains(&"rotate_secret_when".to_owned()));
    terraform.apply();
    assert_ne!(secret(terraform), before);
    let id = id(terraform);
    assert!(!terraform.tenant.accepts(&id, before), "what the consumer has is invalid, as it was told");
    assert!(terraform.tenant.accepts(&id, &terraform.tenant.secret(&id)));
}

const ROTATE: &str = "/api/v2/clients/*/rotate-secret";
const UNKNOWN: [&str; 3] =
    ["Cannot rotate the secret of the client", "may have changed", "The next apply rotates again."];

fn refused_rotation_keeps_secret() {
    let (terraform, before) = due();
    terraform.tenant.refuse("POST", ROTATE, 403, "operation_not_supported", "Not now");
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&["Cannot rotate the secret of the client", "The secret is unchanged."]);
    assert!(terraform.tenant.accepts(&id(&terraform), &before), "as it was told");
    assert_converges(&terraform, &before);
}

fn refusal_after_lost_response_claims_nothing() {
    let (terraform, before) = due();
    configure(&terraform, "  rotate_secret_when = { year = \"2\" }");
    terraform.tenant.spoil("POST", ROTATE, Action::drop_after());
    terraform.tenant.refuse("POST", ROTATE, 403, "operation_not_supported", "Not now");
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&UNKNOWN);
    failed.assert_says(&["Not now"]);
    assert!(!terraform.tenant.accepts(&id(&terraform), &before), "it was rotated, though the last answer is a refusal");
    assert_converges(&terraform, &before);

    let terraform = Workspace::new();
    supply(&terraform, "one", 1);
    terraform.tenant.spoil("PATCH", "/api/v2/clients/*", Action::drop_after());
    terraform.tenant.refuse("PATCH", "/api/v2/clients/*", 403, "operation_not_supported", "Not now");
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&["Cannot set the secret of the client", "may or may not have the secret"]);
    assert!(terraform.is_tainted(CLIENT));
    terraform.apply();

    supply(&terraform, "two", 2);
    terraform.tenant.spoil("PATCH", "/api/v2/clients/*", Action::drop_after());
    terraform.tenant.refuse("PATCH", "/api/v2/clients/*", 403, "operation_not_supported", "Not now");
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&["Cannot update the client", "may have changed", "The next apply sets it again."]);
    assert_eq!(secret(&terraform), "two");
    terraform.apply();
    terraform.assert_empty_plan();
}

fn a_rotation_that_never_arrived_is_made_up_for() {
    let (terraform, before) = due();
    terraform.tenant.spoil_times(99, "POST", ROTATE, Action::drop_before());
    terraform.fail_to_apply().assert_one_error(&UNKNOWN);
    assert!(terraform.tenant.accepts(&id(&terraform), &before));
    assert_converges(&terraform, &before);
}

fn a_rotation_whose_answer_is_lost_is_made_up_for() {
    let (terraform, before) = due();
    terraform.tenant.spoil("POST", ROTATE, Action::drop_after());
    configure(&terraform, "  rotate_secret_when = { year = \"2\" }");
    let run = terraform.apply();
    assert_eq!(writes(&run.requests).len(), 2, "the last secret counts");
    assert!(!terraform.tenant.accepts(&id(&terraform), &before));

    let (terraform, before) = due();
    terraform.tenant.spoil_times(99, "POST", ROTATE, Action::drop_after());
    terraform.fail_to_apply().assert_one_error(&UNKNOWN);
    assert!(!terraform.tenant.accepts(&id(&terraform), &before));
    assert_converges(&terraform, &before);
}

fn a_rotation_that_is_interrupted_is_made_up_for() {
    let (terraform, before) = due();
    configure(&terraform, "  rotate_secret_when = { year = \"2\" }");
    terraform.tenant.spoil("POST", ROTATE, Action::delay_ms(600_000));
    let apply = ["apply", "-auto-approve", "-input=false"];
    let request = "POST /api/v2/clients/{id}/rotate-secret";
    let interrupted = terraform.run_interrupted(&apply, request, 1).failure();
    interrupted.assert_says(&UNKNOWN);
    assert_converges(&terraform, &before);
}

fn a_rotation_whose_process_is_killed_is_made_up_for() {
    for action in [Action::delay_ms(600_000), Action::drop_after()] {
        let (terraform, before) = due();
        configure(&terraform, "  rotate_secret_when = { year = \"2\" }\n  timeouts = { update = \"1m\" }");
        terraform.tenant.spoil_times(99, "POST", ROTATE, action);
        let request = "POST /api/v2/clients/{id}/rotate-secret";
        terraform.run_killed(&["apply", "-auto-approve", "-input=false", "-lock=false"], request, 1);
        assert_eq!(terraform.attributes(CLIENT)["rotate_secret_when"], json!({ "year": "1" }), "nothing was stored");
        assert_converges(&terraform, &before);
    }
}

fn secrets_need_a_permission_that_is_named() {
    let body = json!({
        "statusCode": 403, "error": "Forbidden", "errorCode": "insufficient_scope",
        "message": "Insufficient scope, expected any of: update:client_keys",
    });
    let (terraform, _) = due();
    terraform.tenant.spoil("POST", ROTATE, Action::answer(403, body.clone(), &[]));
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&["Cannot rotate the secret of the client", "Grant it `update:client_keys`"]);
    failed.assert_says(&["rotate_secret_when = {"]);

    let terraform = Workspace::new();
    supply(&terraform, "s3cret", 1);
    terraform.tenant.spoil("PATCH", "/api/v2/clients/*", Action::answer(403, body, &[]));
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&["Cannot set the secret of the client", "Grant it `update:client_keys`"]);
    assert!(terraform.tenant.clients("a").is_empty(), "nothing is left");
}

fn refuses_invalid_secrets_before_any_write() {
    let terraform = Workspace::new();
    let refused = |lines: &str, parts: &[&str]| {
        configure(&terraform, lines);
        let run = terraform.fail_to_plan();
        run.assert_one_error(parts);
        assert!(!run.stderr.contains("s3cret"), "{}", run.stderr);
    };
    let line = "  client_secret_wo = \"\"";
    refused(line, &["Invalid Attribute Value", "The value of `client_secret_wo` must be at least 1 character long."]);
    for odd in ["s3cret\\n", " s3cret", "s3\\ncret"] {
        let problem = "The value of `client_secret_wo` must be text in one line, without white space around it.";
        refused(&format!("  client_secret_wo = \"{odd}\""), &["Invalid Attribute Value", problem]);
    }
    let lines = "  client_secret_wo_version = 1";
    refused(lines, &["needs `client_secret_wo`", "main.tf line 7"]);
    let lines = "  client_secret_wo = \"s3cret\"\n  rotate_secret_when = {}";
    refused(lines, &["Remove one of them", "main.tf line 8"]);
    let lines = "  client_secret_wo = \"s3cret\"\n  client_secret_wo_version = 0";
    refused(lines, &["must be a whole number of at least 1"]);
    assert!(terraform.tenant.clients("a").is_empty());
}
