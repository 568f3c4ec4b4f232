//! The tenant as a script sees it: its token endpoint and its Management API, without the provider.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Client, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use terraform_provider_auth0::auth0;

use super::Failure;

/// How long the tenant may take to answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A tenant, known by the variables that tell the provider about it.
pub(crate) struct Tenant {
    variables: BTreeMap<String, String>,
    /// With a slash at its end.
    url: String,
    http: Client,
}

/// An access token, and what it says about itself.
pub(crate) struct Token {
    text: SecretString,
    pub(crate) algorithm: String,
    pub(crate) scope: String,
    pub(crate) lifetime: i64,
}

/// What the Management API answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl Tenant {
    /// The tenant of `AUTH0_DOMAIN`, with the credentials of the other variables.
    pub(crate) fn new(variables: BTreeMap<String, String>) -> Result<Self, Failure> {
        let set = |name| variables.get(name).is_some_and(|value: &String| !value.is_empty());
        if !set("AUTH0_DOMAIN") {
            return Err("Set AUTH0_DOMAIN to the tenant's domain, such as example.eu.auth0.com.".into());
        }
        let can_authenticate = set("AUTH0_API_TOKEN") || (set("AUTH0_CLIENT_ID") && set("AUTH0_CLIENT_SECRET"));
        if !can_authenticate {
            return Err("Set AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET, or AUTH0_API_TOKEN.".into());
        }
        // As the provider reads it: https, or an emulator on this machine.
        let url = variables["AUTH0_DOMAIN"].parse::<auth0::Tenant>()?.url().to_string();
        let mut http = Client::builder().user_agent("terraform-provider-auth0/quickstart").timeout(TIMEOUT);
        if url.starts_with("http://") {
            // An emulator on this machine, which no proxy reaches.
            http = http.no_proxy();
        }
        Ok(Self { http: http.build()?, url, variables })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    /// The identifier of the Management API, by which grants and tokens name it.
    pub(crate) fn management_api(&self) -> String {
        self.variables.get("AUTH0_AUDIENCE").cloned().unwrap_or_else(|| format!("{}api/v2/", self.url))
    }

    /// A token for the Management API, as the application that the provider acts as.
    pub(crate) async fn manage(&self) -> Result<Token, Failure> {
        let variable = |name| self.variables.get(name).filter(|value| !value.is_empty());
        match (variable("AUTH0_API_TOKEN"), variable("AUTH0_CLIENT_ID"), variable("AUTH0_CLIENT_SECRET")) {
            (Some(token), _, _) => Token::read(token.clone().into()),
            (None, Some(id), Some(secret)) => self.token(id, &secret.clone().into()).await,
            _ => unreachable!("a tenant without credentials is not made"),
        }
    }

    /// A token for the Management API, as any application: what its own code would ask for.
    pub(crate) async fn token(&self, client_id: &str, client_secret: &SecretString) -> Result<Token, Failure> {
        let request = json!({
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret.expose_secret(),
            "audience": self.management_api(),
        });
        let response = self.http.post(format!("{}oauth/token", self.url)).json(&request).send().await?;
        let status = response.status();
        let answer: Value = response.json().await?;
        match answer["access_token"].as_str() {
            Some(token) => Token::read(token.into()),
            None => Err(format!("no token: {status}, {}", answer["error_description"]).into()),
        }
    }

    /// Asks the Management API for `path`, such as `clients`.
    pub(crate) async fn get(&self, path: &str, token: &Token) -> Result<Answer, Failure> {
        let request = self.http.get(format!("{}api/v2/{path}", self.url));
        let response = request.bearer_auth(token.text.expose_secret()).send().await?;
        Ok(Answer { status: response.status(), body: response.json().await? })
    }
}

impl Token {
    /// Reads what it says; whether that is true is for the API to check.
    fn read(text: SecretString) -> Result<Self, Failure> {
        let mut parts = text
            .expose_secret()
            .split('.')
            .map(|part| -> Option<Value> { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok() });
        let (Some(Some(header)), Some(Some(claims))) = (parts.next(), parts.next()) else {
            return Err("the token is not a JSON Web Token".into());
        };
        drop(parts);
        let seconds = |name: &str| claims[name].as_i64().unwrap_or_default();
        Ok(Self {
            algorithm: header["alg"].as_str().unwrap_or_default().to_owned(),
            scope: claims["scope"].as_str().unwrap_or_default().to_owned(),
            lifetime: seconds("exp") - seconds("iat"),
            text,
        })
    }
}

impl Answer {
    /// The body of an answer that has to be a success.
    pub(crate) fn expect(self, status: StatusCode) -> Result<Value, Failure> {
        if self.status == status {
            Ok(self.body)
        } else {
            Err(format!("the Management API answered {} where {status} was expected: {}", self.status, self.message())
                .into())
        }
    }

    /// What the Management API says about a refusal.
    pub(crate) fn message(&self) -> &str {
        self.body["message"].as_str().unwrap_or_default()
    }
}
