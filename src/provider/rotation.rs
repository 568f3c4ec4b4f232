//! Explains the state of a secret after a failure.

use crate::{auth0::Error, diagnostic::Diagnostic, provider::diagnosis::Names};

const NAMES: Names = Names { object: "client", attributes: || &[], renamed: &[], message_hints: &[] };

/// A rotation failed. `again` says how to repeat it.
pub(super) fn not_rotated(error: &Error, again: &str) -> Diagnostic {
    let diagnostic = NAMES.diagnose("rotate the secret of", error);
    Diagnostic { detail: format!("{} {}", diagnostic.detail, fate(error, again)), ..diagnostic }
}

/// What a failed request means for the secret.
pub(super) fn fate(error: &Error, again: &str) -> String {
    if error.is_refusal() {
        return "The secret is unchanged.".to_owned();
    }
    format!(
        "The secret may have changed. Treat the secret in use as invalid until it has been set or rotated again. \
         {again}"
    )
}
