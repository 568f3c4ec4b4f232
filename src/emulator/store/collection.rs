//! Objects of one kind: found by id, in the order of lists, with a note of what has changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::lag::Lag;
use super::record::Record;

/// All objects of a kind. Nothing is changed except through here, so that what has to be written down is known.
pub(crate) struct Collection<T> {
    objects: BTreeMap<String, (u64, T)>,
    keys: HashMap<String, String>,
    next: u64,
    /// Ids of objects that were added, changed or removed since it was last asked.
    changed: BTreeSet<String>,
    lag: Lag<T>,
}

/// A collection of any kind, for saving and loading.
pub(super) trait Table {
    fn kind(&self) -> &'static str;

    /// The objects as they are written, in the order of their creation.
    fn written(&self) -> Vec<Value>;

    /// Adds an object as it was written, behind all that are there, or at the place that it had.
    fn read(&mut self, object: Value, place: Option<u64>) -> Result<(), String>;

    /// What has to be written: ids with place and object, or nothing for one that is gone.
    fn changes(&self) -> Vec<(&str, Option<(u64, Value)>)>;

    fn has_changes(&self) -> bool;

    /// Counts all changes as saved.
    fn mark_saved(&mut self);

    /// Sets the time, and how much later a write shows in lists, both in milliseconds.
    fn set_lag(&mut self, now: u64, delay: u64);

    /// Counts as changed what another collection holds, which this one replaces.
    fn mark_replaced(&mut self, other: &dyn Table);

    /// Ids of all objects, and of those whose end was not written yet.
    fn ids(&self) -> BTreeSet<String>;
}

impl<T: Record> Collection<T> {
    /// Adds an object behind all others. Its id must be new.
    pub(crate) fn insert(&mut self, object: T) {
        self.place(object, self.next);
    }

    pub(crate) fn find(&self, id: &str) -> Option<&T> {
        Some(&self.objects.get(self.keys.get(id)?)?.1)
    }

    /// For a change, which has to be written down.
    pub(crate) fn find_mut(&mut self, id: &str) -> Option<&mut T> {
        let key = self.keys.get(id)?;
        let (_, object) = self.objects.get_mut(key)?;
        self.lag.keep(key, Some(object));
        self.changed.insert(id.to_owned());
        Some(object)
    }

    pub(crate) fn remove(&mut self, id: &str) {
        if let Some(key) = self.keys.remove(id) {
            let before = self.objects.remove(&key);
            self.lag.keep(&key, before.as_ref().map(|(_, object)| object));
            self.changed.insert(id.to_owned());
        }
    }

    /// Changes those for which the condition holds.
    pub(crate) fn change_where(&mut self, holds: impl Fn(&T) -> bool, mut change: impl FnMut(&mut T)) {
        for (key, (_, object)) in self.objects.iter_mut().filter(|(_, (_, object))| holds(object)) {
            self.lag.keep(key, Some(object));
            change(object);
            self.changed.insert(object.id().to_owned());
        }
    }

    /// Removes those for which the condition holds.
    pub(crate) fn remove_where(&mut self, holds: impl Fn(&T) -> bool) {
        let ids: Vec<_> = self.values().filter(|object| holds(object)).map(|object| object.id().to_owned()).collect();
        for id in ids {
            self.remove(&id);
        }
    }

    /// The objects in the order of lists.
    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.objects.values().map(|(_, object)| object)
    }

    /// The objects as lists show them, with keys that grow along the list.
    pub(crate) fn listed(&self) -> impl Iterator<Item = (&str, &T)> {
        self.lag.shown(self.objects.iter().map(|(key, (_, object))| (key.as_str(), object)))
    }

    /// One of them. What is gone is no longer found, even while lists show it.
    pub(crate) fn find_listed(&self, id: &str) -> Option<&T> {
        let key = self.keys.get(id)?;
        self.lag.shown_of(key, self.find(id))
    }

    /// Takes over what lists still show of another version of this collection.
    pub(super) fn take_lag(&mut self, other: Self) {
        self.lag = other.lag;
    }

    /// The first id that is not taken; a seed gives the same ids again after a restart.
    pub(crate) fn new_id(&self, mut make: impl FnMut() -> String) -> String {
        loop {
            let id = make();
            if !self.keys.contains_key(&id) {
                return id;
            }
        }
    }

    fn place(&mut self, object: T, place: u64) {
        let (id, key) = (object.id().to_owned(), object.key(place));
        self.lag.keep(&key, None);
        self.objects.insert(key.clone(), (place, object));
        self.changed.insert(id.clone());
        self.keys.insert(id, key);
        self.next = self.next.max(place + 1);
    }
}

impl<T: Record> Table for Collection<T> {
    fn kind(&self) -> &'static str {
        T::KIND
    }

    fn written(&self) -> Vec<Value> {
        let mut objects: Vec<_> = self.objects.values().collect();
        objects.sort_by_key(|(place, _)| *place);
        objects.into_iter().map(|(_, object)| written(object)).collect()
    }

    fn read(&mut self, object: Value, place: Option<u64>) -> Result<(), String> {
        let object: T = serde_json::from_value(object).map_err(|error| format!("one of the {}: {error}", T::KIND))?;
        match object.id() {
            "" => Err(format!("one of the {} has no id", T::KIND)),
            id if self.keys.contains_key(id) => Err(format!("{id} is there twice")),
            id => match place.unwrap_or(self.next) {
                place if self.objects.contains_key(&object.key(place)) => Err(format!("{id} has the place of another")),
                place => {
                    self.place(object, place);
                    Ok(())
                }
            },
        }
    }

    fn changes(&self) -> Vec<(&str, Option<(u64, Value)>)> {
        let now = |id: &String| {
            let (place, object) = self.objects.get(self.keys.get(id)?)?;
            Some((*place, written(object)))
        };
        self.changed.iter().map(|id| (id.as_str(), now(id))).collect()
    }

    fn has_changes(&self) -> bool {
        !self.changed.is_empty()
    }

    fn mark_saved(&mut self) {
        self.changed.clear();
    }

    fn set_lag(&mut self, now: u64, delay: u64) {
        self.lag.set_lag(now, delay);
    }

    fn mark_replaced(&mut self, other: &dyn Table) {
        self.changed.extend(other.ids());
    }

    fn ids(&self) -> BTreeSet<String> {
        self.keys.keys().chain(&self.changed).cloned().collect()
    }
}

impl<T> Default for Collection<T> {
    fn default() -> Self {
        Self { objects: BTreeMap::new(), keys: HashMap::new(), next: 0, changed: BTreeSet::new(), lag: Lag::default() }
    }
}

fn written<T: Record>(object: &T) -> Value {
    serde_json::to_value(object).expect("objects with names as keys are JSON")
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::*;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Letter {
        letter: String,
        #[serde(default)]
        case: String,
    }

    impl Record for Letter {
        const KIND: &'static str = "letters";

        fn id(&self) -> &str {
            &self.letter
        }
    }

    fn letters(names: &[&str]) -> Collection<Letter> {
        let mut letters = Collection::default();
        for name in names {
            letters.insert(Letter { letter: (*name).to_owned(), case: String::new() });
        }
        letters
    }

    fn names(letters: &Collection<Letter>) -> Vec<&str> {
        letters.values().map(Record::id).collect()
    }

    #[test]
    fn order_of_creation_survives_removal() {
        let mut letters = letters(&["c", "a", "b"]);
        letters.remove("a");
        letters.insert(Letter { letter: "a".into(), case: String::new() });
        assert_eq!(names(&letters), ["c", "b", "a"]);
        assert!(letters.find("b").is_some() && letters.find("x").is_none());
    }

    #[test]
    fn only_what_was_touched_has_to_be_written() {
        let mut letters = letters(&["a", "b", "c", "d"]);
        letters.mark_saved();
        assert_eq!(letters.changes(), []);
        letters.find_mut("b").unwrap().case = "upper".into();
        letters.remove("c");
        letters.change_where(|of| of.letter == "d", |of| of.case = "lower".into());
        letters.find("a");
        let changes = letters.changes();
        assert_eq!(
            changes,
            [
                ("b", Some((1, json!({ "letter": "b", "case": "upper" })))),
                ("c", None),
                ("d", Some((3, json!({ "letter": "d", "case": "lower" })))),
            ]
        );
    }

    #[test]
    fn what_is_read_keeps_its_place_and_new_objects_go_behind() {
        let mut letters = Collection::<Letter>::default();
        letters.read(json!({ "letter": "b" }), Some(7)).unwrap();
        letters.read(json!({ "letter": "a" }), Some(3)).unwrap();
        letters.insert(Letter { letter: "c".into(), case: String::new() });
        assert_eq!(names(&letters), ["a", "b", "c"]);
        assert_eq!(letters.read(json!({ "letter": "a" }), None), Err("a is there twice".into()));
        assert_eq!(letters.read(json!({ "letter": "" }), None), Err("one of the letters has no id".into()));
        assert!(letters.read(json!({}), None).unwrap_err().contains("missing field `letter`"));
    }

    #[test]
    fn an_id_is_not_given_twice() {
        let letters = letters(&["a", "b"]);
        let mut alphabet = ["a", "b", "c"].into_iter().map(str::to_owned);
        assert_eq!(letters.new_id(|| alphabet.next().unwrap()), "c");
    }
}
