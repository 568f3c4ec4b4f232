//! `UpgradeResourceState`: stored state by the current schema.

use std::cmp::Ordering;

use super::require_wholly_known;
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    framework::{
        OldState, UpgradeRequest,
        registry::{AnyResource, Entry},
        undecodable::undecodable,
    },
    value::{Dynamic, json},
};

/// Reads the state leniently. Terraform upgrades every object in every command, mostly from the current version.
pub(in crate::framework) fn upgrade<C>(
    entry: &Entry<dyn AnyResource<C>>,
    request: &UpgradeRequest,
) -> Result<Dynamic, Diagnostics> {
    let UpgradeRequest { type_name, version, json, flatmap } = request;
    if *flatmap {
        return Err(Diagnostic::error(
            "State Too Old",
            "Terraform 0.11 or older wrote the state. Apply once with a release from 0.12 to 1.0, which rewrites it, \
             and try again.",
        )
        .into());
    }
    let state = match version.cmp(&entry.schema.version) {
        Ordering::Less => require_wholly_known(entry.implementation.upgrade(&OldState::new(*version, json))?)?,
        Ordering::Equal => json::decode_lenient(json, entry.schema.ty()).map_err(|error| undecodable(&error))?,
        Ordering::Greater => {
            return Err(Diagnostic::error(
                "State Too New",
                format!(
                    "The state of this `{type_name}` has version {version} of its schema, but this release of the \
                     provider knows none after {}. Use a newer release.",
                    entry.schema.version
                ),
            )
            .into());
        }
    };
    if state.is_null() {
        return Err(Diagnostic::error("Invalid State", "The stored state of the object is null.").into());
    }
    Ok(state)
}
