//! Client secrets: setting, rotating, hiding.

use serde_json::json;

use super::Tenant;

#[tokio::test]
async fn a_rotated_secret_replaces_the_old_one() {
    let tenant = Tenant::start().await;
    let (id, old) = (tenant.emulator.client_id(), tenant.emulator.client_secret());
    let audience = tenant.management_audience();
    let client = tenant.post(&format!("/clients/{id}/rotate-secret"), json!({})).await.expect(200);
    let new = client["client_secret"].as_str().unwrap();
    assert_ne!(new, old);
    tenant.token(id, old, &audience).await.expect(401);
    tenant.token(id, new, &audience).await.expect(200);
}

#[tokio::test]
async fn a_secret_can_be_chosen_by_changing_a_client_only() {
    let tenant = Tenant::start().await;
    let (id, audience) = (tenant.emulator.client_id(), tenant.management_audience());
    let changed = tenant.patch(&format!("/clients/{id}"), json!({ "client_secret": "my own" })).await.expect(200);
    assert_eq!(changed["client_secret"], "my own");
    tenant.token(id, "my own", &audience).await.expect(200);
    tenant.post("/clients", json!({ "name": "x", "client_secret": "my own" })).await.refuses(
        400,
        "invalid_body",
        "Payload validation error: 'Additional properties not allowed: client_secret'.",
    );
}

#[tokio::test]
async fn secret_is_hidden_while_credentials_are_in_use() {
    let tenant = Tenant::start().await;
    let method = json!({ "name": "x", "token_endpoint_auth_method": "client_secret_post" });
    let client = tenant.create_client(method).await;
    let path = format!("/clients/{}", client["client_id"].as_str().unwrap());
    let to_keys = json!({
        "client_authentication_methods": { "private_key_jwt": { "credentials": [] } },
        "token_endpoint_auth_method": null,
    });
    let with_keys = tenant.patch(&path, to_keys).await.expect(200);
    assert!(with_keys.get("client_secret").is_none());
    assert!(with_keys.get("token_endpoint_auth_method").is_none());
    assert_eq!(tenant.post(&format!("{path}/rotate-secret"), json!({})).await.status, 400);

    let back = json!({ "client_authentication_methods": null, "token_endpoint_auth_method": "client_secret_post" });
    let back = tenant.patch(&path, back).await.expect(200);
    assert_eq!(back["client_secret"], client["client_secret"]);
    assert!(back.get("client_authentication_methods").is_none());
}

#[tokio::test]
async fn secret_and_key_methods_exclude_each_other() {
    let tenant = Tenant::start().await;
    let method = json!({ "name": "x", "token_endpoint_auth_method": "client_secret_post" });
    let client = tenant.create_client(method).await;
    let path = format!("/clients/{}", client["client_id"].as_str().unwrap());
    let both = json!({ "client_authentication_methods": { "private_key_jwt": { "credentials": [] } } });
    assert_eq!(tenant.patch(&path, both).await.status, 400);
}

#[tokio::test]
async fn public_clients_have_a_secret_as_well() {
    let tenant = Tenant::start().await;
    let client = tenant.create_client(json!({ "name": "x", "token_endpoint_auth_method": "none" })).await;
    assert!(client["client_secret"].is_string());
}
