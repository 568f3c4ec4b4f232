//! Compares the response to a write with what the write sent. Pure.

use super::{change, members};
use crate::{
    diagnostic::Path,
    schema::{Attribute, Kind, Nesting, spelling::respell},
    value::{Dynamic, json::tree::Object},
};

/// The attributes that a write from `prior` to `plan` sends, and that `shown`, the object in its response, has
/// otherwise. A null `prior` means a create, of which every planned value counts. Other spellings are no difference.
#[must_use]
pub fn unheeded(attributes: &[Attribute], prior: &Dynamic, plan: &Dynamic, shown: &Dynamic) -> Vec<Path> {
    let mut paths = Vec::new();
    collect(attributes, [prior, plan, &respell(attributes, plan, shown.clone())], &Path::root(), &mut paths);
    paths
}

fn collect(attributes: &[Attribute], objects: [&Dynamic; 3], path: &Path, paths: &mut Vec<Path>) {
    let [prior, plan, _] = objects;
    for attribute in attributes.iter().filter(|attribute| is_written(attribute, prior, plan)) {
        let [before, after, shown] = objects.map(|object| object.attribute(attribute.name));
        if after == shown {
            continue;
        }
        let path = path.attribute(attribute.name);
        match &attribute.kind {
            Kind::Nested { nesting: Nesting::Single, attributes } if is_object(after) && is_object(shown) => {
                if attribute.behaviour.property.merged {
                    collect(attributes, [before, after, shown], &path, paths);
                } else {
                    compare(attributes, after, shown, &path, paths);
                }
            }
            Kind::Value(_) if attribute.behaviour.property.merged => {
                let is_kept = |key: &String| entry(after, key) == entry(shown, key);
                if !members(before, after).keys().all(is_kept) {
                    paths.push(path);
                }
            }
            _ => paths.push(path),
        }
    }
}

/// Compares an object that is sent as a whole, where null has a meaning, too.
fn compare(attributes: &[Attribute], sent: &Dynamic, shown: &Dynamic, path: &Path, paths: &mut Vec<Path>) {
    for attribute in attributes.iter().filter(|attribute| attribute.is_sent()) {
        let (sent, shown) = (sent.attribute(attribute.name), shown.attribute(attribute.name));
        let path = path.attribute(attribute.name);
        match &attribute.kind {
            _ if sent.is_unknown() || sent == shown => {}
            Kind::Nested { nesting: Nesting::Single, attributes } if is_object(sent) && is_object(shown) => {
                compare(attributes, sent, shown, &path, paths);
            }
            _ => paths.push(path),
        }
    }
}

/// Whether a write from `prior` to `plan` sends the attribute.
fn is_written(attribute: &Attribute, prior: &Dynamic, plan: &Dynamic) -> bool {
    let is_new = prior.is_null();
    let (before, after) = (prior.attribute(attribute.name), plan.attribute(attribute.name));
    match attribute.behaviour.property.mapping {
        Some(mapping) => {
            let mut body = Object::new();
            if is_new {
                (mapping.create)(plan, &mut body);
            } else {
                (mapping.update)(prior, plan, &mut body);
            }
            !body.is_empty()
        }
        None if !attribute.is_sent() || after.is_unknown() => false,
        None if is_new => !after.is_null(),
        None => !attribute.behaviour.requires_replace && change(attribute, before, after).is_some(),
    }
}

fn is_object(value: &Dynamic) -> bool {
    matches!(value, Dynamic::Map(_))
}

fn entry<'a>(map: &'a Dynamic, key: &str) -> Option<&'a Dynamic> {
    map.entries().and_then(|entries| entries.get(key))
}
