//! The lifetime of a token in its response.

use std::time::Duration;

use serde_json::value::RawValue;

/// Any number of seconds, with or without fraction. A missing or odd lifetime does not make a token invalid.
pub(super) fn lifetime(expires_in: Option<&RawValue>) -> Option<Duration> {
    let seconds = expires_in?.get().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok().filter(|lifetime| !lifetime.is_zero())
}
