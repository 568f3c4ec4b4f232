//! `UpgradeResourceState`: stored state by the current schema.

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    framework::{UpgradeRequest, registry::undecodable},
    schema::Schema,
    value::{Dynamic, json},
};

/// Reads the state leniently. Terraform asks for every object in every command, mostly with the current version.
pub(in crate::framework) fn upgrade(schema: &Schema, request: &UpgradeRequest) -> Result<Dynamic, Diagnostics> {
    if request.flatmap {
        return Err(Diagnostic::error(
            "State Too Old",
            "The state was last written by Terraform 0.11 or older. Apply it once with a release between 0.12 and 1.0, \
             which rewrites it, and try again.",
        )
        .into());
    }
    let state = json::decode_lenient(&request.json, schema.ty()).map_err(|error| undecodable(&error))?;
    if state.is_null() {
        return Err(Diagnostic::error("Invalid State", "The stored state of the object is null.").into());
    }
    Ok(state)
}
