//! Write-only attributes: their values go from the configuration to the API, and are stored nowhere.
//!
//! Terraform sends them only with the configuration of a plan or an apply. In every returned state they must be null,
//! so they are removed in one place, whatever a resource returns.

use super::{Attribute, Kind, Nesting};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, Path},
    value::Dynamic,
};

/// Whether any of `attributes` is write-only or contains a write-only one.
#[must_use]
pub fn is_among(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.kind {
        _ if attribute.behaviour.write_only => true,
        Kind::Nested { attributes, .. } => is_among(attributes),
        Kind::Value(_) => false,
    })
}

/// `value`, an object of `attributes`, without write-only values.
#[must_use]
pub fn removed(attributes: &[Attribute], value: Dynamic) -> Dynamic {
    replaced(attributes, value, &Dynamic::Null)
}

/// The plan, with the write-only values of its configuration.
#[must_use]
pub fn supplied(attributes: &[Attribute], planned: Dynamic, config: &Dynamic) -> Dynamic {
    replaced(attributes, planned, config)
}

/// `value` with the write-only values of `source`, which are null if it has none.
fn replaced(attributes: &[Attribute], value: Dynamic, source: &Dynamic) -> Dynamic {
    let Dynamic::Map(mut object) = value else { return value };
    for Attribute { name, kind, behaviour, .. } in attributes {
        let Some(value) = object.get_mut(*name) else { continue };
        let source = source.attribute(name);
        if behaviour.write_only {
            *value = source.clone();
        } else if let Kind::Nested { nesting, attributes } = kind
            && is_among(attributes)
        {
            let given = std::mem::replace(value, Dynamic::Null);
            *value = inside(*nesting, attributes, given, source);
        }
    }
    Dynamic::Map(object)
}

/// The same in nested objects. Terraform does not allow them in sets.
fn inside(nesting: Nesting, attributes: &[Attribute], value: Dynamic, source: &Dynamic) -> Dynamic {
    match (nesting, value) {
        (Nesting::Single, value) => replaced(attributes, value, source),
        (Nesting::List, Dynamic::List(values)) => {
            let sources = if let Dynamic::List(sources) = source { sources.as_slice() } else { &[] };
            let element = |(index, value)| replaced(attributes, value, sources.get(index).unwrap_or(&Dynamic::Null));
            Dynamic::List(values.into_iter().enumerate().map(element).collect())
        }
        (Nesting::Map, Dynamic::Map(values)) => {
            let element = |(key, value): (String, Dynamic)| {
                let value = replaced(attributes, value, source.attribute(&key));
                (key, value)
            };
            Dynamic::Map(values.into_iter().map(element).collect())
        }
        (_, value) => value,
    }
}

/// Errors for write-only attributes with a Terraform that does not support them, because it would store the values.
///
/// An unknown value may turn out null, as in a module that works with every release, so it is no error.
#[must_use]
pub fn refused(attributes: &[Attribute], config: &Dynamic) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    each(attributes, config, &Path::root(), &mut |attribute, value, path| {
        if attribute.behaviour.write_only && !value.is_null() && !value.is_unknown() {
            // No path, because Terraform would show the line with the secret.
            diagnostics.push(Diagnostic::error(
                "Write-only Attribute Not Allowed",
                format!(
                    "`{path}` is write-only, which needs Terraform 1.11 or newer (or OpenTofu 1.11): an older release \
                     would store its value. Use a newer release, or remove the attribute."
                ),
            ));
        }
    });
    diagnostics
}

/// Visits every attribute, with its value and its path.
fn each(attributes: &[Attribute], object: &Dynamic, path: &Path, visit: &mut dyn FnMut(&Attribute, &Dynamic, &Path)) {
    for attribute in attributes {
        let value = object.attribute(attribute.name);
        let path = attribute.below(path);
        visit(attribute, value, &path);
        let Kind::Nested { nesting, attributes } = &attribute.kind else { continue };
        match (nesting, value) {
            (Nesting::Single, value) if !value.is_null() => each(attributes, value, &path, visit),
            (_, Dynamic::List(elements)) => {
                for (index, element) in elements.iter().enumerate() {
                    each(attributes, element, &path.index(index), visit);
                }
            }
            (_, Dynamic::Set(elements)) => {
                for element in elements {
                    each(attributes, element, &path, visit);
                }
            }
            (Nesting::Map, Dynamic::Map(elements)) => {
                for (key, element) in elements {
                    each(attributes, element, &path.key(&**key), visit);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        model,
        schema::{Model, OPTIONAL},
    };

    model! {
        /// Door.
        struct Door {
            /// Code.
            code: Value<String> = OPTIONAL.sensitive(),
            /// Code.
            code_wo: Value<String> = OPTIONAL.write_only(),
            /// Lock.
            lock: Value<Lock> = OPTIONAL,
            /// Locks.
            locks: Value<Vec<Lock>> = OPTIONAL,
            /// Locks by place.
            places: Value<BTreeMap<String, Lock>> = OPTIONAL,
        }
    }

    model! {
        /// Lock.
        struct Lock {
            /// Name.
            name: Value<String> = OPTIONAL,
            /// Key.
            key_wo: Value<String> = OPTIONAL.write_only(),
        }
    }

    fn map(entries: &[(&str, Dynamic)]) -> Dynamic {
        Dynamic::Map(entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    }

    fn lock(name: &str, key: Dynamic) -> Dynamic {
        map(&[("name", name.into()), ("key_wo", key)])
    }

    /// A door with three locks, whose keys are made of these texts.
    fn door(code: Dynamic, key: &dyn Fn(&str) -> Dynamic) -> Dynamic {
        map(&[
            ("code", "1".into()),
            ("code_wo", code),
            ("lock", lock("a", key("a"))),
            ("locks", Dynamic::List(vec![lock("b", key("b")), lock("c", key("c"))])),
            ("places", map(&[("x", lock("d", key("d")))])),
        ])
    }

    #[test]
    fn secrets_are_taken_out_at_every_depth_and_put_back() {
        let with = door("2".into(), &|key| key.into());
        let without = door(Dynamic::Null, &|_| Dynamic::Null);
        let attributes = Door::attributes();
        assert_eq!(removed(attributes, with.clone()), without);
        assert_eq!(supplied(attributes, without, &with), with);
        assert_eq!(removed(attributes, Dynamic::Null), Dynamic::Null);
        assert!(is_among(attributes) && !is_among(&attributes[..1]) && is_among(&attributes[2..3]));
    }

    #[test]
    fn what_is_planned_decides_which_objects_there_are() {
        let planned = map(&[("locks", Dynamic::List(vec![lock("b", Dynamic::Null)])), ("places", Dynamic::Unknown)]);
        let config = map(&[("locks", Dynamic::Unknown), ("places", map(&[("x", lock("d", "d".into()))]))]);
        assert_eq!(supplied(Door::attributes(), planned.clone(), &config), planned);
    }

    #[test]
    fn old_releases_are_told_what_they_would_store() {
        let told = refused(Door::attributes(), &door("s3cret".into(), &|key| key.into()));
        let told: Vec<_> = told.iter().map(|told| (told.detail.split(' ').next().unwrap(), &told.path)).collect();
        let places = ["`code_wo`", "`lock.key_wo`", "`locks[0].key_wo`", "`locks[1].key_wo`", "`places[\"x\"].key_wo`"];
        assert_eq!(told, places.map(|place| (place, &None)));
        for nothing in [Dynamic::Null, Dynamic::Unknown] {
            let config = door(nothing.clone(), &|_| nothing.clone());
            assert_eq!(refused(Door::attributes(), &config), Diagnostics::new());
        }
    }
}
