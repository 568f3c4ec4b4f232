//! Judges what became of a create whose response was lost, of an object that has nothing but a name. Pure.
//!
//! An application carries no time of its creation, and its name is not unique. Before its first create a process reads the
//! first page of the list. If that shows all objects, every other object is new. Otherwise the age of an object that the page
//! does not show is unknown, and nothing is guessed.
//!
//! Creates of the same name go one after another. So an object is the lost one if it is new, looks like the request, was not
//! made by this process, and is the only one. A create that stays undecided bars no other. But after it, no create of its
//! name adopts an object: it may be that of the undecided one.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::document::Document;

/// How long a list may be behind what was written. So far apart are two looks that something rests on.
pub(super) const LIST_LAG: Duration = Duration::from_secs(3);

/// How often the response may be lost before the service counts as failing.
pub(super) const MOST_LOST: u32 = 3;

/// What was there before this process created anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Before {
    /// The ids on the first page of the list.
    known: BTreeSet<String>,
    /// Whether these are all.
    is_all: bool,
}

/// Whether an object was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    Old,
    New,
    Unknown,
}

impl Before {
    pub(super) fn new(first: impl IntoIterator<Item = String>, total: u64) -> Self {
        let known: BTreeSet<_> = first.into_iter().collect();
        // A page with more objects than the list has contradicts itself.
        let is_all = known.len() as u64 == total;
        Self { known, is_all }
    }

    pub(super) fn age(&self, id: &str) -> Age {
        match self.known.contains(id) {
            true => Age::Old,
            false if self.is_all => Age::New,
            false => Age::Unknown,
        }
    }
}

/// An object of the name, which may be what was lost.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) document: Arc<Document>,
    pub(super) age: Age,
    /// Whether it is what comes of the request. `None` if too little of it is shown.
    pub(super) same: Option<bool>,
}

/// What follows from a look at the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The object was created: it is this one.
    Is(Arc<Document>),
    /// It was not created.
    Absent,
    /// One of these may be it.
    Doubtful(Vec<String>),
}

/// The creates of one name in this process.
#[derive(Debug, Default)]
pub(super) struct Namesakes {
    /// Whether a create may have any fate: one that is under way, or one before that ended with an error.
    pub(super) undecided: bool,
}

/// Judges all candidates of a lost create. `contested` says that another create of the name is undecided.
pub(super) fn judge(candidates: &[Candidate], contested: bool) -> Verdict {
    let is_possible = |candidate: &&Candidate| match candidate.age {
        Age::Old => false,
        // Perhaps it is the lost one after all, and another user has changed it since.
        Age::New => true,
        // A large tenant may have many old ones of that name with other settings.
        Age::Unknown => candidate.same != Some(false),
    };
    let possible: Vec<_> = candidates.iter().filter(is_possible).collect();
    match possible.as_slice() {
        [] => Verdict::Absent,
        [Candidate { document, age: Age::New, same: Some(true) }] if !contested => Verdict::Is(Arc::clone(document)),
        several => Verdict::Doubtful(several.iter().map(|candidate| candidate.document.id.clone()).collect()),
    }
}

#[cfg(test)]
mod tests;
