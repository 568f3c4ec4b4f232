//! `/_emulator`, and the emulator as a library.

use serde_json::{Value, json};
use terraform_provider_auth0::emulator::{Action, Emulator, Fault};

use super::{Reply, Tenant, column, reply};

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
async fn log_shows_bodies_of_writes_in_the_process_only() {
    let tenant = Tenant::start().await;
    tenant.emulator.clear_requests();
    let id = tenant.create_client(json!({ "name": "x" })).await["client_id"].clone();
    let path = format!("/clients/{}", id.as_str().unwrap());
    tenant.patch(&path, json!({ "name": "y" })).await.expect(200);
    tenant.get(&path).await.expect(200);
    tenant.delete(&path).await.expect(204);
    tenant.token("nobody", "secret", "y").await.expect(401);
    let bodies: Vec<_> = tenant.emulator.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(bodies, [Some(json!({ "name": "x" })), Some(json!({ "name": "y" })), None, None, None]);
    let log = reply(tenant.http.get(format!("{}/_emulator/requests", tenant.url))).await.expect(200);
    assert!(log["requests"].as_array().unwrap().iter().all(|request| request.get("body").is_none()), "{log}");
}

#[tokio::test]
async fn log_can_be_read_and_emptied_over_http() {
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
async fn a_state_comes_back_as_it_was_taken_also_elsewhere() {
    let tenant = Tenant::start().await;
    tenant.create_api("https://shop").await;
    let client = tenant.create_client(json!({ "name": "x", "client_metadata": { "a": "b" } })).await;
    tenant
        .post("/client-grants", json!({ "client_id": client["client_id"], "audience": "https://shop" }))
        .await
        .expect(201);
    let state = tenant.emulator.state();
    tenant.delete(&format!("/clients/{}", client["client_id"].as_str().unwrap())).await.expect(204);
    assert_eq!(put_state(&tenant, &state).await.status, 204);
    assert_eq!(tenant.emulator.state(), state);

    let elsewhere = Tenant::of(Emulator::builder().state(state.clone()).try_start().unwrap()).await;
    let moved = elsewhere.emulator.state();
    assert_eq!((&moved["clients"], &moved["organizations"]), (&state["clients"], &state["organizations"]));
    assert_eq!(elsewhere.get("/client-grants").await.expect(200).as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn invalid_state_is_refused_without_effect() {
    type Spoil = fn(&mut Value);
    let tenant = Tenant::start().await;
    tenant.create_client(json!({ "name": "x" })).await;
    let state = tenant.emulator.state();
    let spoilt: [(Spoil, &str); 8] = [
        (|state| state["clients"][2]["app_type"] = json!("toaster"), "on property clients[2].app_type"),
        (|state| state["clients"][2]["colour"] = json!("red"), "Additional properties not allowed: colour"),
        (|state| drop(state["clients"][2].as_object_mut().unwrap().remove("name")), "Missing required property: name"),
        (|state| state["client_grants"][0]["client_id"] = json!("nobody"), "not among the clients"),
        (|state| state["client_grants"][0]["audience"] = json!("https://nowhere"), "not among the resource servers"),
        (|state| state["administrator"] = json!("nobody"), "administrator nobody"),
        (|state| state["clients"][0] = state["clients"][1].clone(), "is there twice"),
        (|state| state["users"] = json!({}), "Expected type array but found type object' on property users"),
    ];
    for (spoil, complaint) in spoilt {
        let mut broken = state.clone();
        spoil(&mut broken);
        let refused = put_state(&tenant, &broken).await;
        let message = refused.body["message"].as_str().unwrap().to_owned();
        assert!(refused.status == 400 && message.contains(complaint), "{complaint}: {message}");
        assert_eq!(tenant.emulator.state(), state, "{complaint}");
        assert!(Emulator::builder().state(broken).try_start().is_err(), "{complaint}");
    }
}

async fn put_state(tenant: &Tenant, state: &Value) -> Reply {
    reply(tenant.http.put(format!("{}/_emulator/state", tenant.url)).json(state)).await
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
