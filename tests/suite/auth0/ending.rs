//! What stopping and deadlines do to requests under way.

use std::time::Duration;

use terraform_provider_auth0::auth0::Error;
use tokio::time::{self, Instant};
use tokio_util::sync::CancellationToken;

use super::server::{Reply, Server, json, throttled};
use super::{CLIENT, client, client_with_token, create, read};

#[tokio::test]
async fn stopping_wakes_a_wait() {
    for reply in [throttled("retry-after", 9), Reply::Hang] {
        let server = Server::start([reply]).await;
        let stop = CancellationToken::new();
        let session = client(&server.url()).within(&stop, Instant::now() + Duration::from_mins(1));
        let read = tokio::spawn(async move { read(&session, "abc").await });
        while server.requests().is_empty() {
            time::sleep(Duration::from_millis(5)).await;
        }
        stop.cancel();
        let start = Instant::now();
        let error = read.await.unwrap().unwrap_err();
        assert!(matches!(error, Error::Cancelled { .. }), "{error}");
        assert!(start.elapsed() < Duration::from_secs(1));
    }
}

#[tokio::test]
async fn nothing_is_sent_after_stopping() {
    let server = Server::start([]).await;
    let stop = CancellationToken::new();
    stop.cancel();
    let session = client_with_token(&server.url()).within(&stop, Instant::now() + Duration::from_mins(1));
    assert!(matches!(read(&session, "abc").await, Err(Error::Cancelled { .. })));
    assert!(matches!(create(&session).await, Err(Error::Cancelled { .. })));
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_create_under_way_lands_after_stopping() {
    let server = Server::start([Reply::Late(Duration::from_millis(300), Box::new(json(201, CLIENT)))]).await;
    let stop = CancellationToken::new();
    let session = client(&server.url()).within(&stop, Instant::now() + Duration::from_mins(1));
    let creation = tokio::spawn(async move { create(&session).await });
    while server.requests().is_empty() {
        time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    assert_eq!(creation.await.unwrap().unwrap()["client_id"], "abc");
}

#[tokio::test]
async fn the_deadline_ends_a_request_without_answer() {
    let server = Server::start([Reply::Hang]).await;
    let start = Instant::now();
    let session = client(&server.url()).within(&CancellationToken::new(), start + Duration::from_millis(300));
    let error = read(&session, "abc").await.unwrap_err();
    assert!(matches!(error, Error::DeadlineExceeded { .. }), "{error}");
    assert!(start.elapsed() < Duration::from_secs(1));
}
