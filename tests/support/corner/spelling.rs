//! `corner_spelling`: texts that can be written in several ways, of which the service has its own.

use std::collections::BTreeSet;

use terraform_provider_auth0::model;
use terraform_provider_auth0::schema::{COMPUTED, OPTIONAL, Set};
use terraform_provider_auth0::value::Value;

use super::object::Object;

model! {
    /// A label.
    pub(crate) struct Label {
        /// What it says; case is no difference.
        text: Value<String> = OPTIONAL.equal(str::eq_ignore_ascii_case),
    }
}

model! {
    /// Texts that can be written in several ways.
    pub(crate) struct Spelled {
        /// Its name.
        id: Value<String> = COMPUTED.keep_prior(),
        /// A text; case is no difference.
        text: Value<String> = OPTIONAL.equal(str::eq_ignore_ascii_case),
        /// Texts; case is no difference.
        tags: Value<BTreeSet<String>> = OPTIONAL.equal(str::eq_ignore_ascii_case),
        /// Labels in order.
        labels: Value<Vec<Label>> = OPTIONAL,
        /// Labels without order.
        members: Value<Set<Label>> = OPTIONAL,
    }
}

impl Label {
    fn seen(self) -> Self {
        Self { text: lower(self.text) }
    }
}

impl Object for Spelled {
    const NAME: &'static str = "corner_spelling";

    fn id(&mut self) -> &mut Value<String> {
        &mut self.id
    }

    fn seen(self) -> Self {
        Self {
            id: self.id,
            text: lower(self.text),
            tags: self.tags.map(|tags| tags.iter().map(|tag| tag.to_lowercase()).collect()),
            labels: self.labels.map(|labels| labels.into_iter().map(Label::seen).collect()),
            members: self.members.map(|Set(labels)| Set(labels.into_iter().map(Label::seen).collect())),
        }
    }
}

fn lower(text: Value<String>) -> Value<String> {
    text.map(|text| text.to_lowercase())
}
