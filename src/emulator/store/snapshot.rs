//! A tenant as one JSON document, out and in again.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::collection::Collection;
use super::{Client, Credential, Organization, ResourceServer, Tenant};
use crate::emulator::contract::Contract;

type Object = Map<String, Value>;

/// Everything that a tenant is, secrets too, in the order in which lists show it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Snapshot {
    tenant: String,
    /// Where the tenant was reached; the Management API is named after it.
    url: String,
    /// The client that holds every scope.
    administrator: String,
    clients: Vec<ClientSnapshot>,
    client_grants: Vec<Object>,
    resource_servers: Vec<Object>,
    organizations: Vec<OrganizationSnapshot>,
    users: Vec<Object>,
}

#[derive(Serialize, Deserialize)]
struct ClientSnapshot {
    client_id: String,
    client_secret: String,
    credentials: Vec<CredentialSnapshot>,
    #[serde(flatten)]
    settings: Object,
}

#[derive(Serialize, Deserialize)]
struct CredentialSnapshot {
    pem: Option<String>,
    credential: Object,
}

#[derive(Serialize, Deserialize)]
struct OrganizationSnapshot {
    client_grants: BTreeSet<String>,
    #[serde(flatten)]
    document: Object,
}

impl Tenant {
    /// Everything, secrets too.
    pub(crate) fn dump(&self) -> Value {
        let client = |client: &Client| {
            let mut settings = client.settings.clone();
            settings.remove("client_id");
            let credential =
                |of: &Credential| CredentialSnapshot { pem: of.pem.clone(), credential: of.document.clone() };
            ClientSnapshot {
                client_id: client.id().to_owned(),
                client_secret: client.secret.clone(),
                credentials: client.credentials.iter().map(credential).collect(),
                settings,
            }
        };
        let organization = |of: &Organization| OrganizationSnapshot {
            client_grants: of.grants.clone(),
            document: of.document.clone(),
        };
        let snapshot = Snapshot {
            tenant: self.name.clone(),
            url: self.url.clone(),
            administrator: self.administrator.clone(),
            clients: self.clients.values().map(client).collect(),
            client_grants: self.grants.values().cloned().collect(),
            resource_servers: self.resource_servers.values().map(|api| api.document.clone()).collect(),
            organizations: self.organizations.values().map(organization).collect(),
            users: self.users.clone(),
        };
        serde_json::to_value(snapshot).expect("objects with names as keys are JSON")
    }

    /// Becomes what was dumped, perhaps at another address. Nothing changes if the document is not in order.
    pub(crate) fn restore(&mut self, document: Value) -> Result<(), String> {
        static STATE: Contract = Contract::new("control.state");
        STATE.check(&document).map_err(|violation| violation.to_string())?;
        let snapshot: Snapshot = serde_json::from_value(document).map_err(|error| error.to_string())?;
        let old_audience = format!("{}/api/v2/", snapshot.url);
        let here = |object: &mut Object, name: &str| {
            if object.get(name).and_then(Value::as_str) == Some(&old_audience) {
                object.insert(name.to_owned(), self.management_audience().into());
            }
        };
        let mut clients = Collection::default();
        for ClientSnapshot { client_id, client_secret, credentials, mut settings } in snapshot.clients {
            settings.insert("client_id".into(), client_id.clone().into());
            let credentials = credentials
                .into_iter()
                .map(|CredentialSnapshot { pem, credential }| Credential {
                    id: text(&credential, "id"),
                    document: credential,
                    pem,
                })
                .collect();
            let client = Client { settings, secret: client_secret, credentials };
            if let Some(stranger) = client.unknown_credential() {
                return Err(format!("{client_id} uses {stranger}, which is not among its credentials"));
            }
            insert(&mut clients, client_id, client)?;
        }
        if clients.find(&snapshot.administrator).is_none() {
            return Err(format!("the administrator {} is not among the clients", snapshot.administrator));
        }
        let mut resource_servers = Collection::default();
        for mut document in snapshot.resource_servers {
            here(&mut document, "identifier");
            let (id, api) = (text(&document, "id"), ResourceServer { document });
            if resource_servers.values().any(|other: &ResourceServer| other.identifier() == api.identifier()) {
                return Err(twice(api.identifier()));
            }
            insert(&mut resource_servers, id, api)?;
        }
        let mut grants = BTreeMap::new();
        for mut grant in snapshot.client_grants {
            here(&mut grant, "audience");
            let (id, audience) = (text(&grant, "id"), text(&grant, "audience"));
            if let Some(client) = grant.get("client_id").and_then(Value::as_str)
                && clients.find(client).is_none()
            {
                return Err(format!("the grant {id} is for {client}, which is not among the clients"));
            }
            if resource_servers.values().all(|api| api.identifier() != audience) {
                return Err(format!("the grant {id} is for {audience}, which is not among the resource servers"));
            }
            if grants.insert(id.clone(), grant).is_some() {
                return Err(twice(&id));
            }
        }
        let mut organizations = Collection::default();
        for OrganizationSnapshot { client_grants, document } in snapshot.organizations {
            let id = text(&document, "id");
            insert(&mut organizations, id, Organization { document, grants: client_grants })?;
        }
        self.name = snapshot.tenant;
        self.administrator = snapshot.administrator;
        self.clients = clients;
        self.grants = grants;
        self.resource_servers = resource_servers;
        self.organizations = organizations;
        self.users = snapshot.users;
        self.prune_associations();
        Ok(())
    }
}

fn insert<T>(collection: &mut Collection<T>, id: String, object: T) -> Result<(), String> {
    if collection.find(&id).is_some() {
        return Err(twice(&id));
    }
    collection.insert(id, object);
    Ok(())
}

fn twice(id: &str) -> String {
    format!("{id} is there twice")
}

/// A property that the contract demands.
fn text(object: &Object, property: &str) -> String {
    object.get(property).and_then(Value::as_str).unwrap_or_default().to_owned()
}
