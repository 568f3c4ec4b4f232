//! A tenant as one JSON document, out and in again.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::collection::Collection;
use super::{Client, Credential, Organization, ResourceServer, Tenant};

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
                .map(|CredentialSnapshot { pem, credential }| {
                    Ok(Credential { id: named(&credential, "id", "credential")?, document: credential, pem })
                })
                .collect::<Result<_, String>>()?;
            insert(&mut clients, client_id, Client { settings, secret: client_secret, credentials })?;
        }
        if clients.find(&snapshot.administrator).is_none() {
            return Err(format!("the administrator {} is not among the clients", snapshot.administrator));
        }
        let mut resource_servers = Collection::default();
        for mut document in snapshot.resource_servers {
            here(&mut document, "identifier");
            named(&document, "identifier", "resource server")?;
            let id = named(&document, "id", "resource server")?;
            insert(&mut resource_servers, id, ResourceServer { document })?;
        }
        let mut grants = BTreeMap::new();
        for mut grant in snapshot.client_grants {
            here(&mut grant, "audience");
            let id = named(&grant, "id", "client grant")?;
            if grants.insert(id.clone(), grant).is_some() {
                return Err(twice(&id));
            }
        }
        let mut organizations = Collection::default();
        for OrganizationSnapshot { client_grants, document } in snapshot.organizations {
            let id = named(&document, "id", "organization")?;
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

fn named(object: &Object, property: &str, what: &str) -> Result<String, String> {
    let text = object.get(property).and_then(Value::as_str).map(str::to_owned);
    text.ok_or_else(|| format!("a {what} has no {property}"))
}
