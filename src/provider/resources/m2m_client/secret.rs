//! Sets or rotates the secret of an application, and explains failures.

use std::collections::BTreeMap;

use secrecy::SecretString;

use super::{CLIENTS, application::M2mClient, id, names::NAMES};
use crate::{
    auth0::{Body, Error},
    diagnostic::Diagnostic,
    foreign,
    framework::{Cx, Failed},
    provider::{
        connection::{Connection, session},
        rotation::{fate, not_rotated},
        update::adding,
    },
    value::Value,
};

/// The property that a PATCH accepts and a POST does not.
const SECRET: &str = "client_secret";

/// Adds the supplied secret to an update if its version changes, because there is no stored secret to compare it with.
/// If the version is removed, the secret stays.
pub(super) fn with_new_secret(body: Body, prior: &M2mClient, plan: &M2mClient) -> Body {
    match (plan.client_secret_wo.known(), plan.client_secret_wo_version.known()) {
        (Some(secret), version @ Some(_)) if version != prior.client_secret_wo_version.known() => {
            body.with_secret(SECRET, secret.clone())
        }
        _ => body,
    }
}

/// Sets the supplied secret of a new application, because a POST does not accept one.
pub(super) async fn supply(
    cx: &Cx<Connection>,
    made: M2mClient,
    secret: SecretString,
) -> Result<M2mClient, Failed<M2mClient>> {
    let body = Body::default().with_secret(SECRET, secret);
    match session(cx).api(&CLIENTS, &[]).update(id(&made), &body, |_| Ok(())).await {
        Ok(()) => Ok(made),
        Err(error) => Err(unfinished(cx, made, &error).await),
    }
}

/// The application was created with other values than were sent, so its secret was not set either. Without its version,
/// an apply after `terraform untaint` sets it.
pub(super) fn not_supplied(plan: &M2mClient, failed: Failed<M2mClient>) -> Failed<M2mClient> {
    match failed {
        Failed { saved: Some(made), diagnostics } if plan.client_secret_wo.known().is_some() => {
            let made = M2mClient { client_secret_wo_version: Value::Null, ..made };
            Failed::saving(made, adding(diagnostics, "The supplied secret was not set."))
        }
        failed => failed,
    }
}

/// The application was created, but without its secret.
///
/// If Auth0 refused the secret, the provider deletes the application. Otherwise it saves the application with an error,
/// so that Terraform taints and then replaces it. Without its version, it is ready for `terraform untaint`: after that,
/// the next apply sets the secret.
async fn unfinished(cx: &Cx<Connection>, made: M2mClient, error: &Error) -> Failed<M2mClient> {
    let problem = NAMES.diagnose("set the secret of", error);
    let client_id = id(&made).to_owned();
    if error.is_refusal() && session(cx).api(&CLIENTS, &[]).delete(&client_id).await.is_ok() {
        let detail = format!("{} The provider deleted the new application again.", problem.detail);
        return Diagnostic { detail, ..problem }.into();
    }
    let secret = if error.is_refusal() { "it has another secret" } else { "it may or may not have the secret" };
    let mut detail = format!(
        "{} The application `{}` was created, but {secret}. The next apply replaces it.",
        problem.detail,
        foreign::name(&client_id)
    );
    if made.client_secret_wo_version.known().is_some() {
        detail.push_str(" To keep it, first run `terraform untaint` for it. Then the next apply sets the secret.");
    }
    // A protection would prevent its replacement.
    let unprotected = Value::Known(false);
    let made = M2mClient { client_secret_wo_version: Value::Null, deletion_protection: unprotected, ..made };
    Failed::saving(made, Diagnostic { detail, ..problem })
}

/// An update failed. Says what it means for the secret, if the request has one.
pub(super) fn not_updated(has_secret: bool, error: &Error) -> Diagnostic {
    let problem = NAMES.diagnose("update", error);
    if !has_secret {
        return problem;
    }
    let detail = format!("{} {}", problem.detail, fate(error, "The next apply sets it again."));
    Diagnostic { detail, ..problem }
}

/// Rotates the secret after an update if a value of `rotate_secret_when` changed. If that fails, the prior values stay
/// in the state, so that the next apply tries again.
pub(super) async fn rotate_if_due(
    cx: &Cx<Connection>,
    prior: &M2mClient,
    changed: M2mClient,
) -> Result<M2mClient, Failed<M2mClient>> {
    if !is_due(&prior.rotate_secret_when, &changed.rotate_secret_when) {
        return Ok(changed);
    }
    match session(cx).api(&CLIENTS, &[]).rotate_secret(id(prior)).await {
        Ok(()) => Ok(changed),
        Err(error) => {
            let changed = M2mClient { rotate_secret_when: prior.rotate_secret_when.clone(), ..changed };
            let problem = not_rotated(&error, "The next apply rotates again.").at("rotate_secret_when");
            Err(Failed::saving(changed, problem))
        }
    }
}

/// Whether the values changed. If there were none before, nothing is rotated.
pub(super) fn is_due(prior: &Value<BTreeMap<String, String>>, plan: &Value<BTreeMap<String, String>>) -> bool {
    prior.known().zip(plan.known()).is_some_and(|(prior, plan)| prior != plan)
}

/// Warns that the secret stays when its version is removed.
pub(super) fn stays(prior: &M2mClient, plan: &M2mClient) -> Option<Diagnostic> {
    (prior.client_secret_wo_version.known().is_some() && plan.client_secret_wo_version.is_null()).then(|| {
        Diagnostic::warning(
            "Client Secret Stays",
            "`client_secret_wo_version` was removed. The application keeps the last supplied secret. To let Auth0 \
             generate a new one, use `rotate_secret_when`.",
        )
    })
}
