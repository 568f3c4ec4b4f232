//! What is refused before anything is looked up: tokens, routes, parameters, bodies.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use terraform_provider_auth0::emulator::Emulator;

use super::raw::every_endpoint;
use super::{Reply, Session, Tenant, claims, reply};

async fn with_header(tenant: &Tenant, value: &str) -> Reply {
    reply(tenant.http.get(format!("{}/api/v2/clients", tenant.url)).header("Authorization", value)).await
}

fn unauthorized(message: &str) -> Reply {
    let body = json!({
        "statusCode": 401,
        "error": "Unauthorized",
        "message": message,
        "attributes": { "error": message },
    });
    Reply { status: 401, body }
}

#[tokio::test]
async fn a_request_without_a_token_is_unauthorized() {
    let tenant = Tenant::start().await;
    let answer = reply(tenant.http.get(format!("{}/api/v2/clients", tenant.url))).await.expect(401);
    assert_eq!(answer, json!({ "statusCode": 401, "error": "Unauthorized", "message": "Missing authentication" }));
}

#[tokio::test]
async fn what_is_not_a_jwt_is_malformed() {
    let tenant = Tenant::start().await;
    for header in ["Bearer opaque", "Basic abc", "Bearer"] {
        let malformed = "Bad HTTP authentication header format";
        with_header(&tenant, header).await.refuses(400, "Bearer", malformed);
    }
}

#[tokio::test]
async fn a_token_of_another_tenant_is_not_accepted() {
    let (tenant, other) = (Tenant::start().await, Tenant::start().await);
    let foreign = Session { token: other.token.clone(), ..tenant.session.clone() };
    assert_eq!(foreign.get("/clients").await, unauthorized("Invalid token"));
}

#[tokio::test]
async fn a_token_for_another_api_is_not_accepted() {
    let tenant = Tenant::start().await;
    tenant.create_api("https://shop").await;
    let (id, secret) = (tenant.emulator.client_id(), tenant.emulator.client_secret());
    let grant = json!({ "client_id": id, "audience": "https://shop", "scope": ["read:clients"] });
    tenant.post("/client-grants", grant).await.expect(201);
    let answer = tenant.token(id, secret, "https://shop").await.expect(200);
    let token = answer["access_token"].as_str().unwrap();
    assert_eq!(with_header(&tenant, &format!("Bearer {token}")).await, unauthorized("Invalid token"));
}

#[tokio::test]
async fn a_forged_signature_is_noticed() {
    let tenant = Tenant::start().await;
    let (head, _) = tenant.token.rsplit_once('.').unwrap();
    let signature = "A".repeat(342);
    let forged = with_header(&tenant, &format!("Bearer {head}.{signature}")).await;
    assert_eq!(forged, unauthorized("Invalid signature received for JSON Web Token validation"));
    let weak = EncodingKey::from_secret(b"guess");
    let claims = claims(&json!(tenant.token));
    let weak = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &weak).unwrap();
    assert_eq!(with_header(&tenant, &format!("Bearer {weak}")).await, unauthorized("Invalid token"));
}

#[tokio::test]
async fn an_expired_token_is_not_accepted() {
    let tenant = Tenant::start().await;
    let api = json!({ "identifier": "https://brief", "token_lifetime": 0 });
    tenant.post("/resource-servers", api).await.expect(201);
    let (id, secret) = (tenant.emulator.client_id(), tenant.emulator.client_secret());
    tenant.post("/client-grants", json!({ "client_id": id, "audience": "https://brief" })).await.expect(201);
    let answer = tenant.token(id, secret, "https://brief").await.expect(200);
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let token = answer["access_token"].as_str().unwrap();
    let expired = with_header(&tenant, &format!("Bearer {token}")).await;
    assert_eq!(expired, unauthorized("Expired token received for JSON Web Token validation"));
}

/// A 404 would say that an object is gone.
#[tokio::test]
async fn what_is_not_imitated_is_named() {
    let tenant = Tenant::start().await;
    let refused = |reply: Reply, what: &str| {
        reply.refuses(501, "not_imitated", &format!("auth0-emulator does not imitate {what}"));
    };
    refused(tenant.get("/connections").await, "GET /api/v2/connections");
    refused(tenant.get("/clients/x/unheard-of").await, "GET /api/v2/clients/x/unheard-of");
    refused(tenant.get("/clients/").await, "GET /api/v2/clients/");
    refused(tenant.delete("/clients").await, "DELETE /api/v2/clients");
    refused(tenant.get("/users?q=x").await, "the query parameter q");
    refused(reply(tenant.http.get(format!("{}/authorize", tenant.url))).await, "GET /authorize");
    refused(reply(tenant.http.get(format!("{}/_emulator/x", tenant.url))).await, "GET /_emulator/x");
    let form = tenant.http.post(tenant.api("/clients")).form(&json!({ "name": "x" }));
    let what = "bodies of the type \"application/x-www-form-urlencoded\", send application/json";
    refused(tenant.send(form).await, what);
    let organization = json!({ "name": "acme", "enabled_connections": [{ "connection_id": "con_1" }] });
    refused(tenant.post("/organizations", organization).await, "connections");

    let mut form =
        json!({ "client_id": tenant.emulator.client_id(), "client_secret": tenant.emulator.client_secret() });
    form["grant_type"] = "password".into();
    let answer = tenant.token_form(&form).await.expect(501);
    assert_eq!(answer["error_description"], "auth0-emulator does not imitate the grant type password");
}

/// In every area there is a method or a path that is missing.
#[tokio::test]
async fn nothing_unknown_is_answered_with_a_404() {
    let tenant = Tenant::start().await;
    for (_, path) in every_endpoint() {
        for (method, path) in
            [("PUT", format!("{path}/unknown")), ("LOCK", path.clone()), ("GET", format!("{path}s/x"))]
        {
            let request = tenant.http.request(method.parse().unwrap(), format!("{}{path}", tenant.url));
            let answer = tenant.send(request).await;
            // The name of an API and of an organization may be anything.
            let is_object = ["/resource-servers/", "/organizations/"].iter().any(|area| path.contains(area));
            assert!(answer.status == 501 || is_object, "{method} {path}: {} {}", answer.status, answer.body);
        }
    }
}

#[tokio::test]
async fn parameters_are_checked() {
    let tenant = Tenant::start().await;
    for (query, detail) in [
        ("client_ids=a", "'Additional properties not allowed: client_ids'"),
        ("per_page=101", "'Value 101 is greater than maximum 100' on property per_page"),
        ("take=0", "'Value 0 is less than minimum 1' on property take"),
        ("page=x", "'Expected type integer but found type string' on property page"),
        ("is_global=1", "'Expected type boolean but found type string' on property is_global"),
        ("fields=client_id,nonsense", "'No enum match for: nonsense' on property fields"),
    ] {
        let message = format!("Query validation error: {detail}.");
        tenant.get(&format!("/clients?{query}")).await.refuses(400, "invalid_query_string", &message);
    }
}

#[tokio::test]
async fn bodies_are_checked_before_anything_is_looked_up() {
    let tenant = Tenant::start().await;
    tenant.patch("/clients/nobody", json!({})).await.refuses(
        400,
        "invalid_body",
        "Payload validation error: 'Too few properties defined (0), minimum 1'.",
    );
    let body = json!({ "name": "x", "token_quota": { "client_credentials": { "per_day": "many" } } });
    tenant.post("/clients", body).await.refuses(
        400,
        "invalid_body",
        "Payload validation error: 'Expected type integer but found type string' on property \
         token_quota.client_credentials.per_day (Quota of issued tokens).",
    );
    let text = tenant.http.post(tenant.api("/clients")).header("Content-Type", "application/json").body("{");
    let answer = tenant.send(text).await.expect(400);
    assert_eq!(answer["message"], "Invalid request payload JSON format");
}

#[tokio::test]
async fn bodies_over_a_megabyte_are_refused() {
    let tenant = Tenant::start().await;
    let large = Value::from("x".repeat(1 << 20));
    assert_eq!(tenant.post("/clients", json!({ "name": large })).await.status, 413);
    let refused = tenant.token("x", large.as_str().unwrap(), "y").await.expect(413);
    assert_eq!(refused["error"], "invalid_request");
    let stranger = Session { token: "a.b.c".into(), ..tenant.session.clone() };
    assert_eq!(stranger.post("/clients", json!({ "name": large })).await.status, 401);
}

#[tokio::test]
async fn every_answer_has_the_one_content_type() {
    let tenant = Tenant::start().await;
    for (method, path) in [("GET", "/clients"), ("GET", "/clients/nobody"), ("DELETE", "/clients/nobody")] {
        let request = tenant.http.request(method.parse().unwrap(), tenant.api(path)).bearer_auth(&tenant.token);
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8", "{method} {path}");
    }
}

#[tokio::test]
async fn a_refused_creation_does_not_even_use_up_an_id() {
    let with_and_without = [true, false].map(async |refused_first| {
        let tenant = Tenant::of(Emulator::builder().seed(7).start()).await;
        if refused_first {
            let body = json!({ "name": "x", "grant_types": ["wishful_thinking"] });
            assert_eq!(tenant.post("/clients", body).await.status, 400);
        }
        tenant.create_client(json!({ "name": "x" })).await["client_id"].clone()
    });
    let [one, other] = with_and_without;
    assert_eq!(one.await, other.await);
}
