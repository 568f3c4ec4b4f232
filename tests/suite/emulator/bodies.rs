//! Bodies that are too long, never end, never come, or are nobody's business.

use std::time::Duration;

use serde_json::Value;
use terraform_provider_auth0::emulator::Emulator;
use tokio::io::AsyncWriteExt as _;

use super::raw::{Sent, answer, connect, every_endpoint, exchange};
use super::{Session, Tenant};

/// No byte of the body is ever sent, so an answer shows that none was waited for.
#[tokio::test]
async fn no_body_is_read_without_a_token() {
    let tenant = Tenant::start().await;
    let endpoints = every_endpoint().into_iter();
    let endpoints = endpoints.filter(|(_, path)| !path.starts_with("/oauth/") && !path.starts_with("/_emulator/"));
    for (method, path) in endpoints {
        for (token, headers) in [
            ("", "Content-Length: 1000\r\n"),
            ("", "Content-Length: 1500000000\r\n"),
            ("", "Content-Length: 1000\r\nExpect: 100-continue\r\n"),
            ("", "Transfer-Encoding: chunked\r\n"),
            ("a.b.c", "Content-Length: 1000\r\n"),
        ] {
            let sent = Sent { method: &method, path: &path, token, headers, ..Sent::to(&tenant) };
            let status = exchange(&tenant, &sent).await.status;
            let is_management = path.starts_with("/api/v2/");
            assert!([401, 501].contains(&status) || !is_management, "{method} {path}: {status} for {headers}");
        }
    }
}

#[tokio::test]
async fn a_length_over_the_limit_is_refused_unread_on_every_path() {
    let tenant = Tenant::start().await;
    for (method, path) in every_endpoint() {
        let headers = "Content-Length: 1500000000\r\n";
        let sent = Sent { method: &method, path: &path, token: &tenant.token, headers, ..Sent::to(&tenant) };
        let reply = exchange(&tenant, &sent).await;
        assert!([413, 501].contains(&reply.status), "{method} {path}: {}", reply.status);
    }
}

#[tokio::test]
async fn an_endless_body_is_not_read_to_its_end_on_any_path() {
    let tenant = Tenant::start().await;
    for (method, path) in every_endpoint().into_iter().filter(|(method, _)| method != "GET") {
        for token in ["", &tenant.token] {
            let headers = "Transfer-Encoding: chunked\r\n";
            let head = Sent { method: &method, path: &path, token, headers, ..Sent::to(&tenant) }.head();
            let (mut receiving, mut sending) = connect(&tenant).await.into_split();
            sending.write_all(head.as_bytes()).await.unwrap();
            let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
            let sending = tokio::spawn(async move { while sending.write_all(chunk.as_bytes()).await.is_ok() {} });
            let reply = answer(&mut receiving).await.unwrap_or_else(|| panic!("no answer to {method} {path}"));
            assert!([401, 413, 501].contains(&reply.status), "{method} {path}: {}", reply.status);
            sending.abort();
        }
    }
}

#[tokio::test]
async fn whoever_sends_too_much_gets_to_read_why() {
    let tenant = Tenant::start().await;
    let large = Value::from("x".repeat(4 << 20));
    let stranger = Session { token: String::new(), ..tenant.session.clone() };
    for _ in 0..20 {
        let request = stranger.http.post(stranger.api("/clients")).json(&large);
        assert_eq!(request.send().await.unwrap().status().as_u16(), 401);
        assert_eq!(tenant.post("/clients", large.clone()).await.status, 413);
    }
}

#[tokio::test]
async fn a_body_that_stops_coming_is_given_up() {
    let tenant = Tenant::of(Emulator::builder().silence(Duration::from_millis(200)).start()).await;
    for path in ["/api/v2/clients", "/oauth/token", "/_emulator/faults"] {
        let headers = "Content-Length: 100\r\n";
        let sent = Sent { method: "POST", path, token: &tenant.token, headers, ..Sent::to(&tenant) };
        let mut stream = connect(&tenant).await;
        stream.write_all(format!("{}{{\"a\":", sent.head()).as_bytes()).await.unwrap();
        assert_eq!(answer(&mut stream).await.unwrap().status, 408, "{path}");
    }
}
