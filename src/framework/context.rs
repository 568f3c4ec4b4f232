//! What a resource or data source gets for the time of one call.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long an operation may take when nothing else is configured. Terraform's own providers use the same.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_mins(20);

/// Longer than anybody waits, and still a point in time that the clock knows.
const FOREVER: Duration = Duration::from_hours(24 * 365);

/// One call: the configured client, and what ends a wait.
#[derive(Debug, Clone)]
pub struct Cx<C> {
    /// The client that [`configure`](super::Provider::configure) made.
    pub client: C,
    /// Cancelled when the user interrupts Terraform. Waits end; what is known of the object is still returned.
    pub stop: CancellationToken,
    /// When the operation has to give up.
    pub deadline: Instant,
}

impl<C> Cx<C> {
    pub(super) fn new(client: C, stop: CancellationToken) -> Self {
        Self { client, stop, deadline: Instant::now() + DEFAULT_TIMEOUT }
    }

    /// The same call, which has to be done after `limit`, counted from now.
    pub(super) fn within(self, limit: Duration) -> Self {
        Self { deadline: Instant::now() + limit.min(FOREVER), ..self }
    }
}
