//! Tokens that outlive the process that asked for them.

use std::fs;
use std::path::Path;
use std::time::Duration;

use secrecy::SecretString;
use tempfile::TempDir;
use terraform_provider_auth0::auth0::{Assertion, Client, Credentials, Error, Settings, SigningKey, TokenError};

use super::server::{Reply, Server, json};
use super::{CLIENT, SECRET, read_singly, session, settings};
use crate::support::key;

const UNAUTHORIZED: &str = r#"{"statusCode":401,"error":"Unauthorized","message":"Invalid token"}"#;

/// What another process would be.
fn client(server: &Server, folder: &Path, client_id: &str) -> Client {
    client_with(server, folder, with_secret(client_id, SECRET))
}

fn with_secret(client_id: &str, secret: &str) -> Credentials {
    Credentials::ClientSecret { client_id: client_id.to_owned(), client_secret: SecretString::from(secret) }
}

fn client_with(server: &Server, folder: &Path, credentials: Credentials) -> Client {
    let settings = Settings { token_cache: Some(folder.to_owned()), ..settings(&server.url(), credentials) };
    Client::new(settings).unwrap()
}

async fn ask(client: &Client) {
    read_singly(&session(client), "abc").await.unwrap();
}

async fn start(answers: Vec<Reply>) -> (Server, TempDir) {
    (Server::start(answers).await, TempDir::new().unwrap())
}

#[tokio::test]
async fn the_next_process_asks_for_no_token() {
    let (server, home) = start(vec![json(200, CLIENT); 3]).await;
    let folder = home.path().join("tokens");
    for client_id in ["me", "me", "another"] {
        ask(&client(&server, &folder, client_id)).await;
    }
    let used: Vec<_> = server.requests().into_iter().map(|request| request.authorization).collect();
    assert_eq!(used, ["Bearer token-1", "Bearer token-1", "Bearer token-2"]);
    assert_eq!(server.token_requests().len(), 2, "another application has a token of its own");
}

#[tokio::test]
async fn another_credential_gets_no_token_of_the_first() {
    let (server, home) = start(vec![json(200, CLIENT); 12]).await;
    let folder = home.path().join("tokens");
    let key = |algorithm: &str| {
        let key = SigningKey::from_pem(&key::private_pem().into(), algorithm.parse().ok()).unwrap();
        Credentials::PrivateKey { client_id: "me".to_owned(), key }
    };
    let text = key::assertion("me", &server.url(), 0);
    let assertion = |text: &str| Credentials::Assertion(Assertion::parse(&text.into()).unwrap());
    let other = key::assertion("me", &server.url(), 0);
    let others = [with_secret("me", "other"), key("RS256"), key("PS256"), assertion(&text), assertion(&other)];
    for (number, credentials) in [with_secret("me", SECRET)].into_iter().chain(others).enumerate() {
        for _ in 0..2 {
            ask(&client_with(&server, &folder, credentials.clone())).await;
            assert_eq!(server.token_requests().len(), number + 1, "{credentials:?}");
        }
    }
}

#[tokio::test]
async fn wrong_secret_is_told_although_there_is_a_token() {
    let (server, home) = start(vec![json(200, CLIENT); 2]).await;
    let granted = json(200, r#"{"access_token":"first","expires_in":86400}"#);
    let refused = json(401, r#"{"error":"access_denied","error_description":"Unauthorized"}"#);
    let server = server.tokens([granted, refused]);
    let folder = home.path().join("tokens");
    ask(&client(&server, &folder, "me")).await;
    let wrong = client_with(&server, &folder, with_secret("me", "wrong"));
    let error = read_singly(&session(&wrong), "abc").await.unwrap_err();
    assert!(matches!(error, Error::Token(TokenError::WrongCredentials)), "{error}");
    ask(&client(&server, &folder, "me")).await;
    assert_eq!(server.token_requests().len(), 2, "the token of the right secret is still there");
}

#[tokio::test]
async fn a_rejected_token_is_dropped_for_all() {
    let (server, home) =
        start(vec![json(200, CLIENT), json(401, UNAUTHORIZED), json(200, CLIENT), json(200, CLIENT)]).await;
    let folder = home.path().join("tokens");
    for _ in 0..3 {
        ask(&client(&server, &folder, "me")).await;
    }
    let used: Vec<_> = server.requests().into_iter().map(|request| request.authorization).collect();
    assert_eq!(used, ["Bearer token-1", "Bearer token-1", "Bearer token-2", "Bearer token-2"]);
}

/// With a new one it would be overwritten anyway.
#[tokio::test]
async fn a_rejected_token_is_gone_even_without_another() {
    let (server, home) = start(vec![json(200, CLIENT), json(401, UNAUTHORIZED)]).await;
    let granted = json(200, r#"{"access_token":"first","expires_in":86400}"#);
    let refused = json(401, r#"{"error":"access_denied","error_description":"Unauthorized"}"#);
    let server = server.tokens([granted, refused]);
    let folder = home.path().join("tokens");
    ask(&client(&server, &folder, "me")).await;
    let files = || fs::read_dir(&folder).unwrap().count();
    assert_eq!(files(), 1);
    assert!(read_singly(&session(&client(&server, &folder, "me")), "abc").await.is_err());
    assert_eq!(files(), 0);
}

#[tokio::test]
async fn does_not_read_rejected_token_again() {
    let (server, home) = start(vec![json(200, CLIENT), json(401, UNAUTHORIZED), json(200, CLIENT)]).await;
    let folder = home.path().join("tokens");
    ask(&client(&server, &folder, "me")).await;
    let file = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let text = fs::read(&file).unwrap();
    let again = client(&server, &folder, "me");
    let keep = async {
        while server.requests().len() < 3 {
            fs::write(&file, &text).ok();
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::join!(ask(&again), keep);
    assert_eq!(server.token_requests().len(), 2);
}

#[tokio::test]
async fn a_token_about_to_expire_is_not_left_to_others() {
    let (server, home) = start(vec![json(200, CLIENT); 2]).await;
    let server = server.tokens([json(200, r#"{"access_token":"short","expires_in":1}"#)]);
    let folder = home.path().join("tokens");
    ask(&client(&server, &folder, "me")).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    ask(&client(&server, &folder, "me")).await;
    assert_eq!(server.token_requests().len(), 2);
}

#[tokio::test]
async fn a_token_of_unknown_life_is_not_kept() {
    let (server, home) = start(vec![json(200, CLIENT)]).await;
    let server = server.tokens([json(200, r#"{"access_token":"endless"}"#)]);
    let folder = home.path().join("tokens");
    ask(&client(&server, &folder, "me")).await;
    assert!(!folder.exists());
}
