//! How far lists are believed. Pure.
//!
//! A list may confirm, never surprise: where it differs from what was known before, the object is asked for by itself. Each
//! such answer also shows whether lists tell the truth about the parts in question, and from that follows how much is
//! confirmed from then on.

use std::collections::{BTreeMap, BTreeSet};

/// After so many differences that turned out to be real, differences of that part are believed. So a change that was made to
/// a thousand objects does not cost a thousand requests.
const PROVEN: u32 = 3;
/// After so many objects that lists show wrongly, lists are not used any more. One may have changed between two requests.
const REFUTED: u32 = 2;

/// Names of parts of an object, in whatever words the reader has for them.
pub type Parts = BTreeSet<String>;

/// What was found out about lists of one collection.
#[derive(Debug, Default)]
pub(super) struct Trust {
    right: BTreeMap<String, u32>,
    wrong: BTreeMap<String, u32>,
}

impl Trust {
    /// Whether an object may be taken as a list shows it, which differs in these parts from what was known before.
    pub(super) fn believes(&self, surprises: &Parts) -> bool {
        let proven = |part: &String| self.right.get(part).is_some_and(|times| *times >= PROVEN);
        self.wrong.values().all(|times| *times < REFUTED)
            && surprises.iter().all(|part| proven(part) && !self.wrong.contains_key(part))
    }

    /// An object was asked for by itself: a list had differed in the `surprises` from what was known before, and differs in
    /// the `errors` from what the object is.
    pub(super) fn learn(&mut self, surprises: &Parts, errors: &Parts) {
        for part in errors {
            *self.wrong.entry(part.clone()).or_default() += 1;
        }
        for part in surprises.difference(errors) {
            *self.right.entry(part.clone()).or_default() += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(names: &[&str]) -> Parts {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn what_agrees_is_believed_and_what_surprises_is_not() {
        let trust = Trust::default();
        assert!(trust.believes(&parts(&[])));
        assert!(!trust.believes(&parts(&["name"])));
    }

    #[test]
    fn three_real_changes_of_a_part_prove_lists_right_about_it() {
        let mut trust = Trust::default();
        for times in 0..3 {
            assert!(!trust.believes(&parts(&["name"])), "{times}");
            trust.learn(&parts(&["name"]), &parts(&[]));
        }
        assert!(trust.believes(&parts(&["name"])));
        assert!(!trust.believes(&parts(&["name", "description"])));
    }

    #[test]
    fn a_part_that_a_list_shows_wrongly_is_always_confirmed() {
        let mut trust = Trust::default();
        trust.learn(&parts(&["name"]), &parts(&["name"]));
        for _ in 0..5 {
            trust.learn(&parts(&["name"]), &parts(&[]));
        }
        assert!(!trust.believes(&parts(&["name"])));
        assert!(trust.believes(&parts(&[])), "once may be a change between two requests");
    }

    #[test]
    fn lists_that_are_wrong_again_are_not_used() {
        let mut trust = Trust::default();
        trust.learn(&parts(&["name"]), &parts(&["quota"]));
        trust.learn(&parts(&["name"]), &parts(&["quota"]));
        assert!(!trust.believes(&parts(&[])));
    }
}
