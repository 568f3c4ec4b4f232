//! The form of an attribute in the API: facts with which [`super::wire`] builds requests and reads responses.

use super::default::Default;
use crate::value::{DecodeError, Dynamic, json::tree::Object};

/// The form of an attribute in the API. [`Property::SAME`] is a property with the same name. Null clears it, and a
/// PATCH replaces it.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "they are traits that combine freely")]
pub struct Property {
    /// The name of the property, if it is not the attribute's.
    pub name: Option<&'static str>,
    /// The value of an absent property, if it is not null.
    pub absent: Option<Default>,
    /// Whether an empty value clears the property, and null is refused.
    pub cleared_empty: bool,
    /// Whether a PATCH merges the property member by member.
    pub merged: bool,
    /// Whether a create leaves the property out while it has its default.
    pub unsent_default: bool,
    /// Whether every response shows the property, whatever the token may read.
    pub always_shown: bool,
    /// Whether every response shows the property if the token may read the settings.
    pub shown_if_readable: bool,
    /// Functions that map the attribute, if the facts above are not enough.
    pub mapping: Option<&'static Mapping>,
}

/// Functions for an attribute that is not a single property of the API.
#[derive(Debug)]
pub struct Mapping {
    /// The properties that the functions write and read.
    pub properties: &'static [&'static str],
    /// Adds the attribute to the body of a create.
    pub create: fn(plan: &Dynamic, body: &mut Object),
    /// Adds the attribute to the body of an update from `prior` to `plan`.
    pub update: fn(prior: &Dynamic, plan: &Dynamic, body: &mut Object),
    /// Reads the attribute from a response. `prior` is the known object.
    pub read: fn(shown: &Object, prior: &Dynamic) -> Result<Dynamic, DecodeError>,
}

impl Property {
    /// A property with the same name and form.
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
