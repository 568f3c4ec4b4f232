//! The emulator over real HTTP, rule by rule.
//!
//! A test starts a `Tenant` of its own and asks it with `get`, `post`, `patch` and `delete`; paths are those below
//! `/api/v2`. `with_scopes` gives a session that may do less than the administrator.
#![expect(clippy::unwrap_used, reason = "in a test, what was expected and is not there ends it")]

mod binary;
mod bodies;
mod client_grants;
mod clients;
mod control;
mod credentials;
mod data;
mod eventual;
mod faults;
mod fuzz;
mod hosts;
mod limits;
mod lists;
mod mutual_tls;
mod organizations;
mod quotas;
mod raw;
mod refusals;
mod resource_servers;
mod secrets;
mod silence;
mod token_organizations;
mod tokens;
mod visibility;

use serde_json::{Value, json};
use terraform_provider_auth0::emulator::Emulator;

/// An emulator, and a session with a token that may do everything.
struct Tenant {
    emulator: Emulator,
    session: Session,
}

/// Requests with one token.
#[derive(Clone)]
struct Session {
    http: reqwest::Client,
    url: String,
    token: String,
}

/// Status and body of an answer; the body is null when there is none.
#[derive(Debug, PartialEq)]
struct Reply {
    status: u16,
    body: Value,
}

impl Tenant {
    async fn start() -> Self {
        Self::of(Emulator::start()).await
    }

    async fn of(emulator: Emulator) -> Self {
        let session = Session { http: reqwest::Client::new(), url: emulator.url().to_owned(), token: String::new() };
        let token = session.token(emulator.client_id(), emulator.client_secret(), &session.management_audience()).await;
        let token = token.expect(200)["access_token"].as_str().unwrap().to_owned();
        Self { emulator, session: Session { token, ..session } }
    }

    async fn create_client(&self, body: Value) -> Value {
        self.post("/clients", body).await.expect(201)
    }

    async fn create_api(&self, identifier: &str) -> Value {
        self.post("/resource-servers", json!({ "identifier": identifier })).await.expect(201)
    }
}

impl std::ops::Deref for Tenant {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl Session {
    fn management_audience(&self) -> String {
        format!("{}/api/v2/", self.url)
    }

    /// The session of a new client that was granted these scopes of the Management API and no others.
    async fn with_scopes(&self, scopes: &[&str]) -> Self {
        let client = self.post("/clients", json!({ "name": "limited" })).await.expect(201);
        let audience = self.management_audience();
        let grant = json!({ "client_id": client["client_id"], "audience": audience, "scope": scopes });
        self.post("/client-grants", grant).await.expect(201);
        let text = |name: &str| client[name].as_str().unwrap();
        let token = self.token(text("client_id"), text("client_secret"), &audience).await.expect(200);
        Self { token: token["access_token"].as_str().unwrap().to_owned(), ..self.clone() }
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(self.http.get(self.api(path))).await
    }

    async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(self.http.post(self.api(path)).json(&body)).await
    }

    async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(self.http.patch(self.api(path)).json(&body)).await
    }

    async fn delete(&self, path: &str) -> Reply {
        self.send(self.http.delete(self.api(path))).await
    }

    /// Asks for a token with id and secret in a form.
    async fn token(&self, client_id: &str, client_secret: &str, audience: &str) -> Reply {
        let form = json!({
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
            "audience": audience,
        });
        self.token_form(&form).await
    }

    async fn token_form(&self, form: &Value) -> Reply {
        reply(self.http.post(format!("{}/oauth/token", self.url)).form(form)).await
    }

    fn api(&self, path: &str) -> String {
        format!("{}/api/v2{path}", self.url)
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        reply(request.bearer_auth(&self.token)).await
    }
}

async fn reply(request: reqwest::RequestBuilder) -> Reply {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
    Reply { status, body }
}

impl Reply {
    /// The body, if the status is this one.
    #[track_caller]
    fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// Fails unless this is an error of the Management API in its full form.
    #[track_caller]
    fn refuses(self, status: u16, code: &str, message: &str) {
        let reason = reqwest::StatusCode::from_u16(status).unwrap().canonical_reason().unwrap();
        let body = json!({ "statusCode": status, "error": reason, "message": message, "errorCode": code });
        assert_eq!(self, Reply { status, body });
    }
}

/// The payload of a JWT, unverified.
fn claims(token: &Value) -> Value {
    use base64::Engine as _;
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// The values of one property in a list of objects.
fn column<'a>(items: &'a Value, name: &str) -> Vec<&'a str> {
    items.as_array().unwrap().iter().map(|item| item[name].as_str().unwrap()).collect()
}
