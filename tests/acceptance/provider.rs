//! The `provider` block, and the environment in its place.

use crate::lifecycle::SMALL;
use crate::support::tenant::Tenant;
use crate::support::terraform::Workspace;

super::trials![
    item_074_names_missing_argument_and_variable,
    item_074_the_configuration_wins_over_the_environment,
    item_075_plans_and_applies_unknown_configuration,
    item_076_without_a_block_the_environment_is_enough,
    item_078_the_secrets_of_the_provider_are_shown_nowhere,
    a_token_can_take_the_place_of_the_secret,
    two_configurations_work_side_by_side,
    a_wrong_domain_is_shown_at_its_line,
    two_ways_to_authenticate_are_refused,
    nothing_is_asked_where_nothing_is_needed,
];

/// Takes everything about the tenant out of the environment.
fn without_environment(terraform: &Workspace) {
    for variable in ["AUTH0_DOMAIN", "AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET"] {
        terraform.env(variable, "");
    }
}

/// A block that leads to `tenant`.
fn block(tenant: &Tenant, more: &str) -> String {
    format!(
        "provider \"auth0\" {{\n  {more}\n  domain = {:?}\n  client_id = {:?}\n  client_secret = {:?}\n}}\n",
        tenant.url(),
        tenant.client_id(),
        tenant.client_secret()
    )
}

fn item_074_names_missing_argument_and_variable() {
    let terraform = Workspace::new();
    terraform.config(&format!("provider \"auth0\" {{}}\n{SMALL}"));
    for name in ["domain", "client_id", "client_secret"] {
        terraform.point_at(&terraform.tenant);
        let variable = format!("AUTH0_{}", name.to_uppercase());
        terraform.env(&variable, "");
        let refused = terraform.fail_to_plan();
        refused.assert_one_error(&[&format!("`{name}`"), &format!("`{variable}`"), "provider \"auth0\""]);
    }
}

fn item_074_the_configuration_wins_over_the_environment() {
    let terraform = Workspace::new();
    let other = Tenant::start();
    terraform.config(
        &format!("{}{SMALL}", block(&other, ""))
            .replace("var.management_api", &format!("{:?}", other.management_api())),
    );
    terraform.apply();
    assert_eq!(other.clients("a").len(), 1);
    assert!(terraform.tenant.clients("a").is_empty());
}

fn item_075_plans_and_applies_unknown_configuration() {
    let terraform = Workspace::new();
    let secret = terraform.tenant.client_secret().to_owned();
    terraform.env("AUTH0_CLIENT_SECRET", "");
    terraform.config(&format!(
        "provider \"auth0\" {{ client_secret = terraform_data.secret.output }}\n\
         resource \"terraform_data\" \"secret\" {{ input = {secret:?} }}\n{SMALL}"
    ));
    let plan = terraform.plan();
    assert_eq!(plan.action("auth0_m2m_client.a"), "create");
    assert!(plan.requests().is_empty());
    terraform.apply();
    assert_eq!(terraform.tenant.clients("a").len(), 1);
}

fn item_076_without_a_block_the_environment_is_enough() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    assert!(!SMALL.contains("provider"));
    terraform.apply();
    without_environment(&terraform);
    // Terraform adds an error of its own to that of a provider without a block.
    terraform.fail_to_plan().assert_says(&["`domain`", "`AUTH0_DOMAIN`"]);
}

fn item_078_the_secrets_of_the_provider_are_shown_nowhere() {
    let terraform = Workspace::new();
    let secret = "the-secret-of-this-test";
    terraform.config(&format!(
        "provider \"auth0\" {{ client_secret = var.secret }}\nvariable \"secret\" {{ default = {secret:?} }}\n{SMALL}"
    ));
    let refused = terraform.fail_to_apply();
    refused.assert_one_error(&["`client_secret`"]);
    assert!(!refused.stdout.contains(secret) && !refused.stderr.contains(secret), "{refused:?}");

    let schema = terraform.run(&["providers", "schema", "-json"]).success().stdout;
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let block = &schema["provider_schemas"]["registry.terraform.io/m2m/auth0"]["provider"]["block"]["attributes"];
    for secret in ["client_secret", "api_token"] {
        assert_eq!(block[secret]["sensitive"], true, "{secret}");
    }
}

fn a_token_can_take_the_place_of_the_secret() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    let token = terraform.tenant.token().to_owned();
    without_environment(&terraform);
    terraform.env("AUTH0_DOMAIN", terraform.tenant.url());
    terraform.env("AUTH0_API_TOKEN", &token);
    let applied = terraform.apply();
    assert!(!applied.requests.iter().any(|request| request.ends_with("/oauth/token")), "{:?}", applied.requests);
    terraform.env("AUTH0_API_TOKEN", "not.a.token");
    terraform.fail_to_plan().assert_says(&["`api_token`"]);
}

fn two_configurations_work_side_by_side() {
    let terraform = Workspace::new();
    let other = Tenant::start();
    terraform.config(&format!(
        "{}resource \"auth0_m2m_client\" \"here\" {{ name = \"here\" }}\n\
         resource \"auth0_m2m_client\" \"there\" {{\n  provider = auth0.other\n  name = \"there\"\n}}",
        block(&other, "alias = \"other\"")
    ));
    terraform.apply();
    assert_eq!((terraform.tenant.clients("here").len(), terraform.tenant.clients("there").len()), (1, 0));
    assert_eq!((other.clients("here").len(), other.clients("there").len()), (0, 1));
    terraform.destroy();
}

fn a_wrong_domain_is_shown_at_its_line() {
    let terraform = Workspace::new();
    terraform.config(&format!("provider \"auth0\" {{\n  domain = \"http://example.eu.auth0.com\"\n}}\n{SMALL}"));
    let refused = terraform.run(&["validate"]).failure();
    refused.assert_one_error(&["Invalid Auth0 Domain", "main.tf line 2", "domain = \"http://example.eu.auth0.com\""]);
    refused.assert_says(&["`TENANT.REGION.auth0.com`"]);
}

fn two_ways_to_authenticate_are_refused() {
    let terraform = Workspace::new();
    let secret = "token-of-this-test";
    terraform.config(&format!("provider \"auth0\" {{\n  client_id = \"c\"\n  api_token = {secret:?}\n}}\n{SMALL}"));
    let refused = terraform.run(&["validate"]).failure();
    refused.assert_one_error(&["Conflicting Provider Arguments", "main.tf line 2", "`api_token` and `client_id`"]);
    assert!(!refused.stderr.contains(secret), "{}", refused.stderr);
}

fn nothing_is_asked_where_nothing_is_needed() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    assert!(terraform.run(&["validate"]).success().requests.is_empty());
    assert!(terraform.plan().requests().is_empty());
    terraform.config("");
    assert!(terraform.run(&["apply", "-auto-approve"]).success().requests.is_empty());
}
