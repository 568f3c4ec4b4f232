//! The context of one call to a resource or data source.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::diagnostic::{Diagnostic, Diagnostics};

/// The default time limit of an operation. Terraform's own providers have the same.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_mins(20);

/// Longer than any wait, and still a valid point in time.
const FOREVER: Duration = Duration::from_hours(24 * 365);

/// One call: the configured client, and what ends its waits.
#[derive(Debug, Clone)]
pub struct Cx<C> {
    /// The client that [`configure`](super::Provider::configure) made.
    pub client: C,
    /// Cancelled when the user interrupts Terraform. Waits end, and the call still returns what is known of the object.
    pub stop: CancellationToken,
    /// The deadline of the operation.
    pub deadline: Instant,
    warnings: Arc<Mutex<Diagnostics>>,
}

impl<C> Cx<C> {
    pub(super) fn new(client: C, stop: CancellationToken) -> Self {
        Self { client, stop, deadline: Instant::now() + DEFAULT_TIMEOUT, warnings: Arc::default() }
    }

    /// Warns the user, whatever comes of the call. Only reads of resources show it.
    pub fn warn(&self, warning: Diagnostic) {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(warning);
    }

    /// The warnings of this call and of all its clones.
    pub(super) fn warnings(&self) -> Diagnostics {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same call with a limit from now on.
    pub(super) fn within(self, limit: Duration) -> Self {
        Self { deadline: Instant::now() + limit.min(FOREVER), ..self }
    }
}
