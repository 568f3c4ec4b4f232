//! Reads objects of one collection with few requests: one by one, or by pages that serve many readers.
//!
//! With `n` requested objects and `P` pages in the collection, this takes at most `2·min(n, P) + 1` requests, and one
//! request for one object. The rule: the first object is read with its own request. A second one reads page 0, which
//! has the total. All other pages follow as soon as they fit in `2·d + 1 − spent`, where `d` objects were requested so
//! far and `spent` requests decided on. Until then, each unknown object is read with its own request. So `spent ≤ d`
//! before a single read, and `spent + P > 2·d + 1`, which limits the single reads by `P` as well.
//!
//! Each response is in a cell that one reader fills while the others wait. If that reader is interrupted, the next one
//! takes over.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep_until};

use super::document::Document;
use super::error::Error;
use super::page::{Documents, Page};

/// How long to wait for more requests before a decision. Within that time, Terraform requests as many objects as its
/// parallelism allows.
const QUIET: Duration = Duration::from_millis(10);

/// How long knowledge is valid.
const FRESH: Duration = Duration::from_mins(5);

/// The source of objects.
pub(super) trait Source: Sync {
    /// One object; `None` if there is none.
    fn single(&self, id: &str) -> impl Future<Output = Result<Option<Arc<Document>>, Error>> + Send;
    /// The first page of the list.
    fn first_page(&self) -> impl Future<Output = Result<Page, Error>> + Send;
    /// The whole list, given its first page.
    fn all_pages(&self, first: &Page) -> impl Future<Output = Result<Documents, Error>> + Send;
}

/// What is known about a collection between two writes.
#[derive(Default)]
pub(super) struct Knowledge {
    plan: Mutex<Plan>,
    /// `None` if the list cannot be read.
    first: OnceCell<Option<Page>>,
    all: OnceCell<Option<Documents>>,
    singles: Mutex<BTreeMap<String, Arc<Single>>>,
}

type Single = OnceCell<Option<Arc<Document>>>;

/// The requested objects, and the requests that they take.
#[derive(Default)]
struct Plan {
    born: Option<Instant>,
    last_asked: Option<Instant>,
    asked: BTreeSet<String>,
    spent: u64,
    /// Whether page 0 is read.
    begun: bool,
    /// Whether the first decision about the other pages was made.
    decided: bool,
    /// Whether all pages are read.
    lists: bool,
}

/// Where an object was found.
pub(super) enum Found {
    /// In its own response.
    Singly(Option<Arc<Document>>),
    /// In a list, which may be late or incomplete.
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

    /// Decides between page 0 and the object alone.
    fn begins_list(&mut self) -> bool {
        if !self.begun {
            self.begun = self.asked.len() > 1;
            self.spent += 1;
        }
        self.begun
    }

    /// Decides between the other pages and the object alone.
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
        // Each change is one step, so a panic elsewhere leaves a consistent plan.
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
        let first = self.first.get_or_try_init(|| async { unless_out_of_time(source.first_page().await) }).await?;
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
        match self.all.get_or_try_init(|| async { unless_out_of_time(source.all_pages(first).await) }).await? {
            Some(all) => Ok(all.get(id).map_or(Found::Unlisted, |document| Found::Listed(Arc::clone(document)))),
            None => self.single(source, id).await.map(Found::Singly),
        }
    }

    /// Waits until no request has come for a while, or a decision `is_made`.
    async fn company(&self, is_made: impl Fn(&Plan) -> bool) {
        loop {
            let quiet = Some(self.plan()).filter(|plan| !is_made(plan)).and_then(|plan| plan.last_asked);
            match quiet.map(|last| last + QUIET) {
                Some(quiet) if Instant::now() < quiet => sleep_until(quiet).await,
                _ => return,
            }
        }
    }

    /// Reads the object with its own request. All waiting readers share it.
    pub(super) async fn single(&self, source: &impl Source, id: &str) -> Result<Option<Arc<Document>>, Error> {
        self.single_cell(id).get_or_try_init(|| source.single(id)).await.cloned()
    }

    fn single_cell(&self, id: &str) -> Arc<Single> {
        let mut singles = self.singles.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(singles.entry(id.to_owned()).or_default())
    }
}

/// A list, or `None` if it cannot be read. A reader that has no time left says nothing about the list.
fn unless_out_of_time<T>(list: Result<T, Error>) -> Result<Option<T>, Error> {
    match list {
        Err(error) if error.is_out_of_time() => Err(error),
        list => Ok(list.ok()),
    }
}

#[cfg(test)]
mod tests;
