//! Where a value of any type is not allowed.
//!
//! Terraform allows none in sets. With one in a block of a list or map, Terraform treats all of these blocks as a tuple
//! or an object, in which each has its own type. No schema here needs that, so it is not supported. Item 52 of
//! conformance needs the check.

use super::{Attribute, Kind, Nesting};

/// The first attribute of any type at a place where none is allowed, and why.
pub(super) fn misplaced(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let Kind::Nested { nesting, attributes } = &attribute.kind else { return None };
        let is_block = attribute.behaviour.block().is_some();
        let reason = match nesting {
            Nesting::Set => Some("Terraform admits none in a set"),
            Nesting::List | Nesting::Map if is_block => Some("in blocks of a list or map they are not supported"),
            Nesting::List | Nesting::Map | Nesting::Single => None,
        };
        let inner = match reason {
            Some(reason) => dynamic(attributes).map(|inner| format!("{inner}` holds values of any type: {reason}")),
            None => misplaced(attributes),
        };
        Some(format!("{}.{}", attribute.name, inner?))
    })
}

/// The path of the first attribute of any type.
fn dynamic(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.kind {
        Kind::Value(ty) => ty.has_dynamic().then(|| attribute.name.to_owned()),
        Kind::Nested { attributes, .. } => Some(format!("{}.{}", attribute.name, dynamic(attributes)?)),
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        model,
        schema::{BLOCK, OPTIONAL, Schema, Set},
        value::Typed,
    };

    model! {
        /// Any.
        struct Any {
            /// Anything.
            any: Value<Typed> = OPTIONAL,
        }
    }

    model! {
        /// One, which holds another.
        struct Outer {
            /// Inner.
            inner: Value<Any> = OPTIONAL,
        }
    }

    model! {
        /// Where it may stand.
        struct Fine {
            /// By itself.
            any: Value<Typed> = OPTIONAL,
            /// In a block.
            block: Value<Outer> = BLOCK,
            /// In a list that is no block.
            list: Value<Vec<Any>> = OPTIONAL,
        }
    }

    model! {
        /// In blocks of a list.
        struct InList {
            /// Blocks.
            list: Value<Vec<Outer>> = BLOCK,
        }
    }

    model! {
        /// In a set.
        struct InSet {
            /// No block.
            set: Value<Set<Any>> = OPTIONAL,
        }
    }

    #[test]
    fn by_itself_and_in_single_blocks_it_is_fine() {
        assert_eq!(Schema::of::<Fine>(0).attributes.len(), 3);
    }

    #[test]
    #[should_panic(expected = "`list.inner.any` holds values of any type: in blocks of a list or map")]
    fn blocks_of_a_list_are_refused() {
        drop(Schema::of::<InList>(0));
    }

    #[test]
    #[should_panic(expected = "`set.any` holds values of any type: Terraform admits none in a set")]
    fn sets_are_refused() {
        drop(Schema::of::<InSet>(0));
    }
}
