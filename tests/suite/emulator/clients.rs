//! `/api/v2/clients`: creating, changing and deleting.

use serde_json::{Value, json};

use super::Tenant;

fn path(client: &Value) -> String {
    format!("/clients/{}", client["client_id"].as_str().unwrap())
}

#[tokio::test]
async fn new_client_has_defaults_and_private_key() {
    let tenant = Tenant::start().await;
    let client = tenant.create_client(json!({ "name": "bare" })).await;
    assert_eq!(client["client_id"].as_str().unwrap().len(), 32);
    assert_eq!(client["client_secret"].as_str().unwrap().len(), 64);
    assert_eq!(client["jwt_configuration"], json!({ "lifetime_in_seconds": 36000, "secret_encoded": false }));
    assert_eq!(client["encrypted"], true);
    assert!(client["signing_keys"][0]["key"].as_str().unwrap().contains("PRIVATE KEY"));
    assert!(client["signing_keys"][0]["pkcs7"].as_str().unwrap().starts_with("-----BEGIN PKCS7-----"));

    let read = tenant.get(&path(&client)).await.expect(200);
    assert!(read.get("encrypted").is_none());
    assert!(read["signing_keys"][0].get("key").is_none());
    for name in ["client_secret", "grant_types", "refresh_token", "name", "tenant", "global"] {
        assert_eq!(read[name], client[name], "{name}");
    }
}

#[tokio::test]
async fn names_are_not_unique() {
    let tenant = Tenant::start().await;
    let one = tenant.create_client(json!({ "name": "twin" })).await;
    let other = tenant.create_client(json!({ "name": "twin" })).await;
    assert_ne!(one["client_id"], other["client_id"]);
}

#[tokio::test]
async fn aliases_are_unique() {
    let tenant = Tenant::start().await;
    let body = json!({ "name": "alias", "client_aliases": ["https://shop"] });
    let client = tenant.create_client(body.clone()).await;
    assert_eq!(tenant.post("/clients", body.clone()).await.status, 409);
    tenant.patch(&path(&client), body).await.expect(200);
}

#[tokio::test]
async fn longer_refresh_token_lifetime_needs_explicit_method() {
    let tenant = Tenant::start().await;
    let method = json!({ "name": "x", "token_endpoint_auth_method": "client_secret_basic" });
    let spelled = tenant.create_client(method).await;
    let silent = tenant.create_client(json!({ "name": "x" })).await;
    assert_eq!(spelled["refresh_token"]["token_lifetime"], 31_557_600);
    assert_eq!(silent["refresh_token"]["token_lifetime"], 2_592_000);
}

#[tokio::test]
async fn a_change_keeps_what_it_does_not_mention() {
    let tenant = Tenant::start().await;
    let client = tenant.create_client(json!({ "name": "before", "description": "kept" })).await;
    let changed = tenant.patch(&path(&client), json!({ "name": "after" })).await.expect(200);
    assert_eq!((&changed["name"], &changed["description"]), (&json!("after"), &json!("kept")));
    let again = tenant.patch(&path(&client), json!({ "name": "after" })).await.expect(200);
    assert_eq!(again, changed);
    assert_eq!(tenant.get(&path(&client)).await.expect(200), changed);
}

#[tokio::test]
async fn null_clears_and_empty_values_are_kept() {
    let tenant = Tenant::start().await;
    let quota = json!({ "client_credentials": { "per_hour": 5 } });
    let body = json!({
        "name": "x", "token_quota": quota, "description": "d", "callbacks": ["https://a"],
        "initiate_login_uri": "https://login.example.com",
    });
    let client = tenant.create_client(body).await;
    assert_eq!(client["token_quota"], quota);
    let patch = json!({ "token_quota": null, "description": "", "callbacks": [], "initiate_login_uri": "" });
    let changed = tenant.patch(&path(&client), patch).await.expect(200);
    assert!(changed.get("token_quota").is_none());
    assert!(changed.get("initiate_login_uri").is_none());
    assert_eq!((&changed["description"], &changed["callbacks"]), (&json!(""), &json!([])));
}

#[tokio::test]
async fn metadata_is_changed_key_by_key() {
    let tenant = Tenant::start().await;
    let client = tenant.create_client(json!({ "name": "x", "client_metadata": { "a": "1", "b": "2" } })).await;
    let change = async |metadata: Value| {
        let patch = json!({ "client_metadata": metadata });
        tenant.patch(&path(&client), patch).await.expect(200)["client_metadata"].clone()
    };
    assert_eq!(change(json!({ "a": null, "c": "3" })).await, json!({ "b": "2", "c": "3" }));
    assert_eq!(change(json!({ "b": null, "c": null })).await, json!({}));
}

#[tokio::test]
async fn metadata_limit_counts_old_and_new_keys() {
    let tenant = Tenant::start().await;
    let keys = |range: std::ops::Range<u8>| -> Value { range.map(|n| (format!("key{n}"), json!("v"))).collect() };
    let client = tenant.create_client(json!({ "name": "x", "client_metadata": keys(0..9) })).await;
    let message = "Payload validation error: 'Too many properties defined (11), maximum 10'.";
    let patch = json!({ "client_metadata": keys(9..11) });
    tenant.patch(&path(&client), patch.clone()).await.refuses(400, "invalid_body", message);
    assert_eq!(tenant.get(&path(&client)).await.expect(200)["client_metadata"], keys(0..9));
    let mut patch = patch;
    patch["client_metadata"]["key0"] = Value::Null;
    tenant.patch(&path(&client), patch).await.expect(200);
}

#[tokio::test]
async fn null_is_nothing_when_a_client_is_created() {
    let tenant = Tenant::start().await;
    let body = json!({
        "name": "x", "compliance_level": null, "refresh_token": null, "client_metadata": { "a": null, "b": "1" },
        "oidc_logout": {},
    });
    let client = tenant.create_client(body).await;
    assert!(client.get("compliance_level").is_none() && client.get("oidc_backchannel_logout").is_none());
    assert_eq!((&client["client_metadata"], &client["refresh_token"]["leeway"]), (&json!({ "b": "1" }), &json!(0)));
}

#[tokio::test]
async fn a_default_organization_is_whole_and_exists() {
    let tenant = Tenant::start().await;
    let client = tenant.create_client(json!({ "name": "x" })).await;
    let organization = tenant.post("/organizations", json!({ "name": "acme" })).await.expect(201)["id"].clone();
    let change = async |default: Value| {
        let default = json!({ "default_organization": default });
        tenant.patch(&path(&client), default).await
    };
    for (half, name) in [
        (json!({ "organization_id": organization }), "flows"),
        (json!({ "flows": ["client_credentials"] }), "organization_id"),
    ] {
        let refused = change(half).await.expect(400);
        assert!(
            refused["message"].as_str().unwrap().contains(&format!("Missing required property: {name}")),
            "{refused}"
        );
    }
    let strange = json!({ "organization_id": "org_nowhere", "flows": ["client_credentials"] });
    change(strange.clone()).await.refuses(400, "validation_error", "The organization org_nowhere does not exist");
    assert_eq!(tenant.post("/clients", json!({ "name": "y", "default_organization": strange })).await.status, 400);
    let whole = json!({ "organization_id": organization, "flows": ["client_credentials"] });
    assert_eq!(change(whole.clone()).await.expect(200)["default_organization"], whole);
    assert!(change(Value::Null).await.expect(200).get("default_organization").is_none());
}

#[tokio::test]
async fn token_settings_are_changed_part_by_part() {
    let tenant = Tenant::start().await;
    let client = tenant.create_client(json!({ "name": "x" })).await;
    let patch = json!({ "jwt_configuration": { "alg": "RS256" } });
    let changed = tenant.patch(&path(&client), patch).await.expect(200);
    let merged = json!({ "alg": "RS256", "lifetime_in_seconds": 36000, "secret_encoded": false });
    assert_eq!(changed["jwt_configuration"], merged);
}

#[tokio::test]
async fn logging_out_has_an_older_name_that_follows() {
    let tenant = Tenant::start().await;
    let logout =
        json!({ "backchannel_logout_urls": ["https://a/out"], "backchannel_logout_initiators": { "mode": "all" } });
    let client = tenant.create_client(json!({ "name": "x", "oidc_logout": logout })).await;
    assert_eq!(client["oidc_backchannel_logout"], json!({ "backchannel_logout_urls": ["https://a/out"] }));
    let changed = tenant.patch(&path(&client), json!({ "oidc_backchannel_logout": null })).await.expect(200);
    assert!(changed.get("oidc_logout").is_none());
    assert!(changed.get("oidc_backchannel_logout").is_none());
}

#[tokio::test]
async fn deleting_a_client_deletes_its_grants() {
    let tenant = Tenant::start().await;
    tenant.create_api("https://shop").await;
    let client = tenant.create_client(json!({ "name": "x" })).await;
    let grant = json!({ "client_id": client["client_id"], "audience": "https://shop", "scope": [] });
    let grant = tenant.post("/client-grants", grant).await.expect(201);
    tenant.delete(&path(&client)).await.expect(204);
    tenant.get(&path(&client)).await.refuses(404, "inexistent_client", "The client does not exist");
    let grant = format!("/client-grants/{}", grant["id"].as_str().unwrap());
    tenant.get(&grant).await.refuses(404, "inexistent_client_grant", "The grant does not exist.");
    tenant.delete(&path(&client)).await.expect(204);
}

#[tokio::test]
async fn a_client_that_is_not_there_cannot_be_changed() {
    let tenant = Tenant::start().await;
    let missing = |reply: super::Reply| reply.refuses(404, "inexistent_client", "The client does not exist");
    missing(tenant.patch("/clients/nobody", json!({ "name": "x" })).await);
    missing(tenant.post("/clients/nobody/rotate-secret", json!({})).await);
    missing(tenant.get("/clients/nobody/credentials").await);
}

#[tokio::test]
async fn the_global_client_stays() {
    let tenant = Tenant::start().await;
    let global = tenant.get("/clients?is_global=true").await.expect(200)[0].clone();
    assert_eq!(global["name"], "All Applications");
    assert_eq!(tenant.delete(&path(&global)).await.status, 400);
    let page = json!({ "custom_login_page": "<html></html>", "custom_login_page_on": true });
    let changed = tenant.patch(&path(&global), page).await.expect(200);
    assert_eq!(changed["custom_login_page"], "<html></html>");
}

#[tokio::test]
async fn an_application_can_stand_for_an_api() {
    let tenant = Tenant::start().await;
    let api = tenant.create_api("https://shop").await;
    let api = format!("/resource-servers/{}", api["id"].as_str().unwrap());
    let body = json!({ "name": "x", "app_type": "resource_server", "resource_server_identifier": "https://shop" });
    let client = tenant.create_client(body).await;
    assert_eq!(client["grant_types"], json!([]));
    assert_eq!(tenant.get(&api).await.expect(200)["client_id"], client["client_id"]);
    tenant.delete(&path(&client)).await.expect(204);
    assert!(tenant.get(&api).await.expect(200).get("client_id").is_none());
    let stray = json!({ "name": "x", "app_type": "resource_server", "resource_server_identifier": "https://nowhere" });
    assert_eq!(tenant.post("/clients", stray).await.status, 404);
}

#[tokio::test]
async fn settings_that_contradict_each_other_are_refused() {
    let tenant = Tenant::start().await;
    for body in [
        json!({ "name": "x", "grant_types": ["wishful_thinking"] }),
        json!({ "name": "x", "grant_types": ["client_credentials"], "token_endpoint_auth_method": "none" }),
        json!({ "name": "x", "is_first_party": false, "organization_usage": "allow" }),
        json!({ "name": "x", "is_token_endpoint_ip_header_trusted": true, "token_endpoint_auth_method": "none" }),
    ] {
        let reply = tenant.post("/clients", body.clone()).await;
        assert_eq!((reply.status, &reply.body["errorCode"]), (400, &json!("validation_error")), "{body}");
    }
    let client = tenant.create_client(json!({ "name": "x" })).await;
    for patch in [
        json!({ "token_endpoint_auth_method": null }),
        json!({ "third_party_security_mode": "strict" }),
        json!({ "jwt_configuration": { "secret_encoded": true } }),
    ] {
        let reply = tenant.patch(&path(&client), patch.clone()).await;
        assert_eq!(reply.status, 400, "{patch}");
    }
    let unchanged = tenant.get(&path(&client)).await.expect(200);
    assert_eq!(unchanged["jwt_configuration"], client["jwt_configuration"]);
}
