//! Each fact of a property by itself, and all of them together against a service that stores what it is sent.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection, prelude::*};
use secrecy::SecretString;
use serde_json::json;

use super::*;
use crate::{
    model,
    schema::{AttributeType as _, COMPUTED, Mapping, Model as _, OPTIONAL, REQUIRED, Rule, Set, plan::plan},
    value::Type,
};

model! {
    /// Thing.
    struct Thing {
        /// Named otherwise by the API.
        id: Value<String> = COMPUTED.keep_prior().api("thing_id").always_shown(),
        /// Decided by the service.
        revision: Value<i64> = COMPUTED,
        /// Required.
        name: Value<String> = REQUIRED.always_shown(),
        /// Replaces the object.
        home: Value<String> = OPTIONAL.requires_replace(),
        /// Cleared by a text.
        note: Value<String> = OPTIONAL.cleared_empty().always_shown(),
        /// Cleared by an array.
        tags: Value<BTreeSet<String>> = OPTIONAL.cleared_empty().equal(str::eq_ignore_ascii_case),
        /// Cleared by null.
        limit: Value<i64> = OPTIONAL,
        /// Tells whether the rest is hidden.
        kinds: Value<BTreeSet<String>> = OPTIONAL.default(Default::Strings(&["a"])).shown_if_readable(),
        /// Not sent while it has its default.
        open: Value<bool> = OPTIONAL.default(Default::Bool(true)).absent(Default::Bool(true)).unsent_default(),
        /// Another default than that of the service.
        strict: Value<bool> = OPTIONAL.default(Default::Bool(true)).absent(Default::Bool(false)),
        /// Merged by key.
        labels: Value<BTreeMap<String, String>> = OPTIONAL.merged().rules(&[Rule::Items(0, 3)]),
        /// Merged by attribute.
        settings: Value<Settings> = OPTIONAL.default(Default::Nested).merged().absent(Default::Nested),
        /// Replaced as a whole.
        part: Value<Part> = OPTIONAL,
        /// In order.
        list: Value<Vec<Part>> = OPTIONAL.api("parts"),
        /// Without order.
        set: Value<Set<Part>> = OPTIONAL.cleared_empty(),
        /// By key.
        map: Value<BTreeMap<String, Part>> = OPTIONAL,
        /// Mapped by functions.
        public: Value<bool> = OPTIONAL.default(Default::Bool(false)).mapped(&VISIBILITY),
        /// Local.
        hint: Value<String> = OPTIONAL.local(),
        /// Local, with a default.
        guard: Value<bool> = OPTIONAL.default(Default::Bool(true)).local(),
        /// A trigger.
        order: Value<String> = OPTIONAL.trigger(),
        /// Write-only.
        secret: Value<SecretString> = OPTIONAL.write_only(),
    }
}

model! {
    /// Settings.
    struct Settings {
        /// Algorithm.
        alg: Value<String> = OPTIONAL.default(Default::String("RS256")),
        /// Lifetime.
        lifetime: Value<i64> = OPTIONAL,
        /// Sealed.
        sealed: Value<bool> = OPTIONAL.default(Default::Bool(false)).absent(Default::Bool(false)).requires_replace(),
    }
}

model! {
    /// Part.
    struct Part {
        /// Name.
        name: Value<String> = REQUIRED.api("part_name"),
        /// Note.
        note: Value<String> = OPTIONAL,
    }
}

const VISIBILITY: Mapping = Mapping {
    properties: &["visibility"],
    create: |plan, body| drop(body.insert("visibility".to_owned(), visibility(plan).into())),
    update: |prior, plan, body| {
        if visibility(prior) != visibility(plan) {
            body.insert("visibility".to_owned(), visibility(plan).into());
        }
    },
    read: |shown, _| Ok(Dynamic::Bool(shown.get("visibility") == Some(&json!("public")))),
};

fn visibility(thing: &Dynamic) -> &str {
    if *thing.attribute("public") == Dynamic::Bool(true) { "public" } else { "private" }
}

/// A thing of these attributes, null but for them.
fn thing(json: &Json) -> Dynamic {
    tree::read(json, &Thing::kind().ty(), &Path::root()).unwrap()
}

/// What is planned for a new thing.
fn planned(config: &Json) -> Dynamic {
    plan(Thing::attributes(), &Dynamic::Null, &thing(config)).state
}

fn shown(json: &Json) -> Object {
    json.as_object().unwrap().clone()
}

/// An attribute of what is read, as JSON.
fn read_one(attribute: &str, json: &Json, prior: &Dynamic) -> Json {
    let read = read(Thing::attributes(), &shown(json), prior, &Path::root()).unwrap();
    tree::write(read.attribute(attribute))
}

#[test]
fn creates_with_what_is_planned_and_known() {
    let config = json!({
        "name": "n", "home": "h", "note": "", "limit": 1, "open": true, "labels": {"a": "1"}, "list": [{"name": "x"}],
        "set": [{"name": "x", "note": "y"}], "map": {"k": {"name": "x"}}, "part": {"name": "x"}, "public": true,
        "hint": "h", "order": "o", "secret": "s3cret",
    });
    let expected = json!({
        "name": "n", "home": "h", "note": "", "limit": 1, "kinds": ["a"], "strict": true, "labels": {"a": "1"},
        "settings": {"alg": "RS256", "sealed": false}, "parts": [{"part_name": "x"}], "visibility": "public",
        "set": [{"part_name": "x", "note": "y"}], "map": {"k": {"part_name": "x"}}, "part": {"part_name": "x"},
    });
    assert_eq!(Json::from(create(Thing::attributes(), &planned(&config))), expected);
    assert_eq!(create(Thing::attributes(), &thing(&json!({"open": false}))).get("open"), Some(&json!(false)));
}

#[test]
fn updates_what_differs() {
    let part = |name| json!({"name": name});
    let sent = json!({"a": {"part_name": "x"}});
    for (attribute, prior, plan, expected) in [
        ("name", json!("a"), json!("b"), json!({"name": "b"})),
        ("note", json!("a"), json!(null), json!({"note": ""})),
        ("note", json!(""), json!(null), json!({})),
        ("tags", json!(["a"]), json!(null), json!({"tags": []})),
        ("tags", json!(["a"]), json!(["b"]), json!({"tags": ["b"]})),
        ("tags", json!(null), json!([]), json!({})),
        ("limit", json!(1), json!(null), json!({"limit": null})),
        ("open", json!(false), json!(true), json!({"open": true})),
        ("labels", json!({"a": "1", "b": "2"}), json!({"a": "1", "c": "3"}), json!({"labels": {"b": null, "c": "3"}})),
        ("labels", json!({"a": "1"}), json!(null), json!({"labels": {"a": null}})),
        ("settings", json!({"alg": "A", "lifetime": 1}), json!({"alg": "A"}), json!({"settings": {"lifetime": null}})),
        ("part", json!({"name": "x", "note": "y"}), part("x"), json!({"part": {"part_name": "x"}})),
        ("part", part("x"), json!(null), json!({"part": null})),
        ("list", json!([part("x")]), json!([]), json!({"parts": []})),
        ("set", json!([part("x")]), json!(null), json!({"set": []})),
        ("map", json!({"a": part("x"), "b": part("y")}), json!({"a": part("x")}), json!({"map": sent})),
        ("public", json!(true), json!(false), json!({"visibility": "private"})),
    ] {
        let [before, after] = [&prior, &plan].map(|value| thing(&json!({attribute: value})));
        let body = update(Thing::attributes(), &before, &after);
        assert_eq!(Json::from(body), expected, "{attribute}: {prior} to {plan}");
    }
}

#[test]
fn updates_nothing_that_an_update_cannot_change() {
    let prior = json!({"id": "1", "revision": 1, "home": "a", "settings": {"sealed": false}});
    let plan = json!({
        "id": "2", "revision": 2, "home": "b", "settings": {"sealed": true}, "hint": "h", "guard": true, "order": "o",
        "secret": "s3cret",
    });
    assert_eq!(update(Thing::attributes(), &thing(&prior), &thing(&plan)), Object::new());
}

#[test]
fn reads_what_is_shown_and_what_is_not() {
    let prior = thing(&json!({"name": "n", "limit": 9, "note": "old", "hint": "h", "order": "o", "secret": "s3cret"}));
    let settings = || json!({"alg": null, "lifetime": null, "sealed": false});
    for (attribute, json, expected) in [
        ("id", json!({"thing_id": "7", "id": "8"}), json!("7")),
        ("name", json!({}), json!(null)),
        ("limit", json!({}), json!(null)),
        ("open", json!({"open": null}), json!(true)),
        ("strict", json!({}), json!(false)),
        ("settings", json!({}), settings()),
        ("settings", json!({"settings": {}}), settings()),
        ("note", json!({"note": ""}), json!(null)),
        ("tags", json!({"tags": []}), json!(null)),
        ("labels", json!({"labels": {}}), json!(null)),
        ("part", json!({"part": {}}), json!(null)),
        ("kinds", json!({"kinds": []}), json!([])),
        ("list", json!({"parts": [{"part_name": "x", "note": ""}]}), json!([{"name": "x", "note": null}])),
        ("set", json!({"set": [{"part_name": "x"}, {"part_name": "x"}]}), json!([{"name": "x", "note": null}])),
        ("map", json!({"map": {"k": {"part_name": "x"}}}), json!({"k": {"name": "x", "note": null}})),
        ("public", json!({"visibility": "public"}), json!(true)),
        ("hint", json!({"hint": "x"}), json!("h")),
        ("order", json!({"order": "x"}), json!("o")),
        ("guard", json!({"guard": false}), json!(true)),
        ("secret", json!({"secret": "x"}), json!(null)),
    ] {
        let mut json = json;
        json.as_object_mut().unwrap().entry("kinds").or_insert_with(|| json!(["a"]));
        assert_eq!(read_one(attribute, &json, &prior), expected, "{attribute}: {json}");
    }
    assert_eq!(read_one("guard", &json!({}), &thing(&json!({"guard": false}))), json!(false));
}

#[test]
fn keeps_what_the_token_may_not_read() {
    let hidden = |json: &Json| is_hidden(Thing::attributes(), &shown(json));
    assert!(hidden(&json!({"name": "n"})) && hidden(&json!({"kinds": null})) && !hidden(&json!({"kinds": []})));
    let prior = thing(&json!({"name": "o", "note": "x", "limit": 1, "open": false, "settings": {"lifetime": 2}}));
    let read = |attribute| read_one(attribute, &json!({"name": "n", "strict": true}), &prior);
    assert_eq!(["name", "note", "strict"].map(read), [json!("n"), json!(null), json!(true)]);
    assert_eq!(["limit", "open"].map(read), [json!(1), json!(false)]);
    assert_eq!(read("settings")["lifetime"], json!(2));
}

#[test]
fn names_the_attribute_that_cannot_be_read() {
    for (json, path, problem) in [
        (json!({"limit": "x"}), "limit", "expected a number, found a string"),
        (json!({"settings": []}), "settings", "expected an object"),
        (json!({"parts": {}}), "list", "expected an array"),
        (json!({"parts": [{"part_name": "x"}, 1]}), "list[1]", "expected an object"),
        (json!({"set": [{"part_name": 1}]}), "set.name", "expected a string, found a number"),
        (json!({"map": {"k": []}}), "map[\"k\"]", "expected an object"),
    ] {
        let error = read(Thing::attributes(), &shown(&json), &Dynamic::Null, &Path::root()).unwrap_err();
        assert_eq!((error.path.to_string().as_str(), error.problem.as_str()), (path, problem));
    }
}

#[test]
fn agrees_with_another_spelling_and_with_the_unknown() {
    let known = planned(&json!({"name": "n", "note": "", "tags": ["A"], "list": [{"name": "x"}], "hint": "h"}));
    let with = |attribute: &str, value: &Json| {
        let mut read = json!({"name": "n", "tags": ["a"], "list": [{"name": "x", "note": null}], "revision": 5});
        read[attribute] = value.clone();
        let read = plan(Thing::attributes(), &Dynamic::Null, &thing(&read)).state;
        agrees(Thing::attributes(), &known, &read)
    };
    assert!(with("id", &json!("7")) && with("note", &json!(null)) && with("hint", &json!("x")));
    let others = [("note", json!("x")), ("tags", json!(["a", "b"])), ("settings", json!({"lifetime": 1}))];
    for (attribute, value) in others {
        assert!(!with(attribute, &value), "{attribute}");
    }
}

#[test]
fn names_the_properties_that_are_read() {
    let expected = "thing_id revision name home note tags limit kinds open strict labels settings.alg \
                    settings.lifetime settings.sealed part.part_name part.note parts.part_name parts.note \
                    set.part_name set.note map visibility";
    assert_eq!(properties(Thing::attributes()).join(" "), expected);
}

/// Any configuration of an object without what would replace it.
pub(crate) fn any_object(attributes: &[Attribute]) -> BoxedStrategy<Dynamic> {
    let attribute = |attribute: &Attribute| {
        let (name, value) = (attribute.name.to_owned(), any_value(&attribute.kind));
        let value = match attribute.behaviour.mode {
            mode if mode == Mode::Computed || attribute.behaviour.requires_replace => Just(Dynamic::Null).boxed(),
            Mode::Required => value.prop_filter("a required value", |value| !value.is_empty()).boxed(),
            _ => prop_oneof![2 => value, 1 => Just(Dynamic::Null)].boxed(),
        };
        value.prop_map(move |value| (name.clone(), value))
    };
    let attributes: Vec<_> = attributes.iter().map(attribute).collect();
    attributes.prop_map(|attributes| Dynamic::Map(attributes.into_iter().collect())).boxed()
}

fn any_value(kind: &Kind) -> BoxedStrategy<Dynamic> {
    let text = || "[aAbc]?".prop_map(|text| text.as_str().into());
    match kind {
        Kind::Value(Type::Bool) => any::<bool>().prop_map(Dynamic::Bool).boxed(),
        Kind::Value(Type::Number) => (0_i64..3).prop_map(|number| Dynamic::Number(number.into())).boxed(),
        Kind::Value(Type::Set(_)) => collection::vec(text(), 0..3).prop_map(Dynamic::set).boxed(),
        Kind::Value(Type::Map(_)) => collection::btree_map("[abc]", text(), 0..3).prop_map(Dynamic::Map).boxed(),
        Kind::Value(_) => text().boxed(),
        Kind::Nested { nesting, attributes } => {
            let object = any_object(attributes);
            match nesting {
                Nesting::Single => object,
                Nesting::List => collection::vec(object, 0..3).prop_map(Dynamic::List).boxed(),
                Nesting::Set => collection::vec(object, 0..3).prop_map(Dynamic::set).boxed(),
                Nesting::Map => collection::btree_map("[ab]", object, 0..3).prop_map(Dynamic::Map).boxed(),
            }
        }
    }
}

/// Stores a body. It merges some properties and replaces all others. Null removes a property, except where an empty
/// value clears it. An empty value is stored, or taken for nothing.
fn store(stored: &mut Object, body: Object, keeps_empty: bool) {
    for (name, value) in body {
        let is_nothing = match &value {
            Json::Null => !["note", "tags", "set"].contains(&name.as_str()),
            value => !keeps_empty && [json!(""), json!([])].contains(value),
        };
        assert!(is_nothing || !value.is_null(), "null is refused");
        match (value, name.as_str()) {
            _ if is_nothing => drop(stored.remove(&name)),
            (Json::Object(members), "labels" | "settings") => {
                let there = stored.entry(name).or_insert_with(|| json!({})).as_object_mut().unwrap();
                let (removed, set): (Vec<_>, Vec<_>) = members.into_iter().partition(|(_, member)| member.is_null());
                for (member, _) in &removed {
                    there.remove(member);
                }
                there.extend(set);
            }
            (value, _) => drop(stored.insert(name, value)),
        }
    }
}

proptest! {
    #[test]
    fn a_service_ends_up_as_planned(
        first in any_object(Thing::attributes()), second in any_object(Thing::attributes()), keeps_empty: bool,
    ) {
        let attributes = Thing::attributes();
        let planned = plan(attributes, &Dynamic::Null, &first).state;
        let mut stored = shown(&json!({"thing_id": "7", "revision": 1}));
        store(&mut stored, create(attributes, &planned), keeps_empty);
        let made = read(attributes, &stored, &planned, &Path::root()).unwrap();
        prop_assert!(agrees(attributes, &planned, &made), "{planned:?} was made {made:?}");

        let prior = respell(attributes, &planned, made);
        for state in [&planned, &prior] {
            prop_assert_eq!(update(attributes, state, state), Object::new());
        }
        let planned = plan(attributes, &prior, &second).state;
        let body = update(attributes, &prior, &planned);
        for name in body.keys() {
            let mut of = attributes.iter().filter(|attribute| attribute.properties().contains(&name.as_str()));
            prop_assert!(of.any(|it| prior.attribute(it.name) != planned.attribute(it.name)), "{name} does not differ");
        }
        store(&mut stored, body, keeps_empty);
        let changed = read(attributes, &stored, &planned, &Path::root()).unwrap();
        prop_assert!(agrees(attributes, &planned, &changed), "{planned:?} became {changed:?}");
    }

    #[test]
    fn tells_what_a_service_made_otherwise(
        first in any_object(Thing::attributes()), second in any_object(Thing::attributes()),
        odd in any_object(Thing::attributes()), of_update: bool,
    ) {
        let attributes = Thing::attributes();
        let made = plan(attributes, &Dynamic::Null, &first).state;
        let (prior, planned, sent) = if of_update {
            let planned = plan(attributes, &made, &second).state;
            let body = update(attributes, &made, &planned);
            (made, planned, body)
        } else {
            let body = create(attributes, &made);
            (Dynamic::Null, made, body)
        };
        // The service answers with what was planned, except for some properties.
        let mut answer = shown(&json!({"thing_id": "7", "revision": 1}));
        answer.extend(create(attributes, &planned));
        answer.extend(create(attributes, &plan(attributes, &Dynamic::Null, &odd).state));
        let read = read(attributes, &answer, &planned, &Path::root()).unwrap();
        let told = unheeded(attributes, &prior, &planned, &read);
        let told: BTreeSet<_> = told.iter().map(|path| path.to_string().split('.').next().unwrap().to_owned()).collect();
        let spelled = respell(attributes, &planned, read);
        for attribute in attributes {
            let is_same = planned.attribute(attribute.name) == spelled.attribute(attribute.name);
            let is_sent = attribute.properties().iter().any(|property| sent.contains_key(*property));
            let is_told = told.contains(attribute.name);
            if is_told {
                prop_assert!((is_sent || !of_update) && !is_same, "{} was not sent, or is as planned", attribute.name);
            } else if is_sent && !attribute.behaviour.property.merged {
                prop_assert!(is_same, "{} was sent and came back otherwise", attribute.name);
            }
        }
    }
}

#[test]
fn names_what_was_sent_and_came_back_otherwise() {
    let told = |prior: &Json, plan: &Json, shown: &Json| {
        let [prior, plan, shown] = [prior, plan, shown].map(thing);
        let told = unheeded(Thing::attributes(), &prior, &plan, &shown);
        told.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    for (prior, plan, shown, expected) in [
        (json!({"note": "a"}), json!({"note": "b"}), json!({"note": "a"}), "note"),
        (json!({"note": "a"}), json!({"note": "b"}), json!({"note": "b", "limit": 7}), ""),
        (json!({"note": "a"}), json!({"note": ""}), json!({"note": null}), ""),
        (json!({"tags": ["a"]}), json!({"tags": ["B"]}), json!({"tags": ["b"]}), ""),
        (json!({"labels": {"a": "1"}}), json!({"labels": {"a": "2"}}), json!({"labels": {"a": "2", "z": "9"}}), ""),
        (json!({"labels": {"a": "1"}}), json!({"labels": {}}), json!({"labels": {"a": "1"}}), "labels"),
        (
            json!({"settings": {"alg": "A", "lifetime": 1}}),
            json!({"settings": {"alg": "B", "lifetime": 1}}),
            json!({"settings": {"alg": "A", "lifetime": 2}}),
            "settings.alg",
        ),
        (json!({"part": null}), json!({"part": {"name": "x"}}), json!({"part": {"name": "y"}}), "part.name"),
        (json!({"part": null}), json!({"part": {"name": "x"}}), json!({"part": null}), "part"),
        (json!({"public": false}), json!({"public": true}), json!({"public": false}), "public"),
        (json!({"home": "a"}), json!({"home": "b"}), json!({"home": "a"}), ""),
        (json!({"order": "a"}), json!({"order": "b"}), json!({"order": "a"}), ""),
    ] {
        assert_eq!(told(&prior, &plan, &shown), expected, "{prior} to {plan}: {shown}");
    }
    let (made, shown) = (planned(&json!({"name": "n", "home": "a"})), thing(&json!({"name": "n", "home": "b"})));
    let told = unheeded(Thing::attributes(), &Dynamic::Null, &made, &shown);
    let told: Vec<_> = told.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["home", "kinds", "open", "strict", "settings", "public"], "defaults are planned as well");
}

#[test]
fn removed_entries_go_first_if_all_are_too_many() {
    let labels = |keys: &str, value: &str| -> Json {
        let entries = keys.chars().map(|key| (key.to_string(), json!(value)));
        json!({ "name": "n", "note": value, "labels": entries.collect::<serde_json::Map<_, _>>() })
    };
    let [prior, plan] = [labels("abc", "1"), labels("cde", "2")].map(|json| thing(&json));
    let between = halfway(Thing::attributes(), &prior, &plan).unwrap();
    assert_eq!(between, thing(&json!({"name": "n", "note": "1", "labels": {"c": "1"}})));
    for (before, after) in [("abc", "ab"), ("ab", "bc"), ("", "abc"), ("abc", "abc")] {
        let [prior, plan] = [labels(before, "1"), labels(after, "2")].map(|json| thing(&json));
        assert_eq!(halfway(Thing::attributes(), &prior, &plan), None, "{before} to {after}");
    }
}
