//! Decides whether objects of one collection are read singly or by pages that answer many. Pure: time is an argument.
//!
//! Single reads and pages are two ways to buy the same knowledge. With `n` objects asked for and `P` pages in the collection
//! they cost at most `2·min(n, P) + 1` requests, and one when one object is asked for. What holds this by construction: the
//! first object is asked for singly, the second brings page 0, which tells the total; all other pages follow as soon as they
//! fit in `2·d + 1 − spent`, where `d` objects were asked for so far and `spent` requests made; until then objects that are
//! not known yet are asked for singly. As each single read is another object, `spent ≤ d` before it, and it is only made
//! while `spent + P > 2·d + 1`, which bounds the single reads by `P` as well.
//!
//! What a list says is not the last word: see [`super::trust`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::entry::Entry;
use super::page::{Ask, LARGEST_OFFSET, Listed, PAGE, Page, Stuck};

/// How long no further read may arrive before the first decision is made: Terraform asks for all that its parallelism
/// allows within that time.
const QUIET: Duration = Duration::from_millis(10);

/// How long knowledge is used.
const FRESH: Duration = Duration::from_mins(5);

/// Everything that is known of a collection between two writes.
pub(super) struct Generation<T> {
    born: Option<Instant>,
    last_asked: Option<Instant>,
    asked: BTreeSet<String>,
    spent: u64,
    confirmations: u64,
    pages: u64,
    known: BTreeMap<String, Known<T>>,
    /// Objects that are being asked for singly.
    singles: BTreeSet<String>,
    listing: Listing,
}

enum Known<T> {
    /// In a list.
    Listed(Arc<T>),
    /// By itself.
    Read(Option<Arc<T>>),
}

/// How far the collection was listed.
enum Listing {
    Untouched,
    /// Page 0 is on its way.
    First,
    /// Page 0 is here. The first decision has been made or not.
    Begun {
        rest: Rest,
        decided: bool,
    },
    /// The rest is on its way, in so many pages.
    Counted {
        missing: u64,
    },
    /// The rest is on its way from page to page, and these have been on them.
    Chained {
        seen: BTreeSet<String>,
    },
    Complete,
    /// The service does not let us, or not to the end.
    Useless,
}

/// What it takes to list what page 0 left.
#[derive(Clone, Copy)]
struct Rest {
    pages: u64,
    size: u64,
    /// Past 1,000 records pages cannot be counted, and the list starts over.
    by_checkpoint: bool,
}

/// What a reader is to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step<T> {
    /// Ask for these pages, then look again.
    List(Vec<Ask>),
    /// Ask for the object itself.
    Read,
    /// Look again when something has arrived, at the latest then.
    Wait(Option<Instant>),
    /// The object, as a list shows it.
    Listed(Arc<T>),
    /// The list does not have it.
    Unlisted,
    /// What the service said of it when asked for it by itself.
    Answer(Option<Arc<T>>),
}

/// What a generation cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cost {
    pub(super) objects: u64,
    pub(super) requests: u64,
    pub(super) pages: u64,
    pub(super) confirmations: u64,
}

impl Cost {
    pub(super) fn add(&mut self, more: Self) {
        self.objects += more.objects;
        self.requests += more.requests;
        self.pages += more.pages;
        self.confirmations += more.confirmations;
    }
}

impl<T> Generation<T> {
    pub(super) fn new() -> Self {
        Self {
            born: None,
            last_asked: None,
            asked: BTreeSet::new(),
            spent: 0,
            confirmations: 0,
            pages: 0,
            known: BTreeMap::new(),
            singles: BTreeSet::new(),
            listing: Listing::Untouched,
        }
    }

    /// Whether a read that begins now may be answered from here.
    pub(super) fn is_fresh(&self, now: Instant) -> bool {
        self.born.is_none_or(|born| now.saturating_duration_since(born) <= FRESH)
    }

    pub(super) fn cost(&self) -> Cost {
        let objects = self.asked.len() as u64;
        Cost { objects, requests: self.spent, pages: self.pages, confirmations: self.confirmations }
    }

    /// A reader wants to know about this object.
    pub(super) fn ask(&mut self, id: &str, now: Instant) {
        self.born.get_or_insert(now);
        if self.asked.insert(id.to_owned()) {
            self.last_asked = Some(now);
        }
    }

    /// What the reader of an object that was asked for does next.
    pub(super) fn step(&mut self, id: &str, now: Instant) -> Step<T> {
        match self.known.get(id) {
            Some(Known::Read(object)) => return Step::Answer(object.clone()),
            Some(Known::Listed(_)) | None if self.singles.contains(id) => return Step::Wait(None),
            Some(Known::Listed(object)) => return Step::Listed(Arc::clone(object)),
            None => {}
        }
        match &mut self.listing {
            Listing::Untouched if self.asked.len() < 2 => self.read(id),
            Listing::Untouched => {
                self.listing = Listing::First;
                self.list(vec![Ask::Numbered { number: 0, size: PAGE }])
            }
            Listing::First | Listing::Counted { .. } | Listing::Chained { .. } => Step::Wait(None),
            Listing::Begun { rest, decided } => {
                let quiet = self.last_asked.map_or(now, |last| last + QUIET);
                if !*decided && now < quiet {
                    return Step::Wait(Some(quiet));
                }
                *decided = true;
                let rest = *rest;
                if self.spent + rest.pages > 2 * self.asked.len() as u64 + 1 {
                    return self.read(id);
                }
                self.listing = if rest.by_checkpoint {
                    Listing::Chained { seen: BTreeSet::new() }
                } else {
                    Listing::Counted { missing: rest.pages }
                };
                self.list(rest.asks())
            }
            Listing::Complete => Step::Unlisted,
            Listing::Useless => self.read(id),
        }
    }

    fn read(&mut self, id: &str) -> Step<T> {
        self.spent += 1;
        self.singles.insert(id.to_owned());
        Step::Read
    }

    fn list(&mut self, asks: Vec<Ask>) -> Step<T> {
        self.count(asks.len());
        Step::List(asks)
    }

    fn count(&mut self, pages: usize) {
        self.spent += pages as u64;
        self.pages += pages as u64;
    }

    /// Begins to ask for the object by itself, to confirm what a list says of it. `false` if somebody is at it already.
    pub(super) fn confirm(&mut self, id: &str) -> bool {
        let begins = self.singles.insert(id.to_owned());
        self.confirmations += u64::from(begins);
        begins
    }

    /// The object itself has been answered.
    pub(super) fn read_answered(&mut self, id: &str, object: Option<Arc<T>>) {
        self.singles.remove(id);
        self.known.insert(id.to_owned(), Known::Read(object));
    }

    /// It has not; whoever waits asks again.
    pub(super) fn read_failed(&mut self, id: &str) {
        self.singles.remove(id);
    }

    /// A page has arrived. What is to be asked for next, where one page leads to another.
    pub(super) fn listed<K: Listed>(&mut self, page: Page<Entry<K, T>>) -> Result<Option<Ask>, Stuck> {
        let Page { items, total, limit, next } = page;
        let next = next.filter(|next| !next.is_empty());
        if let Listing::Chained { seen } = &mut self.listing {
            let news = items.iter().filter(|item| seen.insert(item.id().to_owned())).count();
            if next.is_some() && news == 0 {
                return Err(Stuck("next"));
            }
        }
        self.learn(items);
        match &mut self.listing {
            Listing::First => {
                let total = total.ok_or(Stuck("total"))?;
                // The service may cap pages below what was asked for, so its own limit counts.
                let size = limit.filter(|limit| *limit > 0).ok_or(Stuck("limit"))?;
                let by_checkpoint = total > LARGEST_OFFSET;
                // From checkpoint to checkpoint page 0 comes once more.
                let pages = if by_checkpoint { total.div_ceil(size) } else { total.div_ceil(size).saturating_sub(1) };
                self.listing = match pages {
                    0 => Listing::Complete,
                    _ => Listing::Begun { rest: Rest { pages, size, by_checkpoint }, decided: false },
                };
            }
            Listing::Counted { missing: 0 | 1 } => self.listing = Listing::Complete,
            Listing::Counted { missing } => *missing -= 1,
            Listing::Chained { .. } => match next {
                None => self.listing = Listing::Complete,
                Some(next) => {
                    self.count(1);
                    return Ok(Some(Ask::Checkpoint(Some(next))));
                }
            },
            Listing::Untouched | Listing::Begun { .. } | Listing::Complete | Listing::Useless => {}
        }
        Ok(None)
    }

    /// An object that cannot be read in a list is not known from it. What was read by itself says more than a list.
    fn learn<K: Listed>(&mut self, items: Vec<Entry<K, T>>) {
        for Entry { key, object } in items {
            let Ok(object) = object else { continue };
            if !matches!(self.known.get(key.id()), Some(Known::Read(_))) {
                self.known.insert(key.id().to_owned(), Known::Listed(Arc::new(object)));
            }
        }
    }

    /// A page will not arrive. What is not known by then is asked for singly.
    pub(super) fn listing_failed(&mut self) {
        self.listing = Listing::Useless;
    }
}

impl Rest {
    /// What is asked for at once. Checkpoints lead from one to the next.
    fn asks(self) -> Vec<Ask> {
        if self.by_checkpoint {
            return vec![Ask::Checkpoint(None)];
        }
        (1..=self.pages).map(|number| Ask::Numbered { number, size: self.size }).collect()
    }
}

#[cfg(test)]
mod tests;
