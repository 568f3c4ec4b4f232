//! How long a token is good for, as its response says.

use std::time::Duration;

use serde_json::value::RawValue;

/// Any number of seconds, as a whole number or not. A token with no end or a strange one is a token all the same.
pub(super) fn lifetime(expires_in: Option<&RawValue>) -> Option<Duration> {
    let seconds = expires_in?.get().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok().filter(|lifetime| !lifetime.is_zero())
}
