//! What the client does ahead of a rate limit, on tenants that have one.

use std::time::Duration;

use secrecy::SecretString;
use terraform_provider_auth0::auth0::{Client, Credentials, Error, Limits, Settings};
use terraform_provider_auth0::emulator::{Emulator, Plan};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::server::{Reply, Server, json, throttled};
use super::{CLIENT, client_with_token, list, read_singly, session, settings};

/// A client of a tenant that may use all of its limits.
fn client_of(tenant: &Emulator, limits: Limits) -> Client {
    let client_secret = SecretString::from(tenant.client_secret());
    let credentials = Credentials::ClientSecret { client_id: tenant.client_id().to_owned(), client_secret };
    Client::new(Settings { limits, ..settings(tenant.url(), credentials) }).unwrap()
}

const ALL: Limits = Limits { max_requests_per_second: None, quota_share: 1.0 };

#[tokio::test]
async fn no_list_is_held_up_by_the_other_bucket() {
    let tenant = Emulator::builder().plan(Plan::SelfService).start();
    let client = client_of(&tenant, ALL);
    let reads: Vec<_> = (0..20)
        .map(|_| {
            let session = session(&client);
            tokio::spawn(async move { read_singly(&session, "nobody").await })
        })
        .collect();
    // The first list shares what there is, as it might on another plan; it is not the last in line for it.
    for _ in 0..3 {
        list(&session(&client)).await.unwrap();
    }
    assert!(reads.iter().any(|read| !read.is_finished()), "the lists waited for all the reads before them");
    for read in reads {
        assert_eq!(read.await.unwrap().unwrap(), None);
    }
    assert!(tenant.requests().iter().all(|request| request.status != Some(429)));
}

#[tokio::test]
async fn what_is_refused_makes_everybody_wait_and_not_ask() {
    let answers = [json(200, CLIENT), throttled("retry-after", 1)].into_iter().chain(vec![json(200, CLIENT); 9]);
    let server = Server::start(answers).await;
    let client = client_with_token(&server.url());
    read_singly(&session(&client), "abc").await.unwrap();
    // One is refused; those that begin meanwhile wait with it.
    let start = Instant::now();
    let first = session(&client);
    let first = tokio::spawn(async move { read_singly(&first, "abc").await });
    while server.requests().len() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let second = session(&client);
    read_singly(&second, "abc").await.unwrap();
    first.await.unwrap().unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.requests().len(), 4, "nobody asked in vain");
}

#[tokio::test]
async fn a_pause_beyond_the_deadline_is_begun_by_no_other() {
    let server = Server::start([throttled("retry-after", 3_600)]).await;
    let client = client_with_token(&server.url());
    for _ in 0..3 {
        let error = read_singly(&session(&client), "abc").await.unwrap_err();
        assert!(matches!(error, Error::RateLimited { .. }), "{error}");
    }
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn deadline_in_an_empty_bucket_blames_the_rate_limit() {
    let headers = [("x-ratelimit-limit", "1"), ("x-ratelimit-remaining", "0")];
    let headers = headers.map(|(name, value)| (name, value.to_owned())).to_vec();
    let used_up = Reply::Answer { status: 200, headers, body: CLIENT.to_owned() };
    let server = Server::start(vec![used_up; 9]).await;
    let client = client_with_token(&server.url());
    read_singly(&session(&client), "abc").await.unwrap();
    let (stop, deadline) = (CancellationToken::new(), Instant::now() + Duration::from_millis(300));
    let reads = [(); 3].map(|()| client.within(&stop, deadline));
    let reads = reads.map(|session| tokio::spawn(async move { read_singly(&session, "abc").await }));
    for read in reads {
        let error = read.await.unwrap().unwrap_err();
        assert!(matches!(error, Error::RateLimited { .. }) && error.is_out_of_time(), "{error}");
    }
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn stopping_ends_the_wait_in_line() {
    let tenant = Emulator::builder().plan(Plan::Free).start();
    let client = client_of(&tenant, Limits { max_requests_per_second: Some(0.01), ..ALL });
    let stop = CancellationToken::new();
    let deadline = Instant::now() + Duration::from_mins(10);
    let reads: Vec<_> = (0..5)
        .map(|_| {
            let session = client.within(&stop, deadline);
            tokio::spawn(async move { read_singly(&session, "nobody").await })
        })
        .collect();
    while tenant.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    let ended = async {
        for read in reads {
            assert!(matches!(read.await.unwrap(), Err(Error::Cancelled { .. })));
        }
    };
    timeout(Duration::from_secs(1), ended).await.expect("all of them end at once");
}
