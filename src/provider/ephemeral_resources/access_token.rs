//! `auth0_access_token`: an access token of an application.

mod explain;

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use secrecy::{ExposeSecret as _, SecretString};
use time::OffsetDateTime;

use crate::{
    auth0::{
        AccessToken as Granted, Assertion, Credentials, SigningAlgorithm, SigningKey, TokenRequest, credential_text,
    },
    diagnostic::{Diagnostic, Diagnostics},
    framework::{Cx, EphemeralResource, Opened, Renewed},
    model,
    provider::{
        connection::{Connection, session},
        diagnosis::full_stop,
    },
    schema::{
        COMPUTED, Disclosed, OPTIONAL, REQUIRED, Rule,
        combination::{exactly_one_of, given},
    },
    value::{Typed, Value},
};

model! {
    /// Gets an access token for an application, with the grant type `client_credentials`. Neither plan nor state
    /// contains it.
    ///
    /// Use the token where Terraform stores nothing: in a provider block (also as this provider's `api_token`), a
    /// write-only argument or a provisioner. Each run that needs the token gets up to two: one to plan and one to
    /// apply. They count towards the token quotas of the application. It needs Terraform 1.10 or newer.
    ///
    /// The application authenticates with one of `client_secret`, `client_assertion_private_key` and
    /// `client_assertion`. Auth0 accepts an assertion once. So an assertion that was signed elsewhere works for a plan
    /// or for an apply, not for both.
    ///
    /// Terraform cannot replace a token during a run. If a token is still in use a minute before it expires, the run
    /// ends with a warning: the API refuses the token after that. In that case, give the API's tokens a longer
    /// lifetime.
    pub(in crate::provider) struct AccessToken {
        /// The client ID of the application. Leave it out if you set `client_assertion`, which contains it.
        client_id: Value<String> = OPTIONAL.rules(&[Rule::Length(1, 64)]),
        /// The client secret of the application.
        client_secret: Value<SecretString> = OPTIONAL.sensitive(),
        /// A private key of the application, in PEM form. The provider signs an assertion with it.
        client_assertion_private_key: Value<SecretString> = OPTIONAL.sensitive(),
        /// The signing algorithm of the key. Default: `RS256`.
        client_assertion_signing_alg: Value<String> = OPTIONAL.rules(&[Rule::OneOf(SigningAlgorithm::NAMES)]),
        /// An assertion of the application that was signed elsewhere.
        client_assertion: Value<SecretString> = OPTIONAL.sensitive(),
        /// The identifier of the API that the token is for.
        audience: Value<String> = REQUIRED.rules(&[Rule::Length(1, usize::MAX)]),
        /// Scopes that the token must have. If Auth0 does not grant one of them, the run fails. Auth0 may grant more
        /// scopes.
        scopes: Value<BTreeSet<String>> = OPTIONAL.rules(&[
            Rule::Each(&Rule::Form("a scope, without white space", is_scope)),
        ]),
        /// The ID or the name of the organization that the token is for.
        organization: Value<String> = OPTIONAL.rules(&[Rule::Length(1, usize::MAX)]),
        /// The token.
        access_token: Value<Disclosed> = COMPUTED.sensitive(),
        /// When the token expires, such as `2026-01-31T12:00:00Z`. Null if unknown.
        expires_at: Value<String> = COMPUTED,
        /// The scopes of the token.
        granted_scopes: Value<BTreeSet<String>> = COMPUTED,
        /// The claims of the token, such as `claims.sub`. Null if only the API can read the token.
        claims: Value<Typed> = COMPUTED,
    }
}

/// How long before its expiry a token must not be used any more.
const AHEAD: Duration = Duration::from_mins(1);

/// See the module.
pub(in crate::provider) struct AccessTokenEphemeralResource;

impl EphemeralResource<Connection> for AccessTokenEphemeralResource {
    const NAME: &'static str = "auth0_access_token";
    type Model = AccessToken;

    fn validate(&self, config: &AccessToken) -> Diagnostics {
        let proofs = [
            given("client_secret", &config.client_secret),
            given("client_assertion_private_key", &config.client_assertion_private_key),
            given("client_assertion", &config.client_assertion),
        ];
        // No path, because Terraform would show the line with the secret.
        let problems = [
            exactly_one_of(&proofs).map(|problem| Diagnostic { path: None, ..problem }),
            (config.client_id.is_null() && needs_client_id(config))
                .then(|| invalid("`client_secret` and `client_assertion_private_key` need `client_id`. Set it.")),
            (config.client_assertion_signing_alg.known().is_some() && config.client_assertion_private_key.is_null())
                .then(|| {
                    invalid("`client_assertion_signing_alg` needs `client_assertion_private_key`. Remove it.")
                        .at("client_assertion_signing_alg")
                }),
        ];
        problems.into_iter().flatten().collect()
    }

    async fn open(&self, cx: &Cx<Connection>, config: AccessToken) -> Result<Opened<AccessToken>, Diagnostics> {
        let problems = self.validate(&config);
        if problems.has_errors() {
            return Err(problems);
        }
        let audience = config.audience.as_str().unwrap_or_default().to_owned();
        let scopes = config.scopes.known().cloned().unwrap_or_default();
        let request = TokenRequest {
            credentials: credentials(&config)?,
            audience: audience.clone(),
            scopes: scopes.iter().cloned().collect(),
            organization: config.organization.known().cloned(),
        };
        let token = session(cx).request_token(request).await;
        let token = token.map_err(|error| explain::diagnose(&error))?;
        let claims = token.claims();
        let granted = granted(&token, claims.as_ref());
        if let (Some(granted), false) = (&granted, scopes.is_empty()) {
            let missing: Vec<_> = scopes.difference(granted).map(|scope| format!("`{scope}`")).collect();
            if !missing.is_empty() {
                return Err(explain::not_granted(&missing, &audience).into());
            }
        }
        let end = end(&token, claims.as_ref());
        let result = AccessToken {
            access_token: Value::Known(token.token.into()),
            expires_at: end.map(written).into(),
            granted_scopes: granted.into(),
            claims: claims.map(|claims| Typed::of_json(&claims.into())).into(),
            ..config
        };
        Ok(Opened { result, renew_at: end.map(renewal), private: audience.into() })
    }

    async fn renew(&self, _cx: &Cx<Connection>, private: Bytes) -> Result<Renewed, Diagnostics> {
        let warnings = explain::ends(&String::from_utf8_lossy(&private)).into();
        Ok(Renewed { warnings, ..Renewed::default() })
    }
}

/// An assertion contains the client ID. Other credentials need it.
fn needs_client_id(config: &AccessToken) -> bool {
    let proven = !config.client_secret.is_null() || !config.client_assertion_private_key.is_null();
    proven && config.client_assertion.is_null()
}

fn invalid(detail: &str) -> Diagnostic {
    Diagnostic::error("Invalid Combination of Attributes", detail)
}

/// The credentials of the application. Errors have no path, because Terraform would show the line with the secret.
fn credentials(config: &AccessToken) -> Result<Credentials, Diagnostic> {
    let unusable = |name: &str, why: String| {
        Diagnostic::error("Invalid Credentials", full_stop(format!("`{name}` cannot be used: {why}")))
    };
    let client_id = config.client_id.as_str().map_or(Ok(""), credential_text::visible);
    let client_id = client_id.map_err(|error| unusable("client_id", error.to_string()).at("client_id"))?.to_owned();
    if let Some(text) = config.client_assertion.known() {
        let name = "client_assertion";
        let assertion = Assertion::parse(text).map_err(|error| unusable(name, error.to_string()))?;
        if !client_id.is_empty() && assertion.subject() != client_id {
            let why = format!("it is for `{}`, but `client_id` is `{client_id}`", assertion.subject());
            return Err(unusable(name, why));
        }
        return Ok(Credentials::Assertion(assertion));
    }
    if let Some(pem) = config.client_assertion_private_key.known() {
        let algorithm = config.client_assertion_signing_alg.as_str().and_then(|name| name.parse().ok());
        let key = SigningKey::from_pem(pem, algorithm);
        let key = key.map_err(|error| unusable("client_assertion_private_key", error.to_string()))?;
        return Ok(Credentials::PrivateKey { client_id, key });
    }
    let client_secret = config.client_secret.known().map_or("", |secret| secret.expose_secret());
    let client_secret = credential_text::one_line(client_secret);
    let client_secret = client_secret.map_err(|error| unusable("client_secret", error.to_string()))?.into();
    Ok(Credentials::ClientSecret { client_id, client_secret })
}

type Claims = serde_json::Map<String, serde_json::Value>;

/// The scopes of a token, from the response or else from its claims. Both may leave out an empty list.
fn granted(token: &Granted, claims: Option<&Claims>) -> Option<BTreeSet<String>> {
    let said = token.scopes.clone().map(BTreeSet::from_iter);
    let words = |claims: &Claims| {
        let scope = claims.get("scope").and_then(serde_json::Value::as_str).unwrap_or_default();
        scope.split_whitespace().map(str::to_owned).collect()
    };
    said.or_else(|| claims.map(words))
}

/// When the token expires, counted from its request.
fn end(token: &Granted, claims: Option<&Claims>) -> Option<SystemTime> {
    let by_life = token.lifetime.and_then(|lifetime| token.asked_at.checked_add(lifetime));
    let by_claim = || Duration::try_from_secs_f64(claims?.get("exp")?.as_f64()?).ok();
    UNIX_EPOCH.checked_add(by_life.or_else(by_claim)?)
}

/// When to warn about a token that expires at `end`.
fn renewal(end: SystemTime) -> SystemTime {
    end.checked_sub(AHEAD).unwrap_or(end)
}

/// In whole seconds, as `timecmp` and `timeadd` accept it (RFC 3339).
fn written(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time);
    let (date, month) = (time.date(), u8::from(time.month()));
    let (hour, minute, second) = time.to_hms();
    format!("{:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", date.year(), date.day())
}

fn is_scope(text: &str) -> bool {
    (1..=280).contains(&text.chars().count()) && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests;
