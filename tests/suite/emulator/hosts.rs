//! Whose requests are refused whatever they ask for: those of foreign web pages, and those for foreign hosts.

use serde_json::{Value, json};
use terraform_provider_auth0::emulator::Emulator;

use super::raw::{Sent, every_endpoint, exchange};
use super::{Tenant, reply};

#[tokio::test]
async fn foreign_host_is_refused_on_every_path() {
    let tenant = Tenant::start().await;
    let before = (tenant.emulator.state(), tenant.emulator.requests());
    let port = tenant.url.rsplit(':').next().unwrap();
    for (method, path) in every_endpoint() {
        for host in ["evil.example", &format!("evil.example:{port}"), "localhost:1", "localhost", ""] {
            let sent = Sent { method: &method, path: &path, host, token: &tenant.token, ..Sent::default() };
            assert_refused(&exchange(&tenant, &sent).await, "foreign_host", &format!("{method} {path} for {host}"));
        }
    }
    assert_eq!((tenant.emulator.state(), tenant.emulator.requests()), before);
}

#[tokio::test]
async fn foreign_page_is_refused_on_every_path() {
    let tenant = Tenant::start().await;
    let before = (tenant.emulator.state(), tenant.emulator.requests());
    for (method, path) in every_endpoint() {
        for origin in ["https://evil.example", "null", "http://localhost:1", ""] {
            let sent =
                Sent { method: &method, path: &path, origin: Some(origin), token: &tenant.token, ..Sent::to(&tenant) };
            assert_refused(
                &exchange(&tenant, &sent).await,
                "foreign_origin",
                &format!("{method} {path} from {origin}"),
            );
        }
    }
    assert_eq!((tenant.emulator.state(), tenant.emulator.requests()), before);
}

/// What a form of a foreign page sends without any script.
#[tokio::test]
async fn a_plain_form_sets_no_fault() {
    let tenant = Tenant::start().await;
    let url = format!("{}/_emulator/faults", tenant.url);
    let rule = json!({ "method": "*", "path": "*", "action": { "status": 500 } });
    let form = tenant.http.post(&url).header("Content-Type", "text/plain").header("Origin", "null");
    reply(form.body(rule.to_string())).await.expect(403);
    assert_eq!(reply(tenant.http.get(&url)).await.expect(200), json!({ "faults": [] }));
}

#[tokio::test]
async fn own_hosts_and_pages_are_welcome() {
    let tenant = Tenant::start().await;
    let port = tenant.url.rsplit(':').next().unwrap();
    for host in ["localhost", "LocalHost", "127.0.0.1", "127.0.0.2", "[::1]"].map(|name| format!("{name}:{port}")) {
        let origin = format!("http://{host}");
        for origin in [None, Some(origin.as_str())] {
            let sent = Sent { host: &host, origin, path: "/_emulator/requests", ..Sent::default() };
            assert_eq!(exchange(&tenant, &sent).await.status, 200, "{host} {origin:?}");
        }
    }
}

#[tokio::test]
async fn further_host_is_answered_if_allowed() {
    let tenant = Tenant::of(Emulator::builder().allow_host("auth0".parse().unwrap()).start()).await;
    for (host, status) in [("auth0:4010", 200), ("auth0", 200), ("auth1", 403)] {
        let sent = Sent { host, path: "/.well-known/jwks.json", ..Sent::default() };
        assert_eq!(exchange(&tenant, &sent).await.status, status, "{host}");
    }
}

fn assert_refused(answer: &super::Reply, code: &str, what: &str) {
    assert_eq!((answer.status, &answer.body["errorCode"]), (403, &Value::from(code)), "{what}: {}", answer.body);
}
