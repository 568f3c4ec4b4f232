//! Reads objects of one collection with few requests: singly, or by pages that serve many readers.
//!
//! Single reads and pages are two ways to buy the same knowledge. With `n` objects asked for and `P` pages in the collection
//! they take at most `2·min(n, P) + 1` requests, and one if one object is asked for. The rule: one object is read singly. A
//! second one brings page 0, which tells the total. All other pages follow as soon as they fit in `2·d + 1 − spent`, where
//! `d` objects were asked for so far and `spent` requests decided on. Until then, each object that is not known yet is read
//! singly. So `spent ≤ d` before a single read, and `spent + P > 2·d + 1`, which bounds the single reads by `P` as well.
//!
//! Each answer is kept in a cell that one reader fills while the others wait. If that reader is interrupted, the next one
//! takes its place.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep_until};

use super::document::Document;
use super::error::Error;
use super::page::{Documents, Page};

/// How long no further object may be asked for before a decision: Terraform asks for all that its parallelism allows within
/// that time.
const QUIET: Duration = Duration::from_millis(10);

/// How long knowledge is used.
const FRESH: Duration = Duration::from_mins(5);

/// Where objects come from.
pub(super) trait Source: Sync {
    /// One object; `None` if there is none.
    fn single(&self, id: &str) -> impl Future<Output = Result<Option<Arc<Document>>, Error>> + Send;
    /// The first page of the list.
    fn first_page(&self) -> impl Future<Output = Result<Page, Error>> + Send;
    /// The whole list, which begins with this page.
    fn all_pages(&self, first: &Page) -> impl Future<Output = Result<Documents, Error>> + Send;
}

/// What is known of a collection between two writes.
#[derive(Default)]
pub(super) struct Knowledge {
    plan: Mutex<Plan>,
    /// `None` if the list cannot be read.
    first: OnceCell<Option<Page>>,
    all: OnceCell<Option<Documents>>,
    singles: Mutex<BTreeMap<String, Arc<Single>>>,
}

type Single = OnceCell<Option<Arc<Document>>>;

/// What was asked for, and what that takes.
#[derive(Default)]
struct Plan {
    born: Option<Instant>,
    last_asked: Option<Instant>,
    asked: BTreeSet<String>,
    spent: u64,
    /// Whether page 0 is read.
    begun: bool,
    /// Whether the first decision about the other pages is made.
    decided: bool,
    /// Whether all pages are read.
    lists: bool,
}

/// How an object was found.
pub(super) enum Found {
    /// By itself.
    Singly(Option<Arc<Document>>),
    /// In a list, which may be late or leave something out.
    Listed(Arc<Document>),
    /// A list lacks it.
    Unlisted,
}

impl Plan {
    fn ask(&mut self, id: &str, now: Instant) {
        self.born.get_or_insert(now);
        if self.asked.insert(id.to_owned()) {
            self.last_asked = Some(now);
        }
    }

    /// Whether to read page 0, or the object alone.
    fn begins_list(&mut self) -> bool {
        if !self.begun {
            self.begun = self.asked.len() > 1;
            self.spent += 1;
        }
        self.begun
    }

    /// Whether to read the other pages, of which there are so many, or the object alone.
    fn lists_all(&mut self, pages: u64) -> bool {
        self.decided = true;
        if !self.lists {
            self.lists = self.spent + pages <= 2 * self.asked.len() as u64 + 1;
            self.spent += if self.lists { pages } else { 1 };
        }
        self.lists
    }
}

impl Knowledge {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        // Each change is made in one step, so a panic elsewhere leaves the plan in order.
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a read that begins now may use it.
    pub(super) fn is_fresh(&self, now: Instant) -> bool {
        self.plan().born.is_none_or(|born| now.saturating_duration_since(born) <= FRESH)
    }

    /// Finds an object with as few requests as the rule allows.
    pub(super) async fn find(&self, source: &impl Source, id: &str) -> Result<Found, Error> {
        self.plan().ask(id, Instant::now());
        if let Some(known) = self.single_cell(id).get() {
            return Ok(Found::Singly(known.clone()));
        }
        self.company(|plan| plan.begun).await;
        if !self.plan().begins_list() {
            return self.single(source, id).await.map(Found::Singly);
        }
        let first = self.first.get_or_init(|| async { source.first_page().await.ok() }).await;
        let Some((first, pages)) = first.as_ref().and_then(|first| Some((first, first.other_pages().ok()?))) else {
            return self.single(source, id).await.map(Found::Singly);
        };
        if let Some(document) = first.items.get(id) {
            return Ok(Found::Listed(Arc::clone(document)));
        }
        if pages > 0 {
            self.company(|plan| plan.decided).await;
            if !self.plan().lists_all(pages) {
                return self.single(source, id).await.map(Found::Singly);
            }
        }
        match self.all.get_or_init(|| async { source.all_pages(first).await.ok() }).await {
            Some(all) => Ok(all.get(id).map_or(Found::Unlisted, |document| Found::Listed(Arc::clone(document)))),
            None => self.single(source, id).await.map(Found::Singly),
        }
    }

    /// Waits until nobody has asked for a while, or a decision `is_made`.
    async fn company(&self, is_made: impl Fn(&Plan) -> bool) {
        loop {
            let quiet = Some(self.plan()).filter(|plan| !is_made(plan)).and_then(|plan| plan.last_asked);
            match quiet.map(|last| last + QUIET) {
                Some(quiet) if Instant::now() < quiet => sleep_until(quiet).await,
                _ => return,
            }
        }
    }

    /// Reads the object by itself, once for all who wait for it.
    pub(super) async fn single(&self, source: &impl Source, id: &str) -> Result<Option<Arc<Document>>, Error> {
        self.single_cell(id).get_or_try_init(|| source.single(id)).await.cloned()
    }

    fn single_cell(&self, id: &str) -> Arc<Single> {
        let mut singles = self.singles.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(singles.entry(id.to_owned()).or_default())
    }
}

#[cfg(test)]
mod tests;
