//! Records every secret in requests and answers, for tests that look for traces of them elsewhere.

use std::collections::BTreeSet;

use axum::http::{HeaderMap, header};
use serde_json::Value;
use url::form_urlencoded;

/// Names of secrets in JSON and in forms.
const NAMES: [&str; 4] = ["access_token", "client_assertion", "client_secret", "key"];

/// The secrets so far.
#[derive(Debug, Default)]
pub(crate) struct SecretRecorder(BTreeSet<String>);

impl SecretRecorder {
    pub(crate) fn secrets(&self) -> Vec<String> {
        self.0.iter().cloned().collect()
    }

    /// Takes the secrets from the headers and the body of a request or an answer.
    pub(crate) fn record(&mut self, headers: &HeaderMap, body: &[u8]) {
        let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        self.0.extend(
            authorization.and_then(|value| value.split_once(' ')).map(|(_, credentials)| credentials.to_owned()),
        );
        if let Ok(json) = serde_json::from_slice(body) {
            self.search(&json);
        } else {
            let form = form_urlencoded::parse(body).filter(|(name, _)| NAMES.contains(&&**name));
            self.0.extend(form.map(|(_, value)| value.into_owned()));
        }
    }

    fn search(&mut self, json: &Value) {
        match json {
            Value::Object(members) => {
                for (name, member) in members {
                    match member {
                        Value::String(secret) if NAMES.contains(&name.as_str()) => drop(self.0.insert(secret.clone())),
                        other => self.search(other),
                    }
                }
            }
            Value::Array(elements) => elements.iter().for_each(|element| self.search(element)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_recorded_in_every_form() {
        let mut recorder = SecretRecorder::default();
        let bearer = [(header::AUTHORIZATION, "Bearer a.b.c".parse().unwrap())].into_iter().collect();
        recorder.record(&bearer, b"grant_type=client_credentials&client_secret=s%2F1&audience=x");
        let answer = json!({ "clients": [{ "client_id": "c", "client_secret": "s2" }], "access_token": "d.e.f" });
        recorder.record(&HeaderMap::new(), answer.to_string().as_bytes());
        assert_eq!(recorder.secrets(), ["a.b.c", "d.e.f", "s/1", "s2"]);
    }
}
