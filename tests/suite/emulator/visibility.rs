//! What a token may do, and what it gets to see.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Reply, Tenant};

fn names(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn every_endpoint_wants_its_scope() {
    let tenant = Tenant::start().await;
    let nothing = tenant.with_scopes(&["read:actions"]).await;
    let body = || json!({ "name": "x" });
    let denied: [(Reply, &str); 10] = [
        (nothing.post("/clients", body()).await, "create:clients"),
        (nothing.delete("/clients/x").await, "delete:clients"),
        (nothing.post("/clients/x/rotate-secret", json!({})).await, "update:client_keys"),
        (nothing.get("/clients/x/credentials").await, "read:client_credentials"),
        (nothing.get("/client-grants").await, "read:client_grants"),
        (nothing.patch("/client-grants/x", json!({})).await, "update:client_grants"),
        (nothing.get("/client-grants/x/organizations").await, "read:organization_client_grants"),
        (nothing.get("/resource-servers").await, "read:resource_servers"),
        (nothing.delete("/resource-servers/x").await, "delete:resource_servers"),
        (nothing.get("/users").await, "read:users"),
    ];
    for (reply, scope) in denied {
        reply.refuses(403, "insufficient_scope", &format!("Insufficient scope, expected any of: {scope}"));
    }
    nothing.get("/clients").await.refuses(
        403,
        "insufficient_scope",
        "Insufficient scope, expected any of: \
         read:clients,read:client_keys,read:client_credentials,read:client_summary",
    );
}

#[tokio::test]
async fn users_can_be_listed_with_the_scope_for_it() {
    let tenant = Tenant::start().await;
    let users = tenant.with_scopes(&["read:users"]).await.get("/users?include_totals=true").await.expect(200);
    assert_eq!((&users["total"], &users["length"], &users["limit"]), (&json!(3), &json!(3), &json!(50)));
}

#[tokio::test]
async fn scopes_decide_about_the_properties_of_a_client() {
    let tenant = Tenant::start().await;
    let client = tenant.create_client(json!({ "name": "x", "description": "d", "app_type": "spa" })).await;
    let path = format!("/clients/{}", client["client_id"].as_str().unwrap());
    let summary = tenant.with_scopes(&["read:client_summary"]).await.get(&path).await.expect(200);
    assert_eq!(names(&summary), BTreeSet::from(["app_type", "client_id", "description", "name", "tenant"]));

    let ordinary = tenant.with_scopes(&["read:clients"]).await.get(&path).await.expect(200);
    assert!(ordinary.get("grant_types").is_some());
    assert!(ordinary.get("client_secret").is_none() && ordinary.get("signing_keys").is_none());

    let credentials = tenant.with_scopes(&["read:client_credentials"]).await.get(&path).await.expect(200);
    assert!(credentials.get("client_secret").is_some() && credentials.get("signing_keys").is_some());
    assert!(credentials.get("grant_types").is_none());

    let keys = tenant.with_scopes(&["read:client_keys"]).await.get(&path).await.expect(200);
    assert!(keys.get("client_secret").is_some() && keys.get("grant_types").is_some());
}

#[tokio::test]
async fn creating_shows_the_secret_to_whoever_may_create() {
    let tenant = Tenant::start().await;
    let creator = tenant.with_scopes(&["create:clients", "read:clients", "update:clients"]).await;
    let client = creator.post("/clients", json!({ "name": "x" })).await.expect(201);
    assert!(client["client_secret"].is_string());
    let path = format!("/clients/{}", client["client_id"].as_str().unwrap());
    assert!(creator.patch(&path, json!({ "name": "y" })).await.expect(200).get("client_secret").is_none());
}

#[tokio::test]
async fn asking_by_name_for_what_is_hidden_is_refused() {
    let tenant = Tenant::start().await;
    let reader = tenant.with_scopes(&["read:clients"]).await;
    reader.get("/clients?fields=client_id,client_secret").await.refuses(
        403,
        "insufficient_scope",
        "Insufficient scope, expected any of: read:client_keys,read:client_credentials",
    );
    reader.get("/clients?fields=client_secret,signing_keys&include_fields=false").await.expect(200);
}

#[tokio::test]
async fn some_properties_need_their_own_scope() {
    let tenant = Tenant::start().await;
    let client = tenant.create_client(json!({ "name": "x" })).await;
    let path = format!("/clients/{}", client["client_id"].as_str().unwrap());
    let session = tenant.with_scopes(&["update:clients"]).await;
    session.patch(&path, json!({ "name": "y" })).await.expect(200);
    for (patch, scope) in [
        (json!({ "client_secret": "s" }), "update:client_keys"),
        (json!({ "client_authentication_methods": null }), "update:client_credentials"),
        (json!({ "token_vault_privileged_access": null }), "update:client_token_vault_privileged_access"),
    ] {
        let message = format!("Insufficient scope, expected any of: {scope}");
        session.patch(&path, patch).await.refuses(403, "insufficient_scope", &message);
    }
    let keys = tenant.with_scopes(&["update:client_keys"]).await;
    keys.patch(&path, json!({ "client_secret": "s" })).await.expect(200);
    let message = "Insufficient scope, expected any of: update:clients";
    keys.patch(&path, json!({ "name": "z" })).await.refuses(403, "insufficient_scope", message);
}
