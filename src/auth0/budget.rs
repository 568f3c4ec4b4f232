//! Waits ahead of the tenant's rate limit, so that requests do not run into it.
//!
//! `ledger` knows the buckets of the service, `bucket` decides whether one more request may be sent, by what `level` says is
//! surely there, and `rate` by how fast that comes back. They are pure. What is here waits: in the order of arrival among
//! requests of a kind, as long as they say, and no longer than the operation lasts.

mod bucket;
mod ledger;
mod level;
mod rate;
#[cfg(test)]
mod tests;

use std::future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::StatusCode;
use tokio::sync::{Mutex as Turn, Notify};
use tokio::time::{Instant, sleep_until};

use super::clock::unix_now;
use super::endpoint::Class;
use super::response::Response;
use super::settings::Limits;
use bucket::Wait;
use ledger::{CLASSES, Entry, Ledger, Notice, Now};

/// Waits beyond this are told in the log.
const WORTH_TELLING: Duration = Duration::from_secs(5);

/// The budget of one process for one tenant.
pub(super) struct Budget {
    ledger: Mutex<Ledger>,
    lanes: [Lane; CLASSES],
    requests: AtomicU64,
    waited_ms: AtomicU64,
}

/// Where requests of one kind wait in line.
#[derive(Default)]
struct Lane {
    /// Held by the one at the front; given on in the order of asking.
    turn: Turn<()>,
    /// Something was answered.
    news: Notify,
}

/// What was asked of the tenant so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spending {
    pub(super) requests: u64,
    /// The waits of all requests together.
    pub(super) waited_ms: u64,
}

/// The service asks for a pause beyond the end of the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong(pub(super) Duration);

impl Budget {
    pub(super) fn new(limits: Limits) -> Self {
        let gap = limits.max_requests_per_second.and_then(|most| Duration::try_from_secs_f64(most.recip()).ok());
        Self {
            ledger: Mutex::new(Ledger::new(limits.quota_share, gap.unwrap_or_default())),
            lanes: Default::default(),
            requests: AtomicU64::new(0),
            waited_ms: AtomicU64::new(0),
        }
    }

    pub(super) fn spending(&self) -> Spending {
        let value = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Spending { requests: value(&self.requests), waited_ms: value(&self.waited_ms) }
    }

    /// Waits until a request may be sent. A pause that ends after `deadline` is not begun.
    pub(super) async fn admit(&self, class: Class, deadline: Instant) -> Result<Permit<'_>, TooLong> {
        let mut waiting = Waiting::begin(self, class);
        let Lane { turn, news } = &self.lanes[class as usize];
        let _turn = turn.lock().await;
        loop {
            let mut news = std::pin::pin!(news.notified());
            // From here on nothing is missed, though nothing is waited for yet.
            news.as_mut().enable();
            let now = Instant::now();
            let admission = self.ledger().admit(class, now);
            let wait = match admission {
                Ok(entry) => {
                    self.requests.fetch_add(1, Ordering::Relaxed);
                    return Ok(Permit { budget: self, entry: Some(entry) });
                }
                Err(wait) => wait,
            };
            if let Wait::Pause(until) = wait
                && until >= deadline
            {
                return Err(TooLong(until - now));
            }
            waiting.tell(wait, now);
            tokio::select! {
                () = news => {}
                () = end(wait) => {}
            }
        }
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        // Each change is made in one step, so a panic elsewhere leaves it in order.
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell_news(&self) {
        self.lanes.iter().for_each(|lane| lane.news.notify_waiters());
    }
}

async fn end(wait: Wait) {
    match wait {
        Wait::FirstAnswer => future::pending().await,
        Wait::Token(until) | Wait::Pause(until) | Wait::Setting(until) => sleep_until(until).await,
    }
}

/// Leave to send one request. Dropped without an answer, it counts as one whose fate is unknown.
pub(super) struct Permit<'b> {
    budget: &'b Budget,
    entry: Option<Entry>,
}

impl Permit<'_> {
    /// Takes in what an answer says; when it is a refusal for the rate limit's sake, how long all have to wait now.
    pub(super) fn settle(mut self, answer: &Response) -> Option<Duration> {
        let entry = self.entry.take()?;
        let notice = Notice { quota: answer.quota, date: answer.date, wait: answer.wait };
        let now = Now { instant: Instant::now(), unix: unix_now() };
        let pause = if answer.status == StatusCode::TOO_MANY_REQUESTS {
            Some(self.budget.ledger().refused(entry, notice, now, fastrand::f64()))
        } else {
            self.budget.ledger().answered(entry, notice, now);
            None
        };
        self.budget.tell_news();
        pause.map(|until| until - now.instant)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if let Some(entry) = self.entry.take() {
            self.budget.ledger().lost(&entry);
            self.budget.tell_news();
        }
    }
}

/// A request that waits. However that ends, it is counted, and told if it takes long.
struct Waiting<'b> {
    budget: &'b Budget,
    class: Class,
    start: Instant,
    /// Why it is not sent.
    why: &'static str,
    told: bool,
}

impl<'b> Waiting<'b> {
    fn begin(budget: &'b Budget, class: Class) -> Self {
        Self { budget, class, start: Instant::now(), why: "other requests are before it", told: false }
    }

    fn tell(&mut self, wait: Wait, now: Instant) {
        let (until, why) = match wait {
            Wait::FirstAnswer => (now, "the tenant has not answered yet"),
            Wait::Token(until) => (until, "the tenant's rate limit, or our share of it, is used up"),
            Wait::Pause(until) => (until, "the tenant has refused a request for its rate limit"),
            Wait::Setting(until) => (until, "`max_requests_per_second` is reached"),
        };
        self.why = why;
        let wait = until - self.start;
        if wait > WORTH_TELLING && !self.told {
            self.told = true;
            self.report(wait);
        }
    }

    fn report(&self, wait: Duration) {
        let wait_ms = milliseconds(wait);
        tracing::info!(wait_ms, why = self.why, requests = ?self.class, "a request waits for the rate limit");
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let wait = self.start.elapsed();
        self.budget.waited_ms.fetch_add(milliseconds(wait), Ordering::Relaxed);
        if wait > WORTH_TELLING && !self.told {
            self.report(wait);
        }
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
