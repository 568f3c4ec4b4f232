//! What resources and data sources use.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    auth0::{Client, Session, Tenant},
    framework::Cx,
};

/// A configured provider: the Management API, and the objects that resources of this run have claimed. Terraform
/// configures the provider once per run, so nothing outlives the run.
#[derive(Debug, Clone)]
pub struct Connection {
    api: Client,
    claimed: Arc<Mutex<BTreeSet<String>>>,
}

impl Connection {
    pub(super) fn new(api: Client) -> Self {
        Self { api, claimed: Arc::default() }
    }

    pub(super) fn tenant(&self) -> &Tenant {
        self.api.tenant()
    }

    /// Whether `audience` is the identifier of the Management API of this tenant.
    pub(super) fn manages(&self, audience: &str) -> bool {
        self.tenant().audience() == audience
    }

    /// Notes that a resource of this run created, adopted or updates the object `id`. False if another one did before.
    pub(super) fn claim(&self, id: &str) -> bool {
        self.claimed().insert(id.to_owned())
    }

    /// Ends the claim of a resource that failed to adopt the object `id`.
    pub(super) fn release(&self, id: &str) {
        self.claimed().remove(id);
    }

    /// Whether a resource of this run has claimed the object `id`. Then no other resource adopts it. And an instance that
    /// had it before must not delete it: this happens when a resource is replaced with `create_before_destroy`, or renamed
    /// without a `moved` block.
    pub(super) fn is_claimed(&self, id: &str) -> bool {
        self.claimed().contains(id)
    }

    fn claimed(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.claimed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The Management API for one operation. All waits end at its deadline, or when the user interrupts.
pub(super) fn session(cx: &Cx<Connection>) -> Session {
    cx.client.api.within(&cx.stop, cx.deadline)
}
