//! `/oauth/token` and the tokens it issues.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};
use terraform_provider_auth0::emulator::Emulator;

use super::{Reply, Tenant, claims, reply};

#[tokio::test]
async fn token_is_signed_and_names_client_and_scopes() {
    let tenant = Tenant::start().await;
    let issuer = format!("{}/", tenant.url);
    let api = json!({ "identifier": "https://shop", "token_lifetime": 120 });
    tenant.post("/resource-servers", api).await.expect(201);
    let client = tenant.create_client(json!({ "name": "caller" })).await;
    let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    let grant = json!({ "client_id": id, "audience": "https://shop", "scope": ["read:carts", "write:carts"] });
    tenant.post("/client-grants", grant).await.expect(201);

    let answer = tenant.token(id, secret, "https://shop").await.expect(200);
    assert_eq!(answer["expires_in"], 120);
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["scope"], "read:carts write:carts");

    let keys = reply(tenant.http.get(format!("{issuer}.well-known/jwks.json"))).await.expect(200);
    let key = &keys["keys"][0];
    let text = |name: &str| key[name].as_str().unwrap();
    let decoding = DecodingKey::from_rsa_components(text("n"), text("e")).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&["https://shop"]);
    validation.set_issuer(&[&issuer]);
    let token = answer["access_token"].as_str().unwrap();
    let claims = jsonwebtoken::decode::<Value>(token, &decoding, &validation).unwrap().claims;
    assert_eq!(claims["sub"], format!("{id}@clients"));
    assert_eq!(claims["azp"], id);
    assert_eq!(claims["gty"], "client-credentials");
    assert_eq!(claims["scope"], "read:carts write:carts");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 120);
    assert_eq!(jsonwebtoken::decode_header(token).unwrap().kid.as_deref(), Some(text("kid")));
}

#[tokio::test]
async fn secret_may_come_in_form_json_or_header() {
    let tenant = Tenant::start().await;
    let (id, secret) = (tenant.emulator.client_id(), tenant.emulator.client_secret());
    let url = format!("{}/oauth/token", tenant.url);
    let audience = tenant.management_audience();
    let full = json!({
        "grant_type": "client_credentials", "client_id": id, "client_secret": secret, "audience": audience,
        "something": "else",
    });
    let bare = json!({ "grant_type": "client_credentials", "audience": audience });
    reply(tenant.http.post(&url).form(&full)).await.expect(200);
    reply(tenant.http.post(&url).json(&full)).await.expect(200);
    reply(tenant.http.post(&url).basic_auth(id, Some(secret)).form(&bare)).await.expect(200);
    reply(tenant.http.post(&url).basic_auth(id, Some("wrong")).form(&bare)).await.expect(401);
}

#[tokio::test]
async fn a_wrong_id_or_secret_is_not_told_apart() {
    let tenant = Tenant::start().await;
    let audience = tenant.management_audience();
    let denied = json!({ "error": "access_denied", "error_description": "Unauthorized" });
    let wrong_secret = tenant.token(tenant.emulator.client_id(), "wrong", &audience).await;
    assert_eq!(wrong_secret, Reply { status: 401, body: denied.clone() });
    let wrong_id = tenant.token("nobody", tenant.emulator.client_secret(), &audience).await;
    assert_eq!(wrong_id, Reply { status: 401, body: denied });
}

#[tokio::test]
async fn without_a_grant_there_is_no_token() {
    let tenant = Tenant::start().await;
    tenant.create_api("https://shop").await;
    let answer = tenant.token(tenant.emulator.client_id(), tenant.emulator.client_secret(), "https://shop").await;
    let body = answer.expect(403);
    assert_eq!(body["error"], "access_denied");
    let text = body["error_description"].as_str().unwrap();
    assert!(text.starts_with("Client is not authorized to access \"https://shop\". You need to create a"), "{text}");
    let unknown =
        tenant.token(tenant.emulator.client_id(), tenant.emulator.client_secret(), "https://x").await.expect(403);
    assert_eq!(unknown["error_description"], "Service not enabled within domain: https://x");
}

#[tokio::test]
async fn a_grant_for_users_gives_machines_nothing() {
    let tenant = Tenant::start().await;
    tenant.create_api("https://shop").await;
    let (id, secret) = (tenant.emulator.client_id(), tenant.emulator.client_secret());
    let grant = json!({ "client_id": id, "audience": "https://shop", "scope": [], "subject_type": "user" });
    tenant.post("/client-grants", grant).await.expect(201);
    tenant.token(id, secret, "https://shop").await.expect(403);
}

#[tokio::test]
async fn an_api_may_deny_all_clients() {
    let tenant = Tenant::start().await;
    let api =
        json!({ "identifier": "https://shop", "subject_type_authorization": { "client": { "policy": "deny_all" } } });
    tenant.post("/resource-servers", api).await.expect(201);
    let (id, secret) = (tenant.emulator.client_id(), tenant.emulator.client_secret());
    let grant = json!({ "client_id": id, "audience": "https://shop", "scope": [] });
    tenant.post("/client-grants", grant).await.expect(201);
    tenant.token(id, secret, "https://shop").await.expect(403);
}

#[tokio::test]
async fn the_grant_type_must_be_allowed_for_the_client() {
    let tenant = Tenant::start().await;
    let client = tenant.create_client(json!({ "name": "web", "grant_types": ["authorization_code"] })).await;
    let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    let answer = tenant.token(id, secret, &tenant.management_audience()).await;
    let body = json!({
        "error": "unauthorized_client",
        "error_description": "Grant type 'client_credentials' not allowed for the client.",
        "error_uri": "https://auth0.com/docs/clients/client-grant-types",
    });
    assert_eq!(answer, Reply { status: 403, body });
}

#[tokio::test]
async fn malformed_requests_are_told_what_is_missing() {
    let tenant = Tenant::start().await;
    let (id, secret) = (tenant.emulator.client_id(), tenant.emulator.client_secret());
    let answer = tenant.token_form(&json!({ "client_id": id, "client_secret": secret })).await.expect(400);
    assert_eq!(answer["error"], "invalid_request");
    assert_eq!(answer["error_description"], "Missing required parameter: grant_type");
    let password = json!({ "client_id": id, "client_secret": secret, "grant_type": "password" });
    let answer = tenant.token_form(&password).await.expect(501);
    assert_eq!(answer["error"], "unsupported_grant_type");
    let bare = json!({ "client_id": id, "client_secret": secret, "grant_type": "client_credentials" });
    tenant.token_form(&bare).await.expect(403);
}

#[tokio::test]
async fn granting_all_scopes_follows_the_api() {
    let tenant = Tenant::start().await;
    let api = json!({ "identifier": "https://shop", "scopes": [{ "value": "read:carts" }] });
    let api = tenant.post("/resource-servers", api).await.expect(201);
    let (id, secret) = (tenant.emulator.client_id(), tenant.emulator.client_secret());
    let grant = json!({ "client_id": id, "audience": "https://shop", "allow_all_scopes": true });
    tenant.post("/client-grants", grant).await.expect(201);
    let scopes = json!({ "scopes": [{ "value": "read:carts" }, { "value": "write:carts" }] });
    tenant.patch(&format!("/resource-servers/{}", api["id"].as_str().unwrap()), scopes).await.expect(200);
    let answer = tenant.token(id, secret, "https://shop").await.expect(200);
    assert_eq!(claims(&answer["access_token"])["scope"], "read:carts write:carts");
}

#[tokio::test]
async fn an_api_may_ask_for_a_shared_secret() {
    let tenant = Tenant::start().await;
    let api = json!({ "identifier": "https://shop", "signing_alg": "HS256", "signing_secret": "0123456789abcdef" });
    tenant.post("/resource-servers", api).await.expect(201);
    let (id, secret) = (tenant.emulator.client_id(), tenant.emulator.client_secret());
    let grant = json!({ "client_id": id, "audience": "https://shop", "scope": [] });
    tenant.post("/client-grants", grant).await.expect(201);
    let answer = tenant.token(id, secret, "https://shop").await.expect(200);
    assert!(answer.get("scope").is_none(), "{answer}");
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_audience(&["https://shop"]);
    let key = DecodingKey::from_secret(b"0123456789abcdef");
    jsonwebtoken::decode::<Value>(answer["access_token"].as_str().unwrap(), &key, &validation).unwrap();
}

#[tokio::test]
async fn the_issuer_describes_itself() {
    let tenant = Tenant::start().await;
    let url = format!("{}/.well-known/openid-configuration", tenant.url);
    let document = reply(tenant.http.get(url)).await.expect(200);
    assert_eq!(document["issuer"], format!("{}/", tenant.url));
    assert_eq!(document["token_endpoint"], format!("{}/oauth/token", tenant.url));
    assert_eq!(document["jwks_uri"], format!("{}/.well-known/jwks.json", tenant.url));
}

#[tokio::test]
async fn over_tls_clients_trust_the_authority_in_the_file() {
    let emulator = Emulator::builder().tls(true).start();
    assert_eq!(emulator.url(), format!("https://{}", emulator.domain()));
    let authority = std::fs::read(emulator.ca_file().unwrap()).unwrap();
    let authority = reqwest::Certificate::from_pem(&authority).unwrap();
    let http = reqwest::Client::builder().tls_certs_only([authority]).build().unwrap();
    let keys = reply(http.get(format!("{}/.well-known/jwks.json", emulator.url()))).await;
    assert_eq!(keys.status, 200);
    let strangers = reqwest::Client::new().get(emulator.url()).send().await;
    assert!(strangers.is_err(), "a client without the authority was served");
    let file = emulator.ca_file().unwrap().to_owned();
    drop(emulator);
    assert!(!file.exists(), "the file outlived the emulator");
}
