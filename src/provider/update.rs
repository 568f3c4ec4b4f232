//! Updates an object, and compares what Auth0 made of it with what was sent.

use super::{diagnosis::Names, mapping};
use crate::{
    auth0::{Api, Body, Error},
    diagnostic::{Diagnostic, Diagnostics, Path},
    framework::Failed,
    schema::Model,
};

/// Why an update did not reach the plan.
pub(super) enum Unfinished<M> {
    /// A request failed.
    Failed {
        /// Why.
        error: Error,
        /// Whether the request contains a secret.
        has_secret: bool,
        /// The object after the requests before it, if there were any.
        reached: Option<M>,
    },
    /// Auth0 responded with other values of these attributes than were sent.
    Unheeded {
        /// The object in the response.
        shown: M,
        /// The attributes.
        paths: Vec<Path>,
    },
}

/// Updates the object `id` from `prior` through the states of `route`, with one request for each. A state without a
/// difference from the one before takes none. `body` makes the body of an update between two states.
pub(super) async fn update<M: Model>(
    api: &Api<'_>,
    id: &str,
    mut prior: M,
    route: Vec<M>,
    body: impl Fn(&M, &M) -> Body,
) -> Result<M, Unfinished<M>> {
    let mut latest = None;
    for plan in route {
        let body = body(&prior, &plan);
        if !body.is_empty() {
            let shown = match api.update(id, &body, |object| mapping::read(object, &plan)).await {
                Ok(shown) => shown,
                Err(error) => {
                    let reached = latest.is_some().then_some(prior);
                    return Err(Unfinished::Failed { error, has_secret: body.has_secret(), reached });
                }
            };
            let paths = mapping::unheeded(Some(&prior), &plan, &shown);
            if !paths.is_empty() {
                return Err(Unfinished::Unheeded { shown, paths });
            }
            latest = Some(shown);
        }
        prior = plan;
    }
    Ok(latest.unwrap_or(prior))
}

/// Checks that a create made what was planned. If not, one update sends again what differs. If that does not help, the
/// create fails with what Auth0 shows, because the object exists.
pub(super) async fn settle<M: Model>(
    api: &Api<'_>,
    names: &Names,
    id: &str,
    made: M,
    plan: &M,
) -> Result<M, Failed<M>> {
    if mapping::unheeded(None, plan, &made).is_empty() {
        return Ok(made);
    }
    tracing::info!(id, "Auth0 created an object with other values than were sent, sending them again");
    let wanted = mapping::corrected(&made, plan, &mapping::unheeded(None, plan, &made));
    // What only a create can set, no update can repair.
    let (shown, failure) = if mapping::update(&made, &wanted).is_empty() {
        (made, None)
    } else {
        let route = mapping::route(&made, wanted);
        match update(api, id, made.clone(), route, mapping::update).await {
            Ok(shown) | Err(Unfinished::Unheeded { shown, .. }) => (shown, None),
            Err(Unfinished::Failed { error, reached, .. }) => {
                (reached.unwrap_or(made), Some(names.diagnose("update", &error)))
            }
        }
    };
    let paths = mapping::unheeded(None, plan, &shown);
    if paths.is_empty() {
        return Ok(shown);
    }
    let diagnostics = failure.into_iter().chain(unheeded(names.object, "create", paths)).collect();
    Err(Failed::saving(shown, tainted(diagnostics, names.object, id)))
}

/// Auth0 accepted `action` (such as `update`) of an object, but responded with other values of the attributes `paths`.
pub(super) fn unheeded(object: &str, action: &str, paths: Vec<Path>) -> Diagnostics {
    let diagnostic = |path: Path| {
        let detail = format!(
            "Auth0 accepted the {action} of the {object}, but its response shows another value of `{path}` than was \
             sent. The state has the value of the response. Check whether this tenant supports the value. If not, \
             change the configuration. Otherwise apply again."
        );
        Diagnostic::error("Auth0 Kept Another Value", detail).at(path)
    };
    paths.into_iter().map(diagnostic).collect()
}

/// Adds to the last message what to do after a create that saved an object with an error: Terraform taints it.
pub(super) fn tainted(diagnostics: Diagnostics, object: &str, id: &str) -> Diagnostics {
    let advice = format!(
        "The {object} `{id}` exists, but Terraform marks it as tainted, and the next apply would replace it. To keep \
         it, first run `terraform untaint` for it. Then the plan shows only the difference."
    );
    adding(diagnostics, &advice)
}

/// The messages, with a sentence after the last one.
pub(super) fn adding(diagnostics: Diagnostics, sentence: &str) -> Diagnostics {
    let last = diagnostics.iter().count().saturating_sub(1);
    let add = |(index, diagnostic): (usize, Diagnostic)| {
        let detail = if index == last { format!("{} {sentence}", diagnostic.detail) } else { diagnostic.detail };
        Diagnostic { detail, ..diagnostic }
    };
    diagnostics.into_iter().enumerate().map(add).collect()
}
