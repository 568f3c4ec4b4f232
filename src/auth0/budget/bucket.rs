//! Which requests of one kind may be sent now. Pure: time and chance are arguments.

use std::time::Duration;

use tokio::time::Instant;

use super::level::Level;
use super::rate::Told;

const SHORTEST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(16);

/// A bucket of the service, as far as it can be known from outside.
#[derive(Debug)]
pub(super) struct Bucket {
    share: f64,
    known: Known,
    pause: Option<Pause>,
    /// Requests under way, sent in all, and surely counted by the service.
    pending: u32,
    sent: u32,
    counted: u32,
}

#[derive(Debug)]
enum Known {
    /// Nothing was answered yet, so one request at a time is sent.
    Nothing,
    /// Answers do not speak of a limit.
    Unlimited,
    Limited(Level),
}

/// A time in which nothing is sent.
#[derive(Clone, Copy, Debug)]
struct Pause {
    until: Instant,
    /// How many before it were of no use.
    vain: u32,
}

/// Leave to send one request, to be given back with what became of it.
#[derive(Debug)]
pub(super) struct Ticket {
    sent_at: Instant,
    /// What was surely left in the bucket, how many requests were sent until then, and how many surely counted.
    left: f64,
    sent: u32,
    counted: u32,
}

/// What a request has to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// The first answer, which says whether there is a limit.
    FirstAnswer,
    /// That something comes back.
    Token(Instant),
    /// That the service wants to hear from us again.
    Pause(Instant),
    /// That as much time has passed as the settings ask for.
    Setting(Instant),
}

/// What an answer says of the bucket, in our time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    pub(super) reset: Option<Instant>,
}

impl Bucket {
    pub(super) fn new(share: f64) -> Self {
        Self { share, known: Known::Nothing, pause: None, pending: 0, sent: 0, counted: 0 }
    }

    pub(super) fn admit(&mut self, now: Instant) -> Result<Ticket, Wait> {
        if let Some(Pause { until, .. }) = self.pause.filter(|pause| now < pause.until) {
            return Err(Wait::Pause(until));
        }
        let left = match &mut self.known {
            Known::Nothing if self.pending > 0 => return Err(Wait::FirstAnswer),
            Known::Nothing | Known::Unlimited => 0.0,
            Known::Limited(level) => level.spend(now, self.pending).map_err(Wait::Token)?,
        };
        Ok(self.ticket(now, left))
    }

    /// Takes over a request that was sent before its kind was known to have a bucket of its own.
    pub(super) fn take_over(&mut self, ticket: &Ticket) -> Ticket {
        self.ticket(ticket.sent_at, 0.0)
    }

    fn ticket(&mut self, sent_at: Instant, left: f64) -> Ticket {
        self.pending += 1;
        self.sent += 1;
        Ticket { sent_at, left, sent: self.sent, counted: self.counted }
    }

    /// What became of a request is not known, or is said elsewhere.
    pub(super) fn lost(&mut self) {
        self.pending -= 1;
        // A service that does not answer is not waited for by one request after the other.
        if matches!(self.known, Known::Nothing) {
            self.known = Known::Unlimited;
        }
    }

    pub(super) fn answered(&mut self, ticket: &Ticket, reading: Option<Reading>, now: Instant) {
        self.pending -= 1;
        self.pause.take_if(|pause| pause.until <= ticket.sent_at);
        match reading {
            Some(reading) => {
                self.counted += 1;
                self.learn(ticket, reading, now, false);
            }
            None if matches!(self.known, Known::Nothing) => self.known = Known::Unlimited,
            None => {}
        }
    }

    /// There was no token. `asked` is how long the service asks to wait; until when all wait is the answer.
    pub(super) fn refused(
        &mut self,
        ticket: &Ticket,
        reading: Option<Reading>,
        asked: Option<Duration>,
        now: Instant,
        chance: f64,
    ) -> Instant {
        self.pending -= 1;
        match (reading, &mut self.known) {
            (Some(reading), _) => self.learn(ticket, Reading { remaining: 0, ..reading }, now, true),
            (None, Known::Limited(level)) => level.doubt(now),
            (None, known) => *known = Known::Nothing,
        }
        let asked = asked.map_or(Duration::ZERO, |asked| asked.saturating_add(spread(asked, chance)));
        let pause = match self.pause {
            // One of several that were under way when the pause began.
            Some(pause) if ticket.sent_at < pause.until => Pause { until: pause.until.max(later(now, asked)), ..pause },
            before => {
                // A service that keeps asking for too little is believed less and less.
                let vain = before.map_or(0, |pause| pause.vain + 1);
                Pause { until: later(now, asked.max(backoff(vain, chance))), vain }
            }
        };
        self.pause = Some(pause);
        if let Known::Limited(level) = &mut self.known {
            level.expect_one(pause.until);
        }
        pause.until
    }

    fn learn(&mut self, ticket: &Ticket, reading: Reading, now: Instant, refused: bool) {
        let Reading { limit, remaining, reset } = reading;
        if !matches!(&self.known, Known::Limited(level) if level.limit() == limit) {
            self.known = Known::Limited(Level::new(limit, self.share, now));
        }
        let Known::Limited(level) = &mut self.known else { return };
        let told = Told {
            sent_at: ticket.sent_at,
            answered_at: now,
            refused,
            remaining: f64::from(remaining),
            reset,
            counted_before: ticket.counted,
            sent_until: self.sent,
        };
        level.learn(told, ticket.left, self.sent - ticket.sent, self.pending);
    }
}

fn later(now: Instant, wait: Duration) -> Instant {
    // Longer than any operation may take.
    now + wait.min(Duration::from_hours(24))
}

/// Doubles with each pause that was of no use; the upper half is left to chance.
fn backoff(vain: u32, chance: f64) -> Duration {
    let full = SHORTEST_PAUSE.saturating_mul(1 << vain.min(16)).min(LONGEST_PAUSE);
    full.mul_f64(f64::midpoint(1.0, chance))
}

/// Keeps those who were told the same time from coming back at the same moment.
fn spread(asked: Duration, chance: f64) -> Duration {
    (asked / 5).max(SHORTEST_PAUSE).mul_f64(chance)
}
