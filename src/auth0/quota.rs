//! What a response says about a bucket of the tenant's rate limit, and what follows for the next request. Pure.
//!
//! <https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/rate-limit-use-cases>

use std::time::Duration;

use tokio::time::Instant;

/// Every bucket that Auth0 publishes gets at least one token in this time.
pub(super) const REFILL: Duration = Duration::from_secs(1);
/// Buckets are full within a minute, so a later reset cannot be meant.
const LONGEST_RESET: Duration = Duration::from_mins(1);

/// The headers of one response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quota {
    /// Size of the bucket.
    pub(super) limit: u32,
    /// Requests left in it.
    pub(super) remaining: u32,
    /// When the bucket gets something back, as UNIX time of the service.
    pub(super) reset: Option<Duration>,
}

/// The same by the clock of this process.
#[derive(Clone, Copy)]
pub(super) struct Level {
    pub(super) limit: u32,
    /// What is left, before requests under way take from it.
    pub(super) left: u32,
    /// When that was found.
    pub(super) at: Instant,
    /// When one more token is there.
    pub(super) reset: Instant,
}

impl Quota {
    /// Reads the headers `x-ratelimit-limit`, `x-ratelimit-remaining` and `x-ratelimit-reset`.
    pub(super) fn read(limit: Option<&str>, remaining: Option<&str>, reset: Option<&str>) -> Option<Self> {
        let limit = limit?.trim().parse::<u32>().ok().filter(|limit| *limit > 0)?;
        // An overdrawn bucket is empty.
        let remaining = remaining?.trim().parse::<i64>().ok()?.clamp(0, limit.into());
        let reset = reset.and_then(|reset| reset.trim().parse().ok()).map(Duration::from_secs);
        Some(Self { limit, remaining: u32::try_from(remaining).ok()?, reset })
    }

    /// `date` is the time that the response names; the clock of this machine may be wrong.
    pub(super) fn level(self, date: Option<Duration>, now: Instant) -> Level {
        let wait = self.reset.zip(date).map_or(REFILL, |(reset, date)| reset.saturating_sub(date));
        // Both times are cut off to the second, so a difference of two may be one.
        let wait = if wait > REFILL * 2 { wait.min(LONGEST_RESET) } else { REFILL };
        Level { limit: self.limit, left: self.remaining, at: now, reset: now + wait }
    }
}

impl Level {
    pub(super) fn unlimited(at: Instant) -> Self {
        Self { limit: u32::MAX, left: u32::MAX, at, reset: at }
    }

    /// Takes a token above the reserve, or says when there is one.
    pub(super) fn take(&mut self, share: f64, under_way: u32, now: Instant) -> Result<(), Instant> {
        let reserve = self.reserve(share);
        // Another run may be sending as many.
        let taken = if reserve > 0 { 2 * under_way } else { under_way };
        let missing = (taken + 1).saturating_sub(self.left.saturating_sub(reserve));
        if missing == 0 {
            return Ok(());
        }
        let is_reserve_used_up = reserve > 0 && self.left == 0;
        let ready = self.reset + REFILL * (missing - 1 + u32::from(is_reserve_used_up));
        if now < ready {
            return Err(ready);
        }
        // Until a response says that more is left, the next request waits as well.
        *self = Self { left: reserve + taken + 1, at: now, reset: now + REFILL, ..*self };
        Ok(())
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the limit")]
    fn reserve(&self, share: f64) -> u32 {
        let spendable = (f64::from(self.limit) * share) as u32;
        // A bucket of 1 could never be used otherwise.
        (self.limit - spendable).min(self.limit - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_takes_headers_and_ignores_nonsense() {
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
    fn level_waits_for_a_late_reset_or_a_second() {
        let (now, seconds) = (Instant::now(), Duration::from_secs);
        for (date, reset, wait) in [(100, 101, 1), (100, 102, 1), (100, 99, 1), (100, 103, 3), (100, 9_999, 60)] {
            let quota = Quota { limit: 10, remaining: 0, reset: Some(seconds(reset)) };
            assert_eq!(quota.level(Some(seconds(date)), now).reset - now, seconds(wait), "{date} {reset}");
            assert_eq!(quota.level(None, now).reset - now, REFILL);
        }
    }
    #[test]
    fn reserve_is_rounded_up_but_never_all() {
        let reserve = |limit, share| Level { limit, ..Level::unlimited(Instant::now()) }.reserve(share);
        let cases = [(10, 0.8, 2), (2, 0.8, 1), (7, 0.8, 2), (1, 0.8, 0), (10, 0.01, 9), (10, 0.99, 1), (10, 1.0, 0)];
        for (limit, share, expected) in cases {
            assert_eq!(reserve(limit, share), expected, "{limit} {share}");
        }
    }
}
