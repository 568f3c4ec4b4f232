//! What resources and data sources work with.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    auth0::{Client, Session, Tenant},
    framework::Cx,
};

/// A configured provider: the Management API, and what this run has done that a later step has to know. Terraform
/// configures the provider once per run, so nothing here outlives it.
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

    /// Notes that the object `id` existed and now belongs to the resource instance that was to create it.
    pub(super) fn adopt(&self, id: &str) {
        self.adopted().insert(id.to_owned());
    }

    /// Whether the object `id` was adopted in this run, so that the instance that had it before must not delete it: so it is
    /// when a resource is replaced with `create_before_destroy`, or renamed without a `moved` block. It is said once.
    pub(super) fn hand_over(&self, id: &str) -> bool {
        self.adopted().remove(id)
    }

    fn adopted(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.adopted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The Management API for the time of one call: its waits end with the call's deadline, and when the user interrupts.
pub(super) fn session(cx: &Cx<Connection>) -> Session {
    cx.client.api.within(&cx.stop, cx.deadline)
}
