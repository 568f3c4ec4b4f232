//! A proxy before the emulator, which lets one request pass at a time, and has others change something before one of them.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use axum::serve::ListenerExt as _;
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use terraform_provider_auth0::emulator::Emulator;
use tokio::net::TcpListener;
use tokio::sync::Mutex;

/// A request that changes something.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) body: Value,
}

pub(super) struct Gate {
    emulator: Emulator,
    url: String,
    http: reqwest::Client,
    /// The token of those who change something.
    token: String,
    /// One request passes at a time.
    turn: Mutex<Arranged>,
}

/// What is to happen before which list of a collection.
#[derive(Debug, Default)]
struct Arranged {
    list: String,
    /// So many of them pass before.
    moment: usize,
    changes: Vec<Change>,
    /// What was created.
    created: Vec<Value>,
    happened: bool,
}

impl Gate {
    /// A way to this emulator.
    pub(super) async fn open(emulator: Emulator) -> Arc<Self> {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = json!({
            "grant_type": "client_credentials",
            "client_id": emulator.client_id(),
            "client_secret": emulator.client_secret(),
            "audience": format!("{}/api/v2/", emulator.url()),
        });
        let answer = http.post(format!("{}/oauth/token", emulator.url())).json(&request).send().await.unwrap();
        let token = answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let gate = Arc::new(Self { emulator, url, http, token, turn: Mutex::default() });
        let router = Router::new().fallback(pass).with_state(Arc::clone(&gate));
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        gate
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The identifier of the Management API.
    pub(super) fn audience(&self) -> String {
        format!("{}/api/v2/", self.emulator.url())
    }

    /// Everything in the tenant.
    pub(super) fn state(&self) -> Value {
        self.emulator.state()
    }

    pub(super) fn credentials(&self) -> (String, SecretString) {
        (self.emulator.client_id().to_owned(), self.emulator.client_secret().into())
    }

    /// Changes something at once, and answers what the tenant says.
    pub(super) async fn change(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = self.http.request(method, format!("{}{path}", self.audience())).bearer_auth(&self.token);
        let answer = if body.is_null() { request } else { request.json(body) }.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Has this happen before the list of this number, counted from 0.
    pub(super) async fn arrange(&self, collection: &str, moment: usize, changes: Vec<Change>) {
        let list = format!("/api/v2/{collection}");
        *self.turn.lock().await = Arranged { list, moment, changes, ..Arranged::default() };
    }

    /// What was created, if it has happened.
    pub(super) fn happened(&self) -> Option<Vec<Value>> {
        let mut arranged = self.turn.try_lock().expect("nobody asks any more");
        arranged.happened.then(|| std::mem::take(&mut arranged.created))
    }
}

/// Hands a request on to the emulator, and its answer back.
async fn pass(State(gate): State<Arc<Gate>>, request: Request) -> Response {
    let mut turn = gate.turn.lock().await;
    if request.method() == Method::GET && request.uri().path() == turn.list {
        if turn.moment == 0 && !turn.happened {
            for Change { method, path, body } in std::mem::take(&mut turn.changes) {
                let is_creation = method == Method::POST;
                let answer = gate.change(method, &path, &body).await;
                if is_creation {
                    turn.created.push(answer);
                }
            }
            turn.happened = true;
        }
        turn.moment = turn.moment.saturating_sub(1);
    }
    let (parts, body) = request.into_parts();
    let url = format!("{}{}", gate.emulator.url(), parts.uri);
    let mut headers = parts.headers;
    headers.remove(http::header::HOST);
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let answer = gate.http.request(parts.method, url).headers(headers).body(body).send().await.unwrap();
    let mut response = Response::new(Body::empty());
    (*response.status_mut(), *response.headers_mut()) = (answer.status(), answer.headers().clone());
    *response.body_mut() = Body::from(answer.bytes().await.unwrap());
    response
}
