//! Keeps the user's spelling of a value that the API spells differently.
//!
//! For the API, leaving out an optional attribute is the same as setting it to `""`, `[]` or `{}`. Resources read all
//! of these as null. This module restores the spelling of the configuration or the state, so that the difference is
//! neither drift nor an inconsistent result. It does the same for texts with the same meaning, and for local
//! attributes.

use super::{Attribute, Behaviour, Kind, Mode, Nesting};
use crate::value::Dynamic;

/// `value`, in the spelling of `reference` where both have the same meaning.
#[must_use]
pub fn respell(attributes: &[Attribute], reference: &Dynamic, value: Dynamic) -> Dynamic {
    let Dynamic::Map(mut object) = value else { return value };
    for attribute in attributes {
        let Some(value) = object.get_mut(attribute.name) else { continue };
        let reference = reference.attribute(attribute.name);
        let given = std::mem::replace(value, Dynamic::Null);
        *value = respelled(attribute, reference, given);
    }
    Dynamic::Map(object)
}

fn respelled(attribute: &Attribute, reference: &Dynamic, value: Dynamic) -> Dynamic {
    let Attribute { kind, behaviour, .. } = attribute;
    // Resources ignore local attributes, but return the value of a trigger themselves.
    let is_kept = behaviour.local && !behaviour.trigger && value.is_null();
    if is_kept || (behaviour.mode == Mode::Optional && value.is_null() && is_nothing(kind, reference)) {
        return reference.clone();
    }
    match kind {
        Kind::Value(_) => equal_texts(behaviour, reference, value),
        Kind::Nested { nesting: Nesting::Single, attributes } => respell(attributes, reference, value),
        Kind::Nested { attributes, .. } => {
            each(reference, value, &|reference, value| respell(attributes, reference, value))
        }
    }
}

/// Whether it is empty, or an object of which nothing is set. A required text is always set.
pub(super) fn is_nothing(kind: &Kind, value: &Dynamic) -> bool {
    let Kind::Nested { nesting: Nesting::Single, attributes } = kind else {
        return value.is_null() || value.is_empty();
    };
    let is_nothing = |attribute: &Attribute| match value.attribute(attribute.name) {
        Dynamic::String(_) if attribute.behaviour.mode == Mode::Required => false,
        value => is_nothing(&attribute.kind, value),
    };
    value.is_null() || (!value.is_unknown() && attributes.iter().all(is_nothing))
}

/// The texts in `value`, each in the spelling of its counterpart if both have the same meaning.
fn equal_texts(behaviour: &Behaviour, reference: &Dynamic, value: Dynamic) -> Dynamic {
    if behaviour.equal.is_none() {
        value
    } else if same(behaviour, reference, &value) {
        reference.clone()
    } else {
        each(reference, value, &|reference, value| equal_texts(behaviour, reference, value))
    }
}

/// Each element of a collection, respelled like its counterpart. In a set, the counterpart is an element that comes out
/// equal. The API may treat several such elements as one.
fn each(reference: &Dynamic, value: Dynamic, respell: &dyn Fn(&Dynamic, Dynamic) -> Dynamic) -> Dynamic {
    match (reference, value) {
        (Dynamic::List(references), Dynamic::List(values)) => {
            let place = |index| references.get(index).unwrap_or(&Dynamic::Null);
            Dynamic::List(values.into_iter().enumerate().map(|(index, value)| respell(place(index), value)).collect())
        }
        (Dynamic::Map(references), Dynamic::Map(values)) => {
            let place = |key: &String| references.get(key).unwrap_or(&Dynamic::Null);
            let respell = |(key, value): (String, Dynamic)| {
                let value = respell(place(&key), value);
                (key, value)
            };
            Dynamic::Map(values.into_iter().map(respell).collect())
        }
        (Dynamic::Set(references), Dynamic::Set(values)) => {
            let means = |value: &Dynamic, reference: &Dynamic| respell(reference, value.clone()) == *reference;
            let is_found = |value: &Dynamic| references.iter().any(|reference| means(value, reference));
            let is_meant = |reference: &Dynamic| values.iter().any(|value| means(value, reference));
            if values.iter().all(is_found) && references.iter().all(is_meant) {
                return reference.clone();
            }
            let find = |value: &Dynamic| references.iter().find(|reference| means(value, reference)).cloned();
            Dynamic::set(values.iter().map(|value| find(value).unwrap_or_else(|| value.clone())).collect())
        }
        (_, value) => value,
    }
}

/// Whether two values of an attribute have the same meaning.
#[must_use]
pub fn same(behaviour: &Behaviour, left: &Dynamic, right: &Dynamic) -> bool {
    let Some(equal) = behaviour.equal else { return left == right };
    let same = |(left, right): (&Dynamic, &Dynamic)| same(behaviour, left, right);
    match (left, right) {
        (Dynamic::String(left), Dynamic::String(right)) => left == right || equal(left, right),
        (Dynamic::List(left), Dynamic::List(right)) => left.len() == right.len() && left.iter().zip(right).all(same),
        (Dynamic::Map(left), Dynamic::Map(right)) => {
            left.keys().eq(right.keys()) && left.values().zip(right.values()).all(same)
        }
        (Dynamic::Set(left), Dynamic::Set(right)) => {
            let within = |one: &[Dynamic], other: &[Dynamic]| {
                one.iter().all(|element| other.iter().any(|candidate| same((element, candidate))))
            };
            within(left, right) && within(right, left)
        }
        (left, right) => left == right,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        model,
        schema::{COMPUTED, Model, OPTIONAL, Set},
    };

    model! {
        /// Thing.
        struct Thing {
            /// Id.
            id: Value<String> = COMPUTED,
            /// Note.
            note: Value<String> = OPTIONAL,
            /// Tags.
            tags: Value<BTreeSet<String>> = OPTIONAL.equal(str::eq_ignore_ascii_case),
            /// Hint.
            hint: Value<String> = OPTIONAL.local(),
            /// Order.
            order: Value<String> = OPTIONAL.trigger(),
            /// Parts.
            parts: Value<Set<Part>> = OPTIONAL,
            /// Ordered parts.
            ordered: Value<Vec<Part>> = OPTIONAL,
            /// A window.
            window: Value<Window> = OPTIONAL,
        }
    }

    model! {
        /// Window.
        struct Window {
            /// Start.
            from: Value<String> = OPTIONAL,
        }
    }

    model! {
        /// Part.
        struct Part {
            /// Name.
            name: Value<String> = OPTIONAL.equal(str::eq_ignore_ascii_case),
            /// Note.
            note: Value<String> = OPTIONAL,
        }
    }

    fn map(entries: &[(&str, Dynamic)]) -> Dynamic {
        Dynamic::Map(entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    }

    fn texts(texts: &[&str]) -> Dynamic {
        Dynamic::set(texts.iter().copied().map(Dynamic::from).collect())
    }

    fn part(name: &str, note: Dynamic) -> Dynamic {
        map(&[("name", name.into()), ("note", note)])
    }

    fn respelled(reference: &Dynamic, value: Dynamic) -> Dynamic {
        respell(Thing::attributes(), reference, value)
    }

    #[test]
    fn empty_is_a_spelling_of_null() {
        let reference = map(&[("note", "".into()), ("tags", texts(&[]))]);
        let value = map(&[("note", Dynamic::Null), ("tags", Dynamic::Null)]);
        assert_eq!(respelled(&reference, value), reference);
    }

    #[test]
    fn an_object_of_which_nothing_is_set_is_a_spelling_of_null() {
        let (empty, null) = (map(&[("window", map(&[("from", Dynamic::Null)]))]), map(&[("window", Dynamic::Null)]));
        assert_eq!(respelled(&empty, null.clone()), empty);
        let set = map(&[("window", map(&[("from", "x".into())]))]);
        assert_eq!(respelled(&set, null.clone()), null);
    }

    #[test]
    fn a_real_difference_stays() {
        let reference = map(&[("note", "".into()), ("tags", texts(&["a"]))]);
        for tags in [Dynamic::Null, texts(&["b"]), texts(&["a", "b"])] {
            let value = map(&[("note", "new".into()), ("tags", tags)]);
            assert_eq!(respelled(&reference, value.clone()), value);
        }
    }

    #[test]
    fn equal_texts_keep_spelling_beside_changed_ones() {
        let reference = map(&[("tags", texts(&["Read", "Write"]))]);
        assert_eq!(respelled(&reference, map(&[("tags", texts(&["read", "write"]))])), reference);
        let changed = respelled(&reference, map(&[("tags", texts(&["read", "delete"]))]));
        assert_eq!(changed.attribute("tags"), &texts(&["Read", "delete"]));
    }

    #[test]
    fn matches_nested_objects_by_place_or_content() {
        let (read, write) = (part("Read", "".into()), part("Write", "x".into()));
        let (lower_read, lower_write) = (part("read", Dynamic::Null), part("write", "x".into()));
        for (attribute, collection) in [("parts", Dynamic::set as fn(_) -> _), ("ordered", Dynamic::List)] {
            let reference = map(&[(attribute, collection(vec![read.clone(), write.clone()]))]);
            let value = map(&[(attribute, collection(vec![lower_read.clone(), lower_write.clone()]))]);
            assert_eq!(respelled(&reference, value), reference);
        }
    }

    #[test]
    fn what_the_service_does_not_know_stays() {
        let reference = map(&[("hint", "mine".into())]);
        assert_eq!(respelled(&reference, map(&[("hint", Dynamic::Null)])), reference);
        for said in [map(&[("hint", "another".into())]), map(&[("order", Dynamic::Null)])] {
            let reference = map(&[("hint", "mine".into()), ("order", "done".into())]);
            assert_eq!(respelled(&reference, said.clone()), said, "what a resource says counts");
        }
    }
}
