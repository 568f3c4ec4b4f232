//! Resource servers, called APIs in the dashboard.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::error::{ObjectKind, StoreError};
use super::keys::KeyMaterial;
use super::record::{Record, text};
use super::{Tenant, merge};

/// An API with its scopes and token settings.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ResourceServer {
    pub document: Map<String, Value>,
}

impl Record for ResourceServer {
    const KIND: &'static str = "resource_servers";

    fn id(&self) -> &str {
        text(&self.document, "id")
    }
}

impl ResourceServer {
    pub(crate) fn identifier(&self) -> &str {
        text(&self.document, "identifier")
    }

    pub(crate) fn is_system(&self) -> bool {
        self.document.get("is_system") == Some(&json!(true))
    }

    /// Names of all scopes.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &str> {
        let scopes = self.document.get("scopes").and_then(Value::as_array);
        scopes.into_iter().flatten().filter_map(|scope| scope["value"].as_str())
    }

    /// Whether clients get no tokens at all.
    pub(crate) fn denies_clients(&self) -> bool {
        let rules = self.document.get("subject_type_authorization");
        rules.and_then(|rules| rules.pointer("/client/policy")) == Some(&json!("deny_all"))
    }
}

impl Tenant {
    /// Finds an API by id or by identifier, however often the latter was percent-encoded.
    pub(crate) fn resource_server(&self, key: &str) -> Result<&ResourceServer, StoreError> {
        self.objects
            .resource_servers
            .find(key)
            .or_else(|| self.resource_server_by_identifier(key))
            .or_else(|| self.resource_server_by_identifier(&decoded(key)))
            .ok_or(StoreError::Missing(ObjectKind::ResourceServer))
    }

    pub(crate) fn resource_server_by_identifier(&self, identifier: &str) -> Option<&ResourceServer> {
        self.objects.resource_servers.values().find(|api| api.identifier() == identifier)
    }

    /// APIs as lists show them, with keys that grow along the list.
    pub(crate) fn listed_resource_servers(&self) -> impl Iterator<Item = (&str, &ResourceServer)> {
        self.objects.resource_servers.listed()
    }

    pub(crate) fn create_resource_server(&mut self, api: Map<String, Value>) -> Result<&ResourceServer, StoreError> {
        let mut api = merge::new(api);
        let identifier = api.get("identifier").and_then(Value::as_str).unwrap_or_default();
        if self.resource_server_by_identifier(identifier).is_some() {
            return Err(StoreError::ResourceServerExists);
        }
        replace_encryption_key(&mut api)?;
        complete(&mut api);
        if api["signing_alg"] == json!("HS256") && !api.contains_key("signing_secret") {
            api.insert("signing_secret".into(), self.ids.secret().into());
        }
        let id = self.objects.resource_servers.new_id(|| self.ids.resource_server());
        api.insert("id".into(), id.clone().into());
        self.objects.resource_servers.insert(ResourceServer { document: api });
        self.resource_server(&id)
    }

    /// Changes what was sent and nothing else.
    pub(crate) fn update_resource_server(
        &mut self,
        key: &str,
        mut patch: Map<String, Value>,
    ) -> Result<&ResourceServer, StoreError> {
        let api = self.resource_server(key)?;
        if api.is_system() {
            return Err(StoreError::Unsuitable("System resource servers cannot be changed".into()));
        }
        replace_encryption_key(&mut patch)?;
        let mut after = api.document.clone();
        let id = api.id().to_owned();
        merge::replace(&mut after, patch);
        if after["signing_alg"] == json!("HS256") && !after.contains_key("signing_secret") {
            after.insert("signing_secret".into(), self.ids.secret().into());
        }
        let api = self.objects.resource_servers.find_mut(&id).ok_or(StoreError::Missing(ObjectKind::ResourceServer))?;
        api.document = after;
        Ok(api)
    }

    /// Deletes an API with the grants for it. What is not there is deleted already.
    pub(crate) fn delete_resource_server(&mut self, key: &str) -> Result<(), StoreError> {
        let Ok(api) = self.resource_server(key) else { return Ok(()) };
        if api.is_system() {
            return Err(StoreError::Unsuitable("System resource servers cannot be deleted".into()));
        }
        let (id, identifier) = (api.id().to_owned(), api.identifier().to_owned());
        self.objects.resource_servers.remove(&id);
        self.objects.client_grants.remove_where(|grant| text(&grant.document, "audience") == identifier);
        self.prune_associations();
        Ok(())
    }
}

/// What the service fills in when an API is created.
fn complete(api: &mut Map<String, Value>) {
    for (name, value) in [
        ("allow_offline_access", json!(false)),
        ("skip_consent_for_verifiable_first_party_clients", json!(false)),
        (
            "subject_type_authorization",
            json!({ "client": { "policy": "require_client_grant" }, "user": { "policy": "allow_all" } }),
        ),
        ("token_lifetime", json!(86400)),
        ("token_lifetime_for_web", json!(7200)),
        ("signing_alg", json!("RS256")),
    ] {
        api.entry(name).or_insert(value);
    }
}

/// The key that tokens are encrypted with is answered as a thumbprint.
fn replace_encryption_key(api: &mut Map<String, Value>) -> Result<(), StoreError> {
    let Some(key) =
        api.get_mut("token_encryption").and_then(|of| of.get_mut("encryption_key")).and_then(Value::as_object_mut)
    else {
        return Ok(());
    };
    let pem = key.remove("pem").unwrap_or_default();
    let thumbprint = pem.as_str().and_then(KeyMaterial::parse).and_then(|material| material.key_id());
    let thumbprint = thumbprint.ok_or_else(|| StoreError::Invalid("Invalid PEM".into()))?;
    key.insert("thumbprint_sha256".into(), thumbprint.into());
    Ok(())
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}
