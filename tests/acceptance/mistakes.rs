//! Configurations that are wrong, and where Terraform points.

use serde_json::json;
use terraform_provider_auth0::emulator::Action;

use crate::lifecycle::SMALL;
use crate::support::terraform::Workspace;

super::trials![
    item_071_what_only_the_service_decides_cannot_be_set,
    item_071_what_is_required_cannot_be_null,
    item_072_rules_wait_for_values_that_are_not_known_yet,
    item_072_shows_mistake_at_its_line,
    every_rule_is_told_in_words,
    shows_invalid_provider_settings_at_their_lines,
    what_is_no_domain_is_shown_at_its_line,
    shows_unusable_certificate_file_at_its_line,
    a_domain_that_answers_with_a_web_page_is_named,
    names_redirecting_domain_and_target,
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

fn item_072_shows_mistake_at_its_line() {
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
    refused("name = \"a\"\nauthentication_method = \"password\"", &["main.tf line 3", "`client_secret_post`"]);
    refused("name = \"a\"\njwt_configuration = { lifetime_in_seconds = 0 }", &["main.tf line 3", "at least 1"]);
    let many: Vec<_> = (0..11).map(|n| format!("k{n} = \"v\"")).collect();
    refused(&format!("name = \"a\"\nclient_metadata = {{\n{}\n}}", many.join("\n")), &["at most 10 elements"]);
    refused("name = \"a\"\nclient_metadata = { \"a.b\" = \"1\" }", &["main.tf line 3", "The key"]);
}

/// A provider block with this line as its second, and something that uses it.
fn block(line: &str) -> String {
    format!("provider \"auth0\" {{\n  {line}\n}}\n{SMALL}")
}

fn shows_invalid_provider_settings_at_their_lines() {
    let terraform = Workspace::new();
    for (line, rule) in [
        ("quota_share = 1.01", "a number from `0.01` to `1`"),
        ("quota_share = -1", "a number from `0.01` to `1`"),
        ("max_requests_per_second = 0", "a number from `0.01` to `1000`"),
        ("max_requests_per_second = -5", "a number from `0.01` to `1000`"),
        ("request_timeout = \"0s\"", "a duration from `1s` to `10m`"),
        ("request_timeout = \"abc\"", "a duration from `1s` to `10m`"),
    ] {
        terraform.config(&block(line));
        let refused = terraform.run(&["validate"]).failure();
        refused.assert_one_error(&["Invalid Attribute Value", "main.tf line 2", line, rule]);
        assert!(refused.requests.is_empty(), "{refused:?}");
    }
    terraform.config(SMALL);
    for (variable, value) in
        [("AUTH0_QUOTA_SHARE", "2"), ("AUTH0_MAX_REQUESTS_PER_SECOND", "0"), ("AUTH0_REQUEST_TIMEOUT", "0s")]
    {
        terraform.env(variable, value);
        let refused = terraform.fail_to_plan();
        refused.assert_says(&["Invalid Provider Configuration", &format!("The variable `{variable}`")]);
        assert!(refused.requests.is_empty(), "{refused:?}");
        terraform.env(variable, "");
    }
}

fn what_is_no_domain_is_shown_at_its_line() {
    let terraform = Workspace::new();
    for domain in
        ["me@example.com", "example.eu.auth0.com/api/v2/", "example,eu.auth0.com", "example..auth0.com", "<tenant>"]
    {
        let line = format!("domain = {domain:?}");
        terraform.config(&block(&line));
        let refused = terraform.run(&["validate"]).failure();
        refused.assert_one_error(&["Invalid Auth0 Domain", "main.tf line 2", &line, "`TENANT.REGION.auth0.com`"]);
    }
}

fn shows_unusable_certificate_file_at_its_line() {
    let terraform = Workspace::new();
    let line = "ca_file = \"ca.pem\"";
    terraform.config(&block(line));
    // Whether a file is there is known on the machine that plans, not where a module is checked.
    terraform.run(&["validate"]).success();
    terraform.fail_to_plan().assert_one_error(&["main.tf line 2", line, "ca.pem cannot be read"]);
    for content in ["", "a letter to a friend", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        terraform.file("ca.pem", content);
        terraform.fail_to_plan().assert_one_error(&["main.tf line 2", line, "has no usable PEM certificate"]);
    }
}

fn a_domain_that_answers_with_a_web_page_is_named() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    let page = || Action::answer(200, json!("<!DOCTYPE html><title>Welcome</title>"), &[("content-type", "text/html")]);
    terraform.tenant.spoil("POST", "/oauth/token", page());
    terraform.fail_to_apply().assert_one_error(&["is not from a token endpoint", "`domain`", "`AUTH0_DOMAIN`"]);
    terraform.apply();
    for path in ["/api/v2/clients*", "/api/v2/client-grants*"] {
        terraform.tenant.spoil("GET", path, page());
    }
    let refused = terraform.fail_to_plan();
    refused.assert_says(&["responded with a web page", "`domain`", "`AUTH0_DOMAIN`"]);
    assert!(!refused.stderr.contains("Welcome"), "{}", refused.stderr);
}

fn names_redirecting_domain_and_target() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    let moved = Action::answer(301, json!(""), &[("location", "https://login.example.com/oauth/token?a=b")]);
    terraform.tenant.spoil("POST", "/oauth/token", moved);
    let refused = terraform.fail_to_apply();
    refused.assert_one_error(&["redirects to https://login.example.com (status 301)", "`domain`", "`AUTH0_DOMAIN`"]);
    assert!(!refused.stderr.contains("a=b"), "{}", refused.stderr);
    assert_eq!(refused.requests.len(), 1, "{refused:?}");
}
