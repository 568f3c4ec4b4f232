//! A search through all orders of steps, which shares nothing with the planner.

use std::collections::BTreeSet;

use super::service::fits;
use super::*;

/// A moment on the way. Credentials are numbered: those of the pool, then those of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Moment {
    is_switched: bool,
    attached: BTreeSet<usize>,
    exists: BTreeSet<usize>,
    expiries_changed: BTreeSet<usize>,
}

struct Search<'a> {
    service: &'a Service,
    configuration: &'a Configuration,
    /// The configured credential of each in the pool that stays.
    kept: Vec<Option<usize>>,
    new: BTreeSet<usize>,
    foreign_attached: BTreeSet<usize>,
}

pub(super) fn has_safe_order(service: &Service, configuration: &Configuration) -> bool {
    let Some(search) = Search::new(service, configuration) else { return false };
    let start = search.start();
    let mut seen = BTreeSet::from([start.clone()]);
    let mut next = vec![start];
    while let Some(moment) = next.pop() {
        if search.is_end(&moment) {
            return true;
        }
        let steps = search.steps(&moment).into_iter();
        let safe = steps.filter(|after| search.is_valid(after) || !search.is_valid(&moment));
        let unseen: Vec<_> = safe.filter(|after| seen.insert(after.clone())).collect();
        next.extend(unseen);
    }
    false
}

impl<'a> Search<'a> {
    /// `None` if the configuration cannot be reached at all.
    fn new(service: &'a Service, configuration: &'a Configuration) -> Option<Self> {
        let pool = &service.tenant.pool;
        let mut kept = vec![None; pool.len()];
        let mut new = BTreeSet::new();
        let mut identities = BTreeSet::new();
        let by_material = |wanted: &Wanted| wanted.identity.is_some();
        let (with, without): (Vec<_>, Vec<_>) =
            configuration.credentials.iter().enumerate().partition(|(_, wanted)| by_material(wanted));
        for (number, wanted) in with.into_iter().chain(without) {
            let is_setting = |wanted: &Option<String>, is: &Option<String>| wanted.is_none() || wanted == is;
            let found = service.owned.iter().find_map(|owned| {
                let index = pool.iter().position(|of| of.id == owned.id)?;
                let identity = owned.identity.as_ref().unwrap_or(&pool[index].identity);
                let is_named = wanted.identity.is_none()
                    && owned.name == wanted.name
                    && kept[index].is_none()
                    && fits(configuration.method, &pool[index].identity);
                let is_same = is_setting(&wanted.algorithm, &pool[index].algorithm)
                    && is_setting(&wanted.key_id, &pool[index].key_id);
                ((wanted.identity.as_ref() == Some(identity) || is_named) && is_same).then_some(index)
            });
            match (found, &wanted.identity) {
                (_, Some(identity)) if !identities.insert(identity) => return None,
                (Some(index), _) => kept[index] = Some(number),
                (None, Some(_)) => _ = new.insert(number + pool.len()),
                (None, None) => return None,
            }
        }
        let is_foreign = |index: &usize| !service.owned.iter().any(|owned| owned.id == pool[*index].id);
        let attached = |index: &usize| service.tenant.attached.contains(&pool[*index].id);
        let foreign_attached = (0..pool.len()).filter(is_foreign).filter(attached).collect();
        Some(Self { service, configuration, kept, new, foreign_attached })
    }

    fn start(&self) -> Moment {
        let pool = &self.service.tenant.pool;
        let is_attached = |index: &usize| self.service.tenant.attached.contains(&pool[*index].id);
        let attached = (0..pool.len()).filter(is_attached);
        // Nothing is attached that is about to end.
        let ends = |index: &usize| !is_attached(index) && self.new_expiry(*index).is_some_and(|at| at <= NOW);
        Moment {
            is_switched: self.configuration.method == self.service.tenant.method,
            attached: attached.collect(),
            exists: (0..pool.len()).collect(),
            expiries_changed: self.expiry_changes().filter(ends).collect(),
        }
    }

    fn is_end(&self, moment: &Moment) -> bool {
        let mut expected: BTreeSet<_> = (0..self.kept.len()).filter(|index| self.kept[*index].is_some()).collect();
        expected.extend(self.new.iter());
        if self.configuration.method == self.service.tenant.method {
            expected.extend(self.foreign_attached.iter());
        }
        moment.is_switched
            && moment.attached == expected
            && self.expiry_changes().all(|index| moment.expiries_changed.contains(&index))
            && !moment.exists.iter().any(|index| self.goes(*index) && !self.is_used_elsewhere(*index))
    }

    fn steps(&self, moment: &Moment) -> Vec<Moment> {
        let mut after = Vec::new();
        for new in self.new.difference(&moment.exists) {
            let is_taken = matches!(self.identity(*new), Identity::Key(_))
                && moment.exists.iter().any(|other| self.identity(*other) == self.identity(*new));
            if moment.exists.len() < PER_CLIENT && !is_taken {
                let mut added = moment.clone();
                added.exists.insert(*new);
                after.push(added);
            }
        }
        for old in moment.exists.difference(&moment.attached).filter(|index| self.goes(**index)) {
            if !self.is_used_elsewhere(*old) {
                let mut deleted = moment.clone();
                deleted.exists.remove(old);
                after.push(deleted);
            }
        }
        after.extend(self.expiry_changes().map(|index| {
            let mut changed = moment.clone();
            changed.expiries_changed.insert(index);
            changed
        }));
        for is_switched in [moment.is_switched, true] {
            let lists = self.lists(moment, is_switched);
            after.extend(lists.into_iter().map(|attached| Moment { is_switched, attached, ..moment.clone() }));
        }
        after
    }

    /// What one PATCH can attach. It leaves foreign credentials, and attaches again nothing that goes.
    fn lists(&self, moment: &Moment, is_switched: bool) -> Vec<BTreeSet<usize>> {
        let method = self.method(is_switched);
        if !method.uses_keys() {
            return vec![BTreeSet::new()];
        }
        let is_same_method = method == self.service.tenant.method;
        let is_possible = |index: &&usize| {
            let is_there = moment.attached.contains(index) && is_same_method;
            let stays = self.new.contains(index) || self.kept.get(**index).is_some_and(Option::is_some);
            fits(method, self.identity(**index)) && (is_there || stays)
        };
        let possible: Vec<_> = moment.exists.iter().filter(is_possible).copied().collect();
        let mut lists = vec![BTreeSet::new()];
        for index in possible {
            let longer = lists.iter().filter(|list| list.len() < PER_SLOT).map(|list| list | &[index].into());
            let longer: Vec<_> = longer.collect();
            lists.extend(longer);
        }
        lists.retain(|list| !is_same_method || self.foreign_attached.is_subset(list));
        lists
    }

    fn is_valid(&self, moment: &Moment) -> bool {
        !self.method(moment.is_switched).uses_keys()
            || moment.attached.iter().any(|index| {
                let expires_at = match self.service.tenant.pool.get(*index) {
                    Some(_) if moment.expiries_changed.contains(index) => self.new_expiry(*index),
                    Some(registered) => registered.expires_at,
                    None => {
                        let (Expiry::Set(at) | Expiry::Kept { when_added: at }) = self.wanted(*index).expiry;
                        at
                    }
                };
                expires_at.is_none_or(|expires_at| expires_at > NOW)
            })
    }

    fn method(&self, is_switched: bool) -> Method {
        if is_switched { self.configuration.method } else { self.service.tenant.method }
    }

    fn wanted(&self, index: usize) -> &Wanted {
        &self.configuration.credentials[index - self.kept.len()]
    }

    fn identity(&self, index: usize) -> &Identity {
        match self.service.tenant.pool.get(index) {
            Some(registered) => &self.service.keys[&registered.id],
            None => self.wanted(index).identity.as_ref().unwrap(),
        }
    }

    fn new_expiry(&self, index: usize) -> Option<OffsetDateTime> {
        match self.kept[index].map(|wanted| self.configuration.credentials[wanted].expiry) {
            Some(Expiry::Set(expires_at)) => expires_at,
            _ => self.service.tenant.pool[index].expires_at,
        }
    }

    fn expiry_changes(&self) -> impl Iterator<Item = usize> {
        (0..self.kept.len()).filter(|index| self.new_expiry(*index) != self.service.tenant.pool[*index].expires_at)
    }

    fn goes(&self, index: usize) -> bool {
        let owned = |id: &str| self.service.owned.iter().any(|owned| owned.id == id);
        self.service.tenant.pool.get(index).is_some_and(|of| owned(&of.id) && self.kept[index].is_none())
    }

    fn is_used_elsewhere(&self, index: usize) -> bool {
        let mut elsewhere = self.service.tenant.elsewhere.iter();
        elsewhere.any(|(_, ids)| ids.contains(&self.service.tenant.pool[index].id))
    }
}
