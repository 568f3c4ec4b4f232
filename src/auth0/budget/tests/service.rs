//! A rate-limited service and its users, in simulated time.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::time::Duration;

use fastrand::Rng;
use tokio::time::Instant;

use super::super::bucket::{Bucket, Reading, Ticket, Wait};

/// A bucket of the service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) size: u32,
    /// Tokens in a second.
    pub(super) rate: f64,
    /// Whether they come second by second.
    pub(super) by_second: bool,
    /// Whether `x-ratelimit-reset` tells when the bucket is full, instead of when the next token comes.
    pub(super) resets_when_full: bool,
}

/// What users of the service do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    pub(super) users: usize,
    /// Requests of each of them, and how many of these at once.
    pub(super) requests: usize,
    pub(super) parallel: usize,
    pub(super) share: f64,
    /// Longest time in seconds that a request travels in one direction.
    pub(super) latency: f64,
    pub(super) seed: u64,
}

/// What became of one user.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    /// When the last answer came.
    pub(super) end: f64,
    pub(super) refusals: usize,
    /// When each answered request was served.
    pub(super) served: Vec<f64>,
    /// The least that was left in the bucket after a request of this user other than the first.
    pub(super) least: u32,
}

struct Service {
    plan: Plan,
    tokens: f64,
    at: f64,
    /// Clocks differ, and seconds do not begin with the simulation.
    ahead: f64,
}

/// Whether there was a token, and what the headers say.
#[derive(Clone, Copy)]
struct Answer {
    granted: bool,
    remaining: u32,
    reset: f64,
    date: f64,
}

impl Service {
    fn serve(&mut self, now: f64) -> Answer {
        let Plan { size, rate, by_second, resets_when_full } = self.plan;
        let (size, there) = (f64::from(size), now + self.ahead);
        let passed = if by_second { there.floor() - (self.at + self.ahead).floor() } else { now - self.at };
        self.tokens = (self.tokens + rate * passed).min(size);
        self.at = now;
        let granted = self.tokens >= 1.0 - 1e-9;
        if granted {
            self.tokens = (self.tokens - 1.0).max(0.0);
        }
        let missing = if resets_when_full { size - self.tokens } else { 1.0 - self.tokens.fract() };
        let reset = if by_second { there.floor() + (missing / rate).ceil() } else { (there + missing / rate).ceil() };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the size")]
        let remaining = self.tokens as u32;
        Answer { granted, remaining, reset, date: there.floor() }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Event {
    Look { user: usize },
    Arrival { request: usize },
    Answer { request: usize },
}

/// The earliest first.
#[derive(PartialEq)]
struct At(f64, Event);

impl Eq for At {}

impl PartialOrd for At {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for At {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.total_cmp(&self.0)
    }
}

struct User {
    bucket: Bucket,
    waiting: usize,
    under_way: usize,
    /// How far the service's clock is ahead, at least.
    ahead: f64,
    outcome: Outcome,
}

struct Request {
    user: usize,
    ticket: Ticket,
    answer: Option<Answer>,
    served: f64,
}

/// Lets users send what they have to, and tells what became of them.
pub(super) fn simulate(plan: Plan, load: Load) -> Vec<Outcome> {
    let mut rng = Rng::with_seed(load.seed);
    let base = Instant::now();
    let at = |time: f64| base + Duration::from_secs_f64(time);
    let mut service = Service { plan, tokens: plan.size.into(), at: 0.0, ahead: 1_000.0 + rng.f64() };
    let user = |_| User {
        bucket: Bucket::new(load.share),
        waiting: load.requests,
        under_way: 0,
        ahead: f64::NEG_INFINITY,
        outcome: Outcome { least: plan.size, ..Outcome::default() },
    };
    let mut users: Vec<_> = (0..load.users).map(user).collect();
    let mut requests: Vec<Option<Request>> = Vec::new();
    let mut events: BinaryHeap<_> = (0..load.users).map(|user| At(rng.f64() / 10.0, Event::Look { user })).collect();
    while let Some(At(now, event)) = events.pop() {
        match event {
            Event::Look { user: number } => {
                let user = &mut users[number];
                while user.waiting > 0 && user.under_way < load.parallel {
                    match user.bucket.admit(at(now)) {
                        Ok(ticket) => {
                            user.waiting -= 1;
                            user.under_way += 1;
                            let request = requests.len();
                            requests.push(Some(Request { user: number, ticket, answer: None, served: 0.0 }));
                            events.push(At(now + load.latency * rng.f64(), Event::Arrival { request }));
                        }
                        Err(Wait::FirstAnswer) => break,
                        Err(Wait::Token(until) | Wait::Pause(until) | Wait::Setting(until)) => {
                            let until = (until - base).as_secs_f64();
                            assert!(until > now, "a wait of no length would be waited again and again");
                            events.push(At(until, Event::Look { user: number }));
                            break;
                        }
                    }
                }
            }
            Event::Arrival { request } => {
                let arrived = requests[request].as_mut().unwrap();
                arrived.answer = Some(service.serve(now));
                arrived.served = now;
                events.push(At(now + load.latency * rng.f64(), Event::Answer { request }));
            }
            Event::Answer { request } => {
                let Request { user: number, ticket, answer, served } = requests[request].take().unwrap();
                let (user, answer) = (&mut users[number], answer.unwrap());
                user.ahead = user.ahead.max(answer.date - now);
                user.under_way -= 1;
                let reset = at((answer.reset - user.ahead).max(now));
                let reading = Some(Reading { limit: plan.size, remaining: answer.remaining, reset: Some(reset) });
                if answer.granted {
                    user.bucket.answered(&ticket, reading, at(now));
                    if !user.outcome.served.is_empty() {
                        user.outcome.least = user.outcome.least.min(answer.remaining);
                    }
                    user.outcome.served.push(served);
                    user.outcome.end = now;
                } else {
                    user.outcome.refusals += 1;
                    user.waiting += 1;
                    let asked = Some(reset - at(now)).filter(|asked| !asked.is_zero());
                    user.bucket.refused(&ticket, reading, asked, at(now), rng.f64());
                }
                events.push(At(now, Event::Look { user: number }));
            }
        }
    }
    let outcomes = users.into_iter().map(|mut user| {
        assert_eq!((user.waiting, user.under_way), (0, 0), "every request is sent and answered");
        user.outcome.served.sort_by(f64::total_cmp);
        user.outcome
    });
    outcomes.collect()
}
