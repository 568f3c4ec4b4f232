//! The secret of an application: supplied after its creation, or rotated, and what is left when either fails.

use std::collections::BTreeMap;

use secrecy::SecretString;

use super::{M2mClient, NAMES, id};
use crate::{
    auth0::{Error, Patch, clients::ClientPatch},
    diagnostic::Diagnostic,
    framework::{Cx, Failed},
    provider::{
        connection::{Connection, session},
        rotation::{fate, not_rotated},
    },
    value::Value,
};

/// Gives a new application the secret that a POST does not take.
pub(super) async fn supply(
    cx: &Cx<Connection>,
    made: M2mClient,
    secret: SecretString,
) -> Result<M2mClient, Failed<M2mClient>> {
    let patch = ClientPatch { client_secret: Patch::Set(secret.into()), ..ClientPatch::default() };
    match session(cx).clients().update(id(&made), &patch).await {
        Ok(_) => Ok(made),
        Err(error) => Err(unfinished(cx, made, &error).await),
    }
}

/// The application was made, but it has not the secret that it was to have.
///
/// If the service has refused the secret, nothing is left behind. Otherwise the application is kept, which Terraform then
/// replaces: whatever comes with an error is tainted. Without its version it is also ready for `terraform untaint`, after
/// which the next apply sets the secret.
async fn unfinished(cx: &Cx<Connection>, made: M2mClient, error: &Error) -> Failed<M2mClient> {
    let problem = NAMES.diagnose("set the secret of", error);
    let client_id = id(&made).to_owned();
    if error.is_refusal() && session(cx).clients().delete(&client_id).await.is_ok() {
        let detail = format!("{} The application was removed again.", problem.detail);
        return Diagnostic { detail, ..problem }.into();
    }
    let secret = if error.is_refusal() { "it has another secret" } else { "whether it has the secret is not known" };
    let mut detail = format!(
        "{} The application `{client_id}` was created, and {secret}. The next apply puts another in its place.",
        problem.detail
    );
    if made.client_secret_wo_version.known().is_some() {
        detail
            .push_str(" To keep this one, run `terraform untaint` for it first: then the next apply sets the secret.");
    }
    // A protection would stand in the way of its replacement.
    let unprotected = Value::Known(false);
    let made = M2mClient { client_secret_wo_version: Value::Null, deletion_protection: unprotected, ..made };
    Failed::saving(made, Diagnostic { detail, ..problem })
}

/// An update failed, with whatever it was to do about the secret.
pub(super) fn not_updated(patch: &ClientPatch, error: &Error) -> Diagnostic {
    let problem = NAMES.diagnose("update", error);
    if patch.client_secret == Patch::Keep {
        return problem;
    }
    let detail = format!("{} {}", problem.detail, fate(error, "The next apply sets it again."));
    Diagnostic { detail, ..problem }
}

/// Rotates the secret of an application that is otherwise as it is to be, if its keepers say so. A failure leaves the keepers
/// as they were, so that the next apply makes up for it.
pub(super) async fn rotate_if_due(
    cx: &Cx<Connection>,
    prior: &M2mClient,
    changed: M2mClient,
) -> Result<M2mClient, Failed<M2mClient>> {
    if !is_due(&prior.rotate_secret_when, &changed.rotate_secret_when) {
        return Ok(changed);
    }
    match session(cx).clients().rotate_secret(id(prior)).await {
        Ok(()) => Ok(changed),
        Err(error) => {
            let changed = M2mClient { rotate_secret_when: prior.rotate_secret_when.clone(), ..changed };
            let problem = not_rotated(&error, "The next apply rotates again.").at("rotate_secret_when");
            Err(Failed::saving(changed, problem))
        }
    }
}

/// Whether the keepers have changed. Without keepers before, there was nothing to keep the secret for.
pub(super) fn is_due(prior: &Value<BTreeMap<String, String>>, plan: &Value<BTreeMap<String, String>>) -> bool {
    prior.known().zip(plan.known()).is_some_and(|(prior, plan)| prior != plan)
}

/// What becomes of a secret that was supplied and is not any more.
pub(super) fn stays(prior: &M2mClient, plan: &M2mClient) -> Option<Diagnostic> {
    (prior.client_secret_wo_version.known().is_some() && plan.client_secret_wo_version.is_null()).then(|| {
        Diagnostic::warning(
            "Client Secret Stays",
            "`client_secret_wo_version` was removed. The application keeps the secret that was supplied last; to have Auth0 \
             make another, use `rotate_secret_when`.",
        )
    })
}
