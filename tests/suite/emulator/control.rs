//! `/_emulator`, and the emulator as a library.

use serde_json::{Value, json};
use terraform_provider_auth0::emulator::{Action, Fault};

use super::{Tenant, column, reply};

#[tokio::test]
async fn every_request_is_logged_in_order() {
    let tenant = Tenant::start().await;
    tenant.emulator.clear_requests();
    tenant.get("/clients?per_page=1").await.expect(200);
    tenant.get("/resource-servers/https:%2F%2Fnone").await.expect(404);
    tenant.token("nobody", "x", "y").await.expect(401);
    let logged: Vec<_> = tenant
        .emulator
        .requests()
        .into_iter()
        .map(|request| (request.method, request.path, request.query, request.status))
        .collect();
    let entry =
        |method: &str, path: &str, query: &str, status| (method.into(), path.into(), query.into(), Some(status));
    assert_eq!(
        logged,
        [
            entry("GET", "/api/v2/clients", "per_page=1", 200),
            entry("GET", "/api/v2/resource-servers/https:%2F%2Fnone", "", 404),
            entry("POST", "/oauth/token", "", 401),
        ]
    );
}

#[tokio::test]
async fn the_log_is_read_and_emptied_over_http_and_leaves_itself_out() {
    let tenant = Tenant::start().await;
    let url = format!("{}/_emulator/requests", tenant.url);
    let log = reply(tenant.http.get(&url)).await.expect(200);
    assert_eq!(column(&log["requests"], "path"), ["/oauth/token"]);
    assert_eq!(log["requests"][0]["seq"], 1);
    assert!(log["requests"][0]["at_ms"].is_u64());
    reply(tenant.http.delete(&url)).await.expect(204);
    assert_eq!(reply(tenant.http.get(&url)).await.expect(200), json!({ "requests": [] }));
}

#[tokio::test]
async fn a_dropped_request_has_no_status_in_the_log() {
    let tenant = Tenant::start().await;
    tenant.emulator.clear_requests();
    tenant.emulator.fault(Fault::new("GET", "*", Action::drop_before()));
    assert!(tenant.http.get(tenant.api("/clients")).send().await.is_err());
    let statuses: Vec<_> = tenant.emulator.requests().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [None]);
}

#[tokio::test]
async fn the_state_shows_everything_secrets_too() {
    let tenant = Tenant::start().await;
    tenant.create_client(json!({ "name": "x", "token_endpoint_auth_method": "none" })).await;
    let state = reply(tenant.http.get(format!("{}/_emulator/state", tenant.url))).await.expect(200);
    assert_eq!(state, tenant.emulator.state());
    let secret = |client: &Value| client["client_secret"].as_str().unwrap().to_owned();
    let clients = state["clients"].as_array().unwrap();
    assert!(clients.iter().any(|client| secret(client) == tenant.emulator.client_secret()));
    assert_eq!((state["client_grants"].as_array().unwrap().len(), state["users"].as_array().unwrap().len()), (1, 3));
}

#[tokio::test]
async fn a_tenant_of_its_own_for_every_emulator() {
    let (one, other) = (Tenant::start().await, Tenant::start().await);
    one.create_client(json!({ "name": "x" })).await;
    assert_eq!(other.get("/clients?is_global=false").await.expect(200).as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_stopped_emulator_is_gone() {
    let tenant = Tenant::start().await;
    let session = tenant.session.clone();
    drop(tenant);
    assert!(session.http.get(session.api("/clients")).send().await.is_err());
}
