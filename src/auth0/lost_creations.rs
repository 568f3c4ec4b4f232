//! Creates whose response was lost, of objects that have nothing but a name. Pure.
//!
//! An application carries no time of its creation, and its name is not unique. Before its first create a process reads the
//! first page of the list. If that shows all objects, every other object is new. Otherwise the age of an object that the page
//! does not show is unknown, and nothing is guessed. An object is the lost one if it is new, looks like the request, was not
//! made by this process, and if there are not more such objects than requests were lost.
//!
//! Creates of the same name wait for one another while one of them is lost: otherwise nothing would tell whose object a list
//! shows. A create that stays undecided bars no other. But no other create takes over what may be its object, or what its
//! error named.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::document::{Document, Object};
use super::page::Documents;
use super::unicode;

/// How long a list may be behind what was written. So far apart are two looks that something rests on.
pub(super) const LIST_LAG: Duration = Duration::from_secs(3);

/// How often the response may be lost before the service counts as failing.
pub(super) const MOST_LOST: u32 = 3;

/// Whether an object is what comes of a request. `None` if too little of it is shown.
pub(super) type Became = Arc<dyn Fn(&Object) -> Option<bool> + Send + Sync>;

/// What a create sends.
#[derive(Clone)]
pub(super) struct Wanted {
    pub(super) name: String,
    /// The property that has the name.
    pub(super) property: String,
    pub(super) body: Object,
    pub(super) became: Became,
}

impl Wanted {
    /// Whether the other has the same name, so that one could be taken for the other at first sight.
    fn is_namesake(&self, other: &Self) -> bool {
        unicode::same(&self.name, &other.name)
    }

    /// What in a list may be the object that was lost.
    pub(super) fn candidates(&self, before: &Before, list: &Documents) -> Vec<Candidate> {
        let is_namesake = |document: &Document| {
            let name = document.object.get(&self.property).and_then(Value::as_str);
            name.is_some_and(|name| unicode::same(name, &self.name))
        };
        let namesakes = list.values().filter(|document| is_namesake(document));
        let candidates = namesakes.map(|document| Candidate {
            id: document.id.clone(),
            age: before.age(&document.id),
            shown: Some(Arc::clone(document)),
        });
        candidates.filter(|candidate| candidate.age != Age::Old).collect()
    }
}

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
        let is_all = known.len() as u64 >= total;
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

/// Names a creation of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

/// The creations of this process.
#[derive(Default)]
pub(super) struct LostCreations {
    next: u64,
    made: BTreeSet<String>,
    /// The objects that errors name: each may be what was lost, and somebody may import it.
    named: BTreeSet<String>,
    open: BTreeMap<Ticket, Creation>,
}

struct Creation {
    wanted: Wanted,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    UnderWay,
    /// It is looked for.
    Lost,
    /// It was looked for, and may be there or not.
    Undecided,
}

/// Something in a list that may be what was lost: a namesake that was not surely there before.
pub(super) struct Candidate {
    pub(super) id: String,
    pub(super) age: Age,
    /// Nothing if it cannot be read.
    pub(super) shown: Option<Arc<Document>>,
}

/// What follows from a look at the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is the candidate at this place.
    Is(usize),
    /// It was not created.
    Absent,
    /// One of these may be it.
    Doubtful(Vec<String>),
}

impl LostCreations {
    /// Enters a creation that is about to be sent; it has to wait while a namesake is lost.
    pub(super) fn begin(&mut self, wanted: &Wanted) -> Option<Ticket> {
        if self.open.values().any(|other| other.state == State::Lost && other.wanted.is_namesake(wanted)) {
            return None;
        }
        let ticket = Ticket(self.next);
        self.next += 1;
        self.open.insert(ticket, Creation { wanted: wanted.clone(), state: State::UnderWay });
        Some(ticket)
    }

    /// It was answered.
    pub(super) fn answered(&mut self, ticket: Ticket, id: &str) {
        self.open.remove(&ticket);
        self.made.insert(id.to_owned());
    }

    /// It surely did nothing, or nobody asks for it any more. If it is lost, it stays undecided.
    pub(super) fn close(&mut self, ticket: Ticket) {
        match self.open.get_mut(&ticket) {
            Some(Creation { state: State::UnderWay, .. }) => drop(self.open.remove(&ticket)),
            Some(creation) => creation.state = State::Undecided,
            None => {}
        }
    }

    /// Its answer was lost.
    pub(super) fn lose(&mut self, ticket: Ticket) {
        if let Some(creation) = self.open.get_mut(&ticket) {
            creation.state = State::Lost;
        }
    }

    /// Whether a list that begins now can be judged: no namesake is under way.
    pub(super) fn is_settled(&self, ticket: Ticket) -> bool {
        let Some(lost) = self.open.get(&ticket) else { return true };
        self.open.values().all(|other| other.state != State::UnderWay || !other.wanted.is_namesake(&lost.wanted))
    }

    /// Whether anything is lost and not judged yet.
    pub(super) fn has_lost(&self) -> bool {
        self.open.values().any(|creation| creation.state == State::Lost)
    }

    /// Whether this process made it.
    pub(super) fn has_made(&self, id: &str) -> bool {
        self.made.contains(id)
    }

    /// Judges what a complete list shows, which began after [`is_settled`](Self::is_settled) held. Each creation is judged
    /// to its end: whatever the finding, it is not lost any more.
    pub(super) fn judge(&mut self, ticket: Ticket, candidates: &[Candidate]) -> Verdict {
        let Some(Creation { wanted, .. }) = self.open.get(&ticket) else { return Verdict::Absent };
        let with = |state| self.open.values().filter(move |other| other.state == state).map(|other| &other.wanted);
        // Equal ones are interchangeable: nobody has seen an id of theirs.
        let equal = with(State::Lost).filter(|other| other.body == wanted.body).count();
        let (mut twins, mut strange, mut unsure, mut contested) = (Vec::new(), Vec::new(), Vec::new(), false);
        for (place, candidate) in
            candidates.iter().enumerate().filter(|(_, candidate)| !self.made.contains(&candidate.id))
        {
            let became = |wanted: &Wanted| candidate.shown.as_ref().and_then(|shown| (wanted.became)(&shown.object));
            let is_of = |other: &Wanted| became(other) == Some(true);
            match (candidate.age, became(wanted)) {
                (Age::New, Some(true)) => {
                    twins.push(place);
                    contested |= self.named.contains(&candidate.id)
                        || with(State::Undecided).any(is_of)
                        || with(State::Lost).any(|other| other.body != wanted.body && is_of(other));
                }
                // It may be one more twin, so their number says nothing.
                (Age::New, None) => {
                    strange.push(place);
                    contested = true;
                }
                // Perhaps it is the lost one after all, and somebody has changed it since.
                (Age::New, Some(false)) if !with(State::Lost).any(is_of) => strange.push(place),
                (Age::Unknown, Some(true) | None) => unsure.push(place),
                // A large tenant may have many old ones of that name with other settings.
                (Age::New | Age::Unknown, Some(false)) | (Age::Old, _) => {}
            }
        }
        let finding = match twins.len() {
            _ if contested => None,
            0 if strange.is_empty() && unsure.is_empty() => Some(Verdict::Absent),
            found if found == equal => Some(Verdict::Is(twins[0])),
            found if 0 < found && found < equal && strange.is_empty() && unsure.is_empty() => {
                Some(Verdict::Is(twins[0]))
            }
            _ => None,
        };
        let Some(finding) = finding else {
            let doubtful = [twins, strange, unsure].concat();
            let doubtful: Vec<_> = doubtful.into_iter().map(|place| candidates[place].id.clone()).collect();
            self.named.extend(doubtful.iter().cloned());
            self.close(ticket);
            return Verdict::Doubtful(doubtful);
        };
        self.open.remove(&ticket);
        if let Verdict::Is(place) = finding {
            self.made.insert(candidates[place].id.clone());
        }
        finding
    }
}

#[cfg(test)]
mod tests;
