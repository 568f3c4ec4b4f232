//! The state of a tenant and its rules, knowing nothing of HTTP.

mod client_defaults;
mod client_grants;
mod clients;
mod collection;
mod credentials;
mod keys;
mod merge;
mod organizations;
mod quotas;
mod refusal;
mod resource_servers;
mod snapshot;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub(crate) use self::client_grants::GrantFilter;
pub(crate) use self::clients::Client;
use self::collection::Collection;
pub(crate) use self::credentials::Credential;
pub(crate) use self::organizations::Organization;
use self::quotas::Issued;
pub(crate) use self::quotas::Quota;
pub(crate) use self::refusal::{Kind, Refusal};
pub(crate) use self::resource_servers::ResourceServer;
use super::clock::Clock;
use super::ids::Ids;
use super::signing::ClientCertificate;

/// Everything that a tenant is.
pub(crate) struct Tenant {
    pub clock: Clock,
    pub ids: Ids,
    /// Where the tenant is reached, without a slash at the end.
    pub url: String,
    /// What goes into the `tenant` property of clients.
    pub name: String,
    /// Id of the client that holds every scope.
    pub administrator: String,
    certificate: ClientCertificate,
    clients: Collection<Client>,
    /// By id, which is also the order that lists have.
    grants: BTreeMap<String, Map<String, Value>>,
    resource_servers: Collection<ResourceServer>,
    organizations: Collection<Organization>,
    users: Vec<Map<String, Value>>,
    /// Client and `jti` of assertions that may not be used again, with the second from which they are stale anyway.
    used_assertions: BTreeMap<(String, String), i64>,
    issued: Issued,
}

impl Tenant {
    /// A tenant without any objects.
    pub(crate) fn empty(url: String, certificate: ClientCertificate, clock: Clock, ids: Ids) -> Self {
        Self {
            clock,
            ids,
            url,
            name: "auth0-emulator".to_owned(),
            administrator: String::new(),
            certificate,
            clients: Collection::default(),
            grants: BTreeMap::new(),
            resource_servers: Collection::default(),
            organizations: Collection::default(),
            users: Vec::new(),
            used_assertions: BTreeMap::new(),
            issued: Issued::default(),
        }
    }

    /// Identifier of the Management API.
    pub(crate) fn management_audience(&self) -> String {
        format!("{}/api/v2/", self.url)
    }

    /// Issuer of the tenant's tokens.
    pub(crate) fn issuer(&self) -> String {
        format!("{}/", self.url)
    }

    pub(crate) fn users(&self) -> &[Map<String, Value>] {
        &self.users
    }

    pub(crate) fn add_user(&mut self, user: Map<String, Value>) {
        self.users.push(user);
    }

    /// Whether an assertion was used before, and could be used again otherwise.
    pub(crate) fn used_assertion(&self, client: &str, jti: &str) -> bool {
        self.used_assertions.contains_key(&(client.to_owned(), jti.to_owned()))
    }

    /// Notes that an assertion was used, and forgets those that are stale by now.
    pub(crate) fn use_assertion(&mut self, client: &str, jti: &str, stale_from: i64) {
        let now = self.clock.now().as_second();
        self.used_assertions.retain(|_, stale_from| *stale_from >= now);
        self.used_assertions.insert((client.to_owned(), jti.to_owned()), stale_from);
    }

    /// What is left of the quota of a client once it gets a token now.
    pub(crate) fn quota_of_client(&self, client: &Client) -> Option<Quota> {
        self.issued.quota(client.id(), &client.settings, self.clock.now().as_second())
    }

    /// The same for an organization.
    pub(crate) fn quota_of_organization(&self, organization: &Organization) -> Option<Quota> {
        self.issued.quota(organization.id(), &organization.document, self.clock.now().as_second())
    }

    /// Counts a token for its client and its organization.
    pub(crate) fn count_token(&mut self, client: &str, organization: Option<&str>) {
        let now = self.clock.now().as_second();
        self.issued.add(client, now);
        if let Some(organization) = organization {
            self.issued.add(organization, now);
        }
    }
}
