//! The current time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// UNIX time by the clock of this machine.
pub(super) fn unix_now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
