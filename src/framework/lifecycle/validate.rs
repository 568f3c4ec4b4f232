//! `Validate…Config`: the schema's rules, then those across attributes.

use crate::{
    diagnostic::Diagnostics,
    framework::undecodable::undecodable,
    schema::{Schema, validate as rules},
    value::{DecodeError, Dynamic},
};

/// Everything wrong with `config`. Rules across attributes are only asked about what is right by itself, so that one
/// mistake is reported once.
pub(in crate::framework) fn validate(
    schema: &Schema,
    config: Dynamic,
    across: impl FnOnce(Dynamic) -> Result<Diagnostics, DecodeError>,
) -> Result<Diagnostics, Diagnostics> {
    let mut diagnostics = rules::validate(&schema.attributes, &config);
    if !diagnostics.has_errors() {
        diagnostics.extend(across(config).map_err(|error| undecodable(&error))?);
    }
    Ok(diagnostics)
}
