//! Values at the ends of what the rules of an attribute allow, and just beyond.

use serde_json::{Map, Value, json};
use terraform_provider_auth0::{
    schema::{Attribute, Kind, Mode, Nesting, Rule},
    value::Type,
};

/// The longest text and list that is tried where a rule sets no limit.
const LONG: usize = 300;

/// Values that satisfy every rule.
pub(super) fn within(attribute: &Attribute) -> Vec<Value> {
    match &attribute.kind {
        Kind::Nested { nesting, attributes } => {
            let full = object(attributes, &|attribute| within(attribute).first().cloned());
            let objects = attributes.iter().flat_map(|member| with_member(&full, member, within(member)));
            objects.chain([full.clone()]).map(|object| collected(*nesting, object)).collect()
        }
        Kind::Value(ty) => plain(ty, attribute.behaviour.rules).0,
    }
}

/// Values that break one rule, or are of another type.
pub(super) fn beyond(attribute: &Attribute) -> Vec<Value> {
    match &attribute.kind {
        Kind::Nested { nesting, attributes } => {
            let full = object(attributes, &|attribute| within(attribute).first().cloned());
            let objects = attributes.iter().flat_map(|member| with_member(&full, member, beyond(member)));
            let required = attributes.iter().filter(|member| member.behaviour.mode == Mode::Required);
            let without = required.map(|member| {
                let mut object = full.clone();
                object.remove(member.property());
                object
            });
            let objects = objects.chain(without).map(|object| collected(*nesting, object));
            objects.chain([json!("text"), json!(1)]).collect()
        }
        Kind::Value(ty) => plain(ty, attribute.behaviour.rules).1,
    }
}

fn object(attributes: &[Attribute], value: &dyn Fn(&Attribute) -> Option<Value>) -> Map<String, Value> {
    attributes.iter().filter_map(|member| Some((member.property().to_owned(), value(member)?))).collect()
}

fn with_member<'a>(
    full: &'a Map<String, Value>,
    member: &'a Attribute,
    values: Vec<Value>,
) -> impl Iterator<Item = Map<String, Value>> + 'a {
    values.into_iter().map(|value| {
        let mut object = full.clone();
        object.insert(member.property().to_owned(), value);
        object
    })
}

fn collected(nesting: Nesting, object: Map<String, Value>) -> Value {
    match nesting {
        Nesting::Single | Nesting::Map => object.into(),
        Nesting::List | Nesting::Set => json!([object]),
    }
}

/// Values of a plain type within its rules, and beyond.
fn plain(ty: &Type, rules: &[Rule]) -> (Vec<Value>, Vec<Value>) {
    let (mut within, mut beyond) = match ty {
        Type::Bool => (vec![json!(true), json!(false)], vec![json!("true")]),
        Type::Number => (vec![json!(60)], vec![json!("60"), json!(1.5)]),
        Type::String => (vec![json!("text")], vec![json!(1), json!(true), json!(["text"])]),
        Type::List(_) | Type::Set(_) => {
            (vec![json!(["text"])], vec![json!("text"), json!({ "k": "text" }), json!([1])])
        }
        Type::Map(_) => (vec![json!({ "k": "text" })], vec![json!("text"), json!(["text"]), json!({ "k": 1 })]),
        other => panic!("no values of the type {other:?}"),
    };
    for rule in rules {
        let (inside, outside) = of_rule(rule, ty);
        if matches!(rule, Rule::OneOf(_) | Rule::Form(..) | Rule::Range(..)) || element(rule) {
            within.clone_from(&inside);
        } else {
            within.extend(inside);
        }
        beyond.extend(outside);
    }
    (within, beyond)
}

fn element(rule: &Rule) -> bool {
    matches!(rule, Rule::Each(Rule::OneOf(_) | Rule::Form(..)))
}

/// Values at the ends of a rule, and just beyond.
fn of_rule(rule: &Rule, ty: &Type) -> (Vec<Value>, Vec<Value>) {
    match rule {
        Rule::OneOf(texts) => (texts.iter().map(|text| json!(text)).collect(), vec![json!("another")]),
        Rule::Length(least, most) => {
            let text = |length: usize| json!("x".repeat(length));
            let mut within = vec![text((*least).max(1)), text((*most).min(LONG))];
            let mut beyond = Vec::new();
            if *least > 0 {
                beyond.push(text(least - 1));
            } else {
                within.push(text(0));
            }
            if *most < LONG {
                beyond.push(text(most + 1));
            }
            (within, beyond)
        }
        Rule::Range(least, most) => {
            let within = vec![json!(least), json!((*most).min(1 << 31)), json!((*least).max(60).min(*most))];
            let mut beyond = vec![json!(least - 1)];
            if *most < i64::MAX {
                beyond.push(json!(most + 1));
            }
            (within, beyond)
        }
        Rule::Items(least, most) => {
            let items = |count: usize| match ty {
                Type::Map(_) => (0..count).map(|n| (format!("k{n}"), json!("text"))).collect::<Map<_, _>>().into(),
                _ => (0..count).map(|n| json!(format!("text{n}"))).collect::<Value>(),
            };
            let mut beyond = Vec::new();
            if *least > 0 {
                beyond.push(items(least - 1));
            }
            if *most < LONG {
                beyond.push(items(most + 1));
                return (vec![items(*most)], beyond);
            }
            (Vec::new(), beyond)
        }
        Rule::Each(rule) => {
            let (Type::List(item) | Type::Set(item) | Type::Map(item)) = ty else { panic!("{ty:?} has no elements") };
            let collect =
                |value: Value| if matches!(ty, Type::Map(_)) { json!({ "k": value }) } else { json!([value]) };
            let (within, beyond) = of_rule(rule, item);
            (within.into_iter().map(collect).collect(), beyond.into_iter().map(collect).collect())
        }
        Rule::Keys(rule) => {
            let key = |key: &Value| json!({ key.as_str().unwrap_or_default(): "text" });
            let (within, beyond) = of_rule(rule, &Type::String);
            (within.iter().map(key).collect(), beyond.iter().map(key).collect())
        }
        Rule::Form(form, _) => (vec![sample(form)], Vec::new()),
        Rule::Amount(..) => (Vec::new(), Vec::new()),
    }
}

/// A text of a form that a function knows.
fn sample(form: &str) -> Value {
    match form {
        form if form.starts_with("non-empty text") => json!("n"),
        form if form.starts_with("an absolute address") => json!("https://example.com/logo.png"),
        form if form.starts_with("an organization ID") => json!("org_9ybsU1dN2dKfDkBi"),
        form if form.starts_with("text in one line") => json!("s3cret"),
        form if form.starts_with("1 to 255 letters") => json!("team"),
        form if form.starts_with("10 to 64 letters") => json!("my-key-of-2026"),
        form if form.starts_with("a time with its zone") => json!("2027-01-31T12:00:00Z"),
        other => panic!("no sample of {other}"),
    }
}
