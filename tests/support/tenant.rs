//! An offline tenant of a test's own, and what its administrator can see and do behind Terraform's back.

pub(crate) mod recording;

use std::cell::{OnceCell, RefCell};
use std::fs;
use std::path::Path;
use std::time::Duration;

use reqwest::{Certificate, Method};
use serde_json::{Value, json};
use terraform_provider_auth0::emulator::{Action, Emulator, Fault, LoggedRequest, Plan};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{sleep, timeout};

use self::recording::Recording;

/// Far longer than anything takes, and far shorter than a hanging build.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running tenant. It ends with its value.
pub(crate) struct Tenant {
    emulator: Emulator,
    http: reqwest::Client,
    runtime: Runtime,
    token: OnceCell<String>,
    recording: RefCell<Option<Recording>>,
}

impl Tenant {
    pub(crate) fn start() -> Self {
        Self::of(Emulator::start())
    }

    /// A tenant with the rate limits of a plan.
    pub(crate) fn start_on(plan: Plan) -> Self {
        Self::of(Emulator::builder().plan(plan).start())
    }

    /// A tenant that remembers every secret that passes.
    pub(crate) fn start_watching() -> Self {
        Self::of(Emulator::builder().record_secrets(true).start())
    }

    /// Every secret, token and assertion that has passed so far.
    pub(crate) fn secrets_seen(&self) -> Vec<String> {
        self.emulator.recorded_secrets()
    }

    /// Spoils so many requests like this.
    pub(crate) fn spoil_times(&self, times: u32, method: &str, path: &str, action: Action) {
        self.emulator.fault(Fault::new(method, path, action).times(times));
    }

    /// Spoils requests by this fault.
    pub(crate) fn spoil_by(&self, fault: Fault) {
        self.emulator.fault(fault);
    }

    /// Spoils no further requests.
    pub(crate) fn spoil_no_more(&self) {
        self.emulator.clear_faults();
    }

    /// Whether this is the secret of an application, by the word of the token endpoint.
    pub(crate) fn accepts(&self, client_id: &str, client_secret: &str) -> bool {
        // A client without a grant is known all the same.
        self.ask_for_token(client_id, client_secret)["error_description"] != "Unauthorized"
    }

    /// The secret of an application.
    pub(crate) fn secret(&self, client_id: &str) -> String {
        let client = self.read(&format!("clients/{client_id}"));
        client["client_secret"].as_str().unwrap_or_else(|| panic!("no secret: {client}")).to_owned()
    }

    /// A tenant over TLS, with an authority of its own.
    pub(crate) fn start_with_tls() -> Self {
        Self::of(Emulator::builder().tls(true).start())
    }

    /// Another tenant that holds what this one holds now.
    pub(crate) fn copy(&self) -> Self {
        self.copy_with(|state| state)
    }

    /// The same, after a change to the document.
    pub(crate) fn copy_with(&self, change: impl FnOnce(String) -> String) -> Self {
        let state = change(self.emulator.state().to_string());
        Self::of(Emulator::builder().state(serde_json::from_str(&state).unwrap()).start())
    }

    /// A tenant with this state, whose lists show a write only so long after it.
    pub(crate) fn with(state: &Value, late: Duration) -> Self {
        Self::of(Emulator::builder().state(state.clone()).eventual(late).start())
    }

    /// A tenant with this state that is so far away.
    pub(crate) fn far(state: &Value, latency: Duration) -> Self {
        Self::of(Emulator::builder().state(state.clone()).latency(latency).start())
    }

    /// Everything that the tenant is, at once, however late its lists are.
    pub(crate) fn state(&self) -> Value {
        self.emulator.state()
    }

    /// A tenant with settings of its own.
    pub(crate) fn of(emulator: Emulator) -> Self {
        let authority = emulator.ca_file().map(|file| Certificate::from_pem(&fs::read(file).unwrap()).unwrap());
        Self {
            http: reqwest::Client::builder().no_proxy().tls_certs_only(authority).build().unwrap(),
            emulator,
            runtime: Builder::new_current_thread().enable_all().build().unwrap(),
            token: OnceCell::new(),
            recording: RefCell::new(Recording::start()),
        }
    }

    pub(crate) fn url(&self) -> &str {
        self.emulator.url()
    }

    /// As the provider names it in what it says and remembers.
    pub(crate) fn domain(&self) -> &str {
        self.emulator.domain()
    }

    pub(crate) fn client_id(&self) -> &str {
        self.emulator.client_id()
    }

    pub(crate) fn client_secret(&self) -> &str {
        self.emulator.client_secret()
    }

    /// The file with the authority to trust; only with TLS there is one.
    pub(crate) fn ca_file(&self) -> &str {
        self.emulator.ca_file().and_then(Path::to_str).expect("a tenant with TLS")
    }

    /// The identifier of its Management API.
    pub(crate) fn management_api(&self) -> String {
        format!("{}/api/v2/", self.url())
    }

    /// Spoils the next request like this.
    pub(crate) fn spoil(&self, method: &str, path: &str, action: Action) {
        self.emulator.fault(Fault::new(method, path, action));
    }

    /// How many requests are still to be spoilt.
    pub(crate) fn faults_left(&self) -> u64 {
        let faults = format!("{}/_emulator/faults", self.url());
        let faults: Value =
            self.runtime.block_on(async { self.http.get(faults).send().await.unwrap().json().await.unwrap() });
        faults["faults"].as_array().unwrap().iter().map(|fault| fault["times"].as_u64().unwrap()).sum()
    }

    /// Refuses the next request in the service's own words.
    pub(crate) fn refuse(&self, method: &str, path: &str, status: u16, code: &str, message: &str) {
        let body = json!({ "statusCode": status, "error": "Refused", "message": message, "errorCode": code });
        self.spoil(method, path, Action::answer(status, body, &[]));
    }

    /// Lets time go by.
    pub(crate) fn wait(&self, time: Duration) {
        self.runtime.block_on(async { sleep(time).await });
    }

    /// What `path` (such as `clients/ID`) shows; null when there is nothing.
    pub(crate) fn read(&self, path: &str) -> Value {
        match self.call(&Method::GET, path, None) {
            (200, body) => body,
            (404, _) => Value::Null,
            (status, body) => panic!("GET {path}: {status} {body}"),
        }
    }

    /// Reads `path` once a second as long as `is_running`, and returns the statuses.
    pub(crate) fn read_each_second(&self, path: &str, mut is_running: impl FnMut() -> bool) -> Vec<u16> {
        let mut statuses = Vec::new();
        while is_running() {
            statuses.push(self.call(&Method::GET, path, None).0);
            self.runtime.block_on(async { sleep(Duration::from_secs(1)).await });
        }
        statuses
    }

    #[track_caller]
    pub(crate) fn create(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.call(&Method::POST, path, Some(body));
        assert_eq!(status, 201, "POST {path}: {answer}");
        answer
    }

    #[track_caller]
    pub(crate) fn change(&self, path: &str, body: &Value) {
        let (status, answer) = self.call(&Method::PATCH, path, Some(body));
        assert_eq!(status, 200, "PATCH {path}: {answer}");
    }

    #[track_caller]
    pub(crate) fn delete(&self, path: &str) {
        let (status, answer) = self.call(&Method::DELETE, path, None);
        assert_eq!(status, 204, "DELETE {path}: {answer}");
    }

    /// An API of the tenant's own, with these scopes. Answers its identifier.
    pub(crate) fn api(&self, identifier: &str, scopes: &[&str]) -> String {
        let scopes: Vec<_> = scopes.iter().map(|scope| json!({ "value": scope })).collect();
        self.create("resource-servers", &json!({ "identifier": identifier, "name": identifier, "scopes": scopes }));
        identifier.to_owned()
    }

    /// The clients that are not there from the start, by name.
    pub(crate) fn clients(&self, name: &str) -> Vec<Value> {
        let clients = self.read("clients?per_page=100");
        clients.as_array().unwrap().iter().filter(|client| client["name"] == name).cloned().collect()
    }

    pub(crate) fn forget_requests(&self) {
        self.record_requests();
        self.emulator.clear_requests();
    }

    fn record_requests(&self) {
        if let Some(recording) = self.recording.borrow_mut().as_mut() {
            recording.add(&self.emulator.requests());
        }
    }

    /// The requests since then, with `{id}` in place of ids, and without the query.
    pub(crate) fn requests(&self) -> Vec<String> {
        let requests = self.emulator.requests();
        requests.iter().map(|request| format!("{} {}", request.method, without_id(&request.path))).collect()
    }

    /// The same in full.
    pub(crate) fn logged(&self) -> Vec<LoggedRequest> {
        self.emulator.requests()
    }

    /// Spoils requests like this after so many.
    pub(crate) fn spoil_after(&self, skip: u32, method: &str, path: &str, action: Action) {
        self.emulator.fault(Fault::new(method, path, action).skip(skip));
    }

    /// Every PATCH since then: what was changed, such as `clients/ID`, and what was said.
    pub(crate) fn patches(&self) -> Vec<(String, Value)> {
        let patches = self.emulator.requests().into_iter().filter(|request| request.method == "PATCH");
        patches.filter_map(|patch| Some((patch.path.strip_prefix("/api/v2/")?.to_owned(), patch.body?))).collect()
    }

    /// Waits until the log has this many of `request`, such as `POST /api/v2/clients`.
    pub(crate) fn wait_for(&self, request: &str, times: usize) {
        let asked = async {
            while self.requests().iter().filter(|asked| *asked == request).count() < times {
                sleep(Duration::from_millis(5)).await;
            }
        };
        let waited = self.runtime.block_on(async { timeout(PATIENCE, asked).await });
        assert!(waited.is_ok(), "nobody asked {request}: {:?}", self.requests());
    }

    /// Waits, without any rest, until there were so many requests and so many answers.
    pub(crate) fn wait_until(&self, requests: usize, answers: usize) {
        let come = || {
            let log = self.emulator.requests();
            log.len() >= requests && log.iter().filter(|request| request.status.is_some()).count() >= answers
        };
        let coming = async {
            while !come() {
                tokio::task::yield_now().await;
            }
        };
        let waited = self.runtime.block_on(async { timeout(PATIENCE, coming).await });
        assert!(waited.is_ok(), "not {requests} requests and {answers} answers: {:?}", self.requests());
    }

    /// Every secret that the tenant knows.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let mut secrets = Vec::new();
        collect_secrets(&serde_json::to_value(self.emulator.state()).unwrap(), &mut secrets);
        assert!(secrets.iter().any(|secret| secret == self.client_secret()));
        secrets
    }

    /// A token with which everything in the tenant may be done.
    pub(crate) fn token(&self) -> &str {
        self.token.get_or_init(|| self.fetch_token())
    }

    /// The status of a token request with an assertion.
    pub(crate) fn ask_with_assertion(&self, assertion: &str) -> u16 {
        let request = json!({
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion,
            "audience": self.management_api(),
        });
        self.runtime.block_on(async {
            self.http.post(format!("{}/oauth/token", self.url())).json(&request).send().await.unwrap().status().as_u16()
        })
    }

    fn call(&self, method: &Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.management_api()));
        request = request.bearer_auth(self.token());
        if let Some(body) = body {
            request = request.json(body);
        }
        self.runtime.block_on(async {
            let response = request.send().await.unwrap();
            let status = response.status().as_u16();
            let text = response.text().await.unwrap();
            (status, serde_json::from_str(&text).unwrap_or(Value::Null))
        })
    }

    fn fetch_token(&self) -> String {
        let answer = self.ask_for_token(self.client_id(), self.client_secret());
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    fn ask_for_token(&self, client_id: &str, client_secret: &str) -> Value {
        let request = json!({
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
            "audience": self.management_api(),
        });
        self.runtime.block_on(async {
            let response = self.http.post(format!("{}/oauth/token", self.url())).json(&request).send().await;
            response.unwrap().json().await.unwrap()
        })
    }
}

impl Drop for Tenant {
    fn drop(&mut self) {
        self.record_requests();
    }
}

fn without_id(path: &str) -> String {
    let segments: Vec<_> = path.split('/').collect();
    match segments.as_slice() {
        ["", "api", "v2", collection, _id] => format!("/api/v2/{collection}/{{id}}"),
        ["", "api", "v2", collection, _id, what] => format!("/api/v2/{collection}/{{id}}/{what}"),
        _ => path.to_owned(),
    }
}

fn collect_secrets(value: &Value, secrets: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            if let Some(secret) = object.get("client_secret").and_then(Value::as_str) {
                secrets.push(secret.to_owned());
            }
            object.values().for_each(|value| collect_secrets(value, secrets));
        }
        Value::Array(array) => array.iter().for_each(|value| collect_secrets(value, secrets)),
        _ => {}
    }
}
