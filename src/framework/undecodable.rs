//! The diagnostic for a value in the wrong form.

use crate::{diagnostic::Diagnostic, value::DecodeError};

/// A value that the schema allows and the model does not, or that does not match the schema.
pub(super) fn undecodable(error: &DecodeError) -> Diagnostic {
    let place = error.path.to_string();
    let place = if place.is_empty() { "The value" } else { place.as_str() };
    Diagnostic::error("Invalid Value", format!("{place}: {}.", error.problem)).at(error.path.clone())
}
