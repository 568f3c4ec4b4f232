//! From nothing to an application with a permission, through every change, and back to nothing.

use serde_json::{Value, json};

use crate::lists::pairs;
use crate::support::terraform::Workspace;
use crate::support::terraform::cli::release;
use crate::support::terraform::state::{core_bytes, most_bytes};

super::trials![
    item_012_the_whole_set_of_commands_works_without_a_warning,
    item_079_create_plan_shows_defaults_and_unknown_ids,
    item_080_plans_nothing_after_apply_or_refresh,
    item_081_an_update_plan_has_what_changed_and_nothing_else,
    item_082_removed_line_clears_value_or_restores_default,
    item_092_state_is_planned_values_or_null,
    each_operation_takes_one_request,
    every_attribute_of_a_client_can_be_changed_and_unset,
    every_attribute_of_a_grant_can_be_changed_and_unset,
    a_patch_carries_the_changed_fields_alone,
    empty_value_causes_no_perpetual_difference,
    the_state_of_an_application_with_its_grant_stays_small,
];

const CLIENT: &str = "auth0_m2m_client.a";
const GRANT: &str = "auth0_client_grant.a";

/// An application and its permission, both as small as can be.
pub(crate) const SMALL: &str = r#"
resource "auth0_m2m_client" "a" {
  name = "a"
}

resource "auth0_client_grant" "a" {
  client_id = auth0_m2m_client.a.client_id
  audience  = var.management_api
  scopes    = ["read:users"]
}
"#;

/// An application with a value for each attribute, none of them the default.
const FULL: &str = r#"
resource "auth0_m2m_client" "a" {
  name                  = "b"
  description           = "What it is for"
  logo_uri              = "https://example.com/logo.png"
  grant_types           = ["client_credentials", "refresh_token"]
  authentication_method = "client_secret_basic"
  jwt_configuration = {
    alg                 = "PS256"
    lifetime_in_seconds = 60
  }
  client_metadata = {
    team = "a"
    tier = "1"
  }
}
"#;

/// The attributes with defaults, as they are when nothing is said.
fn defaults() -> Value {
    json!({
        "description": null,
        "logo_uri": null,
        "grant_types": ["client_credentials"],
        "authentication_method": "client_secret_post",
        "jwt_configuration": { "alg": "RS256", "lifetime_in_seconds": 36000, "secret_encoded": false },
        "client_metadata": null,
    })
}

#[track_caller]
fn assert_attributes(actual: &Value, expected: &Value) {
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(actual[name], *value, "{name} in {actual}");
    }
}

fn item_012_the_whole_set_of_commands_works_without_a_warning() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    let runs = [
        terraform.run(&["validate"]).success(),
        terraform.run(&["plan"]).success(),
        terraform.apply(),
        terraform.run(&["plan", "-detailed-exitcode"]).success(),
        terraform.destroy(),
    ];
    for run in runs {
        // Terraform itself warns of the development override, once.
        let warnings = run.stdout.matches("Warning: ").count() + run.stderr.matches("Warning: ").count();
        assert!(warnings <= 1 && !run.diagnostics().contains("Warning: "), "{run:?}");
    }
    assert!(terraform.addresses().is_empty());
    assert!(terraform.tenant.clients("a").is_empty());
}

fn item_079_create_plan_shows_defaults_and_unknown_ids() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    let plan = terraform.plan();
    assert_attributes(&plan.after(CLIENT), &defaults());
    let unknown = &plan.change(CLIENT)["after_unknown"];
    assert!(unknown["id"] == true && unknown["client_id"] == true, "{unknown}");
    assert!(plan.text().contains("+ id = (known after apply)"), "{}", plan.text());
    assert_attributes(&plan.after(GRANT), &json!({ "subject_type": "client", "adopt_existing": false }));
    assert!(plan.requests().is_empty(), "{plan:?}");
}

fn item_080_plans_nothing_after_apply_or_refresh() {
    let terraform = Workspace::new();
    terraform.config(&format!("{FULL}{}", SMALL.replace("\"a\"", "\"c\"").replace(".a.", ".c.")));
    terraform.apply();
    terraform.run(&["refresh"]).success();
    terraform.assert_empty_plan();
    let refresh_only = terraform.run(&["plan", "-refresh-only", "-detailed-exitcode"]);
    assert_eq!(refresh_only.code, 0, "{refresh_only:?}");
}

fn item_081_an_update_plan_has_what_changed_and_nothing_else() {
    let terraform = Workspace::new();
    terraform.config(FULL);
    terraform.apply();
    let id = terraform.text(CLIENT, "client_id");
    terraform.config(&FULL.replace("What it is for", "Something else"));
    let plan = terraform.plan();
    assert_eq!(plan.action(CLIENT), "update");
    assert_eq!(plan.changed(CLIENT), ["description"]);
    assert_eq!(plan.after(CLIENT)["client_id"], *id);
    terraform.apply();
    assert_eq!(terraform.text(CLIENT, "client_id"), id);
}

fn item_082_removed_line_clears_value_or_restores_default() {
    let terraform = Workspace::new();
    terraform.config(FULL);
    terraform.apply();
    let id = terraform.text(CLIENT, "id");
    terraform.config(r#"resource "auth0_m2m_client" "a" { name = "b" }"#);
    assert_attributes(&terraform.plan().after(CLIENT), &defaults());
    terraform.apply();
    assert_attributes(&terraform.attributes(CLIENT), &defaults());
    let client = terraform.tenant.read(&format!("clients/{id}"));
    assert_eq!(client["jwt_configuration"]["alg"], "RS256");
    assert_eq!(client["grant_types"], json!(["client_credentials"]));
    for cleared in ["description", "logo_uri", "client_metadata"] {
        let value = &client[cleared];
        assert!(value.is_null() || *value == "" || *value == json!({}), "{cleared}: {value}");
    }
}

fn item_092_state_is_planned_values_or_null() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    let plan = terraform.plan();
    terraform.apply();
    for address in [CLIENT, GRANT] {
        let stored = terraform.attributes(address);
        for (name, planned) in plan.after(address).as_object().unwrap() {
            assert_eq!(stored[name], *planned, "{name} of {address}");
        }
    }
    let stored = terraform.attributes(CLIENT);
    assert!(stored["description"].is_null() && stored["client_metadata"].is_null(), "{stored}");
    assert!(stored["id"].is_string() && stored["id"] == stored["client_id"], "{stored}");
}

fn each_operation_takes_one_request() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    let created = terraform.apply();
    assert_eq!(writes(&created.requests), ["POST /api/v2/clients", "POST /api/v2/client-grants"]);
    let read: Vec<_> = created.requests.iter().filter(|request| request.starts_with("GET ")).collect();
    assert_eq!(read, ["GET /api/v2/clients"], "what was there before the first creation");
    assert_eq!(tokens(&created.requests), 1);

    let planned = terraform.plan();
    assert_eq!(writes(planned.requests()), [""; 0]);
    assert_eq!(tokens(planned.requests()), 1);
    assert_eq!(planned.requests().len(), 3, "a token and two reads: {:?}", planned.requests());

    terraform.config(&SMALL.replace("name = \"a\"", "name = \"b\"").replace("read:users", "read:clients"));
    let updated = terraform.apply();
    let mut patches = writes(&updated.requests);
    patches.sort();
    assert_eq!(patches, ["PATCH /api/v2/client-grants/{id}", "PATCH /api/v2/clients/{id}"]);
    assert_eq!(reads(&updated.requests), 2, "those of the refresh, none after a write: {:?}", updated.requests);
    assert_eq!(tokens(&updated.requests), 2, "one process refreshes, another writes");

    let destroyed = terraform.destroy();
    assert_eq!(writes(&destroyed.requests), ["DELETE /api/v2/client-grants/{id}", "DELETE /api/v2/clients/{id}"]);
    assert_eq!(reads(&destroyed.requests), 2);
}

fn every_attribute_of_a_client_can_be_changed_and_unset() {
    let changes = [
        ("description", r#""What it is for""#),
        ("logo_uri", r#""https://example.com/logo.png""#),
        ("grant_types", r#"["client_credentials", "refresh_token"]"#),
        ("authentication_method", r#""client_secret_basic""#),
        ("jwt_configuration", "{ alg = \"PS256\", lifetime_in_seconds = 60 }"),
        ("client_metadata", "{ team = \"a\" }"),
    ];
    let terraform = Workspace::new();
    let bare = r#"resource "auth0_m2m_client" "a" { name = "a" }"#;
    terraform.config(bare);
    terraform.apply();
    for (attribute, value) in changes {
        terraform.config(&format!("resource \"auth0_m2m_client\" \"a\" {{\n name = \"a\"\n {attribute} = {value}\n}}"));
        assert_eq!(terraform.plan().changed(CLIENT), [attribute]);
        let set = terraform.apply();
        assert_eq!(writes(&set.requests), ["PATCH /api/v2/clients/{id}"], "{attribute}");
        terraform.config(bare);
        assert_eq!(terraform.plan().changed(CLIENT), [attribute]);
        let unset = terraform.apply();
        assert_eq!(writes(&unset.requests), ["PATCH /api/v2/clients/{id}"], "{attribute}");
        assert_attributes(&terraform.attributes(CLIENT), &defaults());
    }
}

fn every_attribute_of_a_grant_can_be_changed_and_unset() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    terraform.apply();
    let id = terraform.text(GRANT, "id");
    let with = |scopes: &str| SMALL.replace("scopes    = [\"read:users\"]", scopes);
    for (line, stored) in [
        ("scopes = [\"read:users\", \"read:clients\"]", json!(["read:clients", "read:users"])),
        ("", json!(null)),
        ("scopes = [\"read:clients\"]", json!(["read:clients"])),
    ] {
        terraform.config(&with(line));
        terraform.apply();
        assert_eq!(terraform.attributes(GRANT)["scopes"], stored);
        let granted = terraform.tenant.read(&format!("client-grants/{id}"))["scope"].clone();
        let mut granted: Vec<_> = granted.as_array().unwrap().iter().map(|scope| scope.as_str().unwrap()).collect();
        granted.sort_unstable();
        assert_eq!(json!(granted), if stored.is_null() { json!([]) } else { stored });
    }
    terraform.config(&with("adopt_existing = true"));
    let local = terraform.try_apply(&[]).success();
    assert!(!writes(&local.requests).iter().any(|request| request.starts_with("POST")), "{:?}", local.requests);
    assert_eq!(terraform.text(GRANT, "id"), id, "the grant is the same all the time");
}

fn a_patch_carries_the_changed_fields_alone() {
    let terraform = Workspace::new();
    terraform.config(FULL);
    terraform.apply();
    let path = format!("clients/{}", terraform.text(CLIENT, "id"));
    // A change outside Terraform survives only if the request leaves the property out.
    terraform.tenant.change(
        &path,
        &json!({
            "logo_uri": "https://example.com/other.png",
            "jwt_configuration": { "alg": "RS512" },
            "client_metadata": { "team": "z" },
        }),
    );
    terraform.config(
        &FULL
            .replace("What it is for", "Else")
            .replace("lifetime_in_seconds = 60", "lifetime_in_seconds = 90")
            .replace("tier = \"1\"", "tier = \"2\""),
    );
    terraform.try_apply(&["-refresh=false"]).success();
    assert_eq!(terraform.plan().changed(CLIENT), ["client_metadata", "jwt_configuration", "logo_uri"]);
    let client = terraform.tenant.read(&path);
    assert_eq!(client["description"], "Else");
    assert_eq!(client["logo_uri"], "https://example.com/other.png");
    assert_eq!(client["jwt_configuration"]["alg"], "RS512");
    assert_eq!(client["jwt_configuration"]["lifetime_in_seconds"], 90);
    assert_eq!(client["client_metadata"], json!({ "team": "z", "tier": "2" }));
}

fn empty_value_causes_no_perpetual_difference() {
    let terraform = Workspace::new();
    terraform.config(
        r#"
        resource "auth0_m2m_client" "a" {
          name            = "a"
          description     = ""
          logo_uri        = ""
          client_metadata = {}
        }

        resource "auth0_client_grant" "a" {
          client_id = auth0_m2m_client.a.client_id
          audience  = var.management_api
          scopes    = []
        }
        "#,
    );
    terraform.apply();
}

fn writes(requests: &[String]) -> Vec<String> {
    let is_write = |request: &&String| !request.starts_with("GET ") && !request.ends_with("/oauth/token");
    requests.iter().filter(is_write).cloned().collect()
}

fn reads(requests: &[String]) -> usize {
    requests.iter().filter(|request| request.starts_with("GET ")).count()
}

fn tokens(requests: &[String]) -> usize {
    requests.iter().filter(|request| request.as_str() == "POST /oauth/token").count()
}

/// Terraform writes all of it after every object, so what a user waits for grows with it.
fn the_state_of_an_application_with_its_grant_stays_small() {
    let terraform = Workspace::new();
    let state = |count| {
        terraform.config(&pairs(count));
        terraform.apply();
        terraform.state_file()
    };
    let (few, more) = (state(2), state(6));
    let each = (more.len() - few.len()) / 4;
    let of_core = (core_bytes(&more) - core_bytes(&few)) / 4;
    let most = most_bytes(release(), &more);
    assert!(each <= most, "{each} bytes of {most}; Terraform itself writes {of_core} of them");
    assert!((100..1_000).contains(&of_core), "{of_core} of {each}");
}
