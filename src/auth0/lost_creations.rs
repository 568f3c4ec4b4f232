//! Creates whose response was lost, of objects that have only a name. Pure.
//!
//! An application has no creation time, and its name is not unique. Before its first create, a process reads the first
//! page of the list. If that page has all objects, every other object is new. Otherwise the age of an object that is
//! not on the page is unknown, and nothing is guessed. An object is the lost one if it is new, matches the request, was
//! not created by this process, and if there are not more such objects than lost requests.
//!
//! Creates with the same name wait while one of them is lost, because a list does not show whose object it has. A
//! create that stays undecided does not block others. But no other create uses an object that may belong to it, or that
//! its error named.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::document::{Document, Object};
use super::page::Documents;
use super::unicode;

/// How late a list may be. Two searches that a decision needs are this far apart.
pub(super) const LIST_LAG: Duration = Duration::from_secs(3);

/// Maximum lost responses of a create before it fails.
pub(super) const MOST_LOST: u32 = 3;

/// Whether an object is the result of a request. `None` if the response shows too little.
pub(super) type Became = Arc<dyn Fn(&Object) -> Option<bool> + Send + Sync>;

/// The body of a create.
#[derive(Clone)]
pub(super) struct Wanted {
    pub(super) name: String,
    /// The property with the name.
    pub(super) property: String,
    pub(super) body: Object,
    pub(super) became: Became,
}

impl Wanted {
    /// Whether the other create has the same name, so that a list cannot distinguish their objects by name.
    fn is_namesake(&self, other: &Self) -> bool {
        unicode::same(&self.name, &other.name)
    }

    /// An object in a list that may be the lost one.
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

/// What existed before this process created anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Before {
    /// The ids on the first page of the list.
    known: BTreeSet<String>,
    /// Whether that page has all objects.
    is_all: bool,
}

/// Whether an object existed before.
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

/// Number of a create of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

/// The creates of this process.
#[derive(Default)]
pub(super) struct LostCreations {
    next: u64,
    made: BTreeSet<String>,
    /// The objects that errors named. Each may be the lost one, and a user may import it.
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
    /// The search for it is running.
    Lost,
    /// The search did not decide whether it exists.
    Undecided,
}

/// An object in a list that may be the lost one: it has the same name, and may be new.
pub(super) struct Candidate {
    pub(super) id: String,
    pub(super) age: Age,
    /// `None` if it cannot be read.
    pub(super) shown: Option<Arc<Document>>,
}

/// The result of a search in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The candidate at this index is the lost object.
    Is(usize),
    /// The object was not created.
    Absent,
    /// One of these candidates may be the lost object.
    Doubtful(Vec<String>),
}

impl LostCreations {
    /// Enters a create that is about to be sent. It waits while a create with the same name is lost.
    pub(super) fn begin(&mut self, wanted: &Wanted) -> Option<Ticket> {
        if self.open.values().any(|other| other.state == State::Lost && other.wanted.is_namesake(wanted)) {
            return None;
        }
        let ticket = Ticket(self.next);
        self.next += 1;
        self.open.insert(ticket, Creation { wanted: wanted.clone(), state: State::UnderWay });
        Some(ticket)
    }

    /// The response arrived.
    pub(super) fn answered(&mut self, ticket: Ticket, id: &str) {
        self.open.remove(&ticket);
        self.made.insert(id.to_owned());
    }

    /// The create surely had no effect, or its caller is gone. If it is lost, it stays undecided.
    pub(super) fn close(&mut self, ticket: Ticket) {
        match self.open.get_mut(&ticket) {
            Some(Creation { state: State::UnderWay, .. }) => drop(self.open.remove(&ticket)),
            Some(creation) => creation.state = State::Undecided,
            None => {}
        }
    }

    /// The response was lost.
    pub(super) fn lose(&mut self, ticket: Ticket) {
        if let Some(creation) = self.open.get_mut(&ticket) {
            creation.state = State::Lost;
        }
    }

    /// Whether a list that begins now allows a decision: no create with the same name is in flight.
    pub(super) fn is_settled(&self, ticket: Ticket) -> bool {
        let Some(lost) = self.open.get(&ticket) else { return true };
        self.open.values().all(|other| other.state != State::UnderWay || !other.wanted.is_namesake(&lost.wanted))
    }

    /// Whether a create is lost and undecided.
    pub(super) fn has_lost(&self) -> bool {
        self.open.values().any(|creation| creation.state == State::Lost)
    }

    /// Whether this process created the object.
    pub(super) fn has_made(&self, id: &str) -> bool {
        self.made.contains(id)
    }

    /// Decides by a complete list that began after [`is_settled`](Self::is_settled) was true. Each create is decided
    /// for good: afterwards it is no longer lost.
    pub(super) fn judge(&mut self, ticket: Ticket, candidates: &[Candidate]) -> Verdict {
        let Some(Creation { wanted, .. }) = self.open.get(&ticket) else { return Verdict::Absent };
        let with = |state| self.open.values().filter(move |other| other.state == state).map(|other| &other.wanted);
        // Equal objects are interchangeable, because no caller has seen their IDs.
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
                // This one may be another twin, so the number of twins proves nothing.
                (Age::New, None) => {
                    strange.push(place);
                    contested = true;
                }
                // It may be the lost object, changed by another program since.
                (Age::New, Some(false)) if !with(State::Lost).any(is_of) => strange.push(place),
                (Age::Unknown, Some(true) | None) => unsure.push(place),
                // A large tenant may have many old applications with that name and other settings.
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
