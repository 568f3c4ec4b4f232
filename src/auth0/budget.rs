//! Keeps requests within the tenant's rate limit and leaves a part of it to others.
//!
//! A request starts if what is left in its bucket, less what is under way, is above the reserve: `1 - quota_share` of the bucket,
//! at least 1, or 0 if the share is 1. Otherwise it waits for the reset, at least a second: one more token is there by then, and
//! the response says how many more came back. After a 429 all requests of the bucket pause together, then one goes first.
//! So that two runs share a bucket, what is under way counts twice if there is a reserve, and a used-up reserve costs a second
//! more. Nothing is learned.

mod buckets;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Turn, Notify};
use tokio::time::{Instant, sleep_until};

use super::endpoint::Class;
use super::quota::REFILL;
use super::response::Response;
use super::settings::Limits;
use buckets::{Buckets, UnderWay, Wait};

/// The budget of one process for one tenant.
#[derive(Default)]
pub(super) struct Budget {
    shared: Mutex<(Buckets, Spending)>,
    /// Held by the first request in the line of each class.
    turns: [Turn<()>; 3],
    /// A request has ended.
    news: Notify,
}

/// Totals so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spending {
    pub(super) requests: u64,
    /// The waits of all requests together.
    pub(super) waited_ms: u64,
}

/// The pause after a 429 ends after the operation has to.
pub(super) struct TooLong(pub(super) Duration);

impl Budget {
    pub(super) fn new(limits: Limits) -> Self {
        Self { shared: Mutex::new((Buckets::new(limits), Spending::default())), ..Self::default() }
    }

    pub(super) fn spending(&self) -> Spending {
        self.shared().1
    }

    /// Waits until a request may start. A pause that ends after `deadline` is not begun.
    pub(super) async fn admit(&self, class: Class, deadline: Instant) -> Result<Permit<'_>, TooLong> {
        let arrival = Instant::now();
        let _turn = self.turns[class as usize].lock().await;
        log(class, arrival.elapsed(), "other requests were before it");
        let mut logged = "";
        loop {
            let mut news = std::pin::pin!(self.news.notified());
            // From here on no news is missed, though nothing waits for it yet.
            news.as_mut().enable();
            let now = Instant::now();
            let started = self.shared().0.start(class, now);
            let (end, why) = match started {
                Ok(request) => {
                    let Spending { requests, waited_ms } = &mut self.shared().1;
                    *requests += 1;
                    *waited_ms += u64::try_from((now - arrival).as_millis()).unwrap_or(u64::MAX);
                    return Ok(Permit { budget: self, request: Some(request) });
                }
                Err(Wait::Pause(end)) if end >= deadline => return Err(TooLong(end - now)),
                Err(Wait::Pause(end)) => (end, "the tenant has refused a request because of its rate limit"),
                Err(Wait::Reset(end)) => (end, "the tenant's rate limit, or our share of it, is used up"),
                Err(Wait::Setting(end)) => (end, "`max_requests_per_second` is reached"),
                Err(Wait::FirstResponse) => (now + REFILL, "the tenant has not responded yet"),
            };
            if why != logged {
                log(class, end - now, why);
                logged = why;
            }
            tokio::select! {
                () = news => {}
                () = sleep_until(end) => {}
            }
        }
    }

    /// Whether a request waits for the tenant's rate limit, and for nothing else.
    pub(super) fn is_used_up(&self, class: Class) -> bool {
        self.shared().0.is_used_up(class, Instant::now())
    }

    fn shared(&self) -> MutexGuard<'_, (Buckets, Spending)> {
        // Each change is one step, so a panic elsewhere leaves all in order.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn log(requests: Class, wait: Duration, why: &str) {
    let wait_ms = wait.as_millis();
    if wait > Duration::from_secs(5) {
        tracing::info!(wait_ms, why, ?requests, "a request waits for the rate limit");
    } else if wait_ms > 0 {
        tracing::debug!(wait_ms, why, ?requests, "a request waits for the rate limit");
    }
}

/// Permit for one request. If it is dropped without a response, the outcome counts as unknown.
pub(super) struct Permit<'b> {
    budget: &'b Budget,
    request: Option<UnderWay>,
}

impl Permit<'_> {
    /// Takes in a response. After a 429, the result is how long all requests of the bucket pause.
    pub(super) fn settle(mut self, response: &Response) -> Option<Duration> {
        self.end(Some(response))
    }

    fn end(&mut self, response: Option<&Response>) -> Option<Duration> {
        let (request, now) = (self.request.take()?, Instant::now());
        let pause = self.budget.shared().0.end(request, response, now, fastrand::f64());
        self.budget.news.notify_waiters();
        pause.map(|end| end - now)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.end(None);
    }
}
