//! What resources and data sources use.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    auth0::{Client, Session, Tenant},
    framework::Cx,
};

/// A configured provider: the Management API, and the objects that this run adopted. Terraform configures the provider
/// once per run, so nothing outlives the run.
#[derive(Debug, Clone)]
pub struct Connection {
    api: Client,
    adopted: Arc<Mutex<BTreeSet<String>>>,
}

impl Connection {
    pub(super) fn new(api: Client) -> Self {
        Self { api, adopted: Arc::default() }
    }

    pub(super) fn tenant(&self) -> &Tenant {
        self.api.tenant()
    }

    /// Whether `audience` is the identifier of the Management API of this tenant.
    pub(super) fn manages(&self, audience: &str) -> bool {
        self.tenant().audience() == audience
    }

    /// Notes that the object `id` existed, and that a create of this run adopted it.
    pub(super) fn adopt(&self, id: &str) {
        self.adopted().insert(id.to_owned());
    }

    /// Whether this run adopted the object `id`. Then the instance that had it before must not delete it: this happens
    /// when a resource is replaced with `create_before_destroy`, or renamed without a `moved` block. True once per
    /// adoption.
    pub(super) fn hand_over(&self, id: &str) -> bool {
        self.adopted().remove(id)
    }

    fn adopted(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.adopted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The Management API for one operation. All waits end at its deadline, or when the user interrupts.
pub(super) fn session(cx: &Cx<Connection>) -> Session {
    cx.client.api.within(&cx.stop, cx.deadline)
}
