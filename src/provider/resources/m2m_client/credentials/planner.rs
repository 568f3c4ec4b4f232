//! Plans the requests from the credentials that an application has to those that it should have.
//!
//! At every moment the application has a valid credential, and no cap is exceeded, whatever step fails. Only the
//! credentials of the state change. What goes is never attached again.

mod facts;
mod obstacle;
mod situation;

use std::collections::BTreeMap;

use time::OffsetDateTime;

pub(super) use facts::{Configuration, Expiry, Method, Occupant, Owned, Registered, Tenant, Wanted};
pub(super) use obstacle::Obstacle;
use situation::Situation;

/// Auth0's maximum of credentials in a slot, which is a list of IDs in the application's settings.
pub(super) const PER_SLOT: usize = 2;

/// Auth0's maximum of credentials in the pool of an application.
pub(super) const PER_CLIENT: usize = 4;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Registers the credential with this name in the configuration. Nothing uses it yet.
    Add {
        /// Its name in the configuration.
        name: String,
    },
    /// One PATCH of the application: sets its method, and the whole list of credentials in the slot of the method.
    Attach {
        /// The method from then on.
        method: Method,
        /// Empty for a method without keys.
        credentials: Vec<Reference>,
    },
    /// Changes the expiry, which nothing else can change under an ID.
    ChangeExpiry {
        /// The credential.
        id: String,
        /// The new expiry; `None` removes it.
        expires_at: Option<OffsetDateTime>,
    },
    /// Removes the credential from the pool. Nothing uses it any more.
    Delete {
        /// The credential.
        id: String,
    },
}

/// A credential in a step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reference {
    /// By ID.
    Existing(String),
    /// By its name in the configuration. An earlier step adds it and tells the ID.
    Added(String),
}

/// The way to the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Empty if Auth0 has what is configured.
    pub steps: Vec<Step>,
    /// The IDs of configured credentials that exist already, by their names in the configuration.
    pub kept: BTreeMap<String, String>,
    /// The credentials that lose their place or are deleted, of this resource.
    pub removed: Vec<Occupant>,
    /// Those of `removed` that something else still uses. They are detached here and stay in the pool.
    pub left: Vec<Occupant>,
    /// The credentials that are not in the state. No step changes them, but a change of the method detaches them.
    pub foreign: Vec<Occupant>,
}

/// The steps from the credentials in the state (`owned`) and in the tenant to the configuration, at the time `now`.
///
/// After a failed step, tell what is true then and plan again.
pub(super) fn plan(
    owned: &[Owned],
    tenant: &Tenant,
    configuration: &Configuration,
    now: OffsetDateTime,
) -> Result<Plan, Obstacle> {
    let situation = Situation::of(owned, tenant, configuration, now)?;
    situation.check()?;
    let steps = Route::new(&situation).lead()?;
    Ok(Plan {
        steps,
        kept: situation.kept.iter().map(|(wanted, kept)| (wanted.name.clone(), kept.id.clone())).collect(),
        removed: situation.old.iter().map(|old| situation.occupant(old)).collect(),
        left: situation.old.iter().filter(|old| !situation.is_free(old)).map(|old| situation.occupant(old)).collect(),
        foreign: situation.foreign().map(|foreign| situation.occupant(foreign)).collect(),
    })
}

/// The steps so far, and where they lead.
struct Route<'a> {
    situation: &'a Situation<'a>,
    steps: Vec<Step>,
    method: Method,
    attached: Vec<Reference>,
    added: Vec<&'a Wanted>,
    deleted: Vec<&'a str>,
}

impl<'a> Route<'a> {
    fn new(situation: &'a Situation<'a>) -> Self {
        let attached = situation.tenant.attached.iter().cloned().map(Reference::Existing).collect();
        let method = situation.tenant.method;
        Self { situation, steps: Vec::new(), method, attached, added: Vec::new(), deleted: Vec::new() }
    }

    fn lead(mut self) -> Result<Vec<Step>, Obstacle> {
        let situation = self.situation;
        // What ends the use of a key comes last.
        self.change_expiries(false);
        self.delete_detached();
        self.add(true);
        if !self.is_secured() && situation.is_valid_before() {
            self.make_room()?;
        }
        self.add(false);
        if self.added.len() < situation.new.len() {
            let (method, credentials) = if self.is_secured() {
                (situation.configuration.method, self.wanted_so_far())
            } else {
                (self.method, self.attached.iter().filter(|of| !situation.goes(of)).cloned().collect())
            };
            self.attach(method, credentials);
            self.delete_detached();
            self.add(false);
        }
        self.attach(situation.configuration.method, self.wanted_so_far());
        self.delete_detached();
        self.change_expiries(true);
        Ok(self.steps)
    }

    /// Deletes what goes, but for one valid credential, until a new valid one fits.
    fn make_room(&mut self) -> Result<(), Obstacle> {
        let situation = self.situation;
        let stays: Vec<_> = self.attached.iter().filter(|of| !situation.goes(of)).cloned().collect();
        let is_valid_without = stays.iter().any(|of| situation.is_valid(of));
        let lets_new = |keeper: Option<&Reference>| {
            situation.new.iter().any(|new| situation.is_new_valid(new) && !situation.is_same_key(new, keeper))
        };
        let mut keepers: Vec<_> =
            self.attached.iter().filter(|of| situation.goes(of) && situation.is_valid(of)).map(Some).collect();
        // One that something else uses cannot be deleted, so it takes up no more room by staying.
        keepers.sort_by_key(|keeper| keeper.is_some_and(|of| situation.is_deletable(of)));
        keepers.splice(..0, is_valid_without.then_some(None));
        let keeper = keepers.into_iter().find(|keeper| lets_new(*keeper)).ok_or_else(|| situation.no_order())?;
        let credentials = self.attached.iter().filter(|of| !situation.goes(of) || Some(*of) == keeper).cloned();
        let credentials = credentials.collect();
        self.attach(self.method, credentials);
        self.delete_detached();
        self.add(true);
        if self.is_secured() { Ok(()) } else { Err(situation.no_order()) }
    }

    /// Whether the configured method and credentials, as far as they exist, would leave the application a valid one.
    fn is_secured(&self) -> bool {
        let situation = self.situation;
        !situation.configuration.method.uses_keys()
            || self.wanted_so_far().iter().any(|of| situation.is_valid_in_the_end(of))
    }

    /// The configured list, without new credentials that do not exist yet. It keeps the order of what is attached.
    fn wanted_so_far(&self) -> Vec<Reference> {
        let added = self.added.iter().map(|new| Reference::Added(new.name.clone()));
        self.situation.list_without_new().into_iter().chain(added).collect()
    }

    fn add(&mut self, only_valid: bool) {
        for new in &self.situation.new {
            let has_room = self.situation.tenant.pool.len() - self.deleted.len() + self.added.len() < PER_CLIENT;
            let is_due = !only_valid || self.situation.is_new_valid(new);
            let is_blocked = self.situation.same_key(new).is_some_and(|old| !self.deleted.contains(&old.id.as_str()));
            if has_room && is_due && !is_blocked && !self.added.contains(new) {
                self.steps.push(Step::Add { name: new.name.clone() });
                self.added.push(new);
            }
        }
    }

    fn attach(&mut self, method: Method, credentials: Vec<Reference>) {
        let sorted = |list: &[Reference]| {
            let mut list = list.to_vec();
            list.sort();
            list
        };
        if method == self.method && sorted(&credentials) == sorted(&self.attached) {
            return;
        }
        (self.method, self.attached) = (method, credentials.clone());
        self.steps.push(Step::Attach { method, credentials });
    }

    fn delete_detached(&mut self) {
        for old in &self.situation.old {
            let is_attached = self.attached.contains(&Reference::Existing(old.id.clone()));
            if !is_attached && self.situation.is_free(old) && !self.deleted.contains(&old.id.as_str()) {
                self.steps.push(Step::Delete { id: old.id.clone() });
                self.deleted.push(&old.id);
            }
        }
    }

    fn change_expiries(&mut self, ends_use: bool) {
        for (wanted, kept) in &self.situation.kept {
            let Expiry::Set(expires_at) = wanted.expiry else { continue };
            let is_used = self.situation.tenant.attached.contains(&kept.id);
            let ends = is_used && !self.situation.is_future(expires_at);
            if ends == ends_use && !facts::is_same_time(expires_at, kept.expires_at) {
                self.steps.push(Step::ChangeExpiry { id: kept.id.clone(), expires_at });
            }
        }
    }
}

#[cfg(test)]
mod tests;
