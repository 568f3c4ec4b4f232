//! How much is surely in a bucket of the service. Pure.
//!
//! What is kept is a lower bound, as if all requests under way had taken their token already. It rises with time and with what
//! answers say, and a request is only sent when its token is surely there.

use std::time::Duration;

use tokio::time::Instant;

use super::rate::{Rate, STEP, Told};

/// Buckets are full again within a minute, whatever their size.
const FULL: Duration = Duration::from_mins(1);

/// How long others are taken into account after they have been noticed.
const COMPANY: Duration = Duration::from_secs(10);

/// What Auth0 publishes for buckets of a size: what comes back in a second, and how late. Of several plans, the least. It is
/// believed until the service turns out to refuse more than that explains.
/// <https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/rate-limit-configurations>
const PUBLISHED: [(u32, f64, Duration); 6] = [
    (2, 2.0, Duration::ZERO),
    (5, 100.0 / 60.0, STEP),
    (10, 100.0 / 60.0, STEP),
    (30, 30.0, Duration::ZERO),
    (50, 16.0, Duration::ZERO),
    (300, 300.0 / 60.0, STEP),
];

/// Allows for what computing with fractions loses.
const CLOSE: f64 = 1e-6;

#[derive(Debug)]
pub(super) struct Level {
    limit: u32,
    size: f64,
    share: f64,
    /// What is never spent.
    reserve: f64,
    tokens: f64,
    /// From when on more of them come.
    grows_from: Instant,
    promises: Vec<Promise>,
    /// What is left of our own share: a bucket like that of the service, but smaller.
    own: f64,
    own_at: Instant,
    last_spent: Option<Instant>,
    rate: Rate,
    longest_reset: Option<Duration>,
    company_until: Option<Instant>,
    answers: u32,
    refusals: u32,
}

/// So many tokens will surely be there by then.
#[derive(Clone, Copy, Debug)]
struct Promise {
    due: Instant,
    tokens: f64,
}

impl Level {
    /// A bucket of which nothing but its size is known.
    pub(super) fn new(limit: u32, share: f64, now: Instant) -> Self {
        let size = f64::from(limit);
        Self {
            limit,
            size,
            share,
            reserve: ((1.0 - share) * size - CLOSE).ceil().clamp(0.0, size - 1.0),
            tokens: f64::NEG_INFINITY,
            grows_from: now,
            promises: Vec::new(),
            // The request that has shown the size was one of them.
            own: (share * size).max(1.0) - 1.0,
            own_at: now,
            last_spent: None,
            rate: Rate::default(),
            longest_reset: None,
            company_until: None,
            answers: 0,
            refusals: 0,
        }
    }

    pub(super) fn limit(&self) -> u32 {
        self.limit
    }

    /// Takes a token, while `pending` requests are under way: what is surely left, or when there will be a token.
    pub(super) fn spend(&mut self, now: Instant, pending: u32) -> Result<f64, Instant> {
        self.advance(now, pending);
        let ready = self.full_enough(now, pending).max(self.within_share(now)).max(self.in_step(now));
        if ready > now {
            // Not so soon that a timer could come early.
            return Err(ready.max(now + Duration::from_millis(1)));
        }
        self.last_spent = Some(now);
        self.tokens -= 1.0;
        self.own -= 1.0;
        for promise in &mut self.promises {
            promise.tokens -= 1.0;
        }
        Ok(self.tokens)
    }

    /// When there is a token beside the reserve.
    fn full_enough(&self, now: Instant, pending: u32) -> Instant {
        let need = 1.0 + self.reserve;
        // Whoever takes each token in the moment in which it comes leaves nothing for others to find.
        let ease = if self.lag().is_zero() { (self.size - f64::from(pending) - need).clamp(0.0, 0.5) } else { 0.0 };
        if self.tokens + CLOSE >= need + ease {
            return now;
        }
        let grown = after(self.grows_from.max(now), (need + ease - self.tokens) / self.pace());
        let promised = self.promises.iter().filter(|promise| promise.tokens + CLOSE >= need);
        promised.map(|promise| promise.due).fold(grown, Instant::min)
    }

    /// When our share of the bucket has a token. With all of it for us, there is none but the service's bucket.
    fn within_share(&self, now: Instant) -> Instant {
        if (self.share < 1.0 || self.has_company()) && self.own + CLOSE < 1.0 {
            after(now, (1.0 - self.own) / self.own_pace())
        } else {
            now
        }
    }

    /// What comes in one step is not spent in one moment: others would never find anything.
    fn in_step(&self, now: Instant) -> Instant {
        match self.last_spent {
            Some(last) if self.tokens - self.reserve < self.size / 2.0 => after(last, 0.8 / self.pace()),
            _ => now,
        }
    }

    fn advance(&mut self, now: Instant, pending: u32) {
        self.company_until.take_if(|until| *until <= now);
        let lag = self.lag();
        let (tokens, grows_from) = (&mut self.tokens, &mut self.grows_from);
        self.promises.retain(|promise| {
            if promise.due <= now && promise.tokens > *tokens {
                *tokens = promise.tokens;
                *grows_from = (promise.due + lag).max(*grows_from);
            }
            promise.due > now
        });
        if now > self.grows_from {
            self.tokens += self.pace() * (now - self.grows_from).as_secs_f64();
            self.grows_from = now;
        }
        // Those under way may find the bucket full, and what would have come meanwhile is lost.
        let most = self.size - f64::from(pending);
        if self.tokens >= most {
            self.tokens = most;
            self.grows_from = self.grows_from.max(now + lag);
        }
        let earned = self.own_pace() * now.saturating_duration_since(self.own_at).as_secs_f64();
        self.own = (self.own + earned).min((self.share * self.size).max(1.0));
        self.own_at = now;
    }

    /// A request was answered. `left` was surely there when it was sent; since then `sent` others were, and `pending` are
    /// under way.
    pub(super) fn learn(&mut self, new: Told, left: f64, sent: u32, pending: u32) {
        let now = new.answered_at;
        self.advance(now, pending + 1);
        if new.refused {
            self.refusals += 1;
        } else {
            self.answers += 1;
        }
        if let Some(reset) = new.reset {
            let wait = reset.saturating_duration_since(now).min(FULL);
            self.longest_reset = Some(self.longest_reset.map_or(wait, |longest| longest.max(wait)));
        }
        self.rate.learn(new);
        // Of requests whose times overlap the service may have served any last. It left at least the least that they say.
        let overlapping = || self.rate.since(new.sent_at);
        let least = overlapping().map(|told| told.remaining).fold(f64::INFINITY, f64::min) - f64::from(pending);
        let due = overlapping().try_fold(now, |latest, told| told.reset.map(|reset| reset.max(latest)));
        let is_short = new.refused || new.remaining + 1.0 <= left - f64::from(sent);
        // Whoever finds the bucket empty at once may have emptied it in the run before.
        if self.answers > 0 && (is_short || self.rate.is_shared(self.size)) {
            self.company_until = Some(now + COMPANY);
        }
        if is_short {
            self.promises.clear();
        }
        if is_short || least > self.tokens {
            self.tokens = least;
            self.grows_from = now + self.lag();
        }
        if let Some(due) = due {
            let late = if self.is_doubtful() { STEP } else { Duration::ZERO };
            self.promise((due + late).min(now + FULL), least + 1.0);
        }
    }

    /// A request was refused by something that does not tell of a bucket.
    pub(super) fn doubt(&mut self, now: Instant) {
        self.tokens = self.tokens.min(0.0);
        self.grows_from = now + self.lag();
        self.promises.clear();
        self.company_until = Some(now + COMPANY);
    }

    /// By then the service wants to hear from us again.
    pub(super) fn expect_one(&mut self, due: Instant) {
        self.promise(due, 1.0 + self.reserve);
    }

    fn promise(&mut self, due: Instant, tokens: f64) {
        // What comes later and is less would never be waited for.
        let is_better = |promise: &Promise| promise.due <= due && promise.tokens >= tokens;
        if !self.promises.iter().any(is_better) {
            self.promises.retain(|promise| promise.due < due || promise.tokens > tokens);
            self.promises.push(Promise { due, tokens });
        }
    }

    /// Tokens that come in a second, at least.
    fn pace(&self) -> f64 {
        let published = self.published().filter(|_| !self.is_doubtful()).map_or(0.0, |(rate, _)| rate);
        self.rate.at_least().max(published).max(self.size / FULL.as_secs_f64())
    }

    /// How late they may be. A bucket that is full within a second is not refilled second by second.
    fn lag(&self) -> Duration {
        match self.published().filter(|_| !self.is_doubtful()) {
            Some((_, lag)) => lag,
            None if self.rate.at_least() * 1.5 >= self.size => Duration::ZERO,
            None => STEP,
        }
    }

    /// Tokens that we may spend in a second in the long run. Where others are, each leaves half of it to them.
    fn own_pace(&self) -> f64 {
        let published = self.published().map_or(0.0, |(rate, _)| rate);
        let by_reset = self.longest_reset.map_or(0.0, |wait| 1.0 / wait.max(STEP).as_secs_f64());
        let fair = if self.has_company() { 0.5 } else { 1.0 };
        self.share * fair * self.pace().max(by_reset).max(published)
    }

    fn has_company(&self) -> bool {
        self.company_until.is_some()
    }

    fn published(&self) -> Option<(f64, Duration)> {
        PUBLISHED.iter().find(|(limit, ..)| *limit == self.limit).map(|(_, rate, lag)| (*rate, *lag))
    }

    /// Whether more is refused than others on the tenant explain.
    fn is_doubtful(&self) -> bool {
        self.refusals > 20 + self.answers / 2
    }
}

fn after(start: Instant, seconds: f64) -> Instant {
    start + Duration::try_from_secs_f64(seconds).unwrap_or(FULL).min(FULL)
}
