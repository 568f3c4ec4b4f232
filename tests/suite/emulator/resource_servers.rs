//! `/api/v2/resource-servers`.

use serde_json::json;

use super::{Tenant, column};

#[tokio::test]
async fn an_api_has_defaults_and_no_name_unless_given() {
    let tenant = Tenant::start().await;
    let api = tenant.create_api("https://shop").await;
    assert_eq!(api["id"].as_str().unwrap().len(), 24);
    assert_eq!(api["token_lifetime"], 86400);
    assert_eq!(api["token_lifetime_for_web"], 7200);
    assert_eq!(api["signing_alg"], "RS256");
    assert_eq!(api["subject_type_authorization"]["client"]["policy"], "require_client_grant");
    for name in ["name", "scopes", "enforce_policies", "token_dialect", "signing_secret"] {
        assert!(api.get(name).is_none(), "{name}");
    }
}

#[tokio::test]
async fn finds_api_by_id_and_encoded_identifier() {
    let tenant = Tenant::start().await;
    let api = tenant.create_api("https://shop/orders").await;
    let id = api["id"].as_str().unwrap();
    for key in [id, "https:%2F%2Fshop%2Forders", "https:%252F%252Fshop%252Forders"] {
        assert_eq!(tenant.get(&format!("/resource-servers/{key}")).await.expect(200), api, "{key}");
    }
    let missing = tenant.get("/resource-servers/none").await;
    missing.refuses(404, "inexistent_resource_server", "The resource server does not exist");
}

#[tokio::test]
async fn identifiers_are_unique_and_stay() {
    let tenant = Tenant::start().await;
    let api = tenant.create_api("https://shop").await;
    tenant.post("/resource-servers", json!({ "identifier": "https://shop" })).await.expect(409);
    let path = format!("/resource-servers/{}", api["id"].as_str().unwrap());
    tenant.patch(&path, json!({ "identifier": "https://x" })).await.refuses(
        400,
        "invalid_body",
        "Payload validation error: 'Additional properties not allowed: identifier'.",
    );
}

#[tokio::test]
async fn scopes_are_replaced_as_a_whole() {
    let tenant = Tenant::start().await;
    tenant.create_api("https://shop").await;
    let path = "/resource-servers/https:%2F%2Fshop";
    let scopes = json!([{ "value": "a", "description": "A" }, { "value": "b" }]);
    assert_eq!(tenant.patch(path, json!({ "scopes": scopes })).await.expect(200)["scopes"], scopes);
    assert_eq!(tenant.patch(path, json!({ "scopes": [] })).await.expect(200)["scopes"], json!([]));
}

#[tokio::test]
async fn a_shared_secret_stays_when_the_algorithm_changes() {
    let tenant = Tenant::start().await;
    let api = json!({ "identifier": "https://shop", "signing_alg": "HS256" });
    let api = tenant.post("/resource-servers", api).await.expect(201);
    assert!(api["signing_secret"].as_str().unwrap().len() >= 16);
    let path = format!("/resource-servers/{}", api["id"].as_str().unwrap());
    let changed = tenant.patch(&path, json!({ "signing_alg": "RS256" })).await.expect(200);
    assert_eq!(changed["signing_secret"], api["signing_secret"]);
}

#[tokio::test]
async fn the_management_api_is_there_and_protected() {
    let tenant = Tenant::start().await;
    let list = tenant.get("/resource-servers?include_totals=true").await.expect(200);
    assert_eq!(list["total"], 1);
    let api = &list["resource_servers"][0];
    assert_eq!((&api["is_system"], &api["identifier"]), (&json!(true), &json!(tenant.management_audience())));
    assert!(column(&api["scopes"], "value").contains(&"create:client_grants"));
    let path = format!("/resource-servers/{}", api["id"].as_str().unwrap());
    tenant.patch(&path, json!({ "name": "mine" })).await.expect(400);
    tenant.delete(&path).await.expect(400);
}

#[tokio::test]
async fn lists_are_narrowed_by_identifier_and_fields() {
    let tenant = Tenant::start().await;
    for identifier in ["https://a", "https://b", "https://c"] {
        tenant.create_api(identifier).await;
    }
    let query = "/resource-servers?identifiers=https://c&identifiers=https://a&fields=identifier&include_fields=true";
    assert_eq!(
        tenant.get(query).await.expect(200),
        json!([{ "identifier": "https://a" }, { "identifier": "https://c" }])
    );
}

#[tokio::test]
async fn deleting_an_api_by_identifier_can_be_repeated() {
    let tenant = Tenant::start().await;
    tenant.create_api("https://shop").await;
    tenant.delete("/resource-servers/https:%2F%2Fshop").await.expect(204);
    tenant.delete("/resource-servers/https:%2F%2Fshop").await.expect(204);
    tenant.get("/resource-servers/https:%2F%2Fshop").await.expect(404);
}
