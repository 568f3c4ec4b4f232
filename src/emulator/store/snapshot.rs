//! A tenant as one JSON document, out and in again.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::record::text;
use super::{Objects, Tenant, management_audience};

/// What there is to say of a tenant apart from its objects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct About {
    tenant: String,
    /// Where the tenant was reached; the Management API is named after it.
    url: String,
    /// The client that holds every scope.
    administrator: String,
}

impl Tenant {
    /// Everything but the key that tokens are signed with, secrets too: lists of objects, each in the order of creation.
    pub(crate) fn dump(&self) -> Value {
        let mut document = json!(self.about());
        for table in self.objects.tables() {
            document[table.kind()] = table.written().into();
        }
        document
    }

    /// Becomes what was dumped, perhaps at another address. Nothing changes if the document is not in order.
    pub(crate) fn restore(&mut self, document: Value) -> Result<(), String> {
        let Value::Object(mut document) = document else { return Err("a state is a JSON object".into()) };
        let mut objects = Objects::default();
        for table in objects.tables_mut() {
            match document.remove(table.kind()) {
                None => {}
                Some(Value::Array(list)) => list.into_iter().try_for_each(|object| table.read(object, None))?,
                Some(_) => return Err(format!("{} is not a list", table.kind())),
            }
        }
        let about = serde_json::from_value(document.into()).map_err(|error| error.to_string())?;
        self.become_of(about, objects)
    }

    /// Becomes what was written down, perhaps at another address. Nothing changes if that is not in order.
    pub(super) fn become_of(&mut self, about: About, mut objects: Objects) -> Result<(), String> {
        if objects.clients.find(&about.administrator).is_none() {
            return Err(format!("the administrator {} is not among the clients", about.administrator));
        }
        if objects.resource_servers.values().any(|api| api.identifier().is_empty()) {
            return Err("one of the resource_servers has no identifier".into());
        }
        let (there, here) = (management_audience(&about.url), self.management_audience());
        if there != here {
            let name = |property: &str| (property.to_owned(), Value::from(here.as_str()));
            let apis = &mut objects.resource_servers;
            apis.change_where(|api| api.identifier() == there, |api| api.document.extend([name("identifier")]));
            let grants = &mut objects.client_grants;
            let is_for_it = |grant: &super::ClientGrant| text(&grant.document, "audience") == there;
            grants.change_where(is_for_it, |grant| grant.document.extend([name("audience")]));
        }
        for (new, old) in objects.tables_mut().into_iter().zip(self.objects.tables()) {
            new.replaces(old);
        }
        self.name = about.tenant;
        self.administrator = about.administrator;
        self.objects = objects;
        self.prune_associations();
        Ok(())
    }

    pub(super) fn about(&self) -> About {
        About { tenant: self.name.clone(), url: self.url.clone(), administrator: self.administrator.clone() }
    }
}
