//! `Validate…Config`: the schema's rules, then those across attributes.

use crate::{
    diagnostic::Diagnostics,
    framework::undecodable::undecodable,
    schema::{Schema, validate as rules},
    value::{DecodeError, Dynamic},
};

/// All problems of `config`. Rules across attributes run only if each attribute is valid, so that one mistake gives one
/// message.
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
