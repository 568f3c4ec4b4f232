//! What a write sends, and what is told of a response that shows something else.

use serde_json::{Map, Value, json};
use terraform_provider_auth0::emulator::{Action, Fault};

use crate::attributes::Surroundings;
use crate::every_drift::{Case, cases, configuration};
use crate::lifecycle::SMALL;
use crate::pairs::{meaning, objects};
use crate::support::key;
use crate::support::terraform::Workspace;

super::trials![
    an_update_that_auth0_answers_otherwise_is_an_error,
    an_update_that_auth0_stores_otherwise_is_an_error,
    a_create_that_auth0_stores_otherwise_is_repeated_once,
    a_create_that_stays_otherwise_can_be_kept,
    a_create_that_no_update_repairs_is_an_error,
    an_update_sends_nothing_that_the_plan_does_not_show,
    too_many_metadata_changes_take_two_requests,
    from_all_scopes_to_a_list_in_one_request_or_two,
    all_scopes_of_the_management_api_are_refused_by_the_plan,
];

const CLIENT: &str = "auth0_m2m_client.a";
const GRANT: &str = "auth0_client_grant.a";
const API: &str = "https://api.example.com";

/// Each attribute, from one value to another, where the response shows the former.
fn an_update_that_auth0_answers_otherwise_is_an_error() {
    let terraform = Workspace::new();
    let cases = cases(&Surroundings::new(&terraform.tenant, 100));
    let write = |side: fn(&Case) -> &_| terraform.file("main.tf.json", &configuration(&cases, side));
    write(|case| &case.own);
    terraform.apply();
    let own = objects(&terraform);
    write(|case| &case.foreign);
    terraform.apply();
    let foreign = objects(&terraform);
    let states: Vec<_> = cases.iter().map(|case| terraform.attributes(&case.address())).collect();

    for case in &cases {
        let ((path, own), (_, foreign)) = (&own[&case.address()], &foreign[&case.address()]);
        let former = Action::change_response(merge_patch(own, foreign).into());
        terraform.tenant.spoil("PATCH", &format!("/api/v2/{path}"), former);
    }
    write(|case| &case.own);
    let failed = terraform.fail_to_apply();
    let told = failed.diagnostics();
    for (case, before) in cases.iter().zip(states) {
        let (address, attribute) = (case.address(), case.attribute);
        let after = terraform.attributes(&address);
        assert_eq!(meaning(&after[attribute]), meaning(&before[attribute]), "{address}");
        assert!(told.contains(&format!("Error: Auth0 Kept Another Value with {address}, ")), "{address}");
        assert!(told.contains(&format!("another value of `{attribute}")), "{attribute}");
    }
    let plan = terraform.plan_with(&["-refresh=false"]);
    for case in &cases {
        assert_eq!(plan.changed(&case.address()), [case.attribute], "{}", case.address());
    }
    // The response was wrong, so a refresh finds what was planned.
    terraform.assert_empty_plan();
}

/// As in <https://github.com/auth0/terraform-provider-auth0/issues/1376>.
fn an_update_that_auth0_stores_otherwise_is_an_error() {
    let terraform = grant(&["read:a"]);
    terraform.apply();
    terraform.tenant.spoil_times(
        2,
        "PATCH",
        "/api/v2/client-grants/*",
        Action::change_request(json!({ "scope": ["read:a"] })),
    );
    write_grant(&terraform, &["read:a", "extra:z"]);
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&["Auth0 Kept Another Value", "`scopes`", "apply again"]);
    assert_eq!(terraform.attributes(GRANT)["scopes"], json!(["read:a"]));
    assert!(!terraform.is_tainted(GRANT));
    assert_eq!(terraform.plan().changed(GRANT), ["scopes"]);
    terraform.fail_to_apply().assert_one_error(&["`scopes`"]);
    terraform.apply();
}

fn a_create_that_auth0_stores_otherwise_is_repeated_once() {
    let terraform = Workspace::new();
    terraform.tenant.spoil("POST", "/api/v2/clients", Action::change_request(json!({ "description": null })));
    terraform.tenant.spoil("POST", "/api/v2/client-grants", Action::change_request(json!({ "scope": [] })));
    terraform.config(&SMALL.replace("name = \"a\"", "name = \"a\"\ndescription = \"what for\""));
    let patches = apply(&terraform);
    let path = format!("clients/{}", terraform.text(CLIENT, "id"));
    let grant = format!("client-grants/{}", terraform.text(GRANT, "id"));
    let expected = [(path, json!({ "description": "what for" })), (grant, json!({ "scope": ["read:users"] }))];
    assert_eq!(patches, expected);
}

fn a_create_that_stays_otherwise_can_be_kept() {
    let terraform = Workspace::new();
    let quota = "token_quota = { client_credentials = { per_hour = 5, per_day = 50 } }\n  \
                 client_secret_wo = \"s3cret-of-my-own\"\n  client_secret_wo_version = 1";
    terraform.config(&SMALL.replace("name = \"a\"", &format!("name = \"a\"\n{quota}")));
    let other = json!({ "token_quota": { "client_credentials": { "per_hour": 7 } } });
    for (method, path) in [("POST", "/api/v2/clients"), ("PATCH", "/api/v2/clients/*")] {
        terraform.tenant.spoil(method, path, Action::change_request(other.clone()));
    }
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&["Auth0 Kept Another Value", "`token_quota.client_credentials.per_hour`", "tainted"]);
    failed.assert_says(&["`terraform untaint`", "The supplied secret was not set."]);
    let id = terraform.text(CLIENT, "id");
    assert!(terraform.is_tainted(CLIENT));
    assert_eq!(terraform.attributes(CLIENT)["token_quota"]["client_credentials"]["per_hour"], 7);
    terraform.run(&["untaint", CLIENT]).success();
    let plan = terraform.plan();
    let changed = ["client_secret_wo_version", "token_quota"].map(str::to_owned).to_vec();
    assert_eq!((plan.action(CLIENT).as_str(), plan.changed(CLIENT)), ("update", changed));
    terraform.apply();
    assert_eq!(terraform.text(CLIENT, "id"), id);
    assert_eq!(terraform.tenant.secret(&id), "s3cret-of-my-own");
}

fn a_create_that_no_update_repairs_is_an_error() {
    let terraform = Workspace::new();
    let other = json!({ "jwt_configuration": { "secret_encoded": true } });
    terraform.tenant.spoil("POST", "/api/v2/clients", Action::change_response(other));
    terraform.config(SMALL);
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&["Auth0 Kept Another Value", "`jwt_configuration.secret_encoded`", "`terraform untaint`"]);
    assert!(!failed.requests.iter().any(|request| request.starts_with("PATCH")), "{:?}", failed.requests);
    assert!(terraform.is_tainted(CLIENT));
    // The response was wrong.
    terraform.run(&["untaint", CLIENT]).success();
    terraform.apply();
}

/// A key was registered elsewhere, and `ignore_changes` leaves the method alone.
fn an_update_sends_nothing_that_the_plan_does_not_show() {
    let terraform = Workspace::new();
    let config = |description: &str| {
        terraform.config(&format!(
            "resource \"auth0_m2m_client\" \"a\" {{\n  name = \"a\"\n  description = {description:?}\n  \
             lifecycle {{\n    ignore_changes = [authentication_method]\n  }}\n}}\n"
        ));
    };
    config("one");
    terraform.apply();
    let path = format!("clients/{}", terraform.text(CLIENT, "id"));
    let credential = json!({ "credential_type": "public_key", "pem": key::public_pem() });
    let credential = terraform.tenant.create(&format!("{path}/credentials"), &credential)["id"].clone();
    let methods = json!({ "private_key_jwt": { "credentials": [{ "id": credential }] } });
    let switch = json!({ "client_authentication_methods": methods, "token_endpoint_auth_method": null });
    terraform.tenant.change(&path, &switch);
    terraform.assert_empty_plan();

    config("two");
    assert_eq!(terraform.plan().changed(CLIENT), ["description"]);
    assert_eq!(apply(&terraform), [(path.clone(), json!({ "description": "two" }))]);
    assert_eq!(terraform.tenant.read(&path)["client_authentication_methods"], methods);
    assert_eq!(terraform.text(CLIENT, "authentication_method"), "private_key_jwt");

    // A whole response without any method says that there is none.
    let lost = json!({ "client_authentication_methods": null });
    terraform.tenant.change(&path, &lost);
    terraform.run(&["refresh"]).success();
    assert_eq!(terraform.attributes(CLIENT)["authentication_method"], Value::Null);
}

fn too_many_metadata_changes_take_two_requests() {
    let terraform = Workspace::new();
    let config = |prefix: &str, number: usize, description: &str| {
        let entries: Vec<_> = (0..number).map(|n| format!("{prefix}{n} = \"v\"")).collect();
        terraform.config(&format!(
            "resource \"auth0_m2m_client\" \"a\" {{\n  name = \"a\"\n  description = {description:?}\n  \
             client_metadata = {{\n{}\n}}\n}}\n",
            entries.join("\n")
        ));
    };
    config("a", 6, "one");
    terraform.apply();
    let path = format!("clients/{}", terraform.text(CLIENT, "id"));
    let metadata = || terraform.attributes(CLIENT)["client_metadata"].as_object().unwrap().len();

    // The first request removes, and the second one fails.
    config("b", 5, "two");
    let refusal = json!({ "statusCode": 400, "error": "Bad Request", "message": "No.", "errorCode": "invalid_body" });
    terraform.tenant.spoil_after(1, "PATCH", "/api/v2/clients/*", Action::answer(400, refusal, &[]));
    terraform.fail_to_apply().assert_one_error(&["Cannot update the client"]);
    assert_eq!((metadata(), terraform.text(CLIENT, "description")), (0, "one".to_owned()));
    assert_eq!(terraform.tenant.read(&path)["client_metadata"], json!({}));

    terraform.apply();
    config("c", 10, "two");
    let sizes = apply(&terraform).into_iter().map(|(_, body)| body["client_metadata"].as_object().unwrap().len());
    assert_eq!(sizes.collect::<Vec<_>>(), [5, 10]);
}

fn from_all_scopes_to_a_list_in_one_request_or_two() {
    let terraform = grant(&[]);
    let all = || write_grant_with(&terraform, "allow_all_scopes = true");
    let list = || write_grant(&terraform, &["read:a", "write:a"]);
    let sent = || apply(&terraform).into_iter().map(|(_, body)| body).collect::<Vec<_>>();
    let both = json!({ "allow_all_scopes": false, "scope": ["read:a", "write:a"] });
    let refuse = |body: &Value| {
        let Value::Object(body) = body.clone() else { unreachable!() };
        let answer =
            json!({ "statusCode": 400, "error": "Bad Request", "message": "No.", "errorCode": "invalid_body" });
        let fault = Fault::new("PATCH", "/api/v2/client-grants/*", Action::answer(400, answer, &[]));
        terraform.tenant.spoil_by(fault.body(body.into()));
    };
    all();
    terraform.apply();
    list();
    assert_eq!(sent(), std::slice::from_ref(&both));

    all();
    terraform.apply();
    list();
    refuse(&both);
    let emptying = json!({ "allow_all_scopes": false, "scope": [] });
    assert_eq!(sent(), [both.clone(), emptying, json!({ "scope": ["read:a", "write:a"] })]);

    all();
    terraform.apply();
    list();
    refuse(&both);
    refuse(&json!({ "scope": ["read:a", "write:a"] }));
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&["Cannot update the client grant", "has no scopes now", "Apply again"]);
    assert_eq!(terraform.plan().changed(GRANT), ["scopes"]);
    terraform.apply();
}

fn all_scopes_of_the_management_api_are_refused_by_the_plan() {
    let terraform = Workspace::new();
    terraform.config(&SMALL.replace("scopes    = [\"read:users\"]", "allow_all_scopes = true"));
    let refused = terraform.fail_to_plan();
    refused.assert_one_error(&["Scopes Must Be Listed", "main.tf line 9", "`scopes`"]);
}

/// A grant with these scopes for an API of its own.
fn grant(scopes: &[&str]) -> Workspace {
    let terraform = Workspace::new();
    terraform.tenant.api(API, &["read:a", "write:a", "extra:z"]);
    write_grant(&terraform, scopes);
    terraform
}

fn write_grant(terraform: &Workspace, scopes: &[&str]) {
    write_grant_with(terraform, &format!("scopes = {scopes:?}"));
}

fn write_grant_with(terraform: &Workspace, line: &str) {
    terraform.config(
        &SMALL.replace("var.management_api", &format!("{API:?}")).replace("scopes    = [\"read:users\"]", line),
    );
}

/// Applies; the next plan has to be empty. Returns what was patched.
#[track_caller]
fn apply(terraform: &Workspace) -> Vec<(String, Value)> {
    terraform.try_apply(&[]).success();
    let patches = terraform.tenant.patches();
    terraform.assert_empty_plan();
    patches
}

/// A merge patch (RFC 7396) that makes `to` of `from`.
fn merge_patch(from: &Value, to: &Value) -> Map<String, Value> {
    let (from, to) = (from.as_object().unwrap(), to.as_object().unwrap());
    let removed = from.keys().filter(|name| !to.contains_key(*name)).map(|name| (name.clone(), Value::Null));
    let set = to.iter().filter(|(name, value)| from.get(*name) != Some(value)).map(|(name, value)| {
        let both = from.get(name).filter(|from| from.is_object() && value.is_object());
        (name.clone(), both.map_or_else(|| value.clone(), |from| merge_patch(from, value).into()))
    });
    removed.chain(set).collect()
}
