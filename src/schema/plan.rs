//! The plan engine: the planned state from prior state and configuration, as a pure function.
//!
//! Terraform's rules are in its `resource-instance-change-lifecycle.md`. A configured value is planned unchanged, or
//! with its prior spelling if that has the same meaning. An attribute without configuration may have any value if it is
//! computed, and is null otherwise. So defaults and unknowns only appear where the configuration is null.

mod partners;
mod replacement;

use std::collections::BTreeMap;

use super::{Attribute, Default, Kind, Mode, Nesting, spelling::same};
use crate::{diagnostic::Path, value::Dynamic};

/// The planned change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The object after the apply. Unknown where only the apply decides.
    pub state: Dynamic,
    /// The attributes whose change replaces the object, in schema order. Empty for a create.
    pub requires_replace: Vec<Path>,
}

/// Plans a create (`prior` is null) or an update of an object of `attributes`.
///
/// Terraform's own proposal contains nothing new: it is the configuration, with the prior value of computed attributes
/// that are not configured. But it matches the elements of a list only by index.
#[must_use]
pub fn plan(attributes: &[Attribute], prior: &Dynamic, config: &Dynamic) -> Planned {
    let state = object(attributes, prior, config);
    let mut requires_replace = Vec::new();
    if !prior.is_null() {
        replacement::find(attributes, prior, &state, &Path::root(), &mut requires_replace);
    }
    Planned { state, requires_replace }
}

/// Whether two states of an object are equal for the API.
#[must_use]
pub fn is_unchanged(attributes: &[Attribute], prior: &Dynamic, planned: &Dynamic) -> bool {
    let concerns_service = |attribute: &&Attribute| !attribute.behaviour.local || attribute.behaviour.trigger;
    let same = |attribute: &Attribute| prior.attribute(attribute.name) == planned.attribute(attribute.name);
    prior.is_null() == planned.is_null() && attributes.iter().filter(concerns_service).all(same)
}

/// One object, top-level or nested, that continues `prior`; null for a new one. Its computed attributes may change only
/// if something else in it changes.
fn object(attributes: &[Attribute], prior: &Dynamic, config: &Dynamic) -> Dynamic {
    let Dynamic::Map(_) = config else { return config.clone() };
    let exists = !prior.is_null();
    let wanted = |attribute: &Attribute| {
        let (prior, config) = (prior.attribute(attribute.name), config.attribute(attribute.name));
        (attribute.name.to_owned(), wanted(attribute, prior, config, exists))
    };
    let mut planned: BTreeMap<_, _> = attributes.iter().map(wanted).collect();
    if is_unchanged(attributes, prior, &Dynamic::Map(planned.clone())) {
        return Dynamic::Map(planned);
    }
    for attribute in attributes {
        let left_out = config.attribute(attribute.name).is_null();
        if left_out && is_decided_by_apply(attribute, exists) {
            planned.insert(attribute.name.to_owned(), Dynamic::Unknown);
        }
    }
    Dynamic::Map(planned)
}

/// The value if nothing else changes: the configured value, the default, or the prior value of the API.
///
/// A new object gets the default, and so does an object that had another value. An object that `exists` without a value
/// stays without, so that its import changes nothing.
fn wanted(attribute: &Attribute, prior: &Dynamic, config: &Dynamic, exists: bool) -> Dynamic {
    if attribute.behaviour.write_only {
        return Dynamic::Null;
    }
    let value = match (&attribute.kind, attribute.behaviour.mode) {
        (_, Mode::Computed | Mode::OptionalComputed) if config.is_null() => prior.clone(),
        (_, Mode::Defaulted(_)) if config.is_null() && exists && prior.is_null() => Dynamic::Null,
        (Kind::Nested { nesting: Nesting::Single, attributes }, Mode::Defaulted(Default::Nested))
            if config.is_null() =>
        {
            object(attributes, prior, &Dynamic::Map(BTreeMap::new()))
        }
        (kind, Mode::Defaulted(default)) if config.is_null() => default.value(kind),
        (Kind::Nested { nesting, attributes }, _) => nested(*nesting, attributes, prior, config),
        (Kind::Value(_), _) => config.clone(),
    };
    if !prior.is_null() && same(&attribute.behaviour, prior, &value) { prior.clone() } else { value }
}

/// Nested objects, each with the prior one that it continues.
fn nested(nesting: Nesting, attributes: &[Attribute], prior: &Dynamic, config: &Dynamic) -> Dynamic {
    let elements = |configs: &[Dynamic]| {
        let priors = match prior {
            Dynamic::List(priors) | Dynamic::Set(priors) => priors.as_slice(),
            _ => &[],
        };
        let partners = partners::find(nesting, attributes, priors, configs);
        let pairs = configs.iter().zip(partners);
        pairs.map(|(config, prior)| object(attributes, prior.unwrap_or(&Dynamic::Null), config)).collect()
    };
    match (nesting, config) {
        (Nesting::Single, config) => object(attributes, prior, config),
        (Nesting::List, Dynamic::List(configs)) => Dynamic::List(elements(configs)),
        (Nesting::Set, Dynamic::Set(configs)) => Dynamic::set(elements(configs)),
        (Nesting::Map, Dynamic::Map(configs)) => {
            let element = |(key, config): (&String, &Dynamic)| {
                let prior = if let Dynamic::Map(priors) = prior { priors.get(key) } else { None };
                (key.clone(), object(attributes, prior.unwrap_or(&Dynamic::Null), config))
            };
            Dynamic::Map(configs.iter().map(element).collect())
        }
        (_, config) => config.clone(),
    }
}

/// Whether the API decides the value, and its prior value may change.
fn is_decided_by_apply(attribute: &Attribute, exists: bool) -> bool {
    match attribute.behaviour.mode {
        Mode::Computed => !(exists && attribute.behaviour.keep_prior),
        Mode::OptionalComputed => !exists,
        Mode::Required | Mode::Optional | Mode::Defaulted(_) | Mode::Block(_) => false,
    }
}

#[cfg(test)]
mod tests;
