//! `ApplyResourceChange`: creates, updates or deletes, and keeps the state right after a failure.

use super::{require_wholly_known, wrong_tenant};
use crate::{
    diagnostic::Diagnostics,
    framework::{
        Cx, Failed,
        private::Private,
        registry::{AnyResource, Entry},
        timeouts::Operation,
    },
    schema::{plan::is_unchanged, spelling::respell, write_only},
    value::Dynamic,
};

/// The result of an apply. The state is right even with errors.
pub(in crate::framework) struct Applied {
    pub(in crate::framework) state: Dynamic,
    pub(in crate::framework) diagnostics: Diagnostics,
}

/// Applies the change from `prior` to `planned`. A null `prior` means create, a null `planned` means delete. An error
/// means that nothing was sent.
///
/// Write-only values come from `config`, and only the resource gets them.
pub(in crate::framework) async fn apply<C>(
    entry: &Entry<dyn AnyResource<C>>,
    cx: Cx<C>,
    prior: Dynamic,
    planned: Dynamic,
    config: &Dynamic,
    private: &Private,
    origin: &str,
) -> Result<Applied, Diagnostics> {
    if let (false, Some(seen_at)) = (prior.is_null(), private.origin.as_deref().filter(|seen_at| *seen_at != origin)) {
        return Err(wrong_tenant("The object is unchanged.", seen_at, origin));
    }
    let Entry { schema, implementation: resource } = entry;
    if planned.is_null() {
        let cx = Operation::Delete.bound(cx, &prior);
        return Ok(match resource.delete(&cx, prior.clone()).await {
            Ok(()) => Applied { state: Dynamic::Null, diagnostics: Diagnostics::new() },
            Err(found) => {
                let diagnostics = Operation::Delete.explain(schema, &cx, &prior, found);
                Applied { state: prior, diagnostics }
            }
        });
    }
    let operation = if prior.is_null() { Operation::Create } else { Operation::Update };
    let cx = operation.bound(cx, &planned);
    let written = match operation {
        Operation::Create => {
            resource.create(&cx, write_only::supplied(&schema.attributes, planned.clone(), config)).await
        }
        _ if is_unchanged(&schema.attributes, &prior, &planned) => Ok(planned.clone()),
        _ => {
            let wanted = write_only::supplied(&schema.attributes, planned.clone(), config);
            resource.update(&cx, prior.clone(), wanted).await
        }
    };
    Ok(match written.map(|state| keep_planned(&planned, state)) {
        Ok(state) => match require_wholly_known(state.clone()) {
            Ok(state) => Applied { state, diagnostics: Diagnostics::new() },
            Err(diagnostics) => Applied { state: state.unknowns_as_null(), diagnostics },
        },
        Err(Failed { saved, diagnostics }) => {
            let diagnostics = operation.explain(schema, &cx, &planned, diagnostics);
            let respelled = |saved| respell(&schema.attributes, &planned, saved).unknowns_as_null();
            Applied { state: saved.map_or(prior, respelled), diagnostics }
        }
    })
}

/// The outcome of a write, with every planned value unchanged, because Terraform treats a difference as a bug. If
/// somebody changed the object since the refresh, the next refresh shows it.
fn keep_planned(planned: &Dynamic, state: Dynamic) -> Dynamic {
    match (planned, state) {
        (Dynamic::Unknown, state) => state,
        (Dynamic::Map(planned), Dynamic::Map(mut state)) => {
            let settle = |(name, planned): (&String, &Dynamic)| {
                (name.clone(), keep_planned(planned, state.remove(name).unwrap_or(Dynamic::Null)))
            };
            Dynamic::Map(planned.iter().map(settle).collect())
        }
        (Dynamic::List(planned), Dynamic::List(state)) if planned.len() == state.len() => {
            Dynamic::List(planned.iter().zip(state).map(|(planned, state)| keep_planned(planned, state)).collect())
        }
        (planned, state) => {
            if planned.is_wholly_known() {
                planned.clone()
            } else {
                state
            }
        }
    }
}
