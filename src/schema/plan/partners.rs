//! Finds the prior element that an element of the configuration continues.
//!
//! Computed values of an element stay if its content stays: at another index, or in a set, where only the content
//! identifies elements.

use crate::{
    schema::{Attribute, Behaviour, Kind, Mode, Nesting, spelling::same},
    value::Dynamic,
};

/// The prior element of each of `configs`. Each prior element has at most one partner.
pub(super) fn find<'a>(
    nesting: Nesting,
    attributes: &[Attribute],
    priors: &'a [Dynamic],
    configs: &[Dynamic],
) -> Vec<Option<&'a Dynamic>> {
    let mut partners = vec![None; configs.len()];
    let mut free: Vec<_> = priors.iter().map(Some).collect();
    let ordered = nesting == Nesting::List;
    if ordered {
        for (index, config) in configs.iter().enumerate() {
            take_if(&mut partners[index], free.get_mut(index), |prior| continues(attributes, prior, config, SPELLING));
        }
    }
    // At another index, the spelling must be that of the configuration.
    let tolerance = if ordered { EXACT } else { SPELLING };
    for (partner, config) in partners.iter_mut().zip(configs) {
        let fits = |prior: &Dynamic| continues(attributes, prior, config, tolerance);
        if partner.is_none() {
            *partner = free.iter_mut().find_map(|free| free.take_if(|prior| fits(prior)));
        }
    }
    if ordered {
        for (index, partner) in partners.iter_mut().enumerate() {
            take_if(partner, free.get_mut(index), |_| true);
        }
    }
    partners
}

fn take_if<'a>(
    partner: &mut Option<&'a Dynamic>,
    free: Option<&mut Option<&'a Dynamic>>,
    fits: impl Fn(&Dynamic) -> bool,
) {
    if let (None, Some(free)) = (&partner, free) {
        *partner = free.take_if(|prior| fits(prior));
    }
}

type Tolerance = fn(&Behaviour, &Dynamic, &Dynamic) -> bool;
const EXACT: Tolerance = |_, left, right| left == right;
const SPELLING: Tolerance = same;

/// Whether `prior` is the result of `config`, apart from computed values.
fn continues(attributes: &[Attribute], prior: &Dynamic, config: &Dynamic, equal: Tolerance) -> bool {
    let (Dynamic::Map(_), Dynamic::Map(_)) = (prior, config) else { return prior == config };
    attributes.iter().all(|attribute| {
        let (prior, config) = (prior.attribute(attribute.name), config.attribute(attribute.name));
        match (&attribute.kind, attribute.behaviour.mode) {
            _ if attribute.behaviour.write_only => true,
            (_, Mode::Computed | Mode::OptionalComputed) if config.is_null() => true,
            (kind, Mode::Defaulted(default)) if config.is_null() => {
                equal(&attribute.behaviour, prior, &default.value(kind))
            }
            (Kind::Nested { attributes, .. }, _) => nested(attributes, prior, config, equal),
            (Kind::Value(_), _) => equal(&attribute.behaviour, prior, config),
        }
    })
}

fn nested(attributes: &[Attribute], prior: &Dynamic, config: &Dynamic, equal: Tolerance) -> bool {
    let continues = |prior: &Dynamic, config: &Dynamic| continues(attributes, prior, config, equal);
    match (prior, config) {
        (Dynamic::List(priors), Dynamic::List(configs)) => {
            priors.len() == configs.len() && priors.iter().zip(configs).all(|(prior, config)| continues(prior, config))
        }
        (Dynamic::Set(priors), Dynamic::Set(configs)) => {
            priors.len() == configs.len()
                && configs.iter().all(|config| priors.iter().any(|prior| continues(prior, config)))
        }
        (prior, config) => continues(prior, config),
    }
}
