//! A tenant as one JSON document, out and in again.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::record::{Object, text};
use super::{ClientGrant, Objects, Tenant, management_audience};
use crate::emulator::contract::Contract;

/// Properties of a tenant apart from its objects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TenantProperties {
    tenant: String,
    /// Where the tenant was reached; the Management API is named after it.
    url: String,
    /// The client that holds every scope.
    administrator: String,
}

impl TenantProperties {
    /// The name of the tenant and its administrator.
    pub(super) fn into_names(self) -> (String, String) {
        (self.tenant, self.administrator)
    }
}

impl Tenant {
    /// Everything but the key that tokens are signed with, secrets too: lists of objects, each in the order of creation.
    pub(crate) fn dump(&self) -> Value {
        let mut document = json!(self.properties());
        for table in self.objects.tables() {
            document[table.kind()] = table.written().into();
        }
        document
    }

    /// Replaces everything with a dump, perhaps from another address. An invalid document changes nothing.
    pub(crate) fn restore(&mut self, document: Value) -> Result<(), String> {
        static STATE: Contract = Contract::new("control.state");
        STATE.check(&document).map_err(|violation| violation.to_string())?;
        let mut document: Object = serde_json::from_value(document).map_err(|error| error.to_string())?;
        let mut objects = Objects::default();
        for table in objects.tables_mut() {
            let list = document.remove(table.kind()).unwrap_or_else(|| json!([]));
            let list: Vec<Value> = serde_json::from_value(list).map_err(|error| error.to_string())?;
            list.into_iter().try_for_each(|object| table.read(object, None))?;
        }
        let properties = serde_json::from_value(document.into()).map_err(|error| error.to_string())?;
        self.replace_with(properties, objects)
    }

    /// Replaces everything, perhaps with objects from another address. Invalid objects change nothing.
    pub(super) fn replace_with(&mut self, properties: TenantProperties, mut objects: Objects) -> Result<(), String> {
        check(&properties, &objects)?;
        let (there, here) = (management_audience(&properties.url), self.management_audience());
        if there != here {
            let name = |property: &str| (property.to_owned(), Value::from(here.as_str()));
            let apis = &mut objects.resource_servers;
            apis.change_where(|api| api.identifier() == there, |api| api.document.extend([name("identifier")]));
            let grants = &mut objects.client_grants;
            let is_for_it = |grant: &ClientGrant| text(&grant.document, "audience") == there;
            grants.change_where(is_for_it, |grant| grant.document.extend([name("audience")]));
        }
        for (new, old) in objects.tables_mut().into_iter().zip(self.objects.tables()) {
            new.mark_replaced(old);
        }
        self.name = properties.tenant;
        self.administrator = properties.administrator;
        self.objects = objects;
        self.prune_associations();
        Ok(())
    }

    pub(super) fn properties(&self) -> TenantProperties {
        TenantProperties { tenant: self.name.clone(), url: self.url.clone(), administrator: self.administrator.clone() }
    }
}

/// Checks references between objects, which a contract cannot.
fn check(properties: &TenantProperties, objects: &Objects) -> Result<(), String> {
    let Objects { clients, client_grants, resource_servers, .. } = objects;
    if clients.find(&properties.administrator).is_none() {
        return Err(format!("the administrator {} is not among the clients", properties.administrator));
    }
    for client in clients.values() {
        if let Some(stranger) = client.unknown_credential() {
            return Err(format!("{} uses {stranger}, which is not among its credentials", client.id()));
        }
    }
    let mut identifiers = BTreeSet::new();
    if let Some(twin) = resource_servers.values().find(|api| !identifiers.insert(api.identifier())) {
        return Err(format!("{} is there twice", twin.identifier()));
    }
    for ClientGrant { document } in client_grants.values() {
        let (id, client, audience) = (text(document, "id"), text(document, "client_id"), text(document, "audience"));
        if !client.is_empty() && clients.find(client).is_none() {
            return Err(format!("the grant {id} is for {client}, which is not among the clients"));
        }
        if !identifiers.contains(audience) {
            return Err(format!("the grant {id} is for {audience}, which is not among the resource servers"));
        }
    }
    Ok(())
}
