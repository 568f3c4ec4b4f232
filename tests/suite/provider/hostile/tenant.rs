//! A tenant that puts anything into its answers, and what was sent to it in secret.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use fastrand::Rng;
use http::HeaderValue;
use http::header::{CONTENT_TYPE, HOST, LOCATION};
use serde_json::{Map, Value, json};
use terraform_provider_auth0::emulator::Emulator;
use tokio::net::TcpListener;
use url::form_urlencoded;

use super::Existing;

/// What follows every line break of an answer.
pub(super) const AFTER_BREAK: &str = "FOREIGN LINE";

/// It passes requests on to an emulator, and spoils some of the answers.
pub(super) struct Hostile {
    emulator: Emulator,
    http: reqwest::Client,
    url: String,
    chance: Mutex<Rng>,
    secrets: Mutex<BTreeSet<String>>,
}

impl Hostile {
    pub(super) async fn start(seed: u64) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hostile = Arc::new(Self {
            emulator: Emulator::builder().seed(seed).start(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            url: format!("http://{}", listener.local_addr().unwrap()),
            chance: Mutex::new(Rng::with_seed(seed)),
            secrets: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&hostile));
        tokio::spawn(async move { axum::serve(listener, router).await });
        hostile
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// The identifier of its Management API.
    pub(super) fn audience(&self) -> String {
        format!("{}/api/v2/", self.emulator.url())
    }

    /// What was sent in secret so far.
    pub(super) fn secrets(&self) -> BTreeSet<String> {
        self.secrets.lock().unwrap().clone()
    }

    /// A token of the tenant itself.
    pub(super) async fn token(&self) -> String {
        let request = json!({
            "grant_type": "client_credentials",
            "client_id": self.emulator.client_id(),
            "client_secret": self.emulator.client_secret(),
            "audience": self.audience(),
        });
        let answer = self.http.post(format!("{}/oauth/token", self.emulator.url())).json(&request).send().await;
        answer.unwrap().json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned()
    }

    /// Creates an application and its grant, as they are before Terraform comes.
    pub(super) async fn fill(&self) -> Existing {
        let (token, audience) = (self.token().await, self.audience());
        let create = async |collection: &str, body: Value| {
            let request = self.http.post(format!("{audience}{collection}")).bearer_auth(&token).json(&body);
            request.send().await.unwrap().json::<Value>().await.unwrap()
        };
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned();
        let client = create("clients", json!({ "name": "old", "app_type": "non_interactive" })).await;
        let client_id = text(&client["client_id"]);
        let grant = json!({ "client_id": client_id, "audience": audience, "scope": [] });
        Existing { client_id, grant_id: text(&create("client-grants", grant).await["id"]) }
    }

    /// Learns the secrets of a request.
    fn overhear(&self, headers: &http::HeaderMap, body: &[u8]) {
        let mut secrets = self.secrets.lock().unwrap();
        let bearer = headers.get("authorization").and_then(|header| header.to_str().unwrap().strip_prefix("Bearer "));
        secrets.extend(bearer.map(str::to_owned));
        let is_secret = |name: &str| ["client_secret", "client_assertion"].contains(&name);
        let form = form_urlencoded::parse(body).filter(|(name, _)| is_secret(name));
        secrets.extend(form.map(|(_, secret)| secret.into_owned()));
        let json = serde_json::from_slice::<Map<String, Value>>(body).unwrap_or_default();
        secrets.extend(json.get("client_secret").and_then(Value::as_str).map(str::to_owned));
    }

    fn spoil(&self, is_token: bool, is_create: bool, status: u16, body: Value) -> Spoilt {
        let mut evil = Evil { chance: &mut self.chance.lock().unwrap(), secrets: &self.secrets.lock().unwrap() };
        match evil.chance.u8(0..10) {
            // Otherwise nothing else would ever be sent.
            0..=3 => Spoilt::Json(status, body),
            4 | 5 if is_token => Spoilt::Json(status, body),
            // A create whose answer cannot be read waits for lists.
            4 if is_create && evil.chance.bool() => Spoilt::Json(status, body),
            4 => Spoilt::Json(status, evil.value(body, 10)),
            5 => Spoilt::Json(status, evil.value(body, 3)),
            6..=8 => Spoilt::Json(evil.status(), evil.refusal()),
            _ => Spoilt::Redirect(evil.address()),
        }
    }
}

enum Spoilt {
    Json(u16, Value),
    Redirect(String),
}

async fn answer(State(hostile): State<Arc<Hostile>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    hostile.overhear(&parts.headers, &body);
    let (url, is_token) = (format!("{}{}", hostile.emulator.url(), parts.uri), parts.uri.path() == "/oauth/token");
    let is_create = parts.method == http::Method::POST;
    let mut headers = parts.headers;
    headers.remove(HOST);
    let answer = hostile.http.request(parts.method, url).headers(headers).body(body).send().await.unwrap();
    let status = answer.status();
    let body = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or(Value::Null);
    let mut response = Response::new(Body::empty());
    match hostile.spoil(is_token, is_create, status.as_u16(), body) {
        Spoilt::Json(204, _) => *response.status_mut() = http::StatusCode::NO_CONTENT,
        Spoilt::Json(status, body) => {
            *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *response.body_mut() = Body::from(body.to_string());
        }
        Spoilt::Redirect(to) => {
            *response.status_mut() = http::StatusCode::FOUND;
            response.headers_mut().insert(LOCATION, to.parse().unwrap());
        }
    }
    response
}

/// Makes foreign text by chance.
struct Evil<'h> {
    chance: &'h mut Rng,
    secrets: &'h BTreeSet<String>,
}

/// Beginnings of messages that the provider looks into.
const BEGINNINGS: [&str; 8] = [
    "",
    "",
    "Insufficient scope, expected any of: a,",
    "Payload validation error: 'Too long' on property ",
    "Payload validation error: 'Additional properties not allowed: ",
    "Client is not authorized to access ",
    "Service not enabled within domain: ",
    "Unauthorized",
];

const PIECES: [&str; 24] = [
    "\u{1b}[2J",
    "\u{1b}]0;title\u{7}",
    "\u{9b}31m",
    "\u{85}",
    "\0",
    "\u{8}\u{8}",
    "\u{7f}",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{2028}",
    "\u{feff}",
    "\u{e0041}",
    "\t",
    "\"",
    "\\",
    "'",
    "`",
    "${x}",
    "%{ if x }",
    "$$${",
    "<a>",
    " ",
    "Wörter",
];

impl Evil<'_> {
    fn text(&mut self) -> String {
        let mut text = self.chance.choice(BEGINNINGS).unwrap().to_owned();
        for _ in 0..self.chance.u8(1..8) {
            match self.chance.u8(0..8) {
                0 => text.extend(["\r\n", AFTER_BREAK]),
                1 => text.extend(["\n", AFTER_BREAK]),
                2 => text.push_str(&"long ".repeat(self.chance.usize(1..3_000))),
                3 | 4 => text.push_str(&self.secret()),
                _ => text.push_str(self.chance.choice(PIECES).unwrap()),
            }
        }
        text
    }

    /// A secret in some spelling.
    fn secret(&mut self) -> String {
        let Some(secret) = self.chance.choice(self.secrets) else { return String::new() };
        let json = |text: &str| json!(text).to_string();
        match self.chance.u8(0..7) {
            0 => form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
            1 => secret.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat(),
            2 => secret.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>().concat(),
            3 => json(secret),
            4 => json(&json(secret)),
            5 => form_urlencoded::Serializer::new(String::new()).append_pair("client_secret", secret).finish(),
            _ => secret.clone(),
        }
    }

    /// The value with foreign text in its strings, so many of ten, and with odd numbers.
    fn value(&mut self, value: Value, of_ten: u8) -> Value {
        let hits = self.chance.u8(0..10) < of_ten;
        match value {
            Value::String(_) if hits => self.text().into(),
            Value::Number(_) if hits && self.chance.bool() => json!(1e300),
            Value::Array(elements) => elements.into_iter().map(|element| self.value(element, of_ten)).collect(),
            Value::Object(entries) => {
                let mut spoilt: Map<_, _> =
                    entries.into_iter().map(|(name, value)| (name, self.value(value, of_ten))).collect();
                if hits {
                    spoilt.insert(self.text(), json!({ self.text(): 1 }));
                    spoilt.insert("client_metadata".to_owned(), json!({ self.text(): self.odd() }));
                    spoilt.insert("client_authentication_methods".to_owned(), json!({ self.text(): {} }));
                }
                spoilt.into()
            }
            other => other,
        }
    }

    fn odd(&mut self) -> Value {
        self.chance.choice([json!(1e300), json!([]), json!("x"), Value::Null]).unwrap()
    }

    /// Nothing that is sent again, or the test would take long.
    fn status(&mut self) -> u16 {
        self.chance.choice([400, 400, 401, 403, 403, 404, 409, 418]).unwrap()
    }

    fn refusal(&mut self) -> Value {
        let error = self.chance.choice(["access_denied", "invalid_client", "unauthorized_client", ""]).unwrap();
        let error = if error.is_empty() { self.text() } else { error.to_owned() };
        let [message, code, description] = [(); 3].map(|()| self.text());
        json!({
            "statusCode": 400, "error": error, "message": message, "errorCode": code, "error_description": description,
        })
    }

    fn address(&mut self) -> String {
        let secret = self.chance.choice(self.secrets).map_or("x", String::as_str);
        let label: String = secret.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.').collect();
        format!("https://{label}.example.com/{label}")
    }
}
