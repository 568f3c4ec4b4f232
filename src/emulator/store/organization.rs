//! Organizations, and which client grants they take part in.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::client_grant::GrantFilter;
use super::error::{ObjectKind, StoreError};
use super::record::{Record, text};
use super::{Tenant, merge};

/// As many grants may be associated with one organization (public cloud, "Entity Limit Policy").
const MAX_GRANTS: usize = 100;

/// An organization with the grants that were associated with it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Organization {
    #[serde(rename = "client_grants")]
    pub grants: BTreeSet<String>,
    #[serde(flatten)]
    pub document: Map<String, Value>,
}

impl Record for Organization {
    const KIND: &'static str = "organizations";

    fn id(&self) -> &str {
        text(&self.document, "id")
    }
}

impl Organization {
    pub(crate) fn id(&self) -> &str {
        Record::id(self)
    }

    pub(crate) fn name(&self) -> &str {
        text(&self.document, "name")
    }
}

impl Tenant {
    pub(crate) fn organization(&self, id: &str) -> Result<&Organization, StoreError> {
        self.objects.organizations.find(id).ok_or(StoreError::Missing(ObjectKind::Organization))
    }

    pub(crate) fn organization_by_name(&self, name: &str) -> Result<&Organization, StoreError> {
        let mut organizations = self.objects.organizations.values();
        organizations
            .find(|organization| organization.name() == name)
            .ok_or(StoreError::Missing(ObjectKind::Organization))
    }

    /// Organizations as lists show them, with keys that grow along the list.
    pub(crate) fn listed_organizations(&self) -> impl Iterator<Item = (&str, &Organization)> {
        self.objects.organizations.listed()
    }

    pub(crate) fn create_organization(&mut self, document: Map<String, Value>) -> Result<&Organization, StoreError> {
        let mut document = merge::new(document);
        let name = document.get("name").and_then(Value::as_str).unwrap_or_default();
        if self.organization_by_name(name).is_ok() {
            return Err(StoreError::OrganizationExists);
        }
        if document.contains_key("is_app_entitlement_active") {
            document.entry("third_party_client_access").or_insert(json!("block"));
        }
        let id = self.objects.organizations.new_id(|| self.ids.organization());
        document.insert("id".into(), id.clone().into());
        self.objects.organizations.insert(Organization { document, grants: BTreeSet::new() });
        self.organization(&id)
    }

    /// Deletes an organization. What is not there is deleted already.
    pub(crate) fn delete_organization(&mut self, id: &str) {
        self.objects.organizations.remove(id);
    }

    /// Lets tokens of a grant be for an organization.
    pub(crate) fn associate_grant(
        &mut self,
        organization: &str,
        grant: &str,
    ) -> Result<&Map<String, Value>, StoreError> {
        self.organization(organization)?;
        let usage = self.client_grant(grant)?.get("organization_usage").and_then(Value::as_str);
        if !matches!(usage, Some("allow" | "require")) {
            return Err(StoreError::Unsuitable("The client grant does not allow the use of organizations".into()));
        }
        let missing = StoreError::Missing(ObjectKind::Organization);
        let grants = &mut self.objects.organizations.find_mut(organization).ok_or(missing)?.grants;
        if grants.contains(grant) {
            return Err(StoreError::GrantAssociated);
        }
        if grants.len() >= MAX_GRANTS {
            return Err(StoreError::TooManyGrants(MAX_GRANTS));
        }
        grants.insert(grant.to_owned());
        self.client_grant(grant)
    }

    /// Takes that back. What is not there is taken back already.
    pub(crate) fn dissociate_grant(&mut self, organization: &str, grant: &str) -> Result<(), StoreError> {
        let organization =
            self.objects.organizations.find_mut(organization).ok_or(StoreError::Missing(ObjectKind::Organization))?;
        organization.grants.remove(grant);
        Ok(())
    }

    /// Whether lists show the grant as associated with the organization.
    pub(crate) fn lists_association(&self, organization: &str, grant: &str) -> bool {
        let organization = self.objects.organizations.find_listed(organization);
        organization.is_some_and(|organization| organization.grants.contains(grant))
    }

    /// Grants associated with an organization as lists show them, in the order of their ids; of these ids only, if any are
    /// given.
    pub(crate) fn listed_grants_of_organization(
        &self,
        organization: &str,
        filter: &GrantFilter,
        ids: &[&str],
    ) -> Result<impl Iterator<Item = (&str, &Map<String, Value>)>, StoreError> {
        self.organization(organization)?;
        let wanted = move |id| self.lists_association(organization, id) && (ids.is_empty() || ids.contains(&id));
        Ok(self.listed_client_grants(filter).filter(move |(id, _)| wanted(*id)))
    }

    /// Forgets associations of grants that are no more.
    pub(super) fn prune_associations(&mut self) {
        let (organizations, grants) = (&mut self.objects.organizations, &self.objects.client_grants);
        let is_gone = |id: &String| grants.find(id).is_none();
        let prune = |organization: &mut Organization| organization.grants.retain(|id| !is_gone(id));
        organizations.change_where(|organization| organization.grants.iter().any(is_gone), prune);
    }
}
