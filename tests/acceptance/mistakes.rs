//! Configurations that are wrong, and where Terraform points.

use crate::support::terraform::Workspace;

super::trials![
    item_071_what_only_the_service_decides_cannot_be_set,
    item_071_what_is_required_cannot_be_null,
    item_072_rules_wait_for_values_that_are_not_known_yet,
    item_072_a_mistake_is_shown_at_its_line_also_inside_maps_and_objects,
    every_rule_is_told_in_words,
];

/// Validates a client with these lines.
#[track_caller]
fn refused(lines: &str, parts: &[&str]) {
    let terraform = Workspace::new();
    terraform.config(&format!("resource \"auth0_m2m_client\" \"a\" {{\n{lines}\n}}"));
    let refused = terraform.run(&["validate"]).failure();
    refused.assert_one_error(parts);
    assert!(refused.requests.is_empty(), "{refused:?}");
}

fn item_071_what_only_the_service_decides_cannot_be_set() {
    refused("name = \"a\"\nclient_id = \"mine\"", &["main.tf line 3", "client_id = \"mine\""]);
}

fn item_071_what_is_required_cannot_be_null() {
    refused("name = null", &["main.tf line 2", "name = null", "`name` is required"]);
}

fn item_072_rules_wait_for_values_that_are_not_known_yet() {
    let terraform = Workspace::new();
    terraform.config(
        r#"
        resource "terraform_data" "name" { input = "<name>" }
        resource "auth0_m2m_client" "a" { name = terraform_data.name.output }
        "#,
    );
    terraform.run(&["validate"]).success();
    terraform.run(&["plan"]).success();
    terraform.fail_to_apply().assert_one_error(&["name = terraform_data.name.output", "without `<` and `>`"]);
    assert_eq!(terraform.addresses(), ["terraform_data.name"]);
    terraform.fail_to_plan().assert_one_error(&["name = terraform_data.name.output", "without `<` and `>`"]);
}

fn item_072_a_mistake_is_shown_at_its_line_also_inside_maps_and_objects() {
    refused(
        "name = \"a\"\njwt_configuration = {\n  lifetime_in_seconds = 60\n  alg = \"none\"\n}",
        &["main.tf line 5", "alg = \"none\"", "`HS256`"],
    );
    let long = "x".repeat(256);
    refused(
        &format!("name = \"a\"\nclient_metadata = {{\n  fine = \"1\"\n  long = \"{long}\"\n}}"),
        &["main.tf line 5", "long = ", "at most 255 characters"],
    );
    let terraform = Workspace::new();
    terraform.config(
        "resource \"auth0_client_grant\" \"a\" {\n  client_id = \"c\"\n  audience = \"a\"\n  scopes = [\"\"]\n}",
    );
    terraform.run(&["validate"]).failure().assert_one_error(&["main.tf line 4", "scopes = [\"\"]"]);
}

fn every_rule_is_told_in_words() {
    refused("name = \"\"", &["main.tf line 2", "non-empty text"]);
    refused("name = \"a\"\nlogo_uri = \"logo.png\"", &["main.tf line 3", "an absolute address"]);
    refused(
        &format!("name = \"a\"\ndescription = \"{}\"", "x".repeat(141)),
        &["main.tf line 3", "at most 140 characters"],
    );
    refused("name = \"a\"\nauthentication_method = \"none\"", &["main.tf line 3", "`client_secret_post`"]);
    refused("name = \"a\"\njwt_configuration = { lifetime_in_seconds = 0 }", &["main.tf line 3", "at least 1"]);
    let many: Vec<_> = (0..11).map(|n| format!("k{n} = \"v\"")).collect();
    refused(&format!("name = \"a\"\nclient_metadata = {{\n{}\n}}", many.join("\n")), &["at most 10 elements"]);
    refused("name = \"a\"\nclient_metadata = { \"a.b\" = \"1\" }", &["main.tf line 3", "The key"]);
}
