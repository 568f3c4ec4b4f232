//! `ImportResourceState`

use super::require_wholly_known;
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    framework::{
        Cx,
        registry::{AnyResource, Entry},
    },
    value::Dynamic,
};

/// Finds the object. Terraform reads it afterwards.
pub(in crate::framework) async fn import<C>(
    entry: &Entry<dyn AnyResource<C>>,
    cx: &Cx<C>,
    id: &str,
) -> Result<Dynamic, Diagnostics> {
    if id.is_empty() {
        return Err(Diagnostic::error("Invalid Import ID", "The import ID is empty.").into());
    }
    require_wholly_known(entry.implementation.import(cx, id).await?)
}
