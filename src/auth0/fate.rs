//! What became of creations whose answer was lost. Pure.
//!
//! An application carries no time of its creation, and its name is not unique. But a list comes in the order of creation
//! (seen, not documented: <https://auth0.com/docs/api/management/v2/clients/get-clients>), so what was there before the
//! first creation of this process is known by the beginning of the list and its total. Whatever looks like the lost one,
//! came after that, and was not made by this process, is it; unless there are more of them than were lost. Where the order
//! proves nothing, nothing is guessed.
//!
//! Creations of the same name wait for one another as long as one of them is lost: otherwise it could not be told whose
//! object a list shows. One that stays undecided bars nobody, but what may be its own, or was named by its error, is taken
//! over by no other.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long a list may be behind what was written. So far apart are two looks that something rests on.
pub(super) const LIST_LAG: Duration = Duration::from_secs(3);

/// How often the answer may be lost before the service is taken to be failing.
pub(super) const MOST_LOST: u32 = 3;

/// So many objects are not in the same order by accident. A first page holds at least fifty.
const NO_ACCIDENT: usize = 20;

/// What is sent to create an object.
pub(super) trait Content: PartialEq {
    /// The object as the service shows it.
    type Shown;

    /// Whether the other has the same name, so that one could be taken for the other at first sight.
    fn is_namesake(&self, other: &Self) -> bool;

    /// Whether the object is what comes of this; `None` if too little of it is shown.
    fn became(&self, shown: &Self::Shown) -> Option<bool>;
}

/// What was there before this process created anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Before {
    /// The ids at the beginning of the list.
    first: Vec<String>,
    total: u64,
}

/// Whether an object was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    Old,
    New,
    /// Its place proves nothing: others may have been deleted before it, or the list may have another order.
    Unsure,
}

impl Before {
    pub(super) fn new(first: Vec<String>, total: u64) -> Self {
        Self { first, total }
    }

    /// The ages of all objects in a complete list. Their places count if it begins as the list did before, apart from what
    /// has been deleted: then it has the same order, be it read by numbers of pages or, past 1,000 objects, by checkpoints.
    pub(super) fn ages(&self, ids: &[&str]) -> Vec<Age> {
        let known: BTreeSet<&str> = self.first.iter().map(String::as_str).collect();
        let all_known = known.len() as u64 >= self.total;
        let left: BTreeSet<&str> = ids.iter().copied().filter(|id| known.contains(id)).collect();
        let beginning = self.first.iter().map(String::as_str).filter(|id| left.contains(id));
        let in_order = left.len() >= NO_ACCIDENT && beginning.eq(ids.iter().copied().take(left.len()));
        // Deletions move objects towards the beginning, so no old one is ever behind the old total.
        let age = |(place, id): (usize, &&str)| match () {
            () if known.contains(id) => Age::Old,
            () if all_known || (in_order && place as u64 >= self.total) => Age::New,
            () => Age::Unsure,
        };
        ids.iter().enumerate().map(age).collect()
    }
}

/// Names a creation of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

/// The creations of this process.
pub(super) struct Ledger<C> {
    next: u64,
    made: BTreeSet<String>,
    /// The objects that errors name: each may be what was lost, and somebody may import it.
    named: BTreeSet<String>,
    open: BTreeMap<Ticket, Creation<C>>,
}

struct Creation<C> {
    content: C,
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
pub(super) struct Suspect<T> {
    pub(super) id: String,
    pub(super) age: Age,
    /// Nothing if it cannot be read.
    pub(super) shown: Option<T>,
}

/// What follows from a look at the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// It is the suspect at this place.
    Is(usize),
    /// It was not created.
    Absent,
    /// One of these may be it.
    Doubtful(Vec<String>),
}

impl<C: Content> Ledger<C> {
    pub(super) fn new() -> Self {
        Self { next: 0, made: BTreeSet::new(), named: BTreeSet::new(), open: BTreeMap::new() }
    }

    /// Enters a creation that is about to be sent; it has to wait while a namesake is lost.
    pub(super) fn begin(&mut self, content: C) -> Result<Ticket, C> {
        if self.open.values().any(|other| other.state == State::Lost && other.content.is_namesake(&content)) {
            return Err(content);
        }
        let ticket = Ticket(self.next);
        self.next += 1;
        self.open.insert(ticket, Creation { content, state: State::UnderWay });
        Ok(ticket)
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
        self.open.values().all(|other| other.state != State::UnderWay || !other.content.is_namesake(&lost.content))
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
    pub(super) fn judge(&mut self, ticket: Ticket, suspects: &[Suspect<C::Shown>]) -> Finding {
        let Some(Creation { content, .. }) = self.open.get(&ticket) else { return Finding::Absent };
        let with = |state| self.open.values().filter(move |other| other.state == state).map(|other| &other.content);
        // Equal ones are interchangeable: nobody has seen an id of theirs.
        let equal = with(State::Lost).filter(|other| *other == content).count();
        let (mut twins, mut strange, mut unsure, mut contested) = (Vec::new(), Vec::new(), Vec::new(), false);
        for (place, suspect) in suspects.iter().enumerate().filter(|(_, suspect)| !self.made.contains(&suspect.id)) {
            let became = |content: &C| suspect.shown.as_ref().and_then(|shown| content.became(shown));
            let is_of = |other: &C| became(other) == Some(true);
            match (suspect.age, became(content)) {
                (Age::New, Some(true)) => {
                    twins.push(place);
                    contested |= self.named.contains(&suspect.id)
                        || with(State::Undecided).any(is_of)
                        || with(State::Lost).any(|other| other != content && is_of(other));
                }
                // It may be one more twin, so their number says nothing.
                (Age::New, None) => {
                    strange.push(place);
                    contested = true;
                }
                // Perhaps it is the lost one after all, and somebody has changed it since.
                (Age::New, Some(false)) if !with(State::Lost).any(is_of) => strange.push(place),
                (Age::Unsure, Some(true) | None) => unsure.push(place),
                // A large tenant may have many old ones of that name with other settings.
                (Age::New | Age::Unsure, Some(false)) | (Age::Old, _) => {}
            }
        }
        let finding = match twins.len() {
            _ if contested => None,
            0 if strange.is_empty() && unsure.is_empty() => Some(Finding::Absent),
            found if found == equal => Some(Finding::Is(twins[0])),
            found if 0 < found && found < equal && strange.is_empty() && unsure.is_empty() => {
                Some(Finding::Is(twins[0]))
            }
            _ => None,
        };
        let Some(finding) = finding else {
            let doubtful = [twins, strange, unsure].concat();
            let doubtful: Vec<_> = doubtful.into_iter().map(|place| suspects[place].id.clone()).collect();
            self.named.extend(doubtful.iter().cloned());
            self.close(ticket);
            return Finding::Doubtful(doubtful);
        };
        self.open.remove(&ticket);
        if let Finding::Is(place) = finding {
            self.made.insert(suspects[place].id.clone());
        }
        finding
    }
}

#[cfg(test)]
mod tests;
