//! Objects in the order of their creation, found by id.

use std::collections::{BTreeMap, HashMap};

/// Like a map by id that remembers the order of insertion.
pub(crate) struct Collection<T> {
    objects: BTreeMap<u64, T>,
    places: HashMap<String, u64>,
    next: u64,
}

impl<T> Collection<T> {
    pub(crate) fn insert(&mut self, id: String, object: T) {
        self.objects.insert(self.next, object);
        self.places.insert(id, self.next);
        self.next += 1;
    }

    pub(crate) fn find(&self, id: &str) -> Option<&T> {
        self.objects.get(self.places.get(id)?)
    }

    pub(crate) fn find_mut(&mut self, id: &str) -> Option<&mut T> {
        self.objects.get_mut(self.places.get(id)?)
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<T> {
        self.objects.remove(&self.places.remove(id)?)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.objects.values()
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.objects.values_mut()
    }

    /// The objects with their place in the order of creation.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (u64, &T)> {
        self.objects.iter().map(|(place, object)| (*place, object))
    }
}

impl<T> Default for Collection<T> {
    fn default() -> Self {
        Self { objects: BTreeMap::new(), places: HashMap::new(), next: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_of_creation_survives_removal() {
        let mut letters = Collection::default();
        for letter in ["c", "a", "b"] {
            letters.insert(letter.to_owned(), letter);
        }
        assert_eq!(letters.remove("a"), Some("a"));
        letters.insert("a".to_owned(), "a");
        assert_eq!(letters.values().copied().collect::<Vec<_>>(), ["c", "b", "a"]);
        assert_eq!(letters.find("b"), Some(&"b"));
        assert_eq!(letters.remove("x"), None);
    }
}
