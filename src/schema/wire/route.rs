//! Splits an update that one request cannot carry. Pure.

use super::members;
use crate::{
    schema::{Attribute, Kind, Rule},
    value::Dynamic,
};

/// A state on the way from `prior` to `plan`, if one update cannot carry the difference. Otherwise `None`.
///
/// An update of a merged map names the removed entries beside the new ones. So its body may have more entries than
/// Auth0 accepts, although each of the two maps has few enough. Then the removed entries go first.
#[must_use]
pub fn halfway(attributes: &[Attribute], prior: &Dynamic, plan: &Dynamic) -> Option<Dynamic> {
    let mut halfway = None;
    for attribute in attributes.iter().filter(|attribute| attribute.behaviour.property.merged) {
        let (before, after) = (prior.attribute(attribute.name), plan.attribute(attribute.name));
        let (Kind::Value(_), Some(most)) = (&attribute.kind, most_entries(attribute)) else { continue };
        if members(before, after).len() <= most {
            continue;
        }
        let is_left = |key: &String| after.entries().is_some_and(|after| after.contains_key(key));
        let left = before.entries().into_iter().flatten().filter(|(key, _)| is_left(key));
        let left = Dynamic::Map(left.map(|(key, value)| (key.clone(), value.clone())).collect());
        if let Dynamic::Map(object) = halfway.get_or_insert_with(|| prior.clone()) {
            object.insert(attribute.name.to_owned(), left);
        }
    }
    halfway
}

fn most_entries(attribute: &Attribute) -> Option<usize> {
    attribute.behaviour.rules.iter().find_map(|rule| if let Rule::Items(_, most) = rule { Some(*most) } else { None })
}
