//! How the API has an attribute: the facts from which [`super::wire`] makes requests and reads responses.

use super::default::Default;
use crate::value::{DecodeError, Dynamic, json::tree::Object};

/// How the API has an attribute. [`Property::SAME`] is a property of the same name, which null clears and a PATCH replaces.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "they are traits that combine freely")]
pub struct Property {
    /// The name of the property, if it is not the attribute's.
    pub name: Option<&'static str>,
    /// What the absence of the property in a response means, if it is not null.
    pub absent: Option<Default>,
    /// Whether an empty value clears the property, and null is refused.
    pub cleared_empty: bool,
    /// Whether a PATCH merges the property member by member.
    pub merged: bool,
    /// Whether a create leaves the property out while it has its default.
    pub unsent_default: bool,
    /// Whether every response shows the property, whatever the token may read.
    pub always_shown: bool,
    /// Whether every response shows the property if the token may read more than what is always shown.
    pub shown_if_readable: bool,
    /// The functions that map the attribute, if nothing of the above says how.
    pub mapping: Option<&'static Mapping>,
}

/// Functions that map an attribute which is no single property of the API.
#[derive(Debug)]
pub struct Mapping {
    /// The properties that the functions write and read.
    pub properties: &'static [&'static str],
    /// Adds what a create says of the attribute.
    pub create: fn(plan: &Dynamic, body: &mut Object),
    /// Adds what an update from `prior` to `plan` says of the attribute.
    pub update: fn(prior: &Dynamic, plan: &Dynamic, body: &mut Object),
    /// Reads the attribute from a response. `prior` is the object as it was known before.
    pub read: fn(shown: &Object, prior: &Dynamic) -> Result<Dynamic, DecodeError>,
}

impl Property {
    /// The property is like the attribute.
    pub const SAME: Self = Self {
        name: None,
        absent: None,
        cleared_empty: false,
        merged: false,
        unsent_default: false,
        always_shown: false,
        shown_if_readable: false,
        mapping: None,
    };
}
