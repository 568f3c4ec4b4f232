//! `corner_block`: nested blocks in every mode, with computed and defaulted attributes, and blocks in them.

use std::collections::BTreeMap;

use terraform_provider_auth0::model;
use terraform_provider_auth0::schema::{BLOCK, Behaviour, COMPUTED, Default, GROUP, OPTIONAL, REQUIRED, Rule, Set};
use terraform_provider_auth0::value::Value;

use super::object::{Object, drawn};

model! {
    /// A block.
    pub(crate) struct Entry {
        /// What it is called.
        name: Value<String> = REQUIRED.rules(&[Rule::Length(1, 9)]),
        /// How large it is.
        size: Value<i64> = OPTIONAL.default(Default::Int(1)),
        /// The number that it got.
        serial: Value<i64> = COMPUTED,
        /// Blocks in the block.
        detail: Value<Vec<Detail>> = BLOCK,
    }
}

model! {
    /// A block in a block.
    pub(crate) struct Detail {
        /// What it says.
        text: Value<String> = OPTIONAL.rules(&[Rule::Length(1, 9)]),
    }
}

model! {
    /// A block that is always there.
    pub(crate) struct Settings {
        /// How loud.
        volume: Value<i64> = OPTIONAL.default(Default::Int(3)),
        /// What it says.
        text: Value<String> = OPTIONAL,
    }
}

model! {
    /// Blocks in every mode.
    pub(crate) struct Blocks {
        /// Its name.
        id: Value<String> = COMPUTED.keep_prior(),
        /// A note.
        note: Value<String> = OPTIONAL,
        /// One.
        one: Value<Entry> = BLOCK,
        /// One that is always there.
        settings: Value<Settings> = GROUP,
        /// In order.
        entry: Value<Vec<Entry>> = Behaviour::blocks(3),
        /// Without order.
        member: Value<Set<Entry>> = BLOCK,
        /// By label.
        labelled: Value<BTreeMap<String, Entry>> = BLOCK,
    }
}

impl Entry {
    fn made(self) -> Self {
        Self { serial: drawn(self.serial), ..self }
    }
}

impl Object for Blocks {
    const NAME: &'static str = "corner_block";

    fn id(&mut self) -> &mut Value<String> {
        &mut self.id
    }

    fn made(self) -> Self {
        Self {
            one: self.one.map(Entry::made),
            entry: self.entry.map(|entries| entries.into_iter().map(Entry::made).collect()),
            member: self.member.map(|Set(entries)| Set(entries.into_iter().map(Entry::made).collect())),
            labelled: self.labelled.map(|all| all.into_iter().map(|(key, entry)| (key, entry.made())).collect()),
            ..self
        }
    }
}
