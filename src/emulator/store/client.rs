//! Clients, called applications in the dashboard.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::client_rules::{check_grant_types, check_metadata, check_switches, unsuitable};
use super::credential::Credential;
use super::error::{ObjectKind, StoreError};
use super::record::{Record, text};
use super::{ResourceServer, Tenant, client_defaults, merge};

/// Slots of a client that credentials are attached to.
const AUTHENTICATION_METHODS: [&str; 3] = ["private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"];

/// A client with its secret and its pool of credentials.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Client {
    /// Kept while hidden, so that it is there again when the client goes back to authenticating with it.
    #[serde(rename = "client_secret")]
    secret: String,
    pub credentials: Vec<Credential>,
    #[serde(flatten)]
    pub(super) settings: Map<String, Value>,
}

impl Record for Client {
    const KIND: &'static str = "clients";

    fn id(&self) -> &str {
        text(&self.settings, "client_id")
    }

    /// The global client comes last.
    fn key(&self, place: u64) -> String {
        format!("{}{place:020}", u8::from(self.is_global()))
    }
}

impl Client {
    pub(crate) fn id(&self) -> &str {
        Record::id(self)
    }

    pub(crate) fn is_global(&self) -> bool {
        self.flag("global")
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.settings.get(name) == Some(&Value::Bool(true))
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.settings.get(name)?.as_str()
    }

    pub(crate) fn allows_grant_type(&self, name: &str) -> bool {
        self.settings.get("grant_types").and_then(Value::as_array).is_some_and(|types| types.contains(&json!(name)))
    }

    /// The organization that tokens are for when a grant requires one and the request names none.
    pub(crate) fn default_organization(&self) -> Option<&str> {
        let default = self.settings.get("default_organization")?;
        let flows = default.get("flows").and_then(Value::as_array);
        flows
            .is_some_and(|flows| flows.contains(&json!("client_credentials")))
            .then(|| default.get("organization_id")?.as_str())?
    }

    /// The secret, unless the client authenticates by other means.
    pub(crate) fn secret(&self) -> Option<&str> {
        (!self.settings.contains_key("client_authentication_methods")).then_some(&self.secret)
    }

    /// Whether it shows who it is by the certificate of its connection.
    pub(crate) fn authenticates_with_certificate(&self) -> bool {
        let methods = self.settings.get("client_authentication_methods").and_then(Value::as_object);
        methods.is_some_and(|methods| {
            ["tls_client_auth", "self_signed_tls_client_auth"].iter().any(|name| methods.contains_key(*name))
        })
    }

    /// The credentials that prove a client assertion.
    pub(crate) fn assertion_credentials(&self) -> impl Iterator<Item = &Credential> {
        let attached =
            ids_in(self.settings.get("client_authentication_methods").and_then(|of| of.get("private_key_jwt")));
        self.credentials.iter().filter(move |credential| attached.iter().any(|id| id == credential.id()))
    }

    /// The settings with the secret, as far as it is ever shown.
    pub(crate) fn document(&self) -> Map<String, Value> {
        let mut document = self.settings.clone();
        if let Some(secret) = self.secret() {
            document.insert("client_secret".into(), secret.into());
        }
        document
    }

    /// A credential that the settings mention and the pool does not hold.
    pub(super) fn unknown_credential(&self) -> Option<String> {
        unknown_credential(&self.settings, &self.credentials)
    }

    fn attached(&self) -> Vec<String> {
        attached_ids(&self.settings)
    }
}

impl Tenant {
    pub(crate) fn client(&self, id: &str) -> Result<&Client, StoreError> {
        self.objects.clients.find(id).ok_or(StoreError::Missing(ObjectKind::Client))
    }

    pub(super) fn client_mut(&mut self, id: &str) -> Result<&mut Client, StoreError> {
        self.objects.clients.find_mut(id).ok_or(StoreError::Missing(ObjectKind::Client))
    }

    /// Clients as lists show them, with keys that grow along the list: by creation, the global client last.
    pub(crate) fn listed_clients(&self) -> impl Iterator<Item = (&str, &Client)> {
        self.objects.clients.listed()
    }

    /// Creates a client. The answer shows credentials that were sent along in full, once.
    pub(crate) fn create_client(&mut self, mut settings: Map<String, Value>) -> Result<Map<String, Value>, StoreError> {
        mirror_logout(&mut settings);
        let mut settings = merge::new(settings);
        let secret = self.ids.secret();
        let strict = client_defaults::is_strict_third_party(&settings);
        let new_id = || if strict { self.ids.third_party_client() } else { self.ids.client() };
        let id = self.objects.clients.new_id(new_id);
        let credentials = self.take_inline_credentials(&mut settings)?;
        check_grant_types(&settings, settings.get("token_endpoint_auth_method"))?;
        if let Some(organization) = settings.get("default_organization") {
            self.check_default_organization(organization)?;
        }
        self.check_client(&settings, &id)?;
        client_defaults::complete(&mut settings);
        settings.insert("client_id".into(), id.clone().into());
        settings.insert("tenant".into(), self.name.clone().into());
        if let Some(api) = settings.get("resource_server_identifier").and_then(Value::as_str) {
            let link = |of: &mut ResourceServer| drop(of.document.insert("client_id".into(), id.clone().into()));
            self.objects.resource_servers.change_where(|of| of.identifier() == api, link);
        }
        let client = Client { secret, credentials, settings };
        let mut answer = client.document();
        show_credentials(&mut answer, &client.credentials);
        answer.insert("encrypted".into(), true.into());
        answer.insert("signing_keys".into(), self.certificate.with_key());
        self.objects.clients.insert(client);
        Ok(answer)
    }

    /// Puts a client in place as it is, without defaults and checks.
    pub(crate) fn seed_client(&mut self, settings: Map<String, Value>) {
        let secret = self.ids.secret();
        self.objects.clients.insert(Client { secret, credentials: Vec::new(), settings });
    }

    /// Changes what was sent and nothing else.
    pub(crate) fn update_client(&mut self, id: &str, mut patch: Map<String, Value>) -> Result<&Client, StoreError> {
        let client = self.client(id)?;
        let secret = patch.remove("client_secret").and_then(|secret| secret.as_str().map(str::to_owned));
        let mut after = client.settings.clone();
        check_switches(&client.settings, &patch)?;
        if patch.get("initiate_login_uri") == Some(&json!("")) {
            patch.insert("initiate_login_uri".into(), Value::Null);
        }
        mirror_logout(&mut patch);
        if let Some(cross_origin) = patch.get("cross_origin_authentication") {
            patch.insert("cross_origin_auth".into(), cross_origin.clone());
        }
        let sent_grant_types = patch.contains_key("grant_types");
        if let Some(organization) = patch.get("default_organization") {
            self.check_default_organization(organization)?;
        }
        merge::replace_client(&mut after, patch);
        check_metadata(&after)?;
        if sent_grant_types {
            check_grant_types(&after, after.get("token_endpoint_auth_method"))?;
        }
        self.check_client(&after, id)?;
        if let Some(stranger) = unknown_credential(&after, &client.credentials) {
            return Err(StoreError::Unsuitable(format!("The credential {stranger} does not exist on the client")));
        }
        let client = self.client_mut(id)?;
        client.settings = after;
        client.secret = secret.unwrap_or_else(|| client.secret.clone());
        Ok(client)
    }

    /// Deletes a client with its grants. What is not there is deleted already.
    pub(crate) fn delete_client(&mut self, id: &str) -> Result<(), StoreError> {
        if self.objects.clients.find(id).is_some_and(Client::is_global) {
            return Err(StoreError::Unsuitable("The global client cannot be deleted".into()));
        }
        self.objects.clients.remove(id);
        self.objects.client_grants.remove_where(|grant| text(&grant.document, "client_id") == id);
        self.prune_associations();
        let is_linked = |api: &ResourceServer| text(&api.document, "client_id") == id;
        self.objects.resource_servers.change_where(is_linked, |api| drop(api.document.remove("client_id")));
        Ok(())
    }

    /// Gives the client a new secret; the old one is worth nothing from now on.
    pub(crate) fn rotate_secret(&mut self, id: &str) -> Result<&Client, StoreError> {
        let secret = self.ids.secret();
        let client = self.client_mut(id)?;
        if client.secret().is_none() {
            return Err(StoreError::Unsuitable("The client does not authenticate with a secret".into()));
        }
        client.secret = secret;
        Ok(client)
    }

    /// The `signing_keys` of a client in an answer about it alone.
    pub(crate) fn signing_keys(&self) -> Value {
        self.certificate.without_key()
    }

    /// The same in a list.
    pub(crate) fn listed_signing_keys(&self) -> Value {
        self.certificate.in_lists()
    }

    /// Credentials of a client as lists show them.
    pub(crate) fn listed_credentials(&self, client: &str) -> Result<&[Credential], StoreError> {
        self.client(client)?;
        Ok(self.objects.clients.find_listed(client).map_or(&[], |client| &client.credentials))
    }

    pub(crate) fn credential(&self, client: &str, id: &str) -> Result<&Credential, StoreError> {
        let credentials = &self.client(client)?.credentials;
        credentials.iter().find(|credential| credential.id() == id).ok_or(StoreError::Missing(ObjectKind::Credential))
    }

    pub(crate) fn create_credential(
        &mut self,
        client: &str,
        body: Map<String, Value>,
    ) -> Result<&Credential, StoreError> {
        self.client(client)?;
        let credential = Credential::new(self.ids.credential(), body, self.clock.now())?;
        let pool = &mut self.client_mut(client)?.credentials;
        add_to_pool(pool, credential)?;
        Ok(&pool[pool.len() - 1])
    }

    pub(crate) fn update_credential(
        &mut self,
        client: &str,
        id: &str,
        body: Map<String, Value>,
    ) -> Result<&Credential, StoreError> {
        let now = self.clock.now();
        let credentials = &mut self.client_mut(client)?.credentials;
        let credential = credentials.iter_mut().find(|credential| credential.id() == id);
        let credential = credential.ok_or(StoreError::Missing(ObjectKind::Credential))?;
        credential.update(body, now);
        Ok(credential)
    }

    /// Deletes a credential that nothing uses. What is not there is deleted already.
    pub(crate) fn delete_credential(&mut self, client: &str, id: &str) -> Result<(), StoreError> {
        let Ok(client) = self.client_mut(client) else { return Ok(()) };
        if client.attached().iter().any(|attached| attached == id) {
            return Err(StoreError::Unsuitable(format!("The credential {id} is still associated with a client")));
        }
        client.credentials.retain(|credential| credential.id() != id);
        Ok(())
    }

    /// Replaces credentials that were sent in full by references, and returns them.
    fn take_inline_credentials(&mut self, settings: &mut Map<String, Value>) -> Result<Vec<Credential>, StoreError> {
        let mut pool = Vec::new();
        for slot in slots_mut(settings) {
            for place in slot {
                let Value::Object(body) = place.take() else { continue };
                let credential = Credential::new(self.ids.credential(), body, self.clock.now())?;
                *place = json!({ "id": credential.id() });
                add_to_pool(&mut pool, credential)?;
            }
        }
        Ok(pool)
    }

    fn check_default_organization(&self, default: &Value) -> Result<(), StoreError> {
        match default["organization_id"].as_str() {
            Some(id) if self.organization(id).is_err() => {
                Err(StoreError::Unsuitable(format!("The organization {id} does not exist")))
            }
            _ => Ok(()),
        }
    }

    /// Rules between the settings of a client, and between clients.
    fn check_client(&self, settings: &Map<String, Value>, id: &str) -> Result<(), StoreError> {
        let is = |name: &str, value: Value| settings.get(name) == Some(&value);
        let by_credentials = settings.contains_key("client_authentication_methods");
        if by_credentials && settings.contains_key("token_endpoint_auth_method") {
            return unsuitable("token_endpoint_auth_method and client_authentication_methods exclude each other");
        }
        if is("is_token_endpoint_ip_header_trusted", json!(true))
            && (by_credentials || is("token_endpoint_auth_method", json!("none")))
        {
            return unsuitable("is_token_endpoint_ip_header_trusted needs a client that authenticates with a secret");
        }
        if is("is_first_party", json!(false))
            && ["organization_usage", "organization_require_behavior"].iter().any(|name| settings.contains_key(*name))
        {
            return unsuitable("Third-party applications cannot use organizations");
        }
        if let Some(api) = settings.get("resource_server_identifier").and_then(Value::as_str) {
            if !is("app_type", json!("resource_server")) {
                return unsuitable("resource_server_identifier is for applications of the type resource_server");
            }
            self.resource_server_by_identifier(api).ok_or_else(|| StoreError::UnknownAudience(api.to_owned()))?;
        }
        let aliases = |settings: &Map<String, Value>| {
            settings.get("client_aliases").and_then(Value::as_array).cloned().unwrap_or_default()
        };
        let mine = aliases(settings);
        let others = self.objects.clients.values().filter(|client| !mine.is_empty() && client.id() != id);
        match others.flat_map(|client| aliases(&client.settings)).find(|alias| mine.contains(alias)) {
            Some(taken) => Err(StoreError::AliasExists(taken.as_str().unwrap_or_default().to_owned())),
            None => Ok(()),
        }
    }
}

/// Two names exist for the same setting: the older one shows the URLs only, and clears both.
fn mirror_logout(settings: &mut Map<String, Value>) {
    let older = "oidc_backchannel_logout";
    if let Some(logout) = settings.get("oidc_logout") {
        let urls = logout.get("backchannel_logout_urls").map(|urls| json!({ "backchannel_logout_urls": urls }));
        settings.insert(older.into(), urls.unwrap_or_default());
    } else if let Some(logout) = settings.get(older) {
        settings.insert("oidc_logout".into(), logout.clone());
    }
}

fn add_to_pool(pool: &mut Vec<Credential>, credential: Credential) -> Result<(), StoreError> {
    if pool.len() >= 4 {
        return unsuitable("A client can have a maximum of 4 credentials.");
    }
    if pool.iter().any(|other| other.same_key(&credential)) {
        return unsuitable("credentials contains public keys that already exist in client");
    }
    pool.push(credential);
    Ok(())
}

/// Shows credentials in full where the settings only refer to them.
fn show_credentials(document: &mut Map<String, Value>, credentials: &[Credential]) {
    for slot in slots_mut(document) {
        for place in slot {
            let found = credentials.iter().find(|credential| place["id"] == credential.id());
            *place = found.map_or_else(|| place.take(), |credential| credential.document.clone().into());
        }
    }
}

/// The lists of credentials that a client's settings hold.
fn slots_mut(settings: &mut Map<String, Value>) -> Vec<&mut Vec<Value>> {
    let mut slots = Vec::new();
    for (name, value) in settings.iter_mut() {
        match (name.as_str(), value) {
            ("client_authentication_methods", Value::Object(methods)) => {
                slots.extend(methods.values_mut().filter_map(|method| method["credentials"].as_array_mut()));
            }
            ("signed_request_object" | "token_vault_privileged_access", Value::Object(object)) => {
                slots.extend(object.get_mut("credentials").and_then(Value::as_array_mut));
            }
            _ => {}
        }
    }
    slots
}

fn attached_ids(settings: &Map<String, Value>) -> Vec<String> {
    let methods = settings.get("client_authentication_methods");
    AUTHENTICATION_METHODS
        .iter()
        .map(|name| methods?.get(name))
        .chain(["signed_request_object", "token_vault_privileged_access"].map(|name| settings.get(name)))
        .flat_map(ids_in)
        .collect()
}

fn unknown_credential(settings: &Map<String, Value>, pool: &[Credential]) -> Option<String> {
    attached_ids(settings).into_iter().find(|id| pool.iter().all(|credential| credential.id() != id))
}

fn ids_in(slot: Option<&Value>) -> Vec<String> {
    let credentials = slot.and_then(|slot| slot.get("credentials")).and_then(Value::as_array);
    credentials.into_iter().flatten().filter_map(|of| of["id"].as_str().map(str::to_owned)).collect()
}
