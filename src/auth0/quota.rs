//! The rate limit headers of a response.
//!
//! <https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/rate-limit-use-cases>

use std::time::Duration;

use tokio::time::Instant;

/// The rate limit headers of one response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quota {
    /// The size of the bucket.
    pub(super) limit: u32,
    /// What is left in the bucket.
    pub(super) remaining: u32,
    /// When the bucket refills, as UNIX time of Auth0's clock.
    pub(super) reset: Option<Duration>,
}

impl Quota {
    /// Reads the headers `x-ratelimit-limit`, `x-ratelimit-remaining` and `x-ratelimit-reset`.
    pub(super) fn read(limit: Option<&str>, remaining: Option<&str>, reset: Option<&str>) -> Option<Self> {
        let number = |text: &str| text.trim().parse::<i64>().ok();
        let limit = limit.and_then(number).and_then(|limit| u32::try_from(limit).ok()).filter(|limit| *limit > 0)?;
        // An overdrawn bucket is empty.
        let remaining = u32::try_from(remaining.and_then(number)?.max(0)).ok()?;
        let reset = reset.and_then(number).and_then(|reset| u64::try_from(reset).ok()).map(Duration::from_secs);
        Some(Self { limit, remaining: remaining.min(limit), reset })
    }
}

/// The earliest possible time at Auth0.
///
/// The `Date` of a response is truncated to a second, and the response has travelled. So the time has passed when it
/// arrives. The latest of many such dates is close. The clock of this machine is not used, because it may be wrong.
#[derive(Debug, Default)]
pub(super) struct ServiceClock(Option<(Instant, Duration)>);

impl ServiceClock {
    pub(super) fn hear(&mut self, date: Duration, now: Instant) {
        if self.at(now).is_none_or(|known| known < date) {
            self.0 = Some((now, date));
        }
    }

    /// When it is surely `time` at Auth0. Without a `Date`, the clock of this machine is used.
    pub(super) fn when(&self, time: Duration, now: Instant, unix_now: Duration) -> Option<Instant> {
        now.checked_add(time.saturating_sub(self.at(now).unwrap_or(unix_now)))
    }

    fn at(&self, now: Instant) -> Option<Duration> {
        let (heard, date) = self.0?;
        Some(date + now.saturating_duration_since(heard))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_and_what_is_none_is_left_out() {
        let quota = |limit, remaining, reset| Some(Quota { limit, remaining, reset });
        for (headers, expected) in [
            ([Some("10"), Some("9"), Some("1700000000")], quota(10, 9, Some(Duration::from_secs(1_700_000_000)))),
            ([Some("10"), Some("-1"), None], quota(10, 0, None)),
            ([Some("10"), Some("11"), Some("soon")], quota(10, 10, None)),
            ([Some("0"), Some("0"), None], None),
            ([Some("10"), None, None], None),
            ([None, Some("10"), None], None),
        ] {
            assert_eq!(Quota::read(headers[0], headers[1], headers[2]), expected, "{headers:?}");
        }
    }

    #[test]
    fn clock_gets_closer_with_each_response() {
        let (start, seconds) = (Instant::now(), Duration::from_secs);
        let (mut clock, at) = (ServiceClock::default(), |millis| start + Duration::from_millis(millis));
        assert_eq!(clock.when(seconds(103), start, seconds(100)), Some(at(3_000)));
        // In truth it is 200.9 there.
        clock.hear(seconds(200), at(0));
        assert_eq!(clock.when(seconds(202), at(0), seconds(100)), Some(at(2_000)));
        clock.hear(seconds(201), at(100));
        assert_eq!(clock.when(seconds(202), at(100), seconds(100)), Some(at(1_100)));
        clock.hear(seconds(201), at(900));
        assert_eq!(clock.when(seconds(202), at(900), seconds(100)), Some(at(1_100)));
        assert_eq!(clock.when(seconds(150), at(900), seconds(100)), Some(at(900)), "what has passed is now");
    }
}
