//! How an application proves with a signature who it is.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};
use terraform_provider_auth0::auth0::{Assertion, Client, Credentials, Error, SigningKey, TokenError};
use terraform_provider_auth0::emulator::Emulator;
use tokio::time;

use super::server::{Reply, Server, json as answer};
use super::{CLIENT, read_singly, session, settings};
use crate::support::key;

const REFUSED: &str = r#"{"error":"invalid_client"}"#;

/// An application of the tenant that has the key as its credential and may read clients.
async fn register(tenant: &Emulator, algorithm: &str) -> String {
    let (http, api) = (reqwest::Client::builder().no_proxy().build().unwrap(), format!("{}/api/v2/", tenant.url()));
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", tenant.client_id()),
        ("client_secret", tenant.client_secret()),
        ("audience", &api),
    ];
    let read = async |request: reqwest::RequestBuilder| request.send().await.unwrap().json::<Value>().await.unwrap();
    let token = read(http.post(format!("{}/oauth/token", tenant.url())).form(&form)).await;
    let post = |path: &str, body: &Value| {
        http.post(format!("{api}{path}")).bearer_auth(token["access_token"].as_str().unwrap()).json(body)
    };
    let client = read(post("clients", &key::application(algorithm))).await;
    let grant = json!({ "client_id": client["client_id"], "audience": api, "scope": ["read:clients"] });
    assert!(read(post("client-grants", &grant)).await["id"].is_string());
    client["client_id"].as_str().unwrap().to_owned()
}

fn with_key(client_id: &str, algorithm: &str) -> Credentials {
    let key = SigningKey::from_pem(&key::private_pem().into(), Some(algorithm.parse().unwrap())).unwrap();
    Credentials::PrivateKey { client_id: client_id.to_owned(), key }
}

fn given(assertion: &str) -> Credentials {
    Credentials::Assertion(Assertion::parse(&assertion.into()).unwrap())
}

/// What comes of reading a client that is not there.
async fn read(url: &str, credentials: Credentials) -> Result<bool, Error> {
    let client = Client::new(settings(url, credentials)).unwrap();
    read_singly(&session(&client), "abc").await.map(|client| client.is_some())
}

/// The fields of a form that a token was asked for with.
fn field(body: &str, name: &str) -> Option<String> {
    let mut fields = url::form_urlencoded::parse(body.as_bytes());
    fields.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn every_algorithm_that_auth0_takes_brings_a_token() {
    let tenant = Emulator::start();
    for algorithm in ["RS256", "RS384", "PS256"] {
        let id = register(&tenant, algorithm).await;
        assert!(!read(tenant.url(), with_key(&id, algorithm)).await.unwrap(), "{algorithm}");
        let other = if algorithm == "PS256" { "RS256" } else { "PS256" };
        let error = read(tenant.url(), with_key(&id, other)).await.unwrap_err();
        let Error::Token(TokenError::AssertionRefused { signed_here: true, .. }) = error else { panic!("{error}") };
    }
}

#[tokio::test]
async fn each_attempt_has_an_assertion_of_its_own() {
    let server = Server::start([answer(200, CLIENT)]).await.tokens([answer(503, "{}"), answer(503, "{}")]);
    assert!(read(&server.url(), with_key("me", "RS256")).await.unwrap());
    let attempts = server.token_requests();
    let assertions: Vec<_> = attempts.iter().map(|request| field(&request.body, "client_assertion").unwrap()).collect();
    assert_eq!(assertions.len(), 3);
    assert!(assertions[0] != assertions[1] && assertions[1] != assertions[2], "{assertions:?}");
    assert_eq!(field(&attempts[0].body, "client_id").as_deref(), Some("me"));
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    assert_eq!(field(&attempts[0].body, "client_assertion_type").as_deref(), Some(kind));
}

#[tokio::test]
async fn a_given_assertion_brings_one_token() {
    let tenant = Emulator::start();
    let id = register(&tenant, "RS256").await;
    let assertion = key::assertion(&id, tenant.url(), 0);
    assert!(!read(tenant.url(), given(&assertion)).await.unwrap());
    let error = read(tenant.url(), given(&assertion)).await.unwrap_err();
    let Error::Token(TokenError::AssertionRefused { signed_here: false, description }) = error else {
        panic!("{error}")
    };
    assert_eq!(description, "jti has been used before");
}

#[tokio::test]
async fn tells_expired_assertion_by_the_time_of_auth0() {
    let tenant = Emulator::start();
    let id = register(&tenant, "RS256").await;
    let error = read(tenant.url(), given(&key::assertion(&id, tenant.url(), -300))).await.unwrap_err();
    assert!(matches!(error, Error::Token(TokenError::AssertionExpired)), "{error}");

    let date = ("date", "Wed, 21 Oct 2015 07:28:00 GMT".to_owned());
    let refusal = Reply::Answer { status: 401, headers: vec![date], body: REFUSED.to_owned() };
    let server = Server::start([]).await.tokens([refusal]);
    let error = read(&server.url(), given(&key::assertion("me", &server.url(), -300))).await.unwrap_err();
    assert!(matches!(error, Error::Token(TokenError::AssertionRefused { signed_here: false, .. })), "{error}");
}

/// Lets the token that a server grants by default expire.
async fn a_day_later() {
    time::pause();
    time::advance(Duration::from_hours(24)).await;
    time::resume();
}

#[tokio::test]
async fn another_token_needs_another_assertion() {
    let server = Server::start([answer(200, CLIENT), answer(200, CLIENT)]).await;
    let client = Client::new(settings(&server.url(), given(&key::assertion("me", &server.url(), 0)))).unwrap();
    assert!(read_singly(&session(&client), "abc").await.unwrap().is_some());
    a_day_later().await;
    let error = read_singly(&session(&client), "abc").await.unwrap_err();
    assert!(matches!(error, Error::Token(TokenError::AssertionSpent)), "{error}");
    assert_eq!(server.token_requests().len(), 1);
}

#[tokio::test]
async fn a_rejected_token_for_an_assertion_is_not_replaced() {
    let unauthorized = answer(401, r#"{"statusCode":401,"error":"Unauthorized","message":"Invalid token"}"#);
    let server = Server::start([unauthorized]).await;
    let error = read(&server.url(), given(&key::assertion("me", &server.url(), 0))).await.unwrap_err();
    assert!(matches!(&error, Error::Api(api) if api.status == 401), "the rejection is what counts: {error}");
    assert_eq!(server.token_requests().len(), 1);
}

#[tokio::test]
async fn the_file_of_an_assertion_is_read_for_each_token() {
    let server = Server::start([answer(200, CLIENT), answer(200, CLIENT)]).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let put = || {
        let assertion = key::assertion("me", &server.url(), 0);
        fs::write(file.path(), format!("{assertion}\n")).unwrap();
        assertion
    };
    let first = put();
    let client = Client::new(settings(&server.url(), Credentials::AssertionFile(file.path().to_owned()))).unwrap();
    assert!(read_singly(&session(&client), "abc").await.unwrap().is_some());
    a_day_later().await;
    let error = read_singly(&session(&client), "abc").await.unwrap_err();
    assert!(matches!(error, Error::Token(TokenError::AssertionSpent)), "{error}");
    let second = put();
    assert!(read_singly(&session(&client), "abc").await.unwrap().is_some());
    let shown: Vec<_> = server.token_requests().iter().map(|r| field(&r.body, "client_assertion").unwrap()).collect();
    assert_eq!(shown, [first, second]);

    fs::write(file.path(), "s3cret").unwrap();
    a_day_later().await;
    let error = read_singly(&session(&client), "abc").await.unwrap_err();
    assert!(matches!(error, Error::Token(TokenError::Assertion(_))), "{error}");
    assert!(!format!("{error} {error:?}").contains("s3cret"));
}

#[test]
fn neither_key_nor_assertion_shows_in_what_is_printed() {
    let key = key::private_pem();
    let printed = format!("{:?}", settings("https://acme.auth0.com", with_key("me", "RS256")));
    assert!(key.lines().skip(1).all(|line| line.starts_with('-') || !printed.contains(line)), "{printed}");
    let assertion = key::assertion("me", "https://acme.auth0.com", 0);
    let printed = format!("{:?}", settings("https://acme.auth0.com", given(&assertion)));
    assert!(assertion.split('.').all(|part| !printed.contains(part)), "{printed}");
}
