//! The plan engine: from what is and what is wanted to what will be, as a pure function.
//!
//! Terraform's rules for the answer are in its `resource-instance-change-lifecycle.md`: a configured value is planned as
//! it is, an attribute without configuration may hold any value if it is computed, and null otherwise. Defaults and
//! unknowns are therefore only ever placed where the configuration is null.

use std::collections::BTreeMap;

use super::{Attribute, Kind, Mode, Nesting};
use crate::{diagnostic::Path, value::Dynamic};

/// The answer to a proposed change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The object after the apply, unknown where only the apply will tell.
    pub state: Dynamic,
    /// The attributes whose change needs a new object, in schema order. Empty for a new object.
    pub requires_replace: Vec<Path>,
}

/// Plans a create (`prior` is null) or an update of an object of `attributes`.
///
/// `proposed` is Terraform's own merge: the configuration where it has a value, the prior value for computed attributes
/// where it has none.
#[must_use]
pub fn plan(attributes: &[Attribute], prior: &Dynamic, config: &Dynamic, proposed: &Dynamic) -> Planned {
    let defaulted = object(attributes, config, proposed, &defaulted);
    let changes = prior.is_null() || defaulted != *prior;
    let mut requires_replace = Vec::new();
    if !prior.is_null() {
        replacements(attributes, prior, &defaulted, &Path::root(), &mut requires_replace);
    }
    let state = if changes {
        let decided_by_apply = |attribute: &Attribute, config: &Dynamic, value: Dynamic| {
            unknown_until_apply(attribute, config, value, !prior.is_null())
        };
        object(attributes, config, &defaulted, &decided_by_apply)
    } else {
        defaulted
    };
    Planned { state, requires_replace }
}

/// Gives an attribute's value, from its configuration and the value that it has so far.
type Step<'a> = dyn Fn(&Attribute, &Dynamic, Dynamic) -> Dynamic + 'a;

/// Applies `step` to every attribute of an object, nested ones first.
fn object(attributes: &[Attribute], config: &Dynamic, value: &Dynamic, step: &Step) -> Dynamic {
    let Dynamic::Map(_) = value else { return value.clone() };
    let planned = attributes.iter().map(|attribute| {
        let config = config.attribute(attribute.name);
        let value = nested(&attribute.kind, config, value.attribute(attribute.name), step);
        (attribute.name.to_owned(), step(attribute, config, value))
    });
    Dynamic::Map(planned.collect::<BTreeMap<_, _>>())
}

/// Descends into nested objects, each beside the configuration that it comes from.
fn nested(kind: &Kind, config: &Dynamic, value: &Dynamic, step: &Step) -> Dynamic {
    let Kind::Nested { nesting, attributes } = kind else { return value.clone() };
    let null = Dynamic::Null;
    match (nesting, config, value) {
        (Nesting::Single, _, value) => object(attributes, config, value, step),
        (Nesting::List, Dynamic::List(configs), Dynamic::List(values)) => Dynamic::List(
            values
                .iter()
                .enumerate()
                .map(|(index, value)| object(attributes, configs.get(index).unwrap_or(&null), value, step))
                .collect(),
        ),
        (Nesting::Map, Dynamic::Map(configs), Dynamic::Map(values)) => Dynamic::Map(
            values
                .iter()
                .map(|(key, value)| (key.clone(), object(attributes, configs.get(key).unwrap_or(&null), value, step)))
                .collect(),
        ),
        // An element of a set is its content, so what is configured is all there is to start from.
        (Nesting::Set, Dynamic::Set(configs), Dynamic::Set(_)) => {
            Dynamic::set(configs.iter().map(|config| object(attributes, config, config, step)).collect())
        }
        (_, _, value) => value.clone(),
    }
}

/// The default, where there is one and the configuration has no value.
fn defaulted(attribute: &Attribute, config: &Dynamic, value: Dynamic) -> Dynamic {
    match attribute.behaviour.mode {
        Mode::Defaulted(default) if config.is_null() => default.value(&attribute.kind),
        _ => value,
    }
}

/// Unknown, where the service decides and the value is not known to last.
fn unknown_until_apply(attribute: &Attribute, config: &Dynamic, value: Dynamic, exists: bool) -> Dynamic {
    let decided_by_apply = match attribute.behaviour.mode {
        Mode::Computed => !(exists && attribute.behaviour.keep_prior),
        Mode::OptionalComputed => !exists,
        Mode::Required | Mode::Optional | Mode::Defaulted(_) => false,
    };
    if decided_by_apply && config.is_null() { Dynamic::Unknown } else { value }
}

fn replacements(attributes: &[Attribute], prior: &Dynamic, planned: &Dynamic, path: &Path, found: &mut Vec<Path>) {
    for attribute in attributes {
        let path = path.attribute(attribute.name);
        let (prior, planned) = (prior.attribute(attribute.name), planned.attribute(attribute.name));
        if attribute.behaviour.requires_replace && prior != planned {
            found.push(path);
            continue;
        }
        let Kind::Nested { nesting: Nesting::Single, attributes } = &attribute.kind else { continue };
        match (prior, planned) {
            (Dynamic::Map(_), Dynamic::Map(_)) => replacements(attributes, prior, planned, &path, found),
            // It may turn out to differ where that needs a new object, and the plan has to say so now.
            (Dynamic::Map(_), Dynamic::Unknown) if attributes.iter().any(|a| a.behaviour.requires_replace) => {
                found.push(path);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        model,
        schema::{COMPUTED, Default, Model, OPTIONAL, REQUIRED},
    };

    model! {
        /// Inner.
        struct Inner {
            /// Algorithm.
            alg: Value<String> = OPTIONAL.default(Default::String("RS256")),
            /// Encoded.
            encoded: Value<bool> = OPTIONAL.default(Default::Bool(false)).requires_replace(),
        }
    }

    model! {
        /// Outer.
        struct Outer {
            /// Id.
            id: Value<String> = COMPUTED.keep_prior(),
            /// Stamp.
            stamp: Value<String> = COMPUTED,
            /// Name.
            name: Value<String> = REQUIRED,
            /// Home.
            home: Value<String> = OPTIONAL.requires_replace(),
            /// Note.
            note: Value<String> = OPTIONAL,
            /// Kinds.
            kinds: Value<BTreeSet<String>> = OPTIONAL.default(Default::Strings(&["a"])),
            /// Inner.
            inner: Value<Inner> = OPTIONAL.default(Default::Nested),
        }
    }

    fn map(entries: &[(&str, Dynamic)]) -> Dynamic {
        Dynamic::Map(entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    }

    fn inner(alg: &str, encoded: bool) -> Dynamic {
        map(&[("alg", alg.into()), ("encoded", Dynamic::Bool(encoded))])
    }

    /// A whole object, null but for `entries`.
    fn outer(entries: &[(&str, Dynamic)]) -> Dynamic {
        let given = map(entries);
        Dynamic::Map(Outer::attributes().iter().map(|a| (a.name.to_owned(), given.attribute(a.name).clone())).collect())
    }

    fn existing() -> Dynamic {
        outer(&[
            ("id", "7".into()),
            ("stamp", "monday".into()),
            ("name", "x".into()),
            ("kinds", Dynamic::set(vec!["a".into()])),
            ("inner", inner("RS256", false)),
        ])
    }

    /// As Core proposes it: configured values, and for computed attributes without one the prior value.
    fn plan_of(prior: &Dynamic, config: &Dynamic) -> Planned {
        let proposed = Outer::attributes().into_iter().map(|a| {
            let configured = config.attribute(a.name);
            let value =
                if configured.is_null() && a.behaviour.is_computed() { prior.attribute(a.name) } else { configured };
            (a.name.to_owned(), value.clone())
        });
        plan(&Outer::attributes(), prior, config, &Dynamic::Map(proposed.collect()))
    }

    #[test]
    fn a_create_shows_defaults_and_leaves_the_rest_to_the_apply() {
        let planned = plan_of(&Dynamic::Null, &outer(&[("name", "x".into())]));
        assert_eq!(planned.state.attribute("id"), &Dynamic::Unknown);
        assert_eq!(planned.state.attribute("inner"), &inner("RS256", false));
        assert_eq!(planned.state.attribute("kinds"), &Dynamic::set(vec!["a".into()]));
        assert_eq!(planned.state.attribute("note"), &Dynamic::Null);
        assert_eq!(planned.requires_replace, []);
    }

    #[test]
    fn nothing_changed_is_the_prior_state_itself() {
        let planned = plan_of(&existing(), &outer(&[("name", "x".into())]));
        assert_eq!(planned, Planned { state: existing(), requires_replace: vec![] });
    }

    #[test]
    fn an_update_keeps_what_lasts_and_forgets_what_does_not() {
        let planned = plan_of(&existing(), &outer(&[("name", "y".into())]));
        assert_eq!(planned.state.attribute("id"), &"7".into());
        assert_eq!(planned.state.attribute("stamp"), &Dynamic::Unknown);
        assert_eq!(planned.requires_replace, []);
    }

    #[test]
    fn removing_a_line_clears_it_or_brings_the_default_back() {
        let mut prior = existing();
        if let Dynamic::Map(attributes) = &mut prior {
            attributes.insert("note".to_owned(), "old".into());
            attributes.insert("kinds".to_owned(), Dynamic::set(vec!["b".into()]));
            attributes.insert("inner".to_owned(), inner("PS256", false));
        }
        let planned = plan_of(&prior, &outer(&[("name", "x".into())]));
        assert_eq!(planned.state.attribute("note"), &Dynamic::Null);
        assert_eq!(planned.state.attribute("kinds"), &Dynamic::set(vec!["a".into()]));
        assert_eq!(planned.state.attribute("inner"), &inner("RS256", false));
    }

    #[test]
    fn a_default_fills_the_gaps_of_a_nested_object() {
        let config = map(&[("alg", "PS256".into()), ("encoded", Dynamic::Null)]);
        let planned = plan_of(&existing(), &outer(&[("name", "x".into()), ("inner", config)]));
        assert_eq!(planned.state.attribute("inner"), &inner("PS256", false));
        assert_eq!(planned.requires_replace, []);
    }

    #[test]
    fn changes_that_need_a_new_object_are_named_by_their_path() {
        let config = map(&[("alg", Dynamic::Null), ("encoded", Dynamic::Bool(true))]);
        let config = outer(&[("name", "y".into()), ("home", Dynamic::Unknown), ("inner", config)]);
        let planned = plan_of(&existing(), &config);
        let paths: Vec<_> = planned.requires_replace.iter().map(ToString::to_string).collect();
        assert_eq!(paths, ["home", "inner.encoded"], "an unknown value counts as different");
    }

    #[test]
    fn an_unknown_configuration_is_planned_unknown() {
        let planned = plan_of(&existing(), &outer(&[("name", Dynamic::Unknown), ("inner", Dynamic::Unknown)]));
        assert_eq!(planned.state.attribute("name"), &Dynamic::Unknown);
        assert_eq!(planned.state.attribute("inner"), &Dynamic::Unknown);
        assert_eq!(planned.requires_replace, ["inner".into()], "what is inside may need a new object");
    }
}
