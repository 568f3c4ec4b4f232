//! What is known of a secret when its change has failed.

use crate::{auth0::Error, diagnostic::Diagnostic, provider::diagnosis::Names};

const NAMES: Names = Names { object: "client", attributes: || &[], renamed: &[], message_hints: &[] };

/// A rotation failed. `again` says how to repeat it.
pub(super) fn not_rotated(error: &Error, again: &str) -> Diagnostic {
    let diagnostic = NAMES.diagnose("rotate the secret of", error);
    Diagnostic { detail: format!("{} {}", diagnostic.detail, fate(error, again)), ..diagnostic }
}

/// What to think of the secret after a request that was to change it.
pub(super) fn fate(error: &Error, again: &str) -> String {
    if error.is_refusal() {
        return "The secret is unchanged.".to_owned();
    }
    format!(
        "The secret may have changed. Treat the secret in use as invalid until it has been set or rotated again. \
         {again}"
    )
}
