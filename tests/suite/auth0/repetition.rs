//! What is sent again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;
use terraform_provider_auth0::auth0::Error;
use tokio::time::{self, Instant};

use super::server::{Reply, Server, json, throttled, unused_address};
use super::{CLIENT, CLIENTS, client, client_with_token, create, object, read, read_singly, session, shown};

const UNAVAILABLE: &str = r#"{"statusCode":503,"error":"Service Unavailable","message":"try later"}"#;

#[tokio::test]
async fn retry_after_is_waited_for() {
    let server = Server::start([throttled("retry-after", 1), json(201, CLIENT)]).await;
    create(&session(&client(&server.url()))).await.unwrap();
    let requests = server.requests();
    assert!(requests[1].at - requests[0].at >= Duration::from_secs(1));
    assert!(requests[1].at - requests[0].at < Duration::from_secs(2));
}

#[tokio::test]
async fn the_reset_time_of_the_rate_limit_is_waited_for() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let server = Server::start([throttled("x-ratelimit-reset", now.as_secs() + 2), json(200, CLIENT)]).await;
    read(&session(&client(&server.url())), "abc").await.unwrap();
    let requests = server.requests();
    assert!(requests[1].at - requests[0].at >= Duration::from_millis(900));
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let server = Server::start([throttled("retry-after", 3_600)]).await;
    let start = Instant::now();
    let error = read(&session(&client(&server.url())), "abc").await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { wait: Some(wait), .. } if wait.as_secs() == 3_600), "{error}");
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn a_create_is_repeated_if_no_connection_was_made() {
    let address = unused_address().await;
    let client = client_with_token(&format!("http://{address}"));
    let creation = tokio::spawn(async move { create(&session(&client)).await });
    time::sleep(Duration::from_millis(100)).await;
    let server = Server::start_at(&address, [json(201, CLIENT)]).await;
    assert_eq!(creation.await.unwrap().unwrap()["client_id"], "abc");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn all_but_creates_survive_a_broken_connection() {
    let server = Server::start([
        Reply::Drop,
        json(200, CLIENT),
        json(503, UNAVAILABLE),
        json(200, CLIENT),
        Reply::Drop,
        json(204, ""),
    ])
    .await;
    let session = session(&client(&server.url()));
    assert!(read(&session, "abc").await.unwrap().is_some());
    let clients = session.api(&CLIENTS, &[]);
    clients.update("abc", &object(&json!({"name": "m"})).into(), shown).await.unwrap();
    clients.delete("abc").await.unwrap();
    let methods: Vec<_> = server.requests().into_iter().map(|request| request.method).collect();
    assert_eq!(methods, ["GET", "GET", "PATCH", "PATCH", "DELETE", "DELETE"]);
    assert_eq!(server.requests()[2].body, r#"{"name":"m"}"#);
}

#[tokio::test]
async fn a_delete_is_done_if_the_service_says_so() {
    let gone = json(404, r#"{"statusCode":404,"error":"Not Found","message":"The client does not exist"}"#);
    let portal = json(200, "<html>Welcome to our network</html>");
    let server = Server::start([json(204, ""), Reply::Drop, gone, portal, json(200, "{}")]).await;
    let session = session(&client(&server.url()));
    let clients = session.api(&CLIENTS, &[]);
    clients.delete("abc").await.unwrap();
    clients.delete("abc").await.unwrap();
    for _ in 0..2 {
        let error = clients.delete("abc").await.unwrap_err();
        assert!(matches!(error, Error::Foreign { status: 200, .. }), "{error}");
    }
}

#[tokio::test]
async fn what_was_cut_off_is_asked_for_once_more() {
    let cut = || json(200, r#"{"client_id":"abc","na"#);
    let server = Server::start([cut(), json(200, CLIENT), cut(), cut(), json(200, CLIENT)]).await;
    let session = session(&client(&server.url()));
    assert!(read_singly(&session, "abc").await.unwrap().is_some());
    let error = read_singly(&session, "abc").await.unwrap_err();
    assert!(matches!(error, Error::Decode { .. }), "{error}");
    assert_eq!(server.requests().len(), 4);
}
