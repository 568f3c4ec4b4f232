//! Tokens that may not see everything of an application: what they do not see is no drift, and what they see still is.

use serde_json::{Value, json};

use crate::support::terraform::Workspace;

super::trials![what_a_token_may_not_see_is_no_drift];

const CLIENT: &str = "auth0_m2m_client.a";

const CONFIGURATION: &str = r#"
resource "auth0_m2m_client" "a" {
  name               = "a"
  description        = "d"
  client_metadata    = { team = "a" }
  organization_usage = "allow"
  token_quota        = { client_credentials = { per_hour = 10 } }
}
"#;

/// The scopes that show more than a summary.
const SCOPES: [&str; 3] = ["read:clients", "read:client_keys", "read:client_credentials"];

fn what_a_token_may_not_see_is_no_drift() {
    let subsets =
        (1..7_u8).map(|bits| (0..3).filter(|place| bits >> place & 1 == 1).map(|place| SCOPES[place]).collect());
    for scopes in subsets {
        let scopes: Vec<&str> = scopes;
        let terraform = Workspace::new();
        terraform.config(CONFIGURATION);
        terraform.apply();
        let client = format!("clients/{}", terraform.text(CLIENT, "id"));
        act_with(&terraform, &scopes);
        terraform.assert_empty_plan();

        let ordinary = scopes.contains(&"read:clients") || scopes.contains(&"read:client_keys");
        let sensitive = scopes.contains(&"read:client_keys") || scopes.contains(&"read:client_credentials");
        terraform.tenant.change(
            &client,
            &json!({
                "name": "b", "organization_usage": "deny", "client_metadata": { "team": "b" },
                "client_authentication_methods": { "private_key_jwt": { "credentials": [] } },
                "token_endpoint_auth_method": null,
            }),
        );
        let seen = [
            ("authentication_method", sensitive),
            ("client_metadata", ordinary),
            ("name", true),
            ("organization_usage", ordinary),
        ];
        let expected: Vec<_> = seen.into_iter().filter(|(_, seen)| *seen).map(|(name, _)| name).collect();
        assert_eq!(terraform.plan().changed(CLIENT), expected, "{scopes:?}");
    }
}

/// Lets the provider act as an application with these scopes and no others.
pub(crate) fn act_with(terraform: &Workspace, scopes: &[&str]) {
    let tenant = &terraform.tenant;
    let new = json!({ "name": "limited", "app_type": "non_interactive", "grant_types": ["client_credentials"] });
    let application = tenant.create("clients", &new);
    let id = &application["client_id"];
    let grant = json!({ "client_id": id, "audience": tenant.management_api(), "scope": scopes });
    tenant.create("client-grants", &grant);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    terraform.env("AUTH0_CLIENT_ID", &text(id));
    terraform.env("AUTH0_CLIENT_SECRET", &text(&application["client_secret"]));
}
