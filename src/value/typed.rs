//! Values that bring their type along.

use super::{Dynamic, Type};

/// The value of an attribute that takes any type (`dynamic`), with the type that it has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Typed {
    /// Its type.
    pub ty: Type,
    /// The value of that type; it may be null or unknown.
    pub value: Dynamic,
}

impl Typed {
    /// `value` where any type will do. What has no type yet stays as it is: nothing is known of it, or it is null.
    #[must_use]
    pub fn wrap(ty: Type, value: Dynamic) -> Dynamic {
        if ty == Type::Dynamic { value } else { Dynamic::Typed(Box::new(Self { ty, value })) }
    }
}
