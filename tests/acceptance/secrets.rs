//! Where secrets must not be.

use std::fs;

use crate::lifecycle::SMALL;
use crate::support::terraform::Workspace;

super::trials![item_040_no_secret_is_logged_at_any_level, no_secret_is_in_state_or_plan,];

/// A life with every command that talks to the tenant.
fn live(terraform: &Workspace) {
    terraform.config(&format!("{SMALL}\ndata \"auth0_m2m_client\" \"a\" {{ id = auth0_m2m_client.a.id }}"));
    terraform.apply();
    terraform.config(&SMALL.replace("name = \"a\"", "name = \"b\""));
    terraform.plan();
    terraform.apply();
    let id = terraform.text("auth0_m2m_client.a", "id");
    terraform.run(&["state", "rm", "auth0_m2m_client.a"]).success();
    terraform.run(&["import", "auth0_m2m_client.a", &id]).success();
}

fn item_040_no_secret_is_logged_at_any_level() {
    let terraform = Workspace::new();
    terraform.log_at("trace");
    live(&terraform);
    let secrets = terraform.tenant.secrets();
    assert!(secrets.len() >= 2, "the administrator's, and that of the client that was made");
    terraform.env("AUTH0_CLIENT_SECRET", "wrong-secret-of-this-test");
    terraform.fail_to_plan();
    terraform.point_at(&terraform.tenant);
    terraform.destroy();
    let log = terraform.log();
    assert!(log.contains("ApplyResourceChange"), "the provider's trace is in it");
    for secret in secrets.iter().map(String::as_str).chain(["wrong-secret-of-this-test"]) {
        assert!(!log.contains(secret), "a secret is in the log");
    }
    assert_no_token("the log", &log);
}

fn no_secret_is_in_state_or_plan() {
    let terraform = Workspace::new();
    live(&terraform);
    let plan = terraform.run(&["show", "-json", "plan.tfplan"]).success().stdout;
    let backup = fs::read_to_string(terraform.path("terraform.tfstate.backup")).unwrap();
    for (name, text) in [("plan", plan), ("state", terraform.state_file()), ("backup", backup)] {
        assert!(text.contains("auth0_client_grant"), "{name}: {text}");
        for secret in terraform.tenant.secrets() {
            assert!(!text.contains(&secret), "a secret is in the {name}");
        }
        assert_no_token(name, &text);
    }
}

/// Every token is a JSON Web Token: two JSON objects, which begin with `{"`, and a signature, in base64 with dots between.
#[track_caller]
fn assert_no_token(place: &str, text: &str) {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c));
    let token = words.find(|word| word.starts_with("eyJ") && word.contains(".eyJ"));
    assert_eq!(token, None, "in {place}");
}
