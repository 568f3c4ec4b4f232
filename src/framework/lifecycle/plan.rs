//! `PlanResourceChange`: no request is made, so the same question always has the same answer.

use crate::{
    schema::{
        Schema,
        plan::{self, Planned},
    },
    value::Dynamic,
};

/// Plans a create, an update, or, when `proposed` is null, a destroy.
pub(in crate::framework) fn plan(schema: &Schema, prior: &Dynamic, config: &Dynamic, proposed: &Dynamic) -> Planned {
    if proposed.is_null() {
        return Planned { state: Dynamic::Null, requires_replace: Vec::new() };
    }
    plan::plan(&schema.attributes, prior, config)
}
