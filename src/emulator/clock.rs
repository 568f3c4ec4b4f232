//! The one place where the emulator learns what time it is.

use jiff::{Timestamp, Unit};
use tokio::time::Instant;

/// A source of the current time, so that a fixed one can stand in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Clock {
    /// That of the machine.
    System,
    /// Stands still.
    Fixed(Timestamp),
}

impl Clock {
    /// Now, in whole milliseconds as the service counts.
    pub(crate) fn now(self) -> Timestamp {
        let now = match self {
            Self::System => Timestamp::now(),
            Self::Fixed(time) => time,
        };
        now.round(Unit::Millisecond).unwrap_or(now)
    }
}

/// The machine's time as it was at the start, and what has passed since: a tenant's clock may stand still, but what is limited by
/// the second needs one that goes on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SteadyClock {
    start: Instant,
    start_unix: i64,
}

impl SteadyClock {
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), start_unix: Timestamp::now().as_millisecond() }
    }

    pub(crate) fn unix_milliseconds(&self) -> u64 {
        let start = u64::try_from(self.start_unix).unwrap_or_default();
        let passed = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        start.saturating_add(passed)
    }
}

/// A time as the Management API writes it: UTC with milliseconds.
pub(crate) fn format(time: Timestamp) -> String {
    format!("{time:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_three_digits_of_a_second() {
        let time: Timestamp = "2026-05-08T16:00:56Z".parse().unwrap();
        assert_eq!(format(time), "2026-05-08T16:00:56.000Z");
    }
}
