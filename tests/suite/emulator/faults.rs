//! Faults on demand, as a client on the network sees them.

use std::time::Duration;

use serde_json::{Value, json};
use terraform_provider_auth0::emulator::{Action, Emulator, Fault};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::raw::Sent;
use super::{Tenant, reply};

#[tokio::test]
async fn a_status_is_answered_without_effect() {
    let tenant = Tenant::start().await;
    let body = json!({ "statusCode": 429, "error": "Too Many Requests" });
    let action = Action::answer(429, body.clone(), &[("x-ratelimit-reset", "17"), ("retry-after", "1")]);
    tenant.emulator.fault(Fault::new("POST", "/api/v2/clients", action));
    let request = tenant.http.post(tenant.api("/clients")).bearer_auth(&tenant.token).json(&json!({ "name": "x" }));
    let response = request.send().await.unwrap();
    assert_eq!(response.status().as_u16(), 429);
    assert_eq!(response.headers()["x-ratelimit-reset"], "17");
    assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
    assert_eq!(response.json::<Value>().await.unwrap(), body);
    assert_eq!(tenant.get("/clients?is_global=false").await.expect(200).as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_string_is_sent_as_it_is() {
    let tenant = Tenant::start().await;
    let page = json!("<html>Bad gateway</html>");
    tenant.emulator.fault(Fault::new("GET", "*", Action::answer(502, page, &[("content-type", "text/html")])));
    let response = tenant.http.get(tenant.api("/clients")).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/html");
    assert_eq!(response.text().await.unwrap(), "<html>Bad gateway</html>");
}

#[tokio::test]
async fn rules_skip_and_run_out() {
    let tenant = Tenant::start().await;
    tenant.emulator.fault(Fault::new("GET", "/api/v2/clients*", Action::status(500)).skip(1).times(2));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(tenant.http.get(tenant.api("/clients/x")).send().await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [401, 500, 500, 401]);
}

#[tokio::test]
async fn a_delay_holds_one_request_up_and_no_other() {
    let tenant = Tenant::start().await;
    tenant.emulator.fault(Fault::new("GET", "/api/v2/client-grants", Action::delay_ms(400)));
    let start = Instant::now();
    let (slow, fast) = tokio::join!(
        async {
            tenant.get("/client-grants").await.expect(200);
            start.elapsed()
        },
        async {
            tenant.get("/clients").await.expect(200);
            start.elapsed()
        }
    );
    assert!(slow >= Duration::from_millis(400), "{slow:?}");
    assert!(fast < slow, "{fast:?}");
}

#[tokio::test]
async fn dropped_request_gets_no_response() {
    let tenant = Tenant::start().await;
    for (action, created) in [(Action::drop_before(), 0), (Action::drop_after(), 1)] {
        tenant.emulator.fault(Fault::new("POST", "/api/v2/clients", action));
        let before = tenant.get("/clients").await.expect(200).as_array().unwrap().len();
        let request = tenant.http.post(tenant.api("/clients")).bearer_auth(&tenant.token).json(&json!({ "name": "x" }));
        assert!(request.send().await.is_err(), "an answer came");
        let after = tenant.get("/clients").await.expect(200).as_array().unwrap().len();
        assert_eq!(after - before, created);
    }
}

#[tokio::test]
async fn dropping_closes_the_connection_itself() {
    let tenant = Tenant::start().await;
    tenant.emulator.fault(Fault::new("*", "/.well-known/*", Action::drop_before()));
    let mut stream = TcpStream::connect(tenant.emulator.domain()).await.unwrap();
    let sent = Sent { path: "/.well-known/jwks.json", ..Sent::to(&tenant) };
    stream.write_all(sent.head().as_bytes()).await.unwrap();
    let mut received = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut received)).await;
    assert!(end.is_ok(), "the connection stayed open");
    assert_eq!(received, b"");
}

#[tokio::test]
async fn a_cut_body_comes_with_the_length_it_has() {
    let tenant = Tenant::start().await;
    tenant.emulator.fault(Fault::new("POST", "/api/v2/clients", Action::truncate(10)));
    let request = tenant.http.post(tenant.api("/clients")).bearer_auth(&tenant.token).json(&json!({ "name": "x" }));
    let response = request.send().await.unwrap();
    assert_eq!(response.status().as_u16(), 201);
    assert_eq!(response.headers()["content-length"], "10");
    assert_eq!(response.bytes().await.unwrap().len(), 10);
    let list = tenant.get("/clients?is_global=false").await.expect(200);
    assert_eq!(list.as_array().unwrap().len(), 2, "the real answer had its effect");
}

#[tokio::test]
async fn response_shows_other_values_after_the_effect() {
    let tenant = Tenant::start().await;
    let patch = json!({ "name": "other", "description": null, "client_metadata": { "a": "z" } });
    tenant.emulator.fault(Fault::new("POST", "/api/v2/clients", Action::change_response(patch)));
    let sent = json!({ "name": "x", "description": "d", "client_metadata": { "a": "b", "c": "d" } });
    let created = tenant.create_client(sent.clone()).await;
    assert_eq!((&created["name"], created.get("description")), (&json!("other"), None));
    assert_eq!(created["client_metadata"], json!({ "a": "z", "c": "d" }));
    let stored = tenant.get(&format!("/clients/{}", created["client_id"].as_str().unwrap())).await.expect(200);
    for (name, value) in sent.as_object().unwrap() {
        assert_eq!(&stored[name], value);
    }
}

#[tokio::test]
async fn something_else_than_what_was_sent_takes_effect() {
    let tenant = Tenant::start().await;
    tenant.create_api("https://shop").await;
    let client = tenant.create_client(json!({ "name": "x" })).await;
    let grant = json!({ "client_id": client["client_id"], "audience": "https://shop", "scope": ["a"] });
    let grant = tenant.post("/client-grants", grant).await.expect(201);
    let path = format!("/client-grants/{}", grant["id"].as_str().unwrap());
    tenant.emulator.clear_requests();
    let drops_a_scope = Action::change_request(json!({ "scope": ["a", "b"] }));
    tenant.emulator.fault(Fault::new("PATCH", "/api/v2/client-grants/*", drops_a_scope));
    let sent = json!({ "scope": ["a", "b", "c"] });
    assert_eq!(tenant.patch(&path, sent.clone()).await.expect(200)["scope"], json!(["a", "b"]));
    assert_eq!(tenant.get(&path).await.expect(200)["scope"], json!(["a", "b"]));
    assert_eq!(tenant.emulator.requests()[0].body, Some(sent.clone()), "the log has what was sent");

    // The response can also deny it.
    let url = format!("{}/_emulator/faults", tenant.url);
    let action = json!({ "request": { "scope": ["a"] }, "response": sent });
    let rule = json!({ "method": "PATCH", "path": "*", "action": action });
    reply(tenant.http.post(&url).json(&rule)).await.expect(201);
    assert_eq!(tenant.patch(&path, sent.clone()).await.expect(200)["scope"], sent["scope"]);
    assert_eq!(tenant.get(&path).await.expect(200)["scope"], json!(["a"]));
}

#[tokio::test]
async fn changes_leave_alone_what_is_no_json() {
    let tenant = Tenant::start().await;
    let both = json!({ "request": { "name": "y" }, "response": { "name": "z" } });
    let url = format!("{}/_emulator/faults", tenant.url);
    let rule = json!({ "method": "*", "path": "*", "times": 2, "action": both });
    reply(tenant.http.post(&url).json(&rule)).await.expect(201);
    tenant.delete("/clients/nobody").await.expect(204);
    let form = json!({ "grant_type": "client_credentials" });
    let token = reply(tenant.http.post(format!("{}/oauth/token", tenant.url)).form(&form)).await.expect(400);
    assert_eq!((&token["error"], &token["name"]), (&json!("invalid_request"), &json!("z")));
}

#[tokio::test]
async fn rule_with_a_body_strikes_only_such_requests() {
    let tenant = Tenant::start().await;
    tenant.create_api("https://shop").await;
    let client = tenant.create_client(json!({ "name": "x" })).await;
    let grant = json!({ "client_id": client["client_id"], "audience": "https://shop", "allow_all_scopes": true });
    let grant = tenant.post("/client-grants", grant).await.expect(201);
    let path = format!("/client-grants/{}", grant["id"].as_str().unwrap());
    let rule = json!({
        "method": "PATCH",
        "path": "/api/v2/client-grants/*",
        "body": { "allow_all_scopes": false, "scope": ["a"] },
        "action": { "status": 400 },
    });
    let url = format!("{}/_emulator/faults", tenant.url);
    reply(tenant.http.post(&url).json(&rule)).await.expect(201);
    let status = async |body: Value| {
        let request = tenant.http.patch(tenant.api(&path)).bearer_auth(&tenant.token).json(&body);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(status(json!({ "allow_all_scopes": false, "scope": [] })).await, 200);
    assert_eq!(status(json!({ "allow_all_scopes": false, "scope": ["b", "a"] })).await, 400);
    assert_eq!(status(json!({ "scope": ["b", "a"] })).await, 200);
}

#[tokio::test]
async fn faults_are_given_listed_and_removed_over_http() {
    let tenant = Tenant::start().await;
    let url = format!("{}/_emulator/faults", tenant.url);
    let rule = json!({ "method": "POST", "path": "/oauth/token", "action": { "status": 503 } });
    reply(tenant.http.post(&url).json(&rule)).await.expect(201);
    let full = json!({ "method": "POST", "path": "/oauth/token", "skip": 0, "times": 1, "action": { "status": 503 } });
    assert_eq!(reply(tenant.http.get(&url)).await.expect(200), json!({ "faults": [full] }));
    reply(tenant.http.delete(&url)).await.expect(204);
    assert_eq!(reply(tenant.http.get(&url)).await.expect(200), json!({ "faults": [] }));
}

#[tokio::test]
async fn rule_without_effect_is_refused_with_reason() {
    let tenant = Tenant::start().await;
    let url = format!("{}/_emulator/faults", tenant.url);
    let with = |action: Value| json!({ "method": "GET", "path": "*", "action": action });
    let on = |method: &str, path: &str| json!({ "method": method, "path": path, "action": { "status": 500 } });
    for (rule, reason) in [
        (with(json!({ "explode": true })), "an action is {\"status\": NUMBER}"),
        (with(json!({ "drop": "later" })), "an action is {\"status\": NUMBER}"),
        (with(json!({ "request": "x" })), "an action is {\"status\": NUMBER}"),
        (with(json!({})), "the action is empty"),
        (with(json!({ "status": 99 })), "99 is not the status of an answer"),
        (with(json!({ "status": 200, "headers": { "a b": "c" } })), "\"a b\" is not the name of a header"),
        (with(json!({ "status": 200, "headers": { "a": "\n" } })), "\"\\n\" is not the value of a header"),
        (
            with(json!({ "status": 200, "headers": { "Content-Length": "5" } })),
            "\"Content-Length\" follows from the body",
        ),
        (on("GTE", "*"), "\"GTE\" is not a method; name one of *, GET, POST"),
        (on("GET", "api/v2/clients"), "\"api/v2/clients\" fits no path"),
        (on("GET", "/api/v2/clients?page=1"), "\"/api/v2/clients?page=1\" fits no path"),
        (json!({ "method": "GET", "path": "*" }), "missing field `action`"),
        (json!({ "method": "GET", "path": "*", "action": { "status": 500 }, "skp": 1 }), "unknown field `skp`"),
        (
            json!({ "method": "GET", "path": "*", "action": { "status": 500 }, "times": -1 }),
            "invalid value: integer `-1`",
        ),
    ] {
        let body = reply(tenant.http.post(&url).json(&rule)).await.expect(400);
        assert_eq!(body["errorCode"], "invalid_fault", "{rule}");
        let message = body["message"].as_str().unwrap();
        assert!(message.contains(reason), "{rule}: {message}");
    }
    assert_eq!(reply(tenant.http.get(&url)).await.expect(200), json!({ "faults": [] }));
}

#[tokio::test]
async fn the_token_endpoint_has_faults_like_any_other() {
    let tenant = Tenant::start().await;
    let ask = || tenant.token(tenant.emulator.client_id(), tenant.emulator.client_secret(), "https://unknown.example/");
    let fault = |action| tenant.emulator.fault(Fault::new("POST", "/oauth/*", action));
    fault(Action::answer(503, json!({ "error": "busy" }), &[]));
    assert_eq!(ask().await.expect(503)["error"], "busy");
    fault(Action::delay_ms(1));
    assert_eq!(ask().await.status, 403);
    fault(Action::truncate(5));
    let form = json!({ "grant_type": "client_credentials" });
    let response = tenant.http.post(format!("{}/oauth/token", tenant.url)).form(&form).send().await.unwrap();
    assert_eq!(response.bytes().await.unwrap().len(), 5);
    fault(Action::drop_before());
    let dropped = tenant.http.post(format!("{}/oauth/token", tenant.url)).form(&form).send().await;
    assert!(dropped.is_err(), "an answer came");
}

#[tokio::test]
async fn latency_is_added_to_every_answer() {
    let tenant = Tenant::of(Emulator::builder().latency(Duration::from_millis(60)).start()).await;
    let start = Instant::now();
    tenant.get("/clients").await.expect(200);
    assert!(start.elapsed() >= Duration::from_millis(60));
}
