//! The Management API client over real sockets, against a scripted server.

#![expect(clippy::unwrap_used, reason = "where something unexpected is met, the test ends")]

mod areas;
mod between;
mod cache;
mod connection;
mod ending;
mod fate;
mod limits;
mod proof;
mod proxy;
mod repetition;
mod server;
mod silence;
mod token;

use std::time::Duration;

use secrecy::SecretString;
use terraform_provider_auth0::auth0::clients::NewClient;
use terraform_provider_auth0::auth0::{Client, Credentials, Error, Limits, Session, Settings};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const SECRET: &str = "s3cret";
const CLIENT: &str = r#"{"client_id":"abc","name":"n","client_secret":"s3cret"}"#;

fn settings(url: &str, credentials: Credentials) -> Settings {
    Settings {
        tenant: url.parse().unwrap(),
        audience: None,
        credentials,
        request_timeout: Duration::from_secs(5),
        user_agent: "tests".to_owned(),
        ca_file: None,
        http_proxy: None,
        limits: Limits { max_requests_per_second: None, quota_share: 1.0 },
        token_cache: None,
    }
}

fn client(url: &str) -> Client {
    let client_secret = SecretString::from(SECRET);
    Client::new(settings(url, Credentials::ClientSecret { client_id: "me".to_owned(), client_secret })).unwrap()
}

fn client_with_token(url: &str) -> Client {
    Client::new(settings(url, Credentials::Token(SecretString::from(SECRET)))).unwrap()
}

/// An operation with ten seconds to go.
fn session(client: &Client) -> Session {
    client.within(&CancellationToken::new(), Instant::now() + Duration::from_secs(10))
}

fn new_client() -> NewClient {
    NewClient { name: "n".to_owned(), ..NewClient::default() }
}

fn assert_secret_free(error: &Error) {
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(SECRET) && !shown.contains("token-"), "{shown}");
}

#[test]
fn secrets_show_in_nothing_that_is_printed() {
    let url = "https://acme.auth0.com";
    let client_secret = SecretString::from(SECRET);
    let mut settings = settings(url, Credentials::ClientSecret { client_id: "me".to_owned(), client_secret });
    settings.http_proxy = Some(format!("http://user:{SECRET}@proxy:3128").parse().unwrap());
    assert!(!format!("{settings:?}").contains(SECRET));
    let client = Client::new(settings).unwrap();
    let session = client.within(&CancellationToken::new(), Instant::now());
    assert!(!format!("{client:?} {session:?}").contains(SECRET));
    let broken = Client::new(self::settings(url, Credentials::Token(SecretString::from(format!("{SECRET}\n")))));
    let error = broken.unwrap_err();
    assert!(!format!("{error} {error:?}").contains(SECRET));
}
