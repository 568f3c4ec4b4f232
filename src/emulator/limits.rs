//! The rate limits of a plan: token buckets as Auth0 describes them. Pure: the time is an argument.
//!
//! A bucket holds as many requests as may come at once, and is refilled at the rate that can be kept up: every millisecond where
//! the limit is per second, and every second where it is per minute. The limit of the whole API is looked at first.
//! <https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy>

mod plan;

use std::collections::BTreeMap;

pub use self::plan::Plan;
use self::plan::{Group, Limit, Refill};

/// Parts of a token, so that every rate comes in whole ones.
const TOKEN: u64 = 60_000;

/// The buckets of a tenant. Times are UNIX times in milliseconds.
#[derive(Debug)]
pub(crate) struct Limits {
    plan: Plan,
    buckets: BTreeMap<Group, Bucket>,
}

/// What is left in a bucket after a request, and whether the request was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RateLimitStatus {
    group: Group,
    pub(crate) granted: bool,
    limit: u64,
    remaining: u64,
    /// UNIX time in seconds at which the bucket gets something back.
    reset: u64,
}

impl Limits {
    pub(crate) fn new(plan: Plan) -> Self {
        Self { plan, buckets: BTreeMap::new() }
    }

    /// Takes from every bucket of a request, and returns the status of the emptiest one; `None` without a limit.
    pub(crate) fn take(&mut self, method: &str, path: &str, query: &str, now: u64) -> Option<RateLimitStatus> {
        let mut emptiest: Option<RateLimitStatus> = None;
        for (group, limit) in self.plan.limits(method, path, query) {
            let bucket = self.buckets.entry(group).or_insert_with(|| Bucket::full(limit, now));
            let granted = bucket.take(now);
            let status = RateLimitStatus {
                group,
                granted,
                limit: limit.burst,
                remaining: bucket.parts / TOKEN,
                reset: bucket.next_token(now).div_ceil(1_000),
            };
            if !granted {
                return Some(status);
            }
            if emptiest.is_none_or(|emptiest| status.remaining < emptiest.remaining) {
                emptiest = Some(status);
            }
        }
        emptiest
    }
}

impl RateLimitStatus {
    pub(crate) fn headers(&self) -> [(&'static str, u64); 3] {
        [
            ("x-ratelimit-limit", self.limit),
            ("x-ratelimit-remaining", self.remaining),
            ("x-ratelimit-reset", self.reset),
        ]
    }

    pub(crate) fn message(&self) -> String {
        self.group.message()
    }
}

#[derive(Debug)]
struct Bucket {
    limit: Limit,
    parts: u64,
    /// Until when it was refilled.
    at: u64,
}

impl Bucket {
    fn full(limit: Limit, now: u64) -> Self {
        Self { limit, parts: limit.burst * TOKEN, at: now }
    }

    fn take(&mut self, now: u64) -> bool {
        self.refill(now);
        match self.parts.checked_sub(TOKEN) {
            Some(rest) => {
                self.parts = rest;
                true
            }
            None => false,
        }
    }

    fn refill(&mut self, now: u64) {
        let ticks = |time: u64| time / self.limit.refill.tick();
        let came = ticks(now).saturating_sub(ticks(self.at)) * self.limit.refill.parts();
        self.parts = (self.parts + came).min(self.limit.burst * TOKEN);
        self.at = self.at.max(now);
    }

    /// When there will be a whole token more.
    fn next_token(&self, now: u64) -> u64 {
        if self.parts >= self.limit.burst * TOKEN {
            return now;
        }
        let missing = TOKEN - self.parts % TOKEN;
        let tick = self.limit.refill.tick();
        (now / tick + missing.div_ceil(self.limit.refill.parts())) * tick
    }
}

impl Refill {
    /// Milliseconds between two refills.
    fn tick(self) -> u64 {
        match self {
            Self::PerSecond(_) => 1,
            Self::PerMinute(_) => 1_000,
        }
    }

    /// Parts of a token that come with each.
    fn parts(self) -> u64 {
        match self {
            Self::PerSecond(tokens) => tokens * TOKEN / 1_000,
            Self::PerMinute(tokens) => tokens * TOKEN / 60,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: u64 = 1_700_000_000_300;

    fn status(limits: &mut Limits, path: &str, now: u64) -> (bool, u64, u64, u64) {
        let RateLimitStatus { granted, limit, remaining, reset, .. } = limits.take("GET", path, "", now).unwrap();
        (granted, limit, remaining, reset)
    }

    #[test]
    fn limits_per_second_are_refilled_by_milliseconds() {
        let mut limits = Limits::new(Plan::Free);
        let mut ask = |now| status(&mut limits, "/api/v2/clients/abc", now);
        assert_eq!(ask(NOW), (true, 2, 1, 1_700_000_001));
        assert_eq!(ask(NOW), (true, 2, 0, 1_700_000_001));
        assert_eq!(ask(NOW), (false, 2, 0, 1_700_000_001));
        assert_eq!(ask(NOW + 499), (false, 2, 0, 1_700_000_001));
        assert_eq!(ask(NOW + 500), (true, 2, 0, 1_700_000_002));
        assert_eq!(ask(NOW + 60_000), (true, 2, 1, 1_700_000_061), "no more than the bucket holds");
    }

    #[test]
    fn limits_per_minute_are_refilled_every_second() {
        let mut limits = Limits::new(Plan::SelfService);
        let mut ask = |now| status(&mut limits, "/api/v2/clients/abc", now);
        for left in (0..10).rev() {
            assert_eq!(ask(NOW), (true, 10, left, 1_700_000_001));
        }
        assert_eq!(ask(NOW + 699), (false, 10, 0, 1_700_000_001));
        assert_eq!(ask(NOW + 700), (true, 10, 1, 1_700_000_002), "150 in a minute are two and a half in a second");
        assert_eq!(ask(NOW + 700), (true, 10, 0, 1_700_000_002));
        assert_eq!(ask(NOW + 1_700), (true, 10, 2, 1_700_000_003));
    }

    #[test]
    fn the_limit_of_the_whole_api_comes_first() {
        let mut limits = Limits::new(Plan::EnterpriseNonproduction);
        let mut ask = |path, query| limits.take("GET", path, query, NOW).unwrap();
        let search = ask("/api/v2/clients", "q=name");
        assert_eq!((search.limit, search.remaining), (5, 4), "the emptiest speaks");
        for _ in 0..4 {
            ask("/api/v2/clients", "page=0&q=name");
        }
        let refused = ask("/api/v2/clients", "q=name");
        assert_eq!((refused.granted, refused.limit), (false, 5));
        assert_eq!(refused.message(), "Global per minute search_clients group limit has been reached");
        assert_eq!(ask("/api/v2/clients", "").remaining, 3, "what was refused for its own limit counts for the whole");
        for _ in 0..3 {
            assert!(ask("/api/v2/client-grants", "").granted);
        }
        assert_eq!(ask("/api/v2/clients", "q=name").message(), "Global limit has been reached");
    }

    #[test]
    fn lists_of_applications_are_apart_where_the_plan_says_so() {
        let mut limits = Limits::new(Plan::SelfService);
        for _ in 0..10 {
            assert!(status(&mut limits, "/api/v2/client-grants", NOW).0);
        }
        assert!(!status(&mut limits, "/api/v2/clients/abc", NOW).0);
        assert_eq!(status(&mut limits, "/api/v2/clients", NOW), (true, 5, 4, 1_700_000_001));
    }

    #[test]
    fn nothing_is_limited_without_a_limit() {
        assert_eq!(Limits::new(Plan::Unlimited).take("GET", "/api/v2/clients", "", NOW), None);
        assert_eq!(Limits::new(Plan::Enterprise).take("POST", "/oauth/token", "", NOW), None);
    }

    proptest! {
        #[test]
        fn no_more_is_granted_than_the_bucket_and_its_refill(
            plan in prop::sample::select(vec![Plan::Free, Plan::SelfService, Plan::Enterprise, Plan::EnterpriseNonproduction]),
            gaps in prop::collection::vec(0_u64..700, 1..300),
        ) {
            let (mut limits, mut now, mut granted) = (Limits::new(plan), NOW, 0);
            for gap in gaps {
                now += gap;
                granted += u64::from(status(&mut limits, "/api/v2/client-grants", now).0);
            }
            let (burst, per_minute) = match plan {
                Plan::Free => (2, 120),
                Plan::SelfService => (10, 150),
                Plan::Enterprise => (50, 960),
                _ => (10, 120),
            };
            // A second may begin right after the first request.
            prop_assert!(granted <= burst + (now - NOW + 1_000) * per_minute / 60_000);
        }
    }
}
