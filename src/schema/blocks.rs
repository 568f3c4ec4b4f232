//! The value of an absent block.
//!
//! In Terraform, absent blocks of a list, set or map are empty and never null, and an absent group is an object of
//! nulls. A null in a response instead is an error that blames the provider. Item 62 of conformance needs this.

use super::{Attribute, Kind, Nesting};
use crate::value::Dynamic;

/// `value`, an object of `attributes`, with every absent block in Terraform's form.
#[must_use]
pub fn with_absent(attributes: &[Attribute], value: Dynamic) -> Dynamic {
    let Dynamic::Map(mut object) = value else { return value };
    for attribute in attributes {
        let (Kind::Nested { nesting, attributes }, Some(block)) = (&attribute.kind, attribute.behaviour.block()) else {
            continue;
        };
        let value = object.remove(attribute.name).unwrap_or(Dynamic::Null);
        let inner = |value| with_absent(attributes, value);
        let value = match (nesting, value) {
            (Nesting::Single, Dynamic::Null) if block.group => inner(Dynamic::Map([].into())),
            (Nesting::Single, value) => inner(value),
            (Nesting::List, Dynamic::Null) => Dynamic::List(Vec::new()),
            (Nesting::Set, Dynamic::Null) => Dynamic::set(Vec::new()),
            (Nesting::Map, Dynamic::Null) => Dynamic::Map([].into()),
            (_, Dynamic::List(blocks)) => Dynamic::List(blocks.into_iter().map(inner).collect()),
            (_, Dynamic::Set(blocks)) => Dynamic::set(blocks.into_iter().map(inner).collect()),
            (_, Dynamic::Map(blocks)) => Dynamic::Map(blocks.into_iter().map(|(key, b)| (key, inner(b))).collect()),
            (_, value) => value,
        };
        object.insert(attribute.name.to_owned(), value);
    }
    Dynamic::Map(object)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        model,
        schema::{BLOCK, Behaviour, GROUP, Model, OPTIONAL, Set},
    };

    model! {
        /// Inner.
        struct Inner {
            /// Name.
            name: Value<String> = OPTIONAL,
            /// Deeper.
            deeper: Value<Vec<Deeper>> = BLOCK,
        }
    }

    model! {
        /// Deeper.
        struct Deeper {
            /// Name.
            name: Value<String> = OPTIONAL,
        }
    }

    model! {
        /// Outer.
        struct Outer {
            /// One.
            one: Value<Inner> = BLOCK,
            /// A group.
            group: Value<Inner> = GROUP,
            /// A list.
            list: Value<Vec<Inner>> = Behaviour::blocks(3),
            /// A set.
            set: Value<Set<Inner>> = BLOCK,
            /// A map.
            map: Value<BTreeMap<String, Inner>> = BLOCK,
            /// No block.
            attribute: Value<Vec<Deeper>> = OPTIONAL,
        }
    }

    fn filled(entries: &[(&str, Dynamic)]) -> Dynamic {
        let object = entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        with_absent(Outer::attributes(), Dynamic::Map(object))
    }

    #[test]
    fn an_absent_block_is_null_empty_or_a_group() {
        let empty = filled(&[]);
        assert_eq!(empty.attribute("one"), &Dynamic::Null);
        assert_eq!(empty.attribute("group").attribute("deeper"), &Dynamic::List(vec![]));
        assert_eq!(empty.attribute("list"), &Dynamic::List(vec![]));
        assert_eq!(empty.attribute("set"), &Dynamic::set(vec![]));
        assert_eq!(empty.attribute("map"), &Dynamic::Map([].into()));
        assert_eq!(empty.attribute("attribute"), &Dynamic::Null, "for an attribute, null is not empty");
    }

    #[test]
    fn blocks_in_blocks_are_filled_as_well() {
        let block = || Dynamic::Map([("name".to_owned(), "x".into())].into());
        let value = filled(&[("list", Dynamic::List(vec![block(), Dynamic::Unknown])), ("one", block())]);
        let Dynamic::List(blocks) = value.attribute("list") else { panic!("a list") };
        assert_eq!(blocks[0].attribute("deeper"), &Dynamic::List(vec![]));
        assert_eq!(blocks[1], Dynamic::Unknown);
        assert_eq!(value.attribute("one").attribute("deeper"), &Dynamic::List(vec![]));
    }
}
