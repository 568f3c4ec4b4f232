//! What exists in the tenant, so that requests can be about it.

use std::sync::Arc;

use fastrand::Rng;
use serde_json::{Value, json};
use terraform_provider_auth0::emulator::Emulator;

use crate::emulator::Session;
use crate::emulator::credentials::{assertion, certificate, public_key};

pub(super) struct Pool {
    url: String,
    /// Of the administrator, of clients that may do less, and some that are worth nothing.
    good_token: String,
    weak_tokens: Vec<String>,
    bad_tokens: Vec<String>,
    state: Arc<Value>,
    checkpoints: Vec<String>,
    /// The client that the request is about.
    client: Option<Value>,
}

impl Pool {
    /// Makes a few clients that may not do everything, and tokens of all sorts.
    pub(super) async fn start(emulator: &Emulator) -> Self {
        let session = Session { http: reqwest::Client::new(), url: emulator.url().to_owned(), token: String::new() };
        let audience = session.management_audience();
        let fresh = async || {
            let answer = session.token(emulator.client_id(), emulator.client_secret(), &audience).await.expect(200);
            answer["access_token"].as_str().unwrap().to_owned()
        };
        emulator.set_clock("2026-01-01T00:00:00Z".parse().unwrap());
        let expired = fresh().await;
        emulator.set_clock("2026-02-01T00:00:00Z".parse().unwrap());
        let good_token = fresh().await;
        let tenant = Session { token: good_token.clone(), ..session.clone() };
        let mut weak_tokens = Vec::new();
        for scopes in [
            &["read:clients"][..],
            &["read:client_summary", "read:client_grants", "create:client_grants"],
            &["read:client_keys", "update:clients", "create:clients", "read:users"],
            &[],
        ] {
            weak_tokens.push(tenant.with_scopes(scopes).await.token);
        }
        let forged = format!("{}x", &good_token[..good_token.len() - 2]);
        let bad_tokens = vec![expired, forged, "a.b.c".to_owned(), "nonsense".to_owned(), String::new()];
        let url = emulator.url().to_owned();
        Self { url, good_token, weak_tokens, bad_tokens, state: Arc::default(), checkpoints: Vec::new(), client: None }
    }

    pub(super) fn learn_state(&mut self, state: &Arc<Value>) {
        self.state = Arc::clone(state);
    }

    pub(super) fn learn_answer(&mut self, answer: &Value) {
        self.checkpoints.extend(answer["next"].as_str().map(str::to_owned));
    }

    pub(super) fn state(&self) -> &Value {
        &self.state
    }

    /// Chooses the client that the request will be about.
    pub(super) fn choose_client(&mut self, rng: &mut Rng) -> String {
        let clients = self.state["clients"].as_array().unwrap();
        let with_keys: Vec<_> = clients.iter().filter(|client| client["credentials"] != json!([])).collect();
        self.client = rng.choice(with_keys).filter(|_| rng.u8(0..3) == 0).or_else(|| rng.choice(clients)).cloned();
        self.client.as_ref().map_or_else(String::new, |client| client["client_id"].as_str().unwrap().to_owned())
    }

    /// How many objects there are that requests have made.
    pub(super) fn is_full(&self) -> bool {
        ["clients", "client_grants", "resource_servers", "organizations"]
            .iter()
            .any(|name| self.state[name].as_array().is_some_and(|objects| objects.len() > 25))
    }

    pub(super) fn token(&self, rng: &mut Rng) -> String {
        match rng.u8(0..20) {
            0 => rng.choice(&self.bad_tokens).unwrap().clone(),
            1 | 2 => rng.choice(&self.weak_tokens).unwrap().clone(),
            _ => self.good_token.clone(),
        }
    }

    /// Something that fits a property or parameter of this name, if the name tells.
    pub(super) fn known(&self, name: &str, rng: &mut Rng) -> Option<Value> {
        let any = |list: &str, property: &str, rng: &mut Rng| -> Option<Value> {
            Some(rng.choice(self.state[list].as_array()?)?[property].clone()).filter(|value| !value.is_null())
        };
        match name {
            "audience" | "resource_server_identifier" | "identifiers" => any("resource_servers", "identifier", rng),
            "client_id" => any("clients", "client_id", rng),
            "client_secret" => any("clients", "client_secret", rng),
            "grant_id" | "grant_ids" => {
                // Few of them may be associated with an organization, so these come first.
                let grants = self.state["client_grants"].as_array()?;
                let usable: Vec<_> = grants.iter().filter(|grant| grant["organization_usage"].is_string()).collect();
                let chosen = rng.choice(usable).filter(|_| rng.bool()).or_else(|| rng.choice(grants));
                Some(chosen?["id"].clone())
            }
            "organization" | "organization_id" => any("organizations", "id", rng),
            "identifier" => Some(json!(format!("https://api{}/", rng.u8(0..8)))),
            "from" => rng.choice(&self.checkpoints).map(|checkpoint| json!(checkpoint)),
            "q" => Some(json!(format!("client_grant.organization_id:{}", any("organizations", "id", rng)?.as_str()?))),
            "path" => Some(json!("/api/v2/*")),
            "grant_type" => Some(json!("client_credentials")),
            "credential" => {
                let pool = self.client.as_ref()?["credentials"].as_array()?;
                Some(rng.choice(pool)?["credential"]["id"].clone())
            }
            "pem" => Some(if rng.bool() { certificate().into() } else { public_key()["pem"].clone() }),
            "client_assertion" => {
                let id = any("clients", "client_id", rng)?;
                let now = 1_769_904_000;
                let claims = json!({
                    "iss": id, "sub": id, "aud": format!("{}/", self.url), "iat": now, "exp": now + 120,
                    "jti": format!("{}", rng.u8(..)),
                });
                Some(assertion(&claims).into())
            }
            _ => None,
        }
    }

    /// A client and its secret.
    pub(super) fn pair(&self, rng: &mut Rng) -> Option<(String, String)> {
        let client = rng.choice(self.state["clients"].as_array()?)?;
        let text = |name: &str| client[name].as_str().map(str::to_owned);
        Some((text("client_id")?, text("client_secret")?))
    }
}
