//! `corner_nested`: nested attributes in every mode, with computed, defaulted and immutable ones in them.

use std::collections::BTreeMap;

use terraform_provider_auth0::model;
use terraform_provider_auth0::schema::{COMPUTED, Default, OPTIONAL, REQUIRED, Rule, Set};
use terraform_provider_auth0::value::Value;

use super::object::{Object, drawn};

model! {
    /// An item.
    pub(crate) struct Item {
        /// What it is called.
        name: Value<String> = REQUIRED.rules(&[Rule::Length(1, 9)]),
        /// How large it is.
        size: Value<i64> = OPTIONAL.default(Default::Int(1)),
        /// Where it lives for good.
        home: Value<String> = OPTIONAL.requires_replace(),
        /// The number that it got.
        serial: Value<i64> = COMPUTED,
    }
}

model! {
    /// Items, nested in every mode.
    pub(crate) struct Nested {
        /// Its name.
        id: Value<String> = COMPUTED.keep_prior(),
        /// A note.
        note: Value<String> = OPTIONAL,
        /// One.
        one: Value<Item> = OPTIONAL,
        /// In order.
        list: Value<Vec<Item>> = OPTIONAL,
        /// Without order.
        set: Value<Set<Item>> = OPTIONAL,
        /// By key.
        map: Value<BTreeMap<String, Item>> = OPTIONAL,
        /// Everything that is there.
        all: Value<Vec<Item>> = COMPUTED,
    }
}

impl Item {
    fn made(self) -> Self {
        Self { serial: drawn(self.serial), ..self }
    }
}

impl Object for Nested {
    const NAME: &'static str = "corner_nested";

    fn id(&mut self) -> &mut Value<String> {
        &mut self.id
    }

    fn made(self) -> Self {
        let list = self.list.map(|items| items.into_iter().map(Item::made).collect::<Vec<_>>());
        let all = list.clone().into_known().unwrap_or_default();
        Self {
            one: self.one.map(Item::made),
            set: self.set.map(|Set(items)| Set(items.into_iter().map(Item::made).collect())),
            map: self.map.map(|items| items.into_iter().map(|(key, item)| (key, item.made())).collect()),
            list,
            all: Value::Known(all),
            ..self
        }
    }
}
