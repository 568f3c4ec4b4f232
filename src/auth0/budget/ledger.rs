//! The buckets of one tenant, and which kind of request draws from which. Pure.

use std::time::Duration;

use tokio::time::Instant;

use super::bucket::{Bucket, Reading, Ticket, Wait};
use crate::auth0::endpoint::Class;
use crate::auth0::quota::{Quota, ServiceClock};

pub(super) const CLASSES: usize = 3;

const TOKEN: usize = 0;
const COMMON: usize = 1;
const APART: usize = 2;

#[derive(Debug)]
pub(super) struct Ledger {
    buckets: [Bucket; CLASSES],
    /// Least time between two requests, and when the next may be sent therefore.
    gap: Duration,
    next: Option<Instant>,
    clock: ServiceClock,
    /// What lists of applications and all the rest are told their limit is.
    lists: Option<u32>,
    others: Option<u32>,
    /// Which of the two has turned out not to draw from the common bucket.
    apart: Option<Class>,
}

/// Leave to send one request, and where it is entered.
#[derive(Debug)]
pub(super) struct Entry {
    class: Class,
    bucket: usize,
    ticket: Ticket,
}

/// What an answer says, apart from its status.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Notice {
    pub(super) quota: Option<Quota>,
    /// UNIX time of the service.
    pub(super) date: Option<Duration>,
    /// How long it asks to wait.
    pub(super) wait: Option<Duration>,
}

/// When it is, for the waits here and for times that the service names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    pub(super) instant: Instant,
    pub(super) unix: Duration,
}

impl Ledger {
    pub(super) fn new(share: f64, gap: Duration) -> Self {
        Self {
            buckets: std::array::from_fn(|_| Bucket::new(share)),
            gap,
            next: None,
            clock: ServiceClock::default(),
            lists: None,
            others: None,
            apart: None,
        }
    }

    /// The bucket that a kind of request draws from, as far as is known.
    pub(super) fn bucket(&self, class: Class) -> usize {
        match class {
            Class::Token => TOKEN,
            _ if self.apart == Some(class) => APART,
            Class::ClientLists | Class::Other => COMMON,
        }
    }

    pub(super) fn admit(&mut self, class: Class, now: Instant) -> Result<Entry, Wait> {
        if let Some(next) = self.next.filter(|next| now < *next) {
            return Err(Wait::Setting(next));
        }
        let bucket = self.bucket(class);
        let ticket = self.buckets[bucket].admit(now)?;
        self.next = (!self.gap.is_zero()).then(|| now + self.gap);
        Ok(Entry { class, bucket, ticket })
    }

    pub(super) fn lost(&mut self, entry: &Entry) {
        self.buckets[entry.bucket].lost();
    }

    pub(super) fn answered(&mut self, entry: Entry, notice: Notice, now: Now) {
        let (entry, reading) = self.read(entry, notice, now);
        self.buckets[entry.bucket].answered(&entry.ticket, reading, now.instant);
    }

    /// Until when all requests that draw from the same bucket have to wait.
    pub(super) fn refused(&mut self, entry: Entry, notice: Notice, now: Now, chance: f64) -> Instant {
        let (entry, reading) = self.read(entry, notice, now);
        self.buckets[entry.bucket].refused(&entry.ticket, reading, notice.wait, now.instant, chance)
    }

    fn read(&mut self, entry: Entry, notice: Notice, now: Now) -> (Entry, Option<Reading>) {
        if let Some(date) = notice.date {
            self.clock.hear(date, now.instant);
        }
        let Some(Quota { limit, remaining, reset }) = notice.quota else { return (entry, None) };
        self.tell_apart(entry.class, limit);
        let reset = reset.and_then(|reset| self.clock.when(reset, now.instant, now.unix));
        (self.moved(entry), Some(Reading { limit, remaining, reset }))
    }

    /// Kinds of requests that are told different limits draw from different buckets.
    fn tell_apart(&mut self, class: Class, limit: u32) {
        match class {
            Class::Token => return,
            Class::ClientLists => self.lists = Some(limit),
            Class::Other => self.others = Some(limit),
        }
        if let (Some(lists), Some(others)) = (self.lists, self.others)
            && lists != others
        {
            self.apart.get_or_insert(class);
        }
    }

    /// Enters a request in the bucket that it really draws from.
    fn moved(&mut self, entry: Entry) -> Entry {
        let bucket = self.bucket(entry.class);
        if bucket == entry.bucket {
            return entry;
        }
        self.buckets[entry.bucket].lost();
        let ticket = self.buckets[bucket].take_over(&entry.ticket);
        Entry { bucket, ticket, ..entry }
    }
}
