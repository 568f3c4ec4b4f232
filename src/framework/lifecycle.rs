//! Terraform's rules for each call, for all types.
//!
//! The rules come from Terraform's `resource-instance-change-lifecycle.md`.

mod apply;
mod import;
mod open;
mod plan;
mod read;
mod upgrade;
mod validate;

pub(super) use apply::apply;
pub(super) use import::import;
pub(super) use open::{not_open_yet, open};
pub(super) use plan::plan;
pub(super) use read::{read, read_data_source};
pub(super) use upgrade::upgrade;
pub(super) use validate::validate;

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    value::Dynamic,
};

/// After an apply, every value is known. An unknown value is a bug of the resource.
fn require_wholly_known(value: Dynamic) -> Result<Dynamic, Diagnostics> {
    if value.is_wholly_known() {
        return Ok(value);
    }
    Err(Diagnostic::error(
        "Provider Bug",
        "The provider returned an object with an unknown value. Please report it with the configuration.",
    )
    .into())
}

/// The object was last seen in another remote system than the configured one.
fn wrong_tenant(problem: &str, seen_at: &str, origin: &str) -> Diagnostics {
    Diagnostic::error(
        "Provider Configured for Another Tenant",
        format!(
            "{problem} It was last seen in {seen_at}, but the provider is configured for {origin}. Configure the \
             provider for {seen_at} again. If the object belongs in {origin} from now on, first remove it from the \
             state with `terraform state rm`."
        ),
    )
    .into()
}
