//! Which credentials stay, go and come, and which of them are valid.

use time::OffsetDateTime;

use super::facts::{Configuration, Expiry, Occupant, Owned, Place, Registered, Tenant, Wanted};
use super::{Obstacle, PER_CLIENT, PER_SLOT, Reference};
use crate::provider::resources::m2m_client::credentials::material::Identity;

/// See the module.
pub(super) struct Situation<'a> {
    pub tenant: &'a Tenant,
    pub configuration: &'a Configuration,
    /// Configured and registered.
    pub kept: Vec<(&'a Wanted, &'a Registered)>,
    /// Configured only.
    pub new: Vec<&'a Wanted>,
    /// In the state, and no longer configured.
    pub old: Vec<&'a Registered>,
    owned: &'a [Owned],
    now: OffsetDateTime,
}

impl<'a> Situation<'a> {
    pub(super) fn of(
        owned: &'a [Owned],
        tenant: &'a Tenant,
        configuration: &'a Configuration,
        now: OffsetDateTime,
    ) -> Result<Self, Obstacle> {
        let mut situation = Self {
            tenant,
            configuration,
            kept: Vec::new(),
            new: Vec::new(),
            old: tenant.pool.iter().filter(|of| owned.iter().any(|owned| owned.id == of.id)).collect(),
            owned,
            now,
        };
        situation.check_duplicates()?;
        let (by_material, by_name): (Vec<_>, _) =
            configuration.credentials.iter().partition(|wanted| wanted.identity.is_some());
        for wanted in by_material {
            match situation.best(|of, owned| is_match(wanted, of, owned), wanted) {
                Some(index) => situation.keep(wanted, index),
                None => situation.new.push(wanted),
            }
        }
        for wanted in by_name {
            let index = situation.best(|_, owned| owned.name == wanted.name, wanted);
            let index = index.ok_or_else(|| situation.not_registered(wanted))?;
            let registered = situation.old[index];
            if !is_setting_same(wanted, registered) || !configuration.method.takes(&registered.identity) {
                return Err(Obstacle::NotReplaceable { name: wanted.name.clone(), id: registered.id.clone() });
            }
            situation.keep(wanted, index);
        }
        Ok(situation)
    }

    /// What no order of steps can achieve.
    pub(super) fn check(&self) -> Result<(), Obstacle> {
        let (method, wanted) = (self.configuration.method, self.configuration.credentials.len());
        for new in &self.new {
            if let Some(same) = self.same_key(new).filter(|same| !self.old.contains(same) || !self.is_free(same)) {
                return Err(Obstacle::Taken { name: new.name.clone(), occupant: self.occupant(same) });
            }
        }
        let others = |is_other: &dyn Fn(&Registered) -> bool| {
            let others = self.tenant.pool.iter().filter(|of| !self.is_kept(&of.id) && is_other(of));
            others.map(|of| self.occupant(of)).collect::<Vec<_>>()
        };
        let list = self.list_without_new();
        if method.uses_keys() && list.len() + self.new.len() > PER_SLOT {
            let occupants = others(&|of| list.contains(&Reference::Existing(of.id.clone())));
            return Err(Obstacle::SlotFull { method, wanted, occupants });
        }
        let occupants = others(&|of| !self.old.contains(&of) || !self.is_free(of));
        if !self.new.is_empty() && occupants.len() + wanted > PER_CLIENT {
            return Err(Obstacle::PoolFull { wanted, occupants });
        }
        let is_valid_after = !method.uses_keys()
            || list.iter().any(|of| self.is_valid_in_the_end(of))
            || self.new.iter().any(|new| self.is_new_valid(new));
        if self.is_valid_before() && !is_valid_after { Err(Obstacle::NoneValid { method }) } else { Ok(()) }
    }

    /// The list in the configured slot, as far as it exists: what others attached there stays.
    pub(super) fn list_without_new(&self) -> Vec<Reference> {
        let attached: &[String] =
            if self.configuration.method == self.tenant.method { &self.tenant.attached } else { &[] };
        let stay = attached.iter().filter(|id| !self.old.iter().any(|old| old.id == **id));
        let kept = self.kept.iter().map(|(_, kept)| &kept.id).filter(|id| !attached.contains(id));
        stay.chain(kept).cloned().map(Reference::Existing).collect()
    }

    /// Whether the application has a valid credential, once expiries are extended.
    pub(super) fn is_valid_before(&self) -> bool {
        !self.tenant.method.uses_keys()
            || self.tenant.attached.iter().any(|id| self.is_valid(&Reference::Existing(id.clone())))
    }

    /// Whether something attached is valid, until the last step that changes an expiry.
    pub(super) fn is_valid(&self, of: &Reference) -> bool {
        let Reference::Existing(id) = of else { return self.is_valid_in_the_end(of) };
        let registered = self.tenant.pool.iter().find(|of| of.id == *id);
        registered.is_some_and(|of| self.is_future(of.expires_at)) || self.is_valid_in_the_end(of)
    }

    pub(super) fn is_valid_in_the_end(&self, of: &Reference) -> bool {
        match of {
            Reference::Added(name) => self.new.iter().any(|new| new.name == *name && self.is_new_valid(new)),
            Reference::Existing(id) => {
                let kept = self.kept.iter().find(|(_, kept)| kept.id == *id).map(|(wanted, _)| wanted.expiry);
                match (kept, self.tenant.pool.iter().find(|of| of.id == *id)) {
                    (Some(Expiry::Set(expires_at)), Some(_)) => self.is_future(expires_at),
                    (_, registered) => registered.is_some_and(|of| self.is_future(of.expires_at)),
                }
            }
        }
    }

    pub(super) fn is_new_valid(&self, new: &Wanted) -> bool {
        let (Expiry::Set(expires_at) | Expiry::Kept { when_added: expires_at }) = new.expiry;
        self.is_future(expires_at)
    }

    pub(super) fn is_future(&self, expires_at: Option<OffsetDateTime>) -> bool {
        expires_at.is_none_or(|expires_at| expires_at > self.now)
    }

    /// Whether the configuration no longer has it.
    pub(super) fn goes(&self, of: &Reference) -> bool {
        matches!(of, Reference::Existing(id) if self.old.iter().any(|old| old.id == *id))
    }

    /// Whether it can be deleted once it is detached.
    pub(super) fn is_deletable(&self, of: &Reference) -> bool {
        matches!(of, Reference::Existing(id) if self.old.iter().any(|old| old.id == *id && self.is_free(old)))
    }

    /// Whether nothing but the method uses it, so that it can be deleted.
    pub(super) fn is_free(&self, of: &Registered) -> bool {
        !self.tenant.elsewhere.iter().any(|(_, ids)| ids.contains(&of.id))
    }

    /// What is registered with the same public key.
    pub(super) fn same_key(&self, new: &Wanted) -> Option<&'a Registered> {
        let key = new.identity.as_ref().filter(|identity| matches!(identity, Identity::Key(_)))?;
        self.tenant.pool.iter().find(|of| self.identity(of) == key)
    }

    pub(super) fn is_same_key(&self, new: &Wanted, of: Option<&Reference>) -> bool {
        self.same_key(new).is_some_and(|same| of == Some(&Reference::Existing(same.id.clone())))
    }

    pub(super) fn foreign(&self) -> impl Iterator<Item = &'a Registered> {
        self.tenant.pool.iter().filter(|of| !self.is_owned(&of.id))
    }

    pub(super) fn occupant(&self, of: &Registered) -> Occupant {
        let elsewhere = self.tenant.elsewhere.iter().find(|(_, ids)| ids.contains(&of.id));
        let place = match elsewhere {
            _ if self.tenant.attached.contains(&of.id) => Place::Method(self.tenant.method),
            Some((property, _)) => Place::Elsewhere(property.clone()),
            None => Place::Pool,
        };
        Occupant { id: of.id.clone(), name: of.name.clone(), place, is_managed: self.is_owned(&of.id) }
    }

    pub(super) fn no_order(&self) -> Obstacle {
        Obstacle::NoSafeOrder {
            names: self.new.iter().map(|new| new.name.clone()).collect(),
            is_full: self.tenant.pool.len() >= PER_CLIENT,
            occupants: self.tenant.pool.iter().map(|of| self.occupant(of)).collect(),
        }
    }

    fn check_duplicates(&self) -> Result<(), Obstacle> {
        let credentials = &self.configuration.credentials;
        for (index, one) in credentials.iter().enumerate().filter(|(_, one)| one.identity.is_some()) {
            if let Some(other) = credentials[..index].iter().find(|other| other.identity == one.identity) {
                return Err(Obstacle::Duplicate { name: one.name.clone(), other: other.name.clone() });
            }
        }
        Ok(())
    }

    /// Among what is still free and fits: what the method takes, what is attached, and what has the name, in this order
    /// of importance.
    fn best(&self, fits: impl Fn(&Registered, &Owned) -> bool, wanted: &Wanted) -> Option<usize> {
        let candidates = self.old.iter().enumerate().filter(|(_, of)| self.owned(&of.id).any(|owned| fits(of, owned)));
        let rank = |of: &Registered| {
            let is_taken = self.configuration.method.takes(&of.identity);
            (is_taken, self.tenant.attached.contains(&of.id), self.owned(&of.id).any(|owned| owned.name == wanted.name))
        };
        candidates.max_by_key(|(_, of)| rank(of)).map(|(index, _)| index)
    }

    fn keep(&mut self, wanted: &'a Wanted, index: usize) {
        let registered = self.old.remove(index);
        self.kept.push((wanted, registered));
    }

    fn not_registered(&self, wanted: &Wanted) -> Obstacle {
        let name = wanted.name.clone();
        let mut kept = self.kept.iter();
        match kept.find(|(_, kept)| self.owned(&kept.id).any(|owned| owned.name == name)) {
            Some((other, _)) => Obstacle::Duplicate { name, other: other.name.clone() },
            None => Obstacle::NotRegistered { name },
        }
    }

    fn owned(&self, id: &str) -> impl Iterator<Item = &'a Owned> {
        self.owned.iter().filter(move |owned| owned.id == id)
    }

    fn is_owned(&self, id: &str) -> bool {
        self.owned(id).next().is_some()
    }

    fn is_kept(&self, id: &str) -> bool {
        self.kept.iter().any(|(_, kept)| kept.id == id)
    }

    fn identity(&self, of: &'a Registered) -> &'a Identity {
        self.owned(&of.id).find_map(|owned| owned.identity.as_ref()).unwrap_or(&of.identity)
    }
}

fn is_match(wanted: &Wanted, registered: &Registered, owned: &Owned) -> bool {
    wanted.identity.as_ref() == Some(owned.identity.as_ref().unwrap_or(&registered.identity))
        && is_setting_same(wanted, registered)
}

fn is_setting_same(wanted: &Wanted, registered: &Registered) -> bool {
    let is_same = |wanted: &Option<String>, is: &Option<String>| wanted.is_none() || wanted == is;
    is_same(&wanted.algorithm, &registered.algorithm) && is_same(&wanted.key_id, &registered.key_id)
}
