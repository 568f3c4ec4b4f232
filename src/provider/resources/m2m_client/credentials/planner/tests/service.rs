//! A small model of Auth0, which refuses what Auth0 refuses and every step that is not safe.

use std::collections::BTreeMap;

use proptest::prelude::*;
use time::Duration;

use super::*;

pub(super) const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;
pub(super) const PAST: Option<OffsetDateTime> = NOW.checked_sub(Duration::DAY);
pub(super) const FUTURE: Option<OffsetDateTime> = NOW.checked_add(Duration::DAY);
pub(super) const LATER: Option<OffsetDateTime> = NOW.checked_add(Duration::WEEK);

/// The application, and what the state has of it.
#[derive(Debug, Clone)]
pub(super) struct Service {
    pub tenant: Tenant,
    pub owned: Vec<Owned>,
    /// The public key of each credential, also where the `kid` hides it.
    pub keys: BTreeMap<String, Identity>,
    /// The IDs of what was added, by name.
    added: BTreeMap<String, String>,
    /// What was attached, is not configured, and has been detached.
    gone: Vec<String>,
    count: usize,
}

pub(super) fn key(number: u8) -> Identity {
    Identity::Key(format!("key{number}"))
}

fn registered(id: String, identity: Identity, algorithm: &str) -> Registered {
    let algorithm = Some(algorithm.to_owned());
    Registered { id, name: "name".to_owned(), identity, algorithm, key_id: None, expires_at: None }
}

/// The kind of credential in the slot of a method.
pub(super) fn fits(method: Method, identity: &Identity) -> bool {
    match identity {
        Identity::Key(_) => method == Method::PrivateKeyJwt,
        Identity::Subject(_) => method == Method::TlsClientAuth,
        Identity::Certificate(_) => method == Method::SelfSignedTlsClientAuth,
    }
}

impl Service {
    fn new(method: Method) -> Self {
        let tenant = Tenant { method, attached: Vec::new(), pool: Vec::new(), elsewhere: Vec::new() };
        Self { tenant, owned: Vec::new(), keys: [].into(), added: [].into(), gone: Vec::new(), count: 0 }
    }

    /// Attached keys: those of the state, and foreign ones.
    pub(super) fn with_keys(own: &[(&str, u8)], foreign: &[u8]) -> Self {
        let mut service = Self::new(Method::PrivateKeyJwt);
        service.add_to_pool(&own.iter().map(|(_, number)| *number).chain(foreign.iter().copied()).collect::<Vec<_>>());
        service.tenant.attached = service.tenant.pool.iter().map(|of| of.id.clone()).collect();
        let owned = |(name, number): &(&str, u8)| {
            let (name, id) = ((*name).to_owned(), format!("id{number}"));
            Owned { name, id, identity: None }
        };
        service.owned = own.iter().map(owned).collect();
        service
    }

    pub(super) fn add_to_pool(&mut self, numbers: &[u8]) {
        let keys = numbers.iter().map(|number| registered(format!("id{number}"), key(*number), "RS256"));
        self.tenant.pool.extend(keys);
        self.keys = self.tenant.pool.iter().map(|of| (of.id.clone(), of.identity.clone())).collect();
    }

    pub(super) fn expire(&mut self, id: &str, expires_at: Option<OffsetDateTime>) {
        let credential = self.tenant.pool.iter_mut().find(|of| of.id == id).unwrap();
        credential.expires_at = expires_at;
    }

    pub(super) fn plan(&self, configuration: &Configuration) -> Result<Plan, Obstacle> {
        plan(&self.owned, &self.tenant, configuration, NOW)
    }

    /// What a request does, and what the state has after it.
    pub(super) fn execute(&mut self, step: &Step, configuration: &Configuration) -> Result<(), String> {
        let was_valid = self.is_valid();
        match step {
            Step::Add { name } => self.add(configuration.credentials.iter().find(|of| of.name == *name).unwrap())?,
            Step::Attach { method, credentials } => self.attach(*method, credentials)?,
            Step::ChangeExpiry { id, expires_at } => {
                self.check(self.owned.iter().any(|of| of.id == *id), "touches a foreign credential")?;
                self.expire(id, *expires_at);
            }
            Step::Delete { id } => {
                let elsewhere = self.tenant.elsewhere.iter().flat_map(|(_, ids)| ids);
                let is_used = self.tenant.attached.iter().chain(elsewhere).any(|used| used == id);
                self.check(!is_used, "is still associated with a client")?;
                self.check(self.owned.iter().any(|of| of.id == *id), "touches a foreign credential")?;
                self.tenant.pool.retain(|of| of.id != *id);
                self.owned.retain(|of| of.id != *id);
            }
        }
        self.check(self.tenant.pool.len() <= PER_CLIENT, "has more than four credentials")?;
        self.check(self.is_valid() || !was_valid, "leaves no valid credential")
    }

    fn add(&mut self, wanted: &Wanted) -> Result<(), String> {
        let identity = wanted.identity.clone().unwrap();
        let is_taken = self.tenant.pool.iter().any(|of| self.keys[&of.id] == identity);
        self.check(!is_taken || !matches!(identity, Identity::Key(_)), "is registered already")?;
        self.count += 1;
        let id = format!("new{}", self.count);
        let algorithm = wanted.algorithm.as_deref().unwrap_or("RS256");
        let (Expiry::Set(expires_at) | Expiry::Kept { when_added: expires_at }) = wanted.expiry;
        let shown = wanted.key_id.clone().map_or_else(|| identity.clone(), Identity::Key);
        let credential = registered(id.clone(), shown, algorithm);
        self.tenant.pool.push(Registered { key_id: wanted.key_id.clone(), expires_at, ..credential });
        self.keys.insert(id.clone(), identity.clone());
        self.added.insert(wanted.name.clone(), id.clone());
        self.owned.push(Owned { name: wanted.name.clone(), id, identity: Some(identity) });
        Ok(())
    }

    fn attach(&mut self, method: Method, credentials: &[Reference]) -> Result<(), String> {
        let id = |of: &Reference| match of {
            Reference::Existing(id) => id.clone(),
            Reference::Added(name) => self.added[name].clone(),
        };
        let ids: Vec<_> = credentials.iter().map(id).collect();
        let is_known = |id: &String| self.tenant.pool.iter().any(|of| of.id == *id && fits(method, &self.keys[id]));
        self.check(ids.iter().all(is_known), "attaches what is not in the pool, or of another kind")?;
        self.check(ids.len() <= PER_SLOT, "has more than two in a slot")?;
        self.check(!ids.iter().any(|id| self.gone.contains(id)), "attaches again what goes")?;
        let detached = self.tenant.attached.iter().filter(|id| !ids.contains(id)).cloned().collect::<Vec<_>>();
        let is_own = detached.iter().all(|id| self.owned.iter().any(|of| of.id == *id));
        self.check(is_own || method != self.tenant.method, "detaches a foreign credential")?;
        self.gone.extend(detached);
        (self.tenant.method, self.tenant.attached) = (method, ids);
        Ok(())
    }

    fn is_valid(&self) -> bool {
        let attached = self.tenant.pool.iter().filter(|of| self.tenant.attached.contains(&of.id));
        !self.tenant.method.uses_keys() || attached.map(|of| of.expires_at).any(|at| at.is_none_or(|at| at > NOW))
    }

    fn check(&self, is_good: bool, problem: &str) -> Result<(), String> {
        if is_good { Ok(()) } else { Err(format!("{problem}: {self:?}")) }
    }
}

/// Any application with a configuration for it.
pub(super) fn any_case() -> impl Strategy<Value = (Service, Configuration)> {
    let method = || prop::sample::select(&[Method::ClientSecretPost, Method::None, Method::TlsClientAuth][..]);
    let method =
        || prop_oneof![3 => Just(Method::PrivateKeyJwt), 1 => Just(Method::SelfSignedTlsClientAuth), 2 => method()];
    let methods = (method(), method(), any::<bool>()).prop_map(|(a, b, same)| (a, if same { a } else { b }));
    let expiry = || prop::sample::select(&[None, PAST, FUTURE, LATER][..]);
    let registered = (0_u8..8, 0_u8..3, 0_u8..8, expiry(), 0_u8..4, any::<bool>());
    let wanted = (0_u8..6, prop::option::weighted(0.9, 0_u8..8), expiry(), any::<bool>(), 0_u8..3, 0_u8..8);
    let (pool, wanted) = ([(); 4].map(|()| registered.clone()), [(); 3].map(|()| wanted.clone()));
    let sizes = (prop_oneof![1 => 0_usize..3, 2 => Just(3), 4 => Just(4)], prop_oneof![2 => 0_usize..4, 3 => Just(2)]);
    (methods, pool, wanted, sizes).prop_map(|((before, after), pool, wanted, (registered, configured))| {
        let service = random_service(before, after, &pool[..registered]);
        (service, random_configuration(after, &wanted[..configured]))
    })
}

type RandomCredential = (u8, u8, u8, Option<OffsetDateTime>, u8, bool);
type RandomWanted = (u8, Option<u8>, Option<OffsetDateTime>, bool, u8, u8);

fn identity(method: Method, number: u8) -> Identity {
    match method {
        Method::TlsClientAuth => Identity::of_subject(&format!("CN={number}")),
        Method::SelfSignedTlsClientAuth => Identity::Certificate(format!("certificate{number}")),
        _ => key(number),
    }
}

fn random_service(before: Method, after: Method, pool: &[RandomCredential]) -> Service {
    let mut service = Service::new(before);
    for (index, (number, kind, ownership, expires_at, place, is_attached)) in pool.iter().enumerate() {
        let id = format!("id{index}");
        let is_owned = *ownership < 6;
        // Nobody can know that a key with a `kid` of its own is a configured one, unless the state has its PEM.
        let (has_kid, has_pem) = (*ownership % 3 == 1, *ownership < 3);
        let number = if has_kid && !(is_owned && has_pem) { number + 10 } else { *number };
        let identity = identity(if *kind == 0 { after } else { before }, number);
        let is_key = matches!(identity, Identity::Key(_));
        if service.keys.values().any(|other| *other == identity) {
            continue;
        }
        let own_kid = (is_key && has_kid).then(|| format!("kid{index}"));
        let shown = own_kid.clone().map_or_else(|| identity.clone(), Identity::Key);
        let credential = registered(id.clone(), shown, if number % 2 == 0 { "RS256" } else { "PS256" });
        service.tenant.pool.push(Registered { key_id: own_kid, expires_at: *expires_at, ..credential });
        if *is_attached && service.tenant.attached.len() < PER_SLOT && fits(before, &identity) {
            service.tenant.attached.push(id.clone());
        }
        if *place == 0 {
            service.tenant.elsewhere.push(("signed_request_object".to_owned(), vec![id.clone()]));
        }
        if is_owned {
            let identity = has_pem.then(|| identity.clone());
            service.owned.push(Owned { name: index.to_string(), id: id.clone(), identity });
        }
        service.keys.insert(id, identity);
    }
    service
}

fn random_configuration(method: Method, wanted: &[RandomWanted]) -> Configuration {
    let mut credentials: Vec<Wanted> = Vec::new();
    for (name, number, expires_at, is_set, algorithm, kid) in wanted {
        let name = name.to_string();
        if credentials.iter().any(|other| other.name == name) || !method.uses_keys() {
            continue;
        }
        credentials.push(Wanted {
            identity: number.map(|number| identity(method, number)),
            algorithm: [None, Some("RS256"), Some("PS256")][usize::from(*algorithm)].map(str::to_owned),
            key_id: (*kid < 2 && method == Method::PrivateKeyJwt).then(|| format!("kid{kid}")),
            expiry: if *is_set { Expiry::Set(*expires_at) } else { Expiry::Kept { when_added: *expires_at } },
            name,
        });
    }
    Configuration { method, credentials }
}
