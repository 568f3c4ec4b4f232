//! Organizations, and which client grants they take part in.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::client_grants::GrantFilter;
use super::refusal::{Kind, Refusal};
use super::{Tenant, merge};

/// As many grants may be associated with one organization (public cloud, "Entity Limit Policy").
const MAX_GRANTS: usize = 100;

/// An organization with the grants that were associated with it.
pub(crate) struct Organization {
    pub document: Map<String, Value>,
    pub grants: BTreeSet<String>,
}

impl Organization {
    pub(crate) fn id(&self) -> &str {
        self.text("id")
    }

    pub(crate) fn name(&self) -> &str {
        self.text("name")
    }

    fn text(&self, name: &str) -> &str {
        self.document.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

impl Tenant {
    pub(crate) fn organization(&self, id: &str) -> Result<&Organization, Refusal> {
        self.organizations.find(id).ok_or(Refusal::Missing(Kind::Organization))
    }

    pub(crate) fn organization_by_name(&self, name: &str) -> Result<&Organization, Refusal> {
        let mut organizations = self.organizations.values();
        organizations.find(|organization| organization.name() == name).ok_or(Refusal::Missing(Kind::Organization))
    }

    /// Organizations in the order of lists, with keys that grow along it.
    pub(crate) fn organizations(&self) -> impl Iterator<Item = (String, &Organization)> {
        self.organizations.numbered().map(|(place, organization)| (format!("{place:020}"), organization))
    }

    pub(crate) fn create_organization(&mut self, document: Map<String, Value>) -> Result<&Organization, Refusal> {
        let mut document = merge::new(document);
        let name = document.get("name").and_then(Value::as_str).unwrap_or_default();
        if self.organization_by_name(name).is_ok() {
            return Err(Refusal::OrganizationExists);
        }
        if document.contains_key("is_app_entitlement_active") {
            document.entry("third_party_client_access").or_insert(json!("block"));
        }
        let id = self.ids.organization();
        document.insert("id".into(), id.clone().into());
        self.organizations.insert(id.clone(), Organization { document, grants: BTreeSet::new() });
        self.organization(&id)
    }

    /// Deletes an organization. What is not there is deleted already.
    pub(crate) fn delete_organization(&mut self, id: &str) {
        self.organizations.remove(id);
    }

    /// Lets tokens of a grant be for an organization.
    pub(crate) fn associate_grant(&mut self, organization: &str, grant: &str) -> Result<&Map<String, Value>, Refusal> {
        self.organization(organization)?;
        let usage = self.client_grant(grant)?.get("organization_usage").and_then(Value::as_str);
        if !matches!(usage, Some("allow" | "require")) {
            return Err(Refusal::Unsuitable("The client grant does not allow the use of organizations".into()));
        }
        let missing = Refusal::Missing(Kind::Organization);
        let grants = &mut self.organizations.find_mut(organization).ok_or(missing)?.grants;
        if grants.contains(grant) {
            return Err(Refusal::GrantAssociated);
        }
        if grants.len() >= MAX_GRANTS {
            return Err(Refusal::TooManyGrants(MAX_GRANTS));
        }
        grants.insert(grant.to_owned());
        self.client_grant(grant)
    }

    /// Takes that back. What is not there is taken back already.
    pub(crate) fn dissociate_grant(&mut self, organization: &str, grant: &str) -> Result<(), Refusal> {
        let organization = self.organizations.find_mut(organization).ok_or(Refusal::Missing(Kind::Organization))?;
        organization.grants.remove(grant);
        Ok(())
    }

    /// Grants associated with an organization, in the order of their ids; of these ids only, if any are given.
    pub(crate) fn grants_of_organization(
        &self,
        organization: &str,
        filter: &GrantFilter,
        ids: &[&str],
    ) -> Result<Vec<(String, Value)>, Refusal> {
        let associated = &self.organization(organization)?.grants;
        let mut grants = self.client_grants(filter);
        grants.retain(|(id, _)| associated.contains(id) && (ids.is_empty() || ids.contains(&id.as_str())));
        Ok(grants)
    }

    /// Forgets associations of grants that are no more.
    pub(super) fn prune_associations(&mut self) {
        for organization in self.organizations.values_mut() {
            organization.grants.retain(|id| self.grants.contains_key(id));
        }
    }
}
