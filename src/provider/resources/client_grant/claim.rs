//! One grant for one resource of a run.
//!
//! Two resources with the same key would update the grant in turn for ever, and the first that is removed would delete it for
//! both. Terraform tells a provider no addresses, and it plans and applies in two processes. So what counts is what resources
//! created, adopted or updated in this process.

use super::{grant::ClientGrant, owner, text};
use crate::{diagnostic::Diagnostic, framework::Cx, provider::connection::Connection};

/// Takes the grant for one resource. An error if another resource of this run has it.
pub(super) fn claim(cx: &Cx<Connection>, grant: &ClientGrant) -> Result<(), Diagnostic> {
    if cx.client.claim(text(&grant.id)) { Ok(()) } else { Err(declared_twice(grant)) }
}

/// An error if another resource of this run has the grant.
pub(super) fn check_unclaimed(cx: &Cx<Connection>, grant: &ClientGrant) -> Result<(), Diagnostic> {
    if cx.client.is_claimed(text(&grant.id)) { Err(declared_twice(grant)) } else { Ok(()) }
}

fn declared_twice(grant: &ClientGrant) -> Diagnostic {
    let detail = format!(
        "{owner} has one grant for `{audience}` with the subject type `{subject_type}`: `{id}`. It belongs to another \
         resource of this run, which created, adopted or updated it. Look for the `auth0_client_grant` with the same \
         application, API and subject type. Keep one of the two, with the scopes of both. If the other one is in the \
         state as well, run `terraform state rm ADDRESS` for it before you remove its block.",
        owner = owner(grant),
        audience = text(&grant.audience),
        subject_type = text(&grant.subject_type),
        id = text(&grant.id),
    );
    Diagnostic::error("Client Grant Declared Twice", detail).at("audience")
}
