//! `corner_version`: a schema with a past.

use terraform_provider_auth0::diagnostic::Diagnostics;
use terraform_provider_auth0::framework::OldState;
use terraform_provider_auth0::model;
use terraform_provider_auth0::schema::{COMPUTED, OPTIONAL, REQUIRED};
use terraform_provider_auth0::value::{Number, Value};

use super::object::Object;

model! {
    /// An object of version 2.
    pub(crate) struct Versioned {
        /// Its name.
        id: Value<String> = COMPUTED.keep_prior(),
        /// What it is called: `name` of version 1, and `first` and `last` of version 0.
        label: Value<String> = REQUIRED,
        /// How many there are, which version 0 had as a text.
        count_of: Value<Number> = OPTIONAL,
    }
}

model! {
    /// An object of version 1. It had a `colour` and a secret as well.
    struct V1 {
        /// Its name.
        id: Value<String> = COMPUTED,
        /// What it is called.
        name: Value<String> = REQUIRED,
        /// How many there are.
        count_of: Value<Number> = OPTIONAL,
    }
}

model! {
    /// An object of version 0.
    struct V0 {
        /// Its name.
        id: Value<String> = COMPUTED,
        /// What it is called at first.
        first: Value<String> = REQUIRED,
        /// What it is called in the end.
        last: Value<String> = REQUIRED,
        /// How many there are.
        count: Value<String> = OPTIONAL,
    }
}

impl Object for Versioned {
    const NAME: &'static str = "corner_version";
    const VERSION: i64 = 2;

    fn id(&mut self) -> &mut Value<String> {
        &mut self.id
    }

    fn upgrade(state: &OldState) -> Result<Self, Diagnostics> {
        if state.version == 0 {
            let V0 { id, first, last, count } = state.read()?;
            let label = [first, last].map(|part| part.into_known().unwrap_or_default()).join(" ");
            let count_of = count.into_known().and_then(|count| count.parse().ok()).into();
            return Ok(Self { id, label: Value::Known(label), count_of });
        }
        let V1 { id, name, count_of } = state.read()?;
        Ok(Self { id, label: name, count_of })
    }
}
