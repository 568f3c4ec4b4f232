//! Checks of a configuration that need only the schema.
//!
//! Terraform itself checks types and names. It allows `null` for a required attribute and a value for a computed one,
//! so this module checks both.

use super::{Attribute, Behaviour, Kind, Mode, Nesting};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, Path},
    value::{Dynamic, Type},
};

/// All problems of `config`, an object of `attributes`. Unknown values count as valid.
#[must_use]
pub fn validate(attributes: &[Attribute], config: &Dynamic) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    object(attributes, config, &Path::root(), &mut diagnostics);
    diagnostics
}

fn object(attributes: &[Attribute], config: &Dynamic, path: &Path, diagnostics: &mut Diagnostics) {
    for attribute in attributes {
        let value = config.attribute(attribute.name);
        let path = attribute.below(path);
        if value.is_null() {
            diagnostics.extend(missing(&attribute.behaviour, &path));
        } else if !value.is_unknown() {
            present(attribute, value, &path, diagnostics);
        }
    }
}

fn missing(behaviour: &Behaviour, path: &Path) -> Option<Diagnostic> {
    behaviour.is_required().then(|| {
        let detail = format!("The attribute `{path}` is required. Set a value other than null.");
        Diagnostic::error("Missing Configuration for Required Attribute", detail).at(path.clone())
    })
}

fn present(attribute: &Attribute, value: &Dynamic, path: &Path, diagnostics: &mut Diagnostics) {
    let behaviour = &attribute.behaviour;
    if behaviour.mode == Mode::Computed {
        let detail = format!("`{path}` is read-only, the service sets it. Remove it from the configuration.");
        diagnostics.push(Diagnostic::error("Invalid Configuration for Read-Only Attribute", detail).at(path.clone()));
        return;
    }
    if let Some(why) = behaviour.deprecated {
        diagnostics.push(Diagnostic::warning("Attribute Deprecated", why).at(path.clone()));
    }
    diagnostics.extend(null_element(&attribute.kind, value, path));
    for rule in behaviour.rules {
        if let Some((place, sentence)) = rule.violation(value, path) {
            diagnostics.push(if behaviour.sensitive {
                // No path, because Terraform would show the line with the value.
                let sentence = format!("The value of `{path}` must be {}.", rule.demand());
                Diagnostic::error("Invalid Attribute Value", sentence)
            } else {
                Diagnostic::error("Invalid Attribute Value", sentence).at(place)
            });
        }
    }
    if let Kind::Nested { nesting, attributes } = &attribute.kind {
        nested(*nesting, attributes, value, path, diagnostics);
    }
}

fn nested(nesting: Nesting, attributes: &[Attribute], value: &Dynamic, path: &Path, diagnostics: &mut Diagnostics) {
    match (nesting, value) {
        (Nesting::Single, value) => object(attributes, value, path, diagnostics),
        (_, Dynamic::List(elements)) => {
            for (index, element) in elements.iter().enumerate() {
                object(attributes, element, &path.index(index), diagnostics);
            }
        }
        (_, Dynamic::Set(elements)) => {
            for element in elements {
                object(attributes, element, path, diagnostics);
            }
        }
        (Nesting::Map, Dynamic::Map(elements)) => {
            for (key, element) in elements {
                object(attributes, element, &path.key(&**key), diagnostics);
            }
        }
        _ => {}
    }
}

/// A null inside a collection has no meaning in the API.
fn null_element(kind: &Kind, value: &Dynamic, path: &Path) -> Option<Diagnostic> {
    let place = match (kind, value) {
        (_, Dynamic::List(elements)) => elements.iter().position(Dynamic::is_null).map(|index| path.index(index)),
        (_, Dynamic::Set(elements)) => elements.iter().any(Dynamic::is_null).then(|| path.clone()),
        (Kind::Value(Type::Map(_)) | Kind::Nested { nesting: Nesting::Map, .. }, Dynamic::Map(elements)) => {
            elements.iter().find(|(_, element)| element.is_null()).map(|(key, _)| path.key(&**key))
        }
        _ => None,
    }?;
    let detail = format!("`{path}` must not contain null. Remove the element.");
    Some(Diagnostic::error("Null Element", detail).at(place))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::{
        model,
        schema::{COMPUTED, Model, OPTIONAL, REQUIRED, Rule},
    };

    model! {
        /// Inner.
        struct Inner {
            /// Size.
            size: Value<i64> = REQUIRED.rules(&[Rule::Range(1, 9)]),
        }
    }

    model! {
        /// Outer.
        struct Outer {
            /// Id.
            id: Value<String> = COMPUTED,
            /// Name.
            name: Value<String> = REQUIRED,
            /// Tags.
            tags: Value<BTreeSet<String>> = OPTIONAL.rules(&[Rule::Each(&Rule::Length(1, 3))]),
            /// Labels.
            labels: Value<BTreeMap<String, String>> = OPTIONAL,
            /// Inner.
            inner: Value<Inner> = OPTIONAL,
            /// Old.
            old: Value<bool> = OPTIONAL.deprecated("Use `name`."),
            /// Password.
            password: Value<String> = OPTIONAL.sensitive().rules(&[Rule::Length(8, 99)]),
        }
    }

    fn problems(config: &[(&str, Dynamic)]) -> Vec<String> {
        let config = config.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        validate(Outer::attributes(), &Dynamic::Map(config))
            .iter()
            .map(|d| format!("{}: {} {}", d.path.clone().unwrap_or_default(), d.summary, d.detail))
            .collect()
    }

    #[test]
    fn null_is_no_value_for_a_required_attribute() {
        let found = problems(&[("name", Dynamic::Null)]);
        assert!(found[0].starts_with("name: Missing Configuration for Required Attribute"), "{found:?}");
        assert_eq!(problems(&[("name", Dynamic::Unknown)]), Vec::<String>::new());
    }

    #[test]
    fn a_computed_attribute_cannot_be_set() {
        let found = problems(&[("name", "x".into()), ("id", "y".into())]);
        assert!(found[0].starts_with("id: Invalid Configuration for Read-Only Attribute"), "{found:?}");
    }

    #[test]
    fn checks_elements_and_nested_attributes_in_place() {
        let inner = Dynamic::Map([("size".to_owned(), Dynamic::Number(12_i64.into()))].into());
        let labels = Dynamic::Map([("a".to_owned(), Dynamic::Null)].into());
        let tags = Dynamic::set(vec!["ok".into(), "too long".into(), Dynamic::Unknown]);
        let found = problems(&[("name", "x".into()), ("inner", inner), ("labels", labels), ("tags", tags)]);
        assert_eq!(
            found,
            [
                "tags: Invalid Attribute Value The value \"too long\" must be 1 to 3 characters long.",
                "labels[\"a\"]: Null Element `labels` must not contain null. Remove the element.",
                "inner.size: Invalid Attribute Value The value 12 must be a whole number from 1 to 9.",
            ]
        );
    }

    #[test]
    fn a_deprecated_attribute_warns_only_when_set() {
        assert_eq!(problems(&[("name", "x".into())]).len(), 0);
        assert_eq!(
            problems(&[("name", "x".into()), ("old", Dynamic::Bool(false))]),
            ["old: Attribute Deprecated Use `name`."]
        );
    }

    #[test]
    fn a_sensitive_value_is_not_shown() {
        let found = problems(&[("name", "x".into()), ("password", "hunter2".into())]);
        assert_eq!(found, [": Invalid Attribute Value The value of `password` must be 8 to 99 characters long."]);
    }
}
