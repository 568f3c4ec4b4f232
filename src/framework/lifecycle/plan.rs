//! `PlanResourceChange`: no request is made, so the same question always has the same answer.

use crate::{
    diagnostic::Diagnostics,
    framework::registry::{AnyResource, Entry},
    schema::plan::{self, Planned},
    value::Dynamic,
};

/// Plans a create, an update, or, when `config` is null, a destroy: first by the schema, then as the resource has it.
pub(in crate::framework) fn plan<C>(
    entry: &Entry<dyn AnyResource<C>>,
    prior: &Dynamic,
    config: &Dynamic,
) -> Result<(Planned, Diagnostics), Diagnostics> {
    let planned = if config.is_null() {
        Planned { state: Dynamic::Null, requires_replace: Vec::new() }
    } else {
        plan::plan(&entry.schema.attributes, prior, config)
    };
    let (mut planned, diagnostics) = entry.implementation.modify_plan(prior, planned)?;
    if prior.is_null() {
        planned.requires_replace.clear();
    }
    Ok((planned, diagnostics))
}
