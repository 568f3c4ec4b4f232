//! The Management API client over real sockets, against a scripted server.

#![expect(clippy::unwrap_used, reason = "where something unexpected is met, the test ends")]

mod api;
mod between;
mod cache;
mod collection;
mod connection;
mod ending;
mod identities;
mod limits;
mod lists;
mod lost_creations;
mod lost_grants;
mod proof;
mod proxy;
mod renewal;
mod repetition;
mod server;
mod silence;
mod token;

use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};
use terraform_provider_auth0::auth0::{
    Area, Body, Client, Credentials, Error, Flaw, Identity, Limits, Object, Seen, Session, Settings,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// APIs, which a path names by their identifier or by their id.
static RESOURCE_SERVERS: Area = Area {
    path: &["resource-servers"],
    key: "identifier",
    aliases: &["id"],
    identity: Identity::Key(&["identifier"]),
    secrets: &[],
    ends: &[],
    properties: || ["id", "identifier", "name"].map(str::to_owned).into(),
};

/// Applications, with a few of their properties.
static CLIENTS: Area = Area {
    path: &["clients"],
    key: "client_id",
    aliases: &[],
    identity: Identity::Name { property: "name", filters: &[("is_global", "false")] },
    secrets: &["client_secret", "signing_keys"],
    ends: &[&CLIENT_GRANTS, &CREDENTIALS],
    properties: || ["client_id", "name", "description", "grant_types"].map(str::to_owned).into(),
};

/// Client grants, with a few of their properties.
static CLIENT_GRANTS: Area = Area {
    path: &["client-grants"],
    key: "id",
    aliases: &[],
    identity: Identity::Key(&["client_id", "default_for", "audience", "subject_type"]),
    secrets: &[],
    ends: &[],
    properties: || ["id", "client_id", "default_for", "audience", "subject_type", "scope"].map(str::to_owned).into(),
};

/// Credentials, which belong to an application.
static CREDENTIALS: Area = Area {
    path: &["clients", "credentials"],
    key: "id",
    aliases: &[],
    identity: Identity::Key(&["name"]),
    secrets: &[],
    ends: &[],
    properties: || ["id", "name"].map(str::to_owned).into(),
};

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

fn object(json: &Value) -> Object {
    json.as_object().unwrap().clone()
}

/// What a new application is to be.
fn new_client() -> Body {
    object(&json!({"name": "n"})).into()
}

/// Takes an object as it is shown.
#[expect(clippy::unnecessary_wraps, reason = "other views can fail")]
fn shown(object: &Object) -> Result<Object, Flaw> {
    Ok(object.clone())
}

/// The same, and a list is believed whatever it shows.
fn believed(object: &Object) -> Result<Seen<Object>, Flaw> {
    Ok(Seen { value: shown(object)?, same: None })
}

async fn create(session: &Session) -> Result<Object, Error> {
    Ok(session.api(&CLIENTS, &[]).create(&new_client(), believed).await?.value)
}

/// Reads an application, alone or by a list.
async fn read(session: &Session, id: &str) -> Result<Option<Object>, Error> {
    session.api(&CLIENTS, &[]).read(id, believed).await
}

async fn read_singly(session: &Session, id: &str) -> Result<Option<Object>, Error> {
    session.api(&CLIENTS, &[]).read_singly(id, shown).await
}

/// All applications.
async fn list(session: &Session) -> Result<Vec<Object>, Error> {
    session.api(&CLIENTS, &[]).list(&[], |object| shown(object).map(Some)).await
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
