//! Converts between models and the Management API, by the facts of the attributes.

use crate::{
    auth0::{Body, Flaw, Object, Seen},
    diagnostic::{Path, Step},
    schema::{Model, wire},
    value::{DecodeError, Dynamic},
};

/// The body of a create.
pub(super) fn create<M: Model>(plan: &M) -> Object {
    wire::create(M::attributes(), &plan.clone().into_dynamic())
}

/// The body of an update from `prior` to `plan`. It is empty if nothing differs.
pub(super) fn update<M: Model>(prior: &M, plan: &M) -> Body {
    wire::update(M::attributes(), &prior.clone().into_dynamic(), &plan.clone().into_dynamic()).into()
}

/// The states that an update from `prior` goes through, one request apart. The last one is `plan`.
pub(super) fn route<M: Model>(prior: &M, plan: M) -> Vec<M> {
    let halfway = wire::halfway(M::attributes(), &prior.clone().into_dynamic(), &plan.clone().into_dynamic());
    let halfway = halfway.and_then(|state| M::from_dynamic(state, &Path::root()).ok());
    halfway.into_iter().chain([plan]).collect()
}

/// The attributes that a write from `prior` to `plan` sends, and that `shown`, the object in its response, has
/// otherwise. Without `prior`, the write is a create.
pub(super) fn unheeded<M: Model>(prior: Option<&M>, plan: &M, shown: &M) -> Vec<Path> {
    let prior = prior.map_or(Dynamic::Null, |prior| prior.clone().into_dynamic());
    wire::unheeded(M::attributes(), &prior, &plan.clone().into_dynamic(), &shown.clone().into_dynamic())
}

/// An object as it was `made`, with the attributes at `paths` as they were planned.
pub(super) fn corrected<M: Model>(made: &M, plan: &M, paths: &[Path]) -> M {
    let (mut made_object, planned) = (made.clone().into_dynamic(), plan.clone().into_dynamic());
    if let Dynamic::Map(object) = &mut made_object {
        for path in paths {
            if let Some(Step::Attribute(name)) = path.steps().first() {
                object.insert(name.clone(), planned.attribute(name).clone());
            }
        }
    }
    M::from_dynamic(made_object, &Path::root()).unwrap_or_else(|_| plan.clone())
}

/// The object in a response, and whether it agrees with `known`, the state or the plan.
pub(super) fn seen<M: Model>(shown: &Object, known: &M) -> Result<Seen<M>, Flaw> {
    let (attributes, root) = (M::attributes(), Path::root());
    let known = known.clone().into_dynamic();
    let flaw = |error: DecodeError| Flaw { path: error.path.to_string(), reason: error.problem };
    let read = wire::read(attributes, shown, &known, &root).map_err(flaw)?;
    let same = match wire::agrees(attributes, &known, &read) {
        true if wire::is_hidden(attributes, shown) => None,
        same => Some(same),
    };
    Ok(Seen { value: M::from_dynamic(read, &root).map_err(flaw)?, same })
}

/// The object in a response.
pub(super) fn read<M: Model>(shown: &Object, known: &M) -> Result<M, Flaw> {
    Ok(seen(shown, known)?.value)
}

/// Paths of the properties that a model reads.
pub(super) fn properties<M: Model>() -> Vec<String> {
    wire::properties(M::attributes())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        provider::resources::{client_grant::ClientGrant, m2m_client::M2mClient},
        schema::{Attribute, wire::tests::any_object},
    };

    /// Attributes whose change sends the property of another one as well.
    const TOGETHER: [(&str, &str); 1] = [("allow_all_scopes", "scopes")];

    /// An update names only properties of attributes that differ, or go together with one that differs.
    fn names_what_differs<M: Model>(prior: &Dynamic, plan: &Dynamic) -> Result<(), TestCaseError> {
        let differs = |name: &str| prior.attribute(name) != plan.attribute(name);
        let with = |name: &&str| TOGETHER.iter().any(|(changed, other)| other == name && differs(changed));
        let names = M::attributes().iter().filter(|it| differs(it.name) || with(&it.name));
        let allowed: BTreeSet<_> = names.flat_map(Attribute::properties).collect();
        for name in wire::update(M::attributes(), prior, plan).keys() {
            prop_assert!(allowed.contains(name.as_str()), "`{name}` belongs to no attribute that differs");
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn an_update_of_an_application_names_what_differs(
            prior in any_object(M2mClient::attributes()), plan in any_object(M2mClient::attributes()),
            methods in any::<[Option<prop::sample::Index>; 2]>(),
        ) {
            let known = ["client_secret_post", "none", "private_key_jwt", "tls_client_auth"];
            let with = |object: Dynamic, method: &Option<prop::sample::Index>| {
                let Dynamic::Map(mut object) = object else { unreachable!() };
                let method = method.map_or(Dynamic::Null, |method| (*method.get(&known)).into());
                object.insert("authentication_method".to_owned(), method);
                Dynamic::Map(object)
            };
            names_what_differs::<M2mClient>(&with(prior, &methods[0]), &with(plan, &methods[1]))?;
        }

        #[test]
        fn an_update_of_a_grant_names_what_differs(
            prior in any_object(ClientGrant::attributes()), plan in any_object(ClientGrant::attributes()),
        ) {
            names_what_differs::<ClientGrant>(&prior, &plan)?;
        }
    }
}
