//! Verdicts over every mix of candidates.

use proptest::prelude::*;

use super::*;
use crate::auth0::document::Object;

fn candidate(id: &str, age: Age, same: Option<bool>) -> Candidate {
    Candidate { document: Arc::new(Document { id: id.to_owned(), object: Object::new() }), age, same }
}

fn verdict(candidates: &[Candidate], contested: bool) -> Result<String, Verdict> {
    match judge(candidates, contested) {
        Verdict::Is(document) => Ok(document.id.clone()),
        verdict => Err(verdict),
    }
}

fn doubtful(ids: &[&str]) -> Result<String, Verdict> {
    Err(Verdict::Doubtful(ids.iter().map(|&id| id.to_owned()).collect()))
}

#[test]
fn adopts_the_only_new_one() {
    let new = candidate("x", Age::New, Some(true));
    assert_eq!(verdict(std::slice::from_ref(&new), false), Ok("x".to_owned()));
    assert_eq!(verdict(std::slice::from_ref(&new), true), doubtful(&["x"]), "another create may have made it");
    let other = candidate("y", Age::New, Some(true));
    assert_eq!(verdict(&[new, other], false), doubtful(&["x", "y"]), "another user creates the same");
}

#[test]
fn guesses_nothing() {
    for (age, same) in [(Age::New, Some(false)), (Age::New, None), (Age::Unknown, Some(true)), (Age::Unknown, None)] {
        let (new, strange) = (candidate("x", Age::New, Some(true)), candidate("y", age, same));
        assert_eq!(verdict(std::slice::from_ref(&strange), false), doubtful(&["y"]), "{age:?} {same:?}");
        assert_eq!(verdict(&[new, strange], false), doubtful(&["x", "y"]), "{age:?} {same:?}");
    }
}

#[test]
fn finds_nothing_among_old_and_other_ones() {
    let candidates = [candidate("a", Age::Old, Some(true)), candidate("b", Age::Unknown, Some(false))];
    assert_eq!(verdict(&candidates, false), Err(Verdict::Absent));
    assert_eq!(verdict(&[], true), Err(Verdict::Absent));
}

#[test]
fn knows_an_object_as_new_only_if_all_were_shown() {
    let ages = |total| ["a", "x"].map(|id| Before::new(["a".to_owned(), "b".to_owned()], total).age(id));
    assert_eq!([ages(2), ages(3)], [[Age::Old, Age::New], [Age::Old, Age::Unknown]]);
}

fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
    let age = prop_oneof![Just(Age::Old), Just(Age::New), Just(Age::Unknown)];
    let same = prop_oneof![Just(None), Just(Some(true)), Just(Some(false))];
    prop::collection::vec((age, same), 0..5).prop_map(|candidates| {
        let named = candidates.into_iter().enumerate();
        named.map(|(number, (age, same))| candidate(&number.to_string(), age, same)).collect()
    })
}

proptest! {
    #[test]
    fn whatever_is_shown_no_promise_is_broken(candidates in candidates(), contested: bool) {
        match judge(&candidates, contested) {
            Verdict::Is(document) => {
                let found = candidates.iter().find(|candidate| candidate.document == document).unwrap();
                prop_assert!(!contested && found.age == Age::New && found.same == Some(true));
                let others = candidates.iter().filter(|other| other.document != document);
                prop_assert!(others.into_iter().all(|other| other.age != Age::New));
            }
            // A create that is sent again duplicates nothing that could be it.
            Verdict::Absent => {
                let is_another = |other: &Candidate| match other.age {
                    Age::Old => true,
                    Age::Unknown => other.same == Some(false),
                    Age::New => false,
                };
                prop_assert!(candidates.iter().all(is_another));
            }
            Verdict::Doubtful(ids) => prop_assert!(!ids.is_empty()),
        }
    }
}
