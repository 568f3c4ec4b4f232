//! The plan engine, by tables.

use std::collections::BTreeSet;

use super::*;
use crate::{
    model,
    schema::{BLOCK, COMPUTED, Default, Model, OPTIONAL, REQUIRED, Set},
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

fn plan_of(prior: &Dynamic, config: &Dynamic) -> Planned {
    plan(Outer::attributes(), prior, config)
}

#[test]
fn create_plans_defaults_and_unknowns() {
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
fn update_keeps_only_lasting_values() {
    let planned = plan_of(&existing(), &outer(&[("name", "y".into())]));
    assert_eq!(planned.state.attribute("id"), &"7".into());
    assert_eq!(planned.state.attribute("stamp"), &Dynamic::Unknown);
    assert_eq!(planned.requires_replace, []);
}

#[test]
fn removed_line_clears_value_or_restores_default() {
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
fn names_paths_that_force_replacement() {
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

model! {
    /// Something nested.
    struct Item {
        /// Id.
        id: Value<String> = COMPUTED.keep_prior(),
        /// Stamp.
        stamp: Value<String> = COMPUTED,
        /// Key.
        key: Value<String> = OPTIONAL.equal(str::eq_ignore_ascii_case),
        /// Size.
        size: Value<i64> = OPTIONAL.default(Default::Int(1)),
        /// Home.
        home: Value<String> = OPTIONAL.requires_replace(),
    }
}

model! {
    /// Collections of it.
    struct Bag {
        /// Note.
        note: Value<String> = OPTIONAL,
        /// Hint.
        hint: Value<String> = OPTIONAL.local(),
        /// Revision.
        revision: Value<i64> = COMPUTED,
        /// In order.
        list: Value<Vec<Item>> = OPTIONAL,
        /// Without order.
        set: Value<Set<Item>> = OPTIONAL,
        /// By key.
        map: Value<BTreeMap<String, Item>> = OPTIONAL,
        /// In blocks.
        block: Value<Vec<Item>> = BLOCK,
        /// All of it.
        all: Value<Vec<Item>> = COMPUTED,
    }
}

/// An item as it is configured.
fn item(key: &str) -> Dynamic {
    map(&[
        ("id", Dynamic::Null),
        ("stamp", Dynamic::Null),
        ("key", key.into()),
        ("size", Dynamic::Null),
        ("home", Dynamic::Null),
    ])
}

/// An item as it exists.
fn stored(id: &str, key: &str) -> Dynamic {
    with(item(key), &[("id", id.into()), ("stamp", "monday".into()), ("size", Dynamic::Number(1_i64.into()))])
}

/// An item as it is planned when it is new, or known by `id` and changed.
fn coming(id: Option<&str>, key: &str) -> Dynamic {
    let id = id.map_or(Dynamic::Unknown, Dynamic::from);
    with(item(key), &[("id", id), ("stamp", Dynamic::Unknown), ("size", Dynamic::Number(1_i64.into()))])
}

fn with(object: Dynamic, entries: &[(&str, Dynamic)]) -> Dynamic {
    let Dynamic::Map(mut object) = object else { panic!("an object") };
    object.extend(entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    Dynamic::Map(object)
}

fn bag(entries: &[(&str, Dynamic)]) -> Dynamic {
    let empty = Bag::attributes().iter().map(|attribute| (attribute.name.to_owned(), Dynamic::Null)).collect();
    with(with(Dynamic::Map(empty), &[("block", Dynamic::List(vec![]))]), entries)
}

/// Plans an update of a bag with this in the attribute `name` to that.
fn change(name: &str, prior: Dynamic, config: Dynamic) -> (Dynamic, Vec<String>) {
    let prior = bag(&[("revision", Dynamic::Number(7_i64.into())), (name, prior)]);
    let planned = plan(Bag::attributes(), &prior, &bag(&[(name, config)]));
    (planned.state.attribute(name).clone(), planned.requires_replace.iter().map(ToString::to_string).collect())
}

const ORDERED: [&str; 2] = ["list", "block"];

#[test]
fn unchanged_element_keeps_computed_values() {
    let prior = vec![stored("1", "a"), stored("2", "b")];
    for name in ORDERED {
        let planned = change(name, Dynamic::List(prior.clone()), Dynamic::List(vec![item("a"), item("c")])).0;
        assert_eq!(planned, Dynamic::List(vec![stored("1", "a"), coming(Some("2"), "c")]), "changed in its place");
        let planned =
            change(name, Dynamic::List(prior.clone()), Dynamic::List(vec![item("new"), item("a"), item("b")])).0;
        assert_eq!(planned, Dynamic::List(vec![coming(None, "new"), stored("1", "a"), stored("2", "b")]), "moved");
    }
    let by_key = |items: &[(&str, Dynamic)]| map(items);
    let prior = by_key(&[("x", stored("1", "a")), ("y", stored("2", "b"))]);
    let planned = change("map", prior, by_key(&[("x", item("a")), ("y", item("c")), ("z", item("b"))])).0;
    let expected = [("x", stored("1", "a")), ("y", coming(Some("2"), "c")), ("z", coming(None, "b"))];
    assert_eq!(planned, by_key(&expected));
}

#[test]
fn an_element_of_a_set_is_told_by_what_is_configured() {
    let prior = Dynamic::set(vec![stored("1", "a"), stored("2", "b")]);
    let planned =
        change("set", prior, Dynamic::set(vec![item("B"), item("c"), with(item("a"), &[("size", Dynamic::Unknown)])]))
            .0;
    let unknown = with(coming(None, "a"), &[("size", Dynamic::Unknown)]);
    assert_eq!(planned, Dynamic::set(vec![stored("2", "b"), coming(None, "c"), unknown]));
}

#[test]
fn elements_that_defaults_make_equal_are_one() {
    let one = with(item("a"), &[("size", Dynamic::Number(1_i64.into()))]);
    let config = Dynamic::set(vec![item("a"), one]);
    let prior = Dynamic::set(vec![stored("1", "a")]);
    let again = change("set", prior.clone(), Dynamic::set(vec![item("a")])).0;
    assert_eq!(again, prior);
    let Dynamic::Set(elements) = change("set", prior, config).0 else { panic!("a set") };
    assert_eq!(elements.len(), 2, "what the service decides about the second is not known");
}

#[test]
fn other_spelling_is_no_change_and_first_one_stays() {
    let prior = bag(&[("revision", Dynamic::Number(7_i64.into())), ("list", Dynamic::List(vec![stored("1", "Key")]))]);
    let planned = plan(Bag::attributes(), &prior, &bag(&[("list", Dynamic::List(vec![item("KEY")]))]));
    assert_eq!(planned, Planned { state: prior, requires_replace: vec![] });
    let moved = Dynamic::List(vec![item("new"), item("KEY")]);
    let planned = change("list", Dynamic::List(vec![stored("1", "Key")]), moved).0;
    let expected = Dynamic::List(vec![coming(Some("1"), "new"), coming(None, "KEY")]);
    assert_eq!(planned, expected, "Terraform takes it only in its place");
}

#[test]
fn local_attribute_changes_nothing_else() {
    let revision = ("revision", Dynamic::Number(7_i64.into()));
    let prior = bag(std::slice::from_ref(&revision));
    let planned = plan(Bag::attributes(), &prior, &bag(&[("hint", "x".into())]));
    assert_eq!(planned.state, bag(&[revision, ("hint", "x".into())]));
    let planned = plan(Bag::attributes(), &prior, &bag(&[("hint", "x".into()), ("note", "y".into())]));
    assert_eq!(planned.state.attribute("revision"), &Dynamic::Unknown);
}

#[test]
fn names_replacement_in_collections_but_not_in_sets() {
    let at = |home: &str| with(item("a"), &[("home", home.into())]);
    let was = |home: &str| with(stored("1", "a"), &[("home", home.into())]);
    for name in ORDERED {
        let (prior, config) = (vec![stored("0", "x"), was("here")], vec![item("x"), at("there")]);
        assert_eq!(change(name, Dynamic::List(prior), Dynamic::List(config)).1, [format!("{name}[1].home")]);
        let (_, longer) = change(name, Dynamic::List(vec![was("here")]), Dynamic::List(vec![at("here"), item("x")]));
        assert_eq!(longer, [""; 0], "nothing in it needs a new object");
    }
    let by_key = |item: Dynamic| map(&[("k", item)]);
    assert_eq!(change("map", by_key(was("here")), by_key(at("there"))).1, ["map[\"k\"].home"]);
    assert_eq!(change("map", by_key(was("here")), map(&[])).1, ["map[\"k\"].home"]);
    let set = |item| Dynamic::set(vec![item]);
    assert_eq!(change("set", set(was("here")), set(at("there"))).1, ["set"]);
    assert_eq!(change("set", set(was("here")), set(at("here"))).1, [""; 0]);
    let larger = with(at("here"), &[("size", Dynamic::Number(9_i64.into()))]);
    let (changed, found) = change("set", set(was("here")), Dynamic::set(vec![larger, item("new")]));
    assert_eq!((found, changed.is_wholly_known()), (vec![], false), "it changed in nothing that needs a new object");
    assert_eq!(change("list", Dynamic::List(vec![was("here")]), Dynamic::Unknown).1, ["list"]);
    let prior = bag(&[("all", Dynamic::List(vec![was("here")]))]);
    let planned = plan(Bag::attributes(), &prior, &bag(&[("note", "x".into())]));
    assert_eq!(planned.state.attribute("all"), &Dynamic::Unknown);
    assert_eq!(planned.requires_replace, [], "what the service decides asks for no new object");
}

#[test]
fn an_object_without_a_value_gets_no_default() {
    let planned = |prior: &[(&str, Dynamic)], config: &[(&str, Dynamic)]| {
        let fixed = [("id", Dynamic::from("7")), ("stamp", "monday".into()), ("name", "x".into())];
        let prior = outer(&[&fixed[..], prior].concat());
        plan(Outer::attributes(), &prior, &outer(&[&[("name", "x".into())], config].concat())).state
    };
    let kinds = |kind: &str| ("kinds", Dynamic::set(vec![kind.into()]));
    let bare = map(&[("alg", Dynamic::Null), ("encoded", Dynamic::Bool(false))]);
    assert_eq!(planned(&[], &[]).attribute("kinds"), &Dynamic::Null);
    assert_eq!(planned(&[], &[]).attribute("inner"), &Dynamic::Null);
    assert_eq!(planned(&[("inner", bare.clone())], &[]).attribute("inner"), &bare);
    assert_eq!(planned(&[("inner", bare.clone())], &[("inner", bare.clone())]).attribute("inner"), &bare);

    assert_eq!(planned(&[kinds("b")], &[]).attribute("kinds"), &kinds("a").1, "a value is reset");
    assert_eq!(planned(&[("inner", inner("PS256", false))], &[]).attribute("inner"), &inner("RS256", false));
    assert_eq!(planned(&[], &[("inner", bare)]).attribute("inner"), &inner("RS256", false), "it is new");
    assert_eq!(plan(Outer::attributes(), &Dynamic::Null, &outer(&[])).state.attribute("kinds"), &kinds("a").1);
}
