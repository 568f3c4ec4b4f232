//! What to tell about a value that has not the form that it must have.

use crate::{diagnostic::Diagnostic, value::DecodeError};

/// A value that the schema admits and the model does not, or that is not even of the schema's form.
pub(super) fn undecodable(error: &DecodeError) -> Diagnostic {
    let place = error.path.to_string();
    let place = if place.is_empty() { "The value" } else { place.as_str() };
    Diagnostic::error("Invalid Value", format!("{place}: {}.", error.problem)).at(error.path.clone())
}
