//! When a token is asked for, and how often.

use std::time::Duration;

use secrecy::SecretString;
use terraform_provider_auth0::auth0::{Client, Credentials, Error, TokenError, TransportError};
use tokio::time::{self, Instant};

use super::server::{Reply, Server, json, unused_address};
use super::{CLIENT, assert_secret_free, client, client_with_token, create, read, read_singly, session, settings};

const UNAUTHORIZED: &str = r#"{"statusCode":401,"error":"Unauthorized","message":"Invalid token"}"#;

#[tokio::test]
async fn one_token_serves_all_who_wait_for_it() {
    let late_token = json(200, r#"{"access_token":"token-0","expires_in":60}"#);
    let server = Server::start(vec![json(200, CLIENT); 10])
        .await
        .tokens([Reply::Late(Duration::from_millis(100), Box::new(late_token))]);
    let client = client(&server.url());

    let reads = (0..10).map(|_| {
        let session = session(&client);
        tokio::spawn(async move { read_singly(&session, "abc").await })
    });
    for read in reads.collect::<Vec<_>>() {
        assert_eq!(read.await.unwrap().unwrap().unwrap()["name"], "n");
    }

    let tokens = server.token_requests();
    assert_eq!(tokens.len(), 1);
    let audience = "audience=http%3A%2F%2F127.0.0.1%3A";
    assert!(tokens[0].body.starts_with("grant_type=client_credentials&client_id=me&client_secret=s3cret&audience="));
    assert!(tokens[0].body.contains(audience) && tokens[0].body.ends_with("%2Fapi%2Fv2%2F"), "{}", tokens[0].body);
    assert_eq!(server.requests().len(), 10);
    assert!(server.requests().iter().all(|request| request.authorization == "Bearer token-0"));
}

#[tokio::test]
async fn a_rejected_token_is_replaced_once() {
    let server = Server::start([json(401, UNAUTHORIZED), json(201, CLIENT)]).await;
    let created = create(&session(&client(&server.url()))).await.unwrap();
    assert_eq!(created["client_id"], "abc");
    let tokens: Vec<_> = server.requests().into_iter().map(|request| request.authorization).collect();
    assert_eq!(tokens, ["Bearer token-1", "Bearer token-2"]);

    let server = Server::start([json(401, UNAUTHORIZED), json(401, UNAUTHORIZED)]).await;
    let error = read(&session(&client(&server.url())), "abc").await.unwrap_err();
    assert!(matches!(&error, Error::Api(api) if api.status == 401), "{error}");
    assert_eq!((server.requests().len(), server.token_requests().len()), (2, 2));
}

#[tokio::test]
async fn an_accepted_token_can_be_replaced_later() {
    let accepted = [json(401, UNAUTHORIZED), json(200, CLIENT)];
    let server = Server::start([&accepted[..], &accepted[..]].concat()).await;
    let client = client(&server.url());
    for id in ["abc", "abc"] {
        assert!(read_singly(&session(&client), id).await.unwrap().is_some());
    }
    let tokens: Vec<_> = server.requests().into_iter().map(|request| request.authorization).collect();
    assert_eq!(tokens, ["Bearer token-1", "Bearer token-2", "Bearer token-2", "Bearer token-3"]);
}

#[tokio::test]
async fn sixty_creates_without_an_accepted_token_cost_two() {
    let server = Server::start(vec![json(401, UNAUTHORIZED); 120]).await;
    let client = client(&server.url());
    let creates = (0..60).map(|_| {
        let session = session(&client);
        tokio::spawn(async move { create(&session).await })
    });
    for create in creates.collect::<Vec<_>>() {
        let error = create.await.unwrap().unwrap_err();
        assert!(matches!(&error, Error::Api(api) if api.status == 401), "{error}");
    }
    assert_eq!(server.token_requests().len(), 2, "one, and another in its place");
}

#[tokio::test]
async fn an_odd_token_is_neither_used_nor_sent() {
    for odd in ["", " ", "a b", "ä", "a\\nb"] {
        let body = format!(r#"{{"access_token":"{odd}","expires_in":86400}}"#);
        let server = Server::start([]).await.tokens([json(200, &body)]);
        let error = read(&session(&client(&server.url())), "abc").await.unwrap_err();
        assert!(matches!(error, Error::Token(TokenError::NotAuth0 { status: 200 })), "{error}");
        assert!(server.requests().is_empty());
    }
    for odd in ["", " ", "a b", "ä", "a\nb", "a\n"] {
        let given = Credentials::Token(SecretString::from(odd));
        assert!(Client::new(settings("https://acme.auth0.com", given)).is_err(), "{odd:?}");
    }
}

#[tokio::test]
async fn a_given_token_is_not_replaced() {
    let server = Server::start([json(401, UNAUTHORIZED)]).await;
    let error = read(&session(&client_with_token(&server.url())), "abc").await.unwrap_err();
    assert!(matches!(&error, Error::Api(api) if api.status == 401), "{error}");
    assert_eq!((server.requests().len(), server.token_requests().len()), (1, 0));
    assert_secret_free(&error);
}

#[tokio::test]
async fn wrong_credentials_are_tried_once_per_process() {
    let refusal = json(401, r#"{"error":"access_denied","error_description":"Unauthorized"}"#);
    let server = Server::start([]).await.tokens([refusal]);
    let client = client(&server.url());
    for _ in 0..3 {
        let error = read(&session(&client), "abc").await.unwrap_err();
        assert!(matches!(error, Error::Token(TokenError::WrongCredentials)), "{error}");
        assert_secret_free(&error);
    }
    assert_eq!((server.requests().len(), server.token_requests().len()), (0, 1));
}

#[tokio::test]
async fn tries_unreachable_token_endpoint_once_for_all() {
    let address = unused_address().await;
    let client = client(&format!("http://{address}"));
    let start = Instant::now();
    let reads = (0..10).map(|_| {
        let session = session(&client);
        tokio::spawn(async move { read_singly(&session, "abc").await })
    });
    for read in reads.collect::<Vec<_>>() {
        let error = read.await.unwrap().unwrap_err();
        assert!(matches!(error, Error::Transport { cause: TransportError::Refused, .. }), "{error}");
    }
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());

    let server = Server::start_at(&address, [json(200, CLIENT)]).await;
    let error = read(&session(&client), "abc").await.unwrap_err();
    assert!(matches!(error, Error::Transport { cause: TransportError::Refused, .. }), "{error}");
    assert!(server.token_requests().is_empty());

    time::pause();
    time::advance(Duration::from_secs(30)).await;
    time::resume();
    assert!(read(&session(&client), "abc").await.unwrap().is_some());
}
