//! Tokens for organizations: what the grant, the client and the request say together.

use serde_json::{Value, json};

use super::{Reply, Tenant, claims};

const API: &str = "https://shop";

/// A client with a grant for an API, and two organizations; the grant is associated with the first.
struct Setting {
    tenant: Tenant,
    client: Value,
    grant: String,
    associated: String,
    other: String,
}

impl Setting {
    async fn start(usage: Option<&str>) -> Self {
        let tenant = Tenant::start().await;
        tenant.create_api(API).await;
        let client = tenant.create_client(json!({ "name": "worker" })).await;
        let grant = json!({ "client_id": client["client_id"], "audience": API });
        let grant = tenant.post("/client-grants", grant).await.expect(201)["id"].as_str().unwrap().to_owned();
        let mut organizations = Vec::new();
        for name in ["associated", "other"] {
            let organization = tenant.post("/organizations", json!({ "name": name })).await.expect(201);
            organizations.push(organization["id"].as_str().unwrap().to_owned());
        }
        let setting =
            Self { tenant, client, grant, other: organizations.remove(1), associated: organizations.remove(0) };
        if let Some(usage) = usage {
            setting.change_grant(json!({ "organization_usage": usage })).await;
            if usage != "deny" {
                let path = format!("/organizations/{}/client-grants", setting.associated);
                setting.tenant.post(&path, json!({ "grant_id": setting.grant })).await.expect(201);
            }
        }
        setting
    }

    async fn change_grant(&self, change: Value) {
        self.tenant.patch(&format!("/client-grants/{}", self.grant), change).await.expect(200);
    }

    async fn change_client(&self, change: Value) {
        let path = format!("/clients/{}", self.client["client_id"].as_str().unwrap());
        self.tenant.patch(&path, change).await.expect(200);
    }

    async fn ask(&self, organization: Option<&str>) -> Reply {
        let mut form = json!({
            "grant_type": "client_credentials", "audience": API,
            "client_id": self.client["client_id"], "client_secret": self.client["client_secret"],
        });
        if let Some(organization) = organization {
            form["organization"] = organization.into();
        }
        self.tenant.token_form(&form).await
    }

    /// The organization that the token is for; null if for none.
    async fn organization(&self, asked: Option<&str>) -> Value {
        let answer = self.ask(asked).await.expect(200);
        claims(&answer["access_token"]).get("org_id").cloned().unwrap_or_default()
    }

    async fn refuses(&self, asked: Option<&str>, status: u16, error: &str, description: &str) {
        let body = json!({ "error": error, "error_description": description });
        assert_eq!(self.ask(asked).await, Reply { status, body });
    }
}

#[tokio::test]
async fn denied_organization_gets_no_token() {
    for usage in [None, Some("deny")] {
        let setting = Setting::start(usage).await;
        assert_eq!(setting.organization(None).await, Value::Null);
        let reason = "parameter organization is not allowed for this client";
        setting.refuses(Some(&setting.associated), 400, "invalid_request", reason).await;
    }
}

#[tokio::test]
async fn allowed_organization_depends_on_request() {
    let setting = Setting::start(Some("allow")).await;
    assert_eq!(setting.organization(None).await, Value::Null);
    assert_eq!(setting.organization(Some(&setting.associated)).await, setting.associated);
}

#[tokio::test]
async fn required_organization_must_be_in_request() {
    let setting = Setting::start(Some("require")).await;
    setting.refuses(None, 400, "invalid_request", "parameter organization is required for this client").await;
    assert_eq!(setting.organization(Some(&setting.associated)).await, setting.associated);
}

#[tokio::test]
async fn default_organization_is_used_if_required() {
    let setting = Setting::start(Some("require")).await;
    let default = json!({ "organization_id": setting.associated, "flows": ["client_credentials"] });
    setting.change_client(json!({ "default_organization": default })).await;
    assert_eq!(setting.organization(None).await, setting.associated);
    // And nowhere else.
    setting.change_grant(json!({ "organization_usage": "allow" })).await;
    assert_eq!(setting.organization(None).await, Value::Null);
    setting.change_grant(json!({ "organization_usage": "require" })).await;
    setting.change_client(json!({ "default_organization": null })).await;
    assert_eq!(setting.ask(None).await.status, 400);
}

#[tokio::test]
async fn organization_without_association_is_refused() {
    let setting = Setting::start(Some("allow")).await;
    let id = setting.client["client_id"].as_str().unwrap();
    let reason = format!("Client {id} is not authorized to access \"{API}\" using organization {}", setting.other);
    setting.refuses(Some(&setting.other), 403, "access_denied", &reason).await;
    let path = format!("/organizations/{}/client-grants/{}", setting.associated, setting.grant);
    setting.tenant.delete(&path).await.expect(204);
    assert_eq!(setting.ask(Some(&setting.associated)).await.status, 403);
}

#[tokio::test]
async fn a_grant_for_any_organization_needs_no_association() {
    let setting = Setting::start(Some("allow")).await;
    setting.change_grant(json!({ "allow_any_organization": true })).await;
    assert_eq!(setting.organization(Some(&setting.other)).await, setting.other);
    let reason = "parameter organization is invalid: org_0000000000000000 does not exist";
    setting.refuses(Some("org_0000000000000000"), 400, "invalid_request", reason).await;
}
