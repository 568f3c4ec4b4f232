//! `/api/v2/client-grants`.

use serde_json::{Value, json};

use super::{Tenant, column};

async fn tenant_with_client_and_api() -> (Tenant, Value) {
    let tenant = Tenant::start().await;
    tenant.create_api("https://shop").await;
    let client = tenant.create_client(json!({ "name": "caller" })).await["client_id"].clone();
    (tenant, client)
}

fn path(grant: &Value) -> String {
    format!("/client-grants/{}", grant["id"].as_str().unwrap())
}

#[tokio::test]
async fn new_grant_gets_only_id_and_subject_type() {
    let (tenant, client) = tenant_with_client_and_api().await;
    let body = json!({ "client_id": client, "audience": "https://shop", "scope": ["not:checked"] });
    let mut expected = body.clone();
    let grant = tenant.post("/client-grants", body).await.expect(201);
    expected["id"] = grant["id"].clone();
    expected["subject_type"] = json!("client");
    assert_eq!(grant, expected);
    assert_eq!(grant["id"].as_str().unwrap().len(), "cgr_".len() + 16);
    assert_eq!(tenant.get(&path(&grant)).await.expect(200), grant);
}

#[tokio::test]
async fn one_grant_per_client_api_and_subject_type() {
    let (tenant, client) = tenant_with_client_and_api().await;
    let grant = |subject: &str| json!({ "client_id": client, "audience": "https://shop", "subject_type": subject });
    tenant.post("/client-grants", grant("client")).await.expect(201);
    tenant.post("/client-grants", grant("user")).await.expect(201);
    let silent = json!({ "client_id": client, "audience": "https://shop", "scope": [] });
    let reply = tenant.post("/client-grants", silent).await.expect(409);
    let message = format!("A client grant already exists between {} and https://shop", client.as_str().unwrap());
    assert_eq!((&reply["message"], &reply["error"]), (&json!(message), &json!("Conflict")));
}

#[tokio::test]
async fn client_and_api_must_exist() {
    let (tenant, client) = tenant_with_client_and_api().await;
    let grant = json!({ "client_id": client, "audience": "https://nowhere", "scope": [] });
    let reply = tenant.post("/client-grants", grant).await.expect(404);
    assert_eq!(reply["message"], "No resource with identifier https://nowhere");
    let grant = json!({ "client_id": "nobody", "audience": "https://shop", "scope": [] });
    tenant.post("/client-grants", grant).await.refuses(404, "inexistent_client", "The client does not exist");
}

#[tokio::test]
async fn a_grant_belongs_to_a_client_or_is_a_default() {
    let (tenant, client) = tenant_with_client_and_api().await;
    let default = json!({ "default_for": "third_party_clients", "audience": "https://shop", "scope": [] });
    let grant = tenant.post("/client-grants", default.clone()).await.expect(201);
    assert!(grant.get("client_id").is_none());
    tenant.post("/client-grants", default.clone()).await.expect(409);
    let mut other_subject = default;
    other_subject["subject_type"] = json!("user");
    tenant.post("/client-grants", other_subject).await.expect(409);
    tenant.post("/client-grants", json!({ "audience": "https://shop" })).await.expect(400);
    let both = json!({ "client_id": client, "default_for": "third_party_clients", "audience": "https://shop" });
    tenant.post("/client-grants", both).await.expect(400);
}

#[tokio::test]
async fn express_configurations_get_no_grants() {
    let (tenant, _) = tenant_with_client_and_api().await;
    let client = tenant.create_client(json!({ "name": "x", "app_type": "express_configuration" })).await;
    let grant = json!({ "client_id": client["client_id"], "audience": "https://shop", "scope": [] });
    tenant.post("/client-grants", grant).await.refuses(
        400,
        "validation_error",
        "Client of type express_configuration cannot be used",
    );
}

#[tokio::test]
async fn only_some_properties_of_a_grant_can_be_changed() {
    let (tenant, client) = tenant_with_client_and_api().await;
    let grant = json!({ "client_id": client, "audience": "https://shop", "scope": ["a", "b"] });
    let grant = tenant.post("/client-grants", grant).await.expect(201);
    let changed = tenant.patch(&path(&grant), json!({ "scope": [], "organization_usage": "allow" })).await.expect(200);
    assert_eq!((&changed["scope"], &changed["organization_usage"]), (&json!([]), &json!("allow")));
    let cleared = tenant.patch(&path(&grant), json!({ "organization_usage": null })).await.expect(200);
    assert!(cleared.get("organization_usage").is_none());
    tenant.patch(&path(&grant), json!({ "audience": "https://x", "client_id": "y" })).await.refuses(
        400,
        "invalid_body",
        "Payload validation error: 'Additional properties not allowed: audience,client_id'.",
    );
}

#[tokio::test]
async fn while_all_scopes_are_granted_none_is_shown() {
    let (tenant, client) = tenant_with_client_and_api().await;
    let grant = json!({ "client_id": client, "audience": "https://shop", "scope": ["a"] });
    let grant = tenant.post("/client-grants", grant).await.expect(201);
    let all = tenant.patch(&path(&grant), json!({ "allow_all_scopes": true })).await.expect(200);
    assert!(all.get("scope").is_none());
    tenant.patch(&path(&grant), json!({ "scope": ["a"] })).await.expect(400);
    let some = tenant.patch(&path(&grant), json!({ "allow_all_scopes": false, "scope": [] })).await.expect(200);
    assert_eq!((&some["allow_all_scopes"], &some["scope"]), (&json!(false), &json!([])));
    let both = json!({ "client_id": client, "audience": "https://shop", "subject_type": "user", "scope": ["a"],
        "allow_all_scopes": true });
    tenant.post("/client-grants", both).await.expect(400);
}

#[tokio::test]
async fn a_system_api_has_no_grants_for_all_scopes() {
    let (tenant, client) = tenant_with_client_and_api().await;
    let reason = "`allow_all_scopes` cannot be provided when `audience` is a system API";
    let audience = tenant.management_audience();
    for all in [true, false] {
        let grant = json!({ "client_id": client, "audience": audience, "allow_all_scopes": all });
        tenant.post("/client-grants", grant).await.refuses(400, "validation_error", reason);
    }
    let grant = json!({ "client_id": client, "audience": audience, "scope": ["read:users"] });
    let grant = tenant.post("/client-grants", grant).await.expect(201);
    for all in [json!(true), json!(false), Value::Null] {
        let patch = tenant.patch(&path(&grant), json!({ "allow_all_scopes": all })).await;
        patch.refuses(400, "validation_error", reason);
    }
    assert_eq!(tenant.get(&path(&grant)).await.expect(200), grant);
}

#[tokio::test]
async fn deleting_a_grant_can_be_repeated() {
    let (tenant, client) = tenant_with_client_and_api().await;
    let grant = json!({ "client_id": client, "audience": "https://shop", "scope": [] });
    let grant = tenant.post("/client-grants", grant).await.expect(201);
    tenant.delete(&path(&grant)).await.expect(204);
    tenant.delete(&path(&grant)).await.expect(204);
    tenant.get(&path(&grant)).await.refuses(404, "inexistent_client_grant", "The grant does not exist.");
}

#[tokio::test]
async fn filters_must_all_hold_and_lists_are_sorted_by_id() {
    let (tenant, client) = tenant_with_client_and_api().await;
    tenant.create_api("https://other").await;
    for audience in ["https://shop", "https://other"] {
        for subject in ["client", "user"] {
            let grant = json!({ "client_id": client, "audience": audience, "subject_type": subject, "scope": [] });
            tenant.post("/client-grants", grant).await.expect(201);
        }
    }
    let client = client.as_str().unwrap();
    let list = tenant.get(&format!("/client-grants?client_id={client}")).await.expect(200);
    let ids = column(&list, "id");
    assert!(ids.len() == 4 && ids.is_sorted(), "{ids:?}");
    let narrow = format!("/client-grants?client_id={client}&audience=https%3A%2F%2Fshop&subject_type=user");
    let list = tenant.get(&narrow).await.expect(200);
    assert_eq!(column(&list, "audience"), ["https://shop"]);
    let list = tenant.get("/client-grants?default_for=third_party_clients").await.expect(200);
    assert_eq!(list, json!([]));
}

#[tokio::test]
async fn without_organizations_a_grant_is_in_none() {
    let (tenant, client) = tenant_with_client_and_api().await;
    let grant = json!({ "client_id": client, "audience": "https://shop", "scope": [] });
    let grant = tenant.post("/client-grants", grant).await.expect(201);
    let list = tenant.get(&format!("{}/organizations?take=50", path(&grant))).await.expect(200);
    assert_eq!(list, json!({ "organizations": [] }));
}
