//! What a PATCH says about one property.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// Keep a property, clear it, or give it a value.
///
/// Fields of this type carry `#[serde(skip_serializing_if = "Patch::is_keep")]`: what is kept is not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// Not sent.
    #[default]
    Keep,
    /// Sent as `null`.
    Clear,
    /// Sent as this value.
    Set(T),
}

impl<T> Patch<T> {
    /// What turns `prior` into `planned`.
    #[must_use]
    pub fn between(prior: Option<&T>, planned: Option<&T>) -> Self
    where
        T: Clone + PartialEq,
    {
        match (prior, planned) {
            (prior, planned) if prior == planned => Self::Keep,
            (_, None) => Self::Clear,
            (_, Some(planned)) => Self::Set(planned.clone()),
        }
    }

    /// Clears with the empty value, for properties that do not accept `null`.
    #[must_use]
    pub fn or_empty(self) -> Self
    where
        T: Default,
    {
        match self {
            Self::Clear => Self::Set(T::default()),
            kept_or_set => kept_or_set,
        }
    }

    /// Whether nothing is sent.
    #[must_use]
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Set(value) => value.serialize(serializer),
            Self::Keep | Self::Clear => serializer.serialize_none(),
        }
    }
}

/// A change to a map that the service merges key by key: what is not mentioned stays, `null` removes.
///
/// <https://auth0.com/docs/manage-users/user-accounts/metadata/manage-metadata-api>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct MapPatch(BTreeMap<String, Option<String>>);

impl MapPatch {
    /// What turns `prior` into `planned`.
    #[must_use]
    pub fn between(prior: &BTreeMap<String, String>, planned: &BTreeMap<String, String>) -> Self {
        let removed = prior.keys().filter(|key| !planned.contains_key(*key)).map(|key| (key.clone(), None));
        let set = planned
            .iter()
            .filter(|(key, value)| prior.get(*key) != Some(value))
            .map(|(key, value)| (key.clone(), Some(value.clone())));
        Self(removed.chain(set).collect())
    }

    /// Whether nothing is sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[derive(Default, Serialize)]
    struct Example {
        #[serde(skip_serializing_if = "Patch::is_keep")]
        name: Patch<String>,
    }

    #[test]
    fn the_three_states_are_absent_null_and_a_value() {
        let sent = |name| serde_json::to_value(Example { name }).unwrap();
        assert_eq!(sent(Patch::Keep), json!({}));
        assert_eq!(sent(Patch::Clear), json!({"name": null}));
        assert_eq!(sent(Patch::Set("a".to_owned())), json!({"name": "a"}));
        assert_eq!(sent(Patch::Clear.or_empty()), json!({"name": ""}));
    }

    proptest! {
        #[test]
        fn a_patch_turns_the_prior_value_into_the_planned_one(prior: Option<u8>, planned: Option<u8>) {
            let after = match Patch::between(prior.as_ref(), planned.as_ref()) {
                Patch::Keep => prior,
                Patch::Clear => None,
                Patch::Set(value) => Some(value),
            };
            prop_assert_eq!(after, planned);
            prop_assert_eq!(Patch::between(prior.as_ref(), planned.as_ref()).is_keep(), prior == planned);
        }

        #[test]
        fn a_map_patch_merges_into_the_planned_map(
            prior in prop::collection::btree_map("[a-d]", "[x-z]", 0..4),
            planned in prop::collection::btree_map("[a-d]", "[x-z]", 0..4),
        ) {
            let patch = MapPatch::between(&prior, &planned);
            prop_assert_eq!(patch.is_empty(), prior == planned);
            let mut merged = prior;
            for (key, value) in patch.0 {
                match value {
                    Some(value) => merged.insert(key, value),
                    None => merged.remove(&key),
                };
            }
            prop_assert_eq!(merged, planned);
        }
    }
}
