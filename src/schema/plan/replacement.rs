//! Changes that replace the object.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    diagnostic::Path,
    schema::{Attribute, Kind, Mode, Nesting},
    value::Dynamic,
};

/// The paths at which a change from `prior` to `planned` replaces the object. An absent object has null attributes. The
/// elements of a set have no paths, so the path ends at the set.
pub(super) fn find(attributes: &[Attribute], prior: &Dynamic, planned: &Dynamic, path: &Path, found: &mut Vec<Path>) {
    for attribute in attributes {
        let (prior, planned) = (prior.attribute(attribute.name), planned.attribute(attribute.name));
        // The configuration does not change computed values.
        if prior == planned || attribute.behaviour.mode == Mode::Computed {
            continue;
        }
        let path = attribute.below(path);
        if attribute.behaviour.requires_replace {
            found.push(path);
        } else if let Kind::Nested { nesting, attributes } = &attribute.kind {
            inside(*nesting, attributes, prior, planned, path, found);
        }
    }
}

fn inside(
    nesting: Nesting,
    attributes: &[Attribute],
    prior: &Dynamic,
    planned: &Dynamic,
    path: Path,
    found: &mut Vec<Path>,
) {
    match (nesting, prior, planned) {
        // An unknown value may turn out different, and the plan must say so now.
        (_, _, Dynamic::Unknown) => found.extend(can_require(attributes).then_some(path)),
        (Nesting::Set, ..) => {
            let differs = all_immutable(attributes, prior) != all_immutable(attributes, planned);
            found.extend(differs.then_some(path));
        }
        (Nesting::Single, ..) => find(attributes, prior, planned, &path, found),
        (Nesting::List, ..) => {
            let (prior, planned) = (list(prior), list(planned));
            let null = Dynamic::Null;
            for index in 0..prior.len().max(planned.len()) {
                let (prior, planned) = (prior.get(index).unwrap_or(&null), planned.get(index).unwrap_or(&null));
                find(attributes, prior, planned, &path.index(index), found);
            }
        }
        (Nesting::Map, ..) => {
            let keys: BTreeSet<_> = keys(prior).chain(keys(planned)).collect();
            for key in keys {
                find(attributes, prior.attribute(key), planned.attribute(key), &path.key(key), found);
            }
        }
    }
}

fn keys(value: &Dynamic) -> impl Iterator<Item = &String> {
    let map = if let Dynamic::Map(map) = value { Some(map) } else { None };
    map.into_iter().flat_map(BTreeMap::keys)
}

fn list(value: &Dynamic) -> &[Dynamic] {
    if let Dynamic::List(elements) = value { elements } else { &[] }
}

/// The attributes that force replacement in the elements of a set, without the index.
fn all_immutable(attributes: &[Attribute], set: &Dynamic) -> Vec<Dynamic> {
    let Dynamic::Set(elements) = set else { return Vec::new() };
    let mut all: Vec<_> = elements.iter().map(|element| immutable(attributes, element)).collect();
    all.retain(|each| !each.is_null());
    all.sort();
    all
}

/// The attributes that force replacement in an object; null if there are none.
fn immutable(attributes: &[Attribute], object: &Dynamic) -> Dynamic {
    let part = |attribute: &Attribute| {
        let value = object.attribute(attribute.name);
        let part = match &attribute.kind {
            _ if attribute.behaviour.requires_replace => value.clone(),
            Kind::Nested { nesting: Nesting::Single, attributes } => immutable(attributes, value),
            Kind::Nested { attributes, .. } if can_require(attributes) => value.clone(),
            Kind::Nested { .. } | Kind::Value(_) => Dynamic::Null,
        };
        (!part.is_null()).then(|| (attribute.name.to_owned(), part))
    };
    let parts: BTreeMap<_, _> = attributes.iter().filter_map(part).collect();
    if parts.is_empty() { Dynamic::Null } else { Dynamic::Map(parts) }
}

/// Whether a change of such objects can force replacement.
fn can_require(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.kind {
        _ if attribute.behaviour.requires_replace => true,
        Kind::Nested { attributes, .. } => can_require(attributes),
        Kind::Value(_) => false,
    })
}
