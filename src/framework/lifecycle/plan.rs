//! `PlanResourceChange`: sends no request, so the same input always gives the same plan.

use crate::{
    diagnostic::Diagnostics,
    framework::registry::{AnyResource, Entry},
    schema::plan::{self, Planned},
    value::Dynamic,
};

/// Plans a create, an update or, if `config` is null, a delete: first by the schema, then by the resource.
pub(in crate::framework) fn plan<C>(
    entry: &Entry<dyn AnyResource<C>>,
    client: Option<&C>,
    prior: &Dynamic,
    config: &Dynamic,
) -> Result<(Planned, Diagnostics), Diagnostics> {
    let planned = if config.is_null() {
        Planned { state: Dynamic::Null, requires_replace: Vec::new() }
    } else {
        plan::plan(&entry.schema.attributes, prior, config)
    };
    let (mut planned, diagnostics) = entry.implementation.modify_plan(client, prior, config, planned)?;
    if prior.is_null() {
        planned.requires_replace.clear();
    }
    Ok((planned, diagnostics))
}
