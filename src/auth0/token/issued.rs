//! A token for the caller, not kept by the client.

use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::cancellation::Bounds;
use super::super::clock::unix_now;
use super::super::credential_text;
use super::super::error::Error;
use super::super::request::Request;
use super::super::sender::Sender;
use super::super::settings::Credentials;
use super::super::token_error::TokenError;
use super::client_auth::{Attempt, ClientAuth, TokenScope};
use super::explain::explain;
use super::lifetime::lifetime;
use crate::foreign;

/// An issued token.
pub(in crate::auth0) struct Issued {
    pub(in crate::auth0) token: SecretString,
    /// When it was requested, as UNIX time.
    pub(in crate::auth0) asked_at: Duration,
    pub(in crate::auth0) lifetime: Option<Duration>,
    pub(in crate::auth0) scope: Option<String>,
}

#[derive(Deserialize)]
struct IssuedBody<'a> {
    access_token: String,
    #[serde(borrow)]
    expires_in: Option<&'a RawValue>,
    scope: Option<String>,
}

/// Requests a token. A token cannot authenticate, so it fails like wrong credentials.
pub(in crate::auth0) async fn issue(
    sender: &Sender,
    credentials: Credentials,
    wanted: &TokenScope,
    bounds: &Bounds,
) -> Result<Issued, Error> {
    let proof = ClientAuth::of(credentials).map_err(|_| TokenError::WrongCredentials)?;
    let issuer = sender.tenant.url().to_string();
    let Attempt { form, question } = proof.ask(wanted, issuer, None)?;
    let request = Request::token(&sender.tenant, form);
    let asked_at = unix_now();
    let outcome = sender.exchange(&request, bounds).await?;
    let response = &outcome.response;
    if !response.status.is_success() {
        return Err(explain(&outcome, request.endpoint.clone(), &question, unix_now()));
    }
    let no_token = |_| TokenError::NotAuth0 { status: response.status.as_u16() };
    let body: IssuedBody<'_> = serde_json::from_slice(&response.body).map_err(no_token)?;
    let IssuedBody { access_token, expires_in, scope } = body;
    if credential_text::visible(&access_token) != Ok(&access_token) {
        return Err(TokenError::NotAuth0 { status: response.status.as_u16() }.into());
    }
    foreign::conceal(&access_token);
    Ok(Issued { token: access_token.into(), asked_at, lifetime: lifetime(expires_in), scope })
}
