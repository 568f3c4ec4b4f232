//! Converts between models and the Management API, by the facts of the attributes.

use crate::{
    auth0::{Body, Flaw, Object, Seen},
    diagnostic::Path,
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
