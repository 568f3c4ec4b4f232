//! A token for whoever asks, which nobody keeps here.

use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::bounds::Bounds;
use super::super::call::Call;
use super::super::error::Error;
use super::super::http::unix_now;
use super::super::settings::Credentials;
use super::super::transport::Transport;
use super::proof::{Asking, Proof, Wanted};
use super::{TokenError, exchange, lifetime, refusal};

/// What was granted.
pub(in crate::auth0) struct Issued {
    pub(in crate::auth0) token: SecretString,
    /// When it was asked for, as UNIX time.
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

/// Asks for a token. A token in place of credentials proves nothing, and is answered like wrong ones.
pub(in crate::auth0) async fn issue(
    transport: &Transport,
    credentials: Credentials,
    wanted: &Wanted,
    bounds: &Bounds,
) -> Result<Issued, Error> {
    let proof = Proof::of(credentials).map_err(|_| TokenError::WrongCredentials)?;
    let issuer = transport.tenant().url().to_string();
    let Asking { form, question } = proof.ask(wanted, issuer, None)?;
    let call = Call::token(transport.tenant(), form);
    let asked_at = unix_now();
    let answer = exchange(transport, &call, bounds).await?;
    if !answer.status.is_success() {
        return Err(refusal::explain(&answer, call.endpoint(), &question, unix_now()));
    }
    let no_token = |_| TokenError::NotAuth0 { status: answer.status.as_u16() };
    let body: IssuedBody<'_> = serde_json::from_slice(&answer.body).map_err(no_token)?;
    let IssuedBody { access_token, expires_in, scope } = body;
    Ok(Issued { token: access_token.into(), asked_at, lifetime: lifetime(expires_in), scope })
}
