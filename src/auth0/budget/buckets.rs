//! When the next request to the tenant may start. Pure: time and chance are arguments.

use std::time::Duration;

use reqwest::StatusCode;
use tokio::time::Instant;

use crate::auth0::endpoint::Class;
use crate::auth0::quota::{Level, REFILL};
use crate::auth0::response::Response;
use crate::auth0::settings::Limits;

/// Maximum pause, which only keeps the time computable: a message says how long Auth0 asks to wait.
const LONGEST_PAUSE: Duration = Duration::from_hours(10 * 365 * 24);
/// Maximum time that chance adds to a pause.
const LONGEST_SPREAD: Duration = Duration::from_mins(1);

#[derive(Default)]
pub(super) struct Buckets {
    share: f64,
    /// Least time between two requests, and when the next may start therefore.
    gap: Duration,
    next: Option<Instant>,
    /// By class: the bucket, and the limit that the service named last.
    buckets: [Bucket; 3],
    limits: [Option<u32>; 3],
}

/// One bucket of the service.
#[derive(Default)]
struct Bucket {
    under_way: u32,
    /// Before the first response, one request at a time is sent.
    level: Option<Level>,
    /// End of the pause after a 429.
    pause: Option<Instant>,
}

/// A request under way.
pub(super) struct UnderWay {
    class: Class,
    bucket: Class,
    sent_at: Instant,
}

/// What a request waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    FirstResponse,
    Reset(Instant),
    /// The end of the pause after a 429.
    Pause(Instant),
    /// `max_requests_per_second`.
    Setting(Instant),
}

impl Buckets {
    pub(super) fn new(Limits { max_requests_per_second, quota_share: share }: Limits) -> Self {
        let gap = max_requests_per_second.and_then(|most| Duration::try_from_secs_f64(most.recip()).ok());
        Self { share, gap: gap.unwrap_or_default(), ..Self::default() }
    }

    /// The class whose bucket a class uses. Lists share the common one until the service names different limits.
    fn bucket(&self, class: Class) -> Class {
        let [_, lists, others] = self.limits;
        let is_shared = lists.zip(others).is_none_or(|(lists, others)| lists == others);
        if class == Class::ClientLists && is_shared { Class::Other } else { class }
    }

    /// Starts a request, or says what it waits for.
    pub(super) fn start(&mut self, class: Class, now: Instant) -> Result<UnderWay, Wait> {
        let bucket = self.bucket(class);
        let Bucket { under_way, level, pause } = &mut self.buckets[bucket as usize];
        match (pause, level, self.next) {
            (.., Some(next)) if now < next => return Err(Wait::Setting(next)),
            (Some(end), ..) if now < *end => return Err(Wait::Pause(*end)),
            (_, Some(level), _) => level.take(self.share, *under_way, now).map_err(Wait::Reset)?,
            (_, None, _) if *under_way > 0 => return Err(Wait::FirstResponse),
            (_, None, _) => {}
        }
        *under_way += 1;
        self.next = (!self.gap.is_zero()).then(|| now + self.gap);
        Ok(UnderWay { class, bucket, sent_at: now })
    }

    /// Whether the tenant's rate limit holds a request back.
    pub(super) fn is_used_up(&self, class: Class, now: Instant) -> bool {
        let Bucket { under_way, level, pause } = &self.buckets[self.bucket(class) as usize];
        let lacks_token = |mut level: Level| level.take(self.share, *under_way, now).is_err();
        pause.is_some_and(|end| now < end) || level.is_some_and(lacks_token)
    }

    /// Ends a request, with its response if there is one. After a 429, the result is the end of the pause.
    pub(super) fn end(
        &mut self,
        UnderWay { class, bucket, sent_at }: UnderWay,
        response: Option<&Response>,
        now: Instant,
        chance: f64,
    ) -> Option<Instant> {
        self.buckets[bucket as usize].under_way -= 1;
        let level = response.and_then(|response| Some(response.quota?.level(response.date, now)));
        self.limits[class as usize] = level.map(|level| level.limit).or(self.limits[class as usize]);
        let bucket = self.bucket(class);
        let bucket = &mut self.buckets[bucket as usize];
        if let Some(refusal) = response.filter(|response| response.status == StatusCode::TOO_MANY_REQUESTS) {
            let wait = refusal.wait.unwrap_or_default().clamp(REFILL, LONGEST_PAUSE);
            // Clients that read the same reset should not come back together.
            let spread = wait.mul_f64(chance / 4.0).min(LONGEST_SPREAD);
            bucket.pause = bucket.pause.max(Some(now + wait + spread));
            bucket.level = None;
            return bucket.pause;
        }
        bucket.level = match (level, bucket.level) {
            // The service may have handled the two requests in any order.
            (Some(new), Some(old)) if old.limit == new.limit && sent_at < old.at => {
                Some(Level { left: new.left.min(old.left), reset: new.reset.max(old.reset), ..new })
            }
            // After a 429, the one that goes first must come back with something.
            (None, None) if response.is_none() && bucket.pause.is_some() => None,
            (new, old) => new.or(old).or(Some(Level::unlimited(now))),
        };
        None
    }
}
