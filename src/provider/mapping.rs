//! Between models and the Management API, by the facts that the attributes of a model state.

use crate::{
    auth0::{Body, Flaw, Object, Seen},
    diagnostic::Path,
    schema::{Model, wire},
    value::DecodeError,
};

/// The body that creates what is planned.
pub(super) fn create<M: Model>(plan: &M) -> Object {
    wire::create(M::attributes(), &plan.clone().into_dynamic())
}

/// The body that changes `prior` to what is planned. It is empty if nothing differs.
pub(super) fn update<M: Model>(prior: &M, plan: &M) -> Body {
    wire::update(M::attributes(), &prior.clone().into_dynamic(), &plan.clone().into_dynamic()).into()
}

/// What a response shows, and whether that is as it is `known`: from the state, or from the plan.
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

/// What a response shows.
pub(super) fn read<M: Model>(shown: &Object, known: &M) -> Result<M, Flaw> {
    Ok(seen(shown, known)?.value)
}

/// Paths of the properties of which a model reads something.
pub(super) fn properties<M: Model>() -> Vec<String> {
    wire::properties(M::attributes())
}
