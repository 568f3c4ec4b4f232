//! `corner_value`: every plain type.

use std::collections::{BTreeMap, BTreeSet};

use terraform_provider_auth0::model;
use terraform_provider_auth0::schema::{COMPUTED, OPTIONAL, Plain};
use terraform_provider_auth0::value::{Dynamic, Number, Type, Typed, Value};
use unicode_normalization::UnicodeNormalization as _;

use super::object::Object;

model! {
    /// A point.
    pub(crate) struct Point {
        /// To the right.
        x: Value<Number> = OPTIONAL,
        /// What it is called.
        label: Value<String> = OPTIONAL,
    }
}

model! {
    /// Values of every plain type.
    pub(crate) struct Values {
        /// Its name.
        id: Value<String> = COMPUTED.keep_prior(),
        /// A text, which the service shows in decomposed form.
        text: Value<String> = OPTIONAL,
        /// How many characters the text has.
        length: Value<i64> = COMPUTED,
        /// A number of any size.
        number: Value<Number> = OPTIONAL,
        /// A bool.
        flag: Value<bool> = OPTIONAL,
        /// A list.
        list: Value<Vec<String>> = OPTIONAL,
        /// A set.
        set: Value<BTreeSet<Number>> = OPTIONAL,
        /// A map.
        map: Value<BTreeMap<String, bool>> = OPTIONAL,
        /// A map of lists.
        lists: Value<BTreeMap<String, Vec<String>>> = OPTIONAL,
        /// An object.
        object: Value<Plain<Point>> = OPTIONAL,
        /// A list of objects.
        objects: Value<Vec<Plain<Point>>> = OPTIONAL,
        /// A tuple.
        tuple: Value<(Value<String>, Value<Number>)> = OPTIONAL,
        /// Anything.
        any: Value<Typed> = OPTIONAL,
        /// How many texts there are in `any`, or, if it is itself a text, that text twice.
        answer: Value<Typed> = COMPUTED,
    }
}

impl Object for Values {
    const NAME: &'static str = "corner_value";

    fn id(&mut self) -> &mut Value<String> {
        &mut self.id
    }

    fn made(self) -> Self {
        let length = self.text.as_str().unwrap_or_default().chars().count();
        let answer = match self.any.known() {
            Some(Typed { value: Dynamic::String(text), .. }) => {
                Typed { ty: Type::String, value: Dynamic::String(text.repeat(2)) }
            }
            any => {
                let count = any.map_or(0, |any| texts(&any.value));
                Typed { ty: Type::Number, value: Dynamic::Number(count.into()) }
            }
        };
        Self { length: Value::Known(length.try_into().unwrap()), answer: Value::Known(answer), ..self }
    }

    fn seen(self) -> Self {
        Self { text: self.text.map(|text| text.nfd().collect()), ..self }
    }
}

fn texts(value: &Dynamic) -> i64 {
    match value {
        Dynamic::String(_) => 1,
        Dynamic::List(elements) | Dynamic::Set(elements) => elements.iter().map(texts).sum(),
        Dynamic::Map(elements) => elements.values().map(texts).sum(),
        Dynamic::Typed(typed) => texts(&typed.value),
        _ => 0,
    }
}
