//! How fast a bucket is refilled, as far as answers have shown. Pure.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// Where limits are per minute, what comes back comes once a second.
/// <https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy>
pub(super) const STEP: Duration = Duration::from_secs(1);

/// How many answers are remembered.
const MEMORY: usize = 256;

/// A request, and what the answer to it said of the bucket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub(super) sent_at: Instant,
    pub(super) answered_at: Instant,
    /// Whether there was no token for it.
    pub(super) refused: bool,
    pub(super) remaining: f64,
    /// When something surely comes back that is not in `remaining`.
    pub(super) reset: Option<Instant>,
    /// How many of our requests had been counted for sure when it was sent.
    pub(super) counted_before: u32,
    /// How many of them had been sent when the answer came.
    pub(super) sent_until: u32,
}

/// The rate, from below.
#[derive(Debug, Default)]
pub(super) struct Rate {
    seen: VecDeque<Told>,
    at_least: f64,
}

impl Rate {
    /// Tokens per second. The true rate is not below it, whoever else uses the tenant.
    pub(super) fn at_least(&self) -> f64 {
        self.at_least
    }

    pub(super) fn learn(&mut self, new: Told) {
        let before = self.seen.iter().filter(|old| !new.refused && old.answered_at <= new.sent_at);
        for old in before {
            let taken = f64::from(new.counted_before.saturating_sub(old.sent_until) + 1);
            // Fractions of a token are not told.
            let came = new.remaining - old.remaining + taken - 1.0;
            let time = new.answered_at.saturating_duration_since(old.sent_at) + STEP;
            self.at_least = self.at_least.max(came / time.as_secs_f64());
        }
        if self.seen.len() == MEMORY {
            self.seen.pop_front();
        }
        self.seen.push_back(new);
    }

    /// Whether more is gone than we took: others use the tenant. Only looks back as far as the bucket was not half full, so
    /// that nothing can have come in vain.
    pub(super) fn is_shared(&self, limit: f64) -> bool {
        let Some(new) = self.seen.back() else { return false };
        let before = self.seen.iter().rev().filter(|old| old.answered_at <= new.sent_at);
        before.take_while(|old| old.remaining < limit / 2.0).any(|old| {
            let taken = f64::from(new.sent_until.saturating_sub(old.counted_before));
            let came_at_most = new.remaining - old.remaining + taken;
            let time = new.sent_at.saturating_duration_since(old.answered_at).saturating_sub(STEP);
            came_at_most < self.at_least * time.as_secs_f64()
        })
    }

    /// Whatever was answered since `start`.
    pub(super) fn since(&self, start: Instant) -> impl Iterator<Item = &Told> {
        self.seen.iter().rev().take_while(move |told| told.answered_at >= start)
    }
}
