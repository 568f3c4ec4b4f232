//! What lists go on showing for a while: the versions from before writes that have not spread to lists yet.

use std::collections::{BTreeMap, VecDeque};

/// Earlier versions of the objects of a kind. Pure: the time is an argument, in milliseconds.
pub(super) struct Lag<T> {
    now: u64,
    /// How much later a write shows in lists.
    delay: u64,
    /// By the keys of their objects, the oldest first: until when each is shown; `None` while lists do not show the object.
    versions: BTreeMap<String, VecDeque<(u64, Option<T>)>>,
}

impl<T: Clone> Lag<T> {
    /// Sets the time and the delay, and forgets versions that lists no longer show.
    pub(super) fn set_lag(&mut self, now: u64, delay: u64) {
        (self.now, self.delay) = (now, delay);
        self.versions.retain(|_, versions| {
            versions.retain(|(until, _)| *until > now);
            !versions.is_empty()
        });
    }

    /// Keeps what an object is before a change, or that it is not there yet.
    pub(super) fn keep(&mut self, key: &str, before: Option<&T>) {
        if self.delay == 0 {
            return;
        }
        let until = self.now.saturating_add(self.delay);
        let versions = self.versions.entry(key.to_owned()).or_default();
        // What one request does to an object shows as one change.
        if versions.back().is_none_or(|(last, _)| *last < until) {
            versions.push_back((until, before.cloned()));
        }
    }

    /// The objects as lists show them, of those that are there. Both come in the order of keys.
    pub(super) fn shown<'s>(
        &'s self,
        objects: impl Iterator<Item = (&'s str, &'s T)>,
    ) -> impl Iterator<Item = (&'s str, &'s T)> {
        let mut objects = objects.peekable();
        let mut changed = self.versions.keys().map(String::as_str).peekable();
        std::iter::from_fn(move || {
            loop {
                let Some(key) = changed.peek().copied() else { return objects.next() };
                if let Some(object) = objects.next_if(|(of, _)| *of < key) {
                    return Some(object);
                }
                changed.next();
                let now = objects.next_if(|(of, _)| *of == key).map(|(_, object)| object);
                if let Some(object) = self.shown_of(key, now) {
                    return Some((key, object));
                }
            }
        })
    }

    /// What lists show of the object with this key, which is `now` by now.
    pub(super) fn shown_of<'s>(&'s self, key: &str, now: Option<&'s T>) -> Option<&'s T> {
        match self.versions.get(key).and_then(VecDeque::front) {
            Some((_, version)) => version.as_ref(),
            None => now,
        }
    }
}

impl<T> Default for Lag<T> {
    fn default() -> Self {
        Self { now: 0, delay: 0, versions: BTreeMap::new() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn shown(lag: &Lag<u32>, objects: &BTreeMap<String, u32>) -> BTreeMap<String, u32> {
        let objects = objects.iter().map(|(key, object)| (key.as_str(), object));
        let list: Vec<_> = lag.shown(objects).collect();
        assert!(list.is_sorted_by(|(a, _), (b, _)| a < b), "{list:?}");
        list.into_iter().map(|(key, object)| (key.to_owned(), *object)).collect()
    }

    #[test]
    fn without_a_delay_nothing_is_kept() {
        let mut lag = Lag::default();
        lag.keep("a", Some(&1));
        assert!(lag.versions.is_empty());
    }

    #[test]
    fn what_has_spread_is_forgotten() {
        let mut lag = Lag::default();
        lag.set_lag(100, 50);
        lag.keep("a", Some(&1));
        lag.set_lag(149, 50);
        assert_eq!(lag.shown_of("a", Some(&2)), Some(&1));
        lag.set_lag(150, 50);
        assert!(lag.versions.is_empty());
    }

    proptest! {
        /// A step lets some time pass, then writes a value, or removes it.
        #[test]
        fn lists_show_the_objects_as_they_were(
            delay in 1..30_u64,
            steps in proptest::collection::vec((0..12_u64, "[a-d]", proptest::option::of(any::<u32>())), 0..40),
        ) {
            let (mut lag, mut objects, mut now) = (Lag::default(), BTreeMap::new(), 0);
            // What was there when, which is what lists are held against.
            let mut history = vec![(0, objects.clone())];
            for (pause, key, value) in steps {
                now += pause;
                lag.set_lag(now, delay);
                lag.keep(&key, objects.get(&key));
                match value {
                    Some(value) => objects.insert(key, value),
                    None => objects.remove(&key),
                };
                history.push((now, objects.clone()));
                let then = history.iter().rev().find(|(at, _)| at + delay <= now);
                let expected = then.map(|(_, objects)| objects.clone()).unwrap_or_default();
                prop_assert_eq!(shown(&lag, &objects), expected);
            }
            lag.set_lag(now + delay, delay);
            prop_assert_eq!(shown(&lag, &objects), objects);
        }
    }
}
