//! What a resource sees of an object, so that a list can be held against what was known before.

use std::collections::BTreeMap;

use crate::{
    auth0::{Parts, View},
    schema::Model,
    value::Dynamic,
};

/// The attributes of an object, by name.
pub(super) struct Sight(BTreeMap<String, Dynamic>);

impl Sight {
    /// All that a model holds.
    pub(super) fn of(model: impl Model) -> Self {
        match model.into_dynamic() {
            Dynamic::Map(attributes) => Self(attributes),
            _ => unreachable!("a model is an object"),
        }
    }

    /// And something else, which decides how the object is read.
    pub(super) fn and(mut self, name: &str, value: Option<&str>) -> Self {
        self.0.insert(name.to_owned(), value.map_or(Dynamic::Null, Dynamic::from));
        self
    }
}

impl View for Sight {
    fn differences(&self, other: &Self) -> Parts {
        let names = self.0.keys().chain(other.0.keys());
        let value = |sight: &Self, name: &String| sight.0.get(name).cloned().unwrap_or(Dynamic::Null);
        names.filter(|name| !alike(&value(self, name), &value(other, name))).cloned().collect()
    }
}

/// Whether two values mean the same. Empty is a spelling of null.
fn alike(one: &Dynamic, other: &Dynamic) -> bool {
    match (one, other) {
        (Dynamic::Map(one), Dynamic::Map(other)) => {
            let null = Dynamic::Null;
            let names = one.keys().chain(other.keys());
            names.into_iter().all(|name| alike(one.get(name).unwrap_or(&null), other.get(name).unwrap_or(&null)))
        }
        (Dynamic::Null, value) | (value, Dynamic::Null) => value.is_null() || value.is_empty(),
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(attributes: &[(&str, Dynamic)]) -> Sight {
        Sight(attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    }

    #[test]
    fn what_differs_is_named() {
        let one = sight(&[("a", "1".into()), ("b", "2".into()), ("c", Dynamic::Null)]);
        let other = sight(&[("a", "1".into()), ("b", "3".into()), ("d", "4".into())]);
        assert_eq!(one.differences(&other), ["b", "d"].map(str::to_owned).into());
        assert_eq!(one.differences(&one), Parts::new());
    }

    #[test]
    fn spellings_of_nothing_are_alike_at_every_depth() {
        let nested = |value: Dynamic| Dynamic::Map([("x".to_owned(), value)].into());
        let one = sight(&[("a", "".into()), ("b", nested(Dynamic::set(vec![])))]);
        let other = sight(&[("a", Dynamic::Null), ("b", nested(Dynamic::Null))]);
        assert_eq!(one.differences(&other), Parts::new());
    }
}
