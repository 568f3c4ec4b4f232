//! How the other side is reached and recognised.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use terraform_provider_auth0::auth0::{Client, Credentials, Error, SettingsError, TransportError};
use tokio::time::Instant;

use super::server::{Reply, Server, address_without_tls, json, unused_address};
use super::{
    CLIENT, SECRET, assert_secret_free, client, client_with_token, create, read, read_singly, session, settings,
};

#[tokio::test]
async fn a_refused_connection_fails_within_seconds() {
    let client = client_with_token(&format!("http://{}", unused_address().await));
    let start = Instant::now();
    let error = read(&session(&client), "abc").await.unwrap_err();
    assert!(matches!(error, Error::Transport { cause: TransportError::Refused, .. }), "{error}");
    assert!(start.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn a_missing_address_and_missing_tls_are_told_apart() {
    let mut settings = settings("acme.auth0.com", Credentials::Token(SecretString::from(SECRET)));
    // Too long for a host name, so that no name server is asked; a proxy, so that no other one interferes.
    settings.http_proxy = Some(format!("http://{}.invalid:3128", "a".repeat(64)).parse().unwrap());
    let error = read(&session(&Client::new(settings).unwrap()), "abc").await.unwrap_err();
    assert!(matches!(error, Error::Transport { cause: TransportError::Dns(_), .. }), "{error}");

    let client = client_with_token(&format!("https://{}", address_without_tls().await));
    let error = create(&session(&client)).await.unwrap_err();
    assert!(matches!(error, Error::Transport { cause: TransportError::Tls(_), .. }), "{error}");
}

#[tokio::test]
async fn a_certificate_is_trusted_when_the_ca_file_says_so() {
    let (server, pem) = Server::start_tls([json(200, CLIENT)]).await;
    let error = read(&session(&client(&server.https_url())), "abc").await.unwrap_err();
    assert!(matches!(error, Error::Transport { cause: TransportError::Tls(_), .. }), "{error}");

    let file = tempfile::NamedTempFile::new().unwrap();
    // Behind one of no use.
    fs::write(file.path(), format!("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n{pem}")).unwrap();
    let mut settings = settings(&server.https_url(), Credentials::Token(SecretString::from(SECRET)));
    settings.ca_file = Some(file.path().to_owned());
    let client = Client::new(settings).unwrap();
    assert!(read(&session(&client), "abc").await.unwrap().is_some());
}

#[test]
fn a_ca_file_without_a_certificate_is_refused() {
    let ca_file = |path: PathBuf| {
        let mut settings = settings("acme.auth0.com", Credentials::Token(SecretString::from(SECRET)));
        settings.ca_file = Some(path);
        Client::new(settings).unwrap_err()
    };
    let file = tempfile::NamedTempFile::new().unwrap();
    for content in
        ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", &crate::support::key::public_pem()]
    {
        fs::write(file.path(), content).unwrap();
        let refused = ca_file(file.path().to_owned());
        assert!(matches!(refused, SettingsError::CaFileWithoutCertificate { .. }), "{refused}");
    }
    assert!(matches!(ca_file("/nonexistent/ca.pem".into()), SettingsError::CaFileUnreadable { .. }));
}

#[tokio::test]
async fn a_host_that_never_answers_is_tried_twice() {
    let server = Server::start([Reply::Hang, Reply::Hang, json(200, CLIENT)]).await;
    let mut settings = settings(&server.url(), Credentials::Token(SecretString::from(SECRET)));
    settings.request_timeout = Duration::from_millis(200);
    let error = read(&session(&Client::new(settings).unwrap()), "abc").await.unwrap_err();
    assert!(matches!(error, Error::Transport { cause: TransportError::Timeout(_), .. }), "{error}");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start([json(200, CLIENT)]).await;
    let redirect = Reply::Answer { status: 302, headers: vec![("location", elsewhere.url())], body: String::new() };
    let server = Server::start([redirect]).await;
    let error = read(&session(&client(&server.url())), "abc").await.unwrap_err();
    let Error::Redirect { status: 302, to, .. } = &error else { panic!("{error}") };
    assert_eq!(*to, elsewhere.url());
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn a_redirect_for_a_token_shows_no_more_than_the_host() {
    let headers = vec![("location", format!("https://user:{SECRET}@login.example.com/path?state={SECRET}"))];
    let redirect = Reply::Answer { status: 307, headers, body: String::new() };
    let server = Server::start([]).await.tokens([redirect]);
    let error = read(&session(&client(&server.url())), "abc").await.unwrap_err();
    let Error::Redirect { status: 307, to, .. } = &error else { panic!("{error}") };
    assert_eq!(to, "https://login.example.com");
    assert_secret_free(&error);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn one_connection_carries_request_after_request() {
    let server = Server::start(vec![json(200, CLIENT); 20]).await;
    let client = client(&server.url());
    for _ in 0..20 {
        read_singly(&session(&client), "abc").await.unwrap();
    }
    assert_eq!((server.requests().len(), server.token_requests().len()), (20, 1));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn an_answer_is_read_up_to_a_bound() {
    let endless = "x".repeat(17 << 20);
    let server = Server::start([json(200, &endless)]).await;
    let error = read(&session(&client(&server.url())), "abc").await.unwrap_err();
    assert!(matches!(error, Error::Transport { cause: TransportError::TooLarge, .. }), "{error}");
    assert_eq!(server.requests().len(), 1, "it would be as long the next time");
}

#[tokio::test]
async fn a_connection_that_takes_too_long_was_not_made() {
    // Takes connections and says nothing, so that no handshake of TLS comes to an end.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut settings =
        settings(&format!("https://{}", silent.local_addr().unwrap()), Credentials::Token(SecretString::from(SECRET)));
    settings.request_timeout = Duration::from_millis(300);
    let error = create(&session(&Client::new(settings).unwrap())).await.unwrap_err();
    let Error::Transport { cause: TransportError::ConnectTimeout(time), .. } = error else { panic!("{error}") };
    assert_eq!(time, Duration::from_millis(150), "half of the request's time");
}

#[tokio::test]
async fn all_attempts_of_a_request_share_a_correlation_id() {
    let busy = || json(503, "{}");
    let server = Server::start([busy(), busy(), json(200, CLIENT), json(200, CLIENT)]).await;
    let client = client(&server.url());
    for _ in 0..2 {
        read_singly(&session(&client), "abc").await.unwrap();
    }
    let requests = server.requests();
    let names: Vec<_> = requests.iter().map(|request| &request.headers["x-correlation-id"]).collect();
    assert_eq!((names[0], names[1]), (names[2], names[2]), "attempts of one request");
    assert_ne!(names[2], names[3], "requests");
    assert!(names.iter().all(|name| !name.is_empty() && name.len() <= 64), "Auth0 keeps so much: {names:?}");
    let asking: Vec<_> = requests.iter().chain(&server.token_requests()).cloned().collect();
    assert!(asking.iter().all(|request| request.headers["user-agent"] == "tests"), "{asking:?}");
}
