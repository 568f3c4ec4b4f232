//! The user's spelling of a value that the service spells in another way.
//!
//! To leave an optional attribute out, and to set it to `""`, `[]` or `{}`, is the same to the service. The resources read
//! all of these as null; here the spelling that the configuration or the state has is put back, so that the difference
//! shows neither as drift nor as an inconsistent result.

use super::{Attribute, Kind, Mode, Nesting};
use crate::value::Dynamic;

/// `value`, spelled like `reference` where the two mean the same.
#[must_use]
pub fn respell(attributes: &[Attribute], reference: &Dynamic, value: Dynamic) -> Dynamic {
    let Dynamic::Map(mut object) = value else { return value };
    for attribute in attributes {
        let Some(value) = object.get_mut(attribute.name) else { continue };
        let reference = reference.attribute(attribute.name);
        if attribute.behaviour.mode == Mode::Optional && value.is_null() && is_empty(reference) {
            *value = reference.clone();
        } else if let Kind::Nested { nesting: Nesting::Single, attributes } = &attribute.kind {
            *value = respell(attributes, reference, std::mem::replace(value, Dynamic::Null));
        }
    }
    Dynamic::Map(object)
}

fn is_empty(value: &Dynamic) -> bool {
    match value {
        Dynamic::String(text) => text.is_empty(),
        Dynamic::List(elements) | Dynamic::Set(elements) => elements.is_empty(),
        Dynamic::Map(elements) => elements.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        model,
        schema::{COMPUTED, Model, OPTIONAL},
    };

    model! {
        /// Thing.
        struct Thing {
            /// Id.
            id: Value<String> = COMPUTED,
            /// Note.
            note: Value<String> = OPTIONAL,
            /// Tags.
            tags: Value<BTreeSet<String>> = OPTIONAL,
        }
    }

    fn thing(note: Dynamic, tags: Dynamic) -> Dynamic {
        Dynamic::Map([("id".to_owned(), Dynamic::Null), ("note".to_owned(), note), ("tags".to_owned(), tags)].into())
    }

    #[test]
    fn empty_is_a_spelling_of_null() {
        let reference = thing("".into(), Dynamic::set(vec![]));
        let respelled = respell(&Thing::attributes(), &reference, thing(Dynamic::Null, Dynamic::Null));
        assert_eq!(respelled, reference);
    }

    #[test]
    fn a_real_difference_stays() {
        let reference = thing("".into(), Dynamic::set(vec!["a".into()]));
        let value = thing("new".into(), Dynamic::Null);
        assert_eq!(respell(&Thing::attributes(), &reference, value.clone()), value);
    }
}
