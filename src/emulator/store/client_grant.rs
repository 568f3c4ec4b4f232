//! Client grants: which client may call which API.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::error::{ObjectKind, StoreError};
use super::record::{Record, text};
use super::{ResourceServer, Tenant, merge};

/// A grant, which lists show in the order of ids.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ClientGrant {
    pub(super) document: Map<String, Value>,
}

impl Record for ClientGrant {
    const KIND: &'static str = "client_grants";

    fn id(&self) -> &str {
        text(&self.document, "id")
    }

    fn key(&self, _: u64) -> String {
        self.id().to_owned()
    }
}

/// What a list of grants is narrowed to; everything given must hold.
#[derive(Debug, Default)]
pub(crate) struct GrantFilter {
    pub client_id: Option<String>,
    pub audience: Option<String>,
    pub subject_type: Option<String>,
    pub default_for: Option<String>,
    pub allow_any_organization: Option<bool>,
}

impl GrantFilter {
    fn admits(&self, grant: &Map<String, Value>) -> bool {
        let holds = |name: &str, wanted: &Option<String>| {
            wanted.as_ref().is_none_or(|wanted| grant.get(name).and_then(Value::as_str) == Some(wanted))
        };
        holds("client_id", &self.client_id)
            && holds("audience", &self.audience)
            && holds("subject_type", &self.subject_type)
            && holds("default_for", &self.default_for)
            && self
                .allow_any_organization
                .is_none_or(|wanted| grant.get("allow_any_organization") == Some(&json!(wanted)))
    }
}

impl Tenant {
    pub(crate) fn client_grant(&self, id: &str) -> Result<&Map<String, Value>, StoreError> {
        Ok(&self.objects.client_grants.find(id).ok_or(StoreError::Missing(ObjectKind::ClientGrant))?.document)
    }

    /// Grants as lists show them, in the order of their ids.
    pub(crate) fn listed_client_grants(
        &self,
        filter: &GrantFilter,
    ) -> impl Iterator<Item = (&str, &Map<String, Value>)> {
        let grants = self.objects.client_grants.listed().map(|(id, grant)| (id, &grant.document));
        grants.filter(|(_, grant)| filter.admits(grant))
    }

    /// The first grant that the filter admits, whatever lists show.
    fn find_client_grant(&self, filter: &GrantFilter) -> Option<&Map<String, Value>> {
        self.objects.client_grants.values().map(|grant| &grant.document).find(|grant| filter.admits(grant))
    }

    /// The grant that lets a client call an API in its own name.
    pub(crate) fn grant_for_machine(&self, client: &str, audience: &str) -> Option<&Map<String, Value>> {
        let filter = GrantFilter {
            client_id: Some(client.to_owned()),
            audience: Some(audience.to_owned()),
            subject_type: Some("client".to_owned()),
            ..GrantFilter::default()
        };
        self.find_client_grant(&filter)
    }

    /// Creates a grant; there is one at most for a client, an API and a kind of subject.
    pub(crate) fn create_client_grant(
        &mut self,
        mut grant: Map<String, Value>,
    ) -> Result<&Map<String, Value>, StoreError> {
        grant.entry("subject_type").or_insert(json!("client"));
        let text = |name: &str| grant.get(name).and_then(Value::as_str).map(str::to_owned);
        let (client, default_for) = (text("client_id"), text("default_for"));
        let audience = text("audience").unwrap_or_default();
        let holder = match (&client, &default_for) {
            (Some(holder), None) | (None, Some(holder)) => holder.clone(),
            (None, None) => return Err(StoreError::Invalid("Missing required property: client_id".into())),
            (Some(_), Some(_)) => {
                return Err(StoreError::Invalid("client_id and default_for exclude each other".into()));
            }
        };
        check(&grant, grant.contains_key("scope"))?;
        if let Some(client) = &client
            && self.client(client)?.text("app_type") == Some("express_configuration")
        {
            return Err(StoreError::Unsuitable("Client of type express_configuration cannot be used".into()));
        }
        let api = self.resource_server_by_identifier(&audience);
        let api = api.ok_or_else(|| StoreError::UnknownAudience(audience.clone()))?;
        check_api(api, &grant)?;
        let twin = GrantFilter {
            client_id: client.clone(),
            default_for,
            audience: Some(audience.clone()),
            // Of default grants there is one for an API, whatever its subject.
            subject_type: text("subject_type").filter(|_| client.is_some()),
            ..GrantFilter::default()
        };
        if self.find_client_grant(&twin).is_some() {
            return Err(StoreError::GrantExists { holder, audience });
        }
        hide_scope(&mut grant);
        let id = self.objects.client_grants.new_id(|| self.ids.client_grant());
        grant.insert("id".into(), id.clone().into());
        self.objects.client_grants.insert(ClientGrant { document: grant });
        self.client_grant(&id)
    }

    /// Changes what was sent and nothing else.
    pub(crate) fn update_client_grant(
        &mut self,
        id: &str,
        patch: Map<String, Value>,
    ) -> Result<&Map<String, Value>, StoreError> {
        let mut after = self.client_grant(id)?.clone();
        let sends_scope = patch.get("scope").is_some_and(Value::is_array);
        if let Some(api) = self.resource_server_by_identifier(text(&after, "audience")) {
            check_api(api, &patch)?;
        }
        merge::replace(&mut after, patch);
        check(&after, sends_scope)?;
        hide_scope(&mut after);
        let grant = self.objects.client_grants.find_mut(id).ok_or(StoreError::Missing(ObjectKind::ClientGrant))?;
        grant.document = after;
        Ok(&grant.document)
    }

    /// Deletes a grant. What is not there is deleted already.
    pub(crate) fn delete_client_grant(&mut self, id: &str) {
        self.objects.client_grants.remove(id);
        self.prune_associations();
    }
}

fn check(grant: &Map<String, Value>, sends_scope: bool) -> Result<(), StoreError> {
    if grant.contains_key("authorization_details_types") && grant.get("subject_type") != Some(&json!("user")) {
        return Err(StoreError::Unsuitable(
            "authorization_details_types is for grants of the subject type user".into(),
        ));
    }
    if sends_scope && grant.get("allow_all_scopes") == Some(&json!(true)) {
        return Err(StoreError::Unsuitable("scope and allow_all_scopes exclude each other".into()));
    }
    Ok(())
}

/// A system API has no grants for all scopes, and refuses to hear of it. <https://github.com/pulumi/pulumi-auth0/issues/1069>
fn check_api(api: &ResourceServer, sent: &Map<String, Value>) -> Result<(), StoreError> {
    if api.is_system() && sent.contains_key("allow_all_scopes") {
        let reason = "`allow_all_scopes` cannot be provided when `audience` is a system API";
        return Err(StoreError::Unsuitable(reason.into()));
    }
    Ok(())
}

/// While all scopes are granted none is shown.
fn hide_scope(grant: &mut Map<String, Value>) {
    if grant.get("allow_all_scopes") == Some(&json!(true)) {
        grant.remove("scope");
    }
}
