//! Applications: <https://auth0.com/docs/api/management/v2/clients>.
//!
//! No type here has a place for a client secret or a signing key, so none outlives the answer it came in.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use reqwest::Method;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::call::Call;
use super::error::Error;
use super::page::Listed;
use super::patch::{MapPatch, Patch};
use super::text;
use super::{Session, absent_if_not_found, done_if_not_found};

/// Leaves secrets out of lists.
const WITHOUT_SECRETS: [(&str, &str); 2] = [("fields", "client_secret,signing_keys"), ("include_fields", "false")];

/// Calls about applications.
pub struct Clients<'a> {
    session: &'a Session,
}

/// An application as the service shows it. What the token's scopes hide is `None`, as is what was never set.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the API, which documents them")]
pub struct Client {
    pub client_id: String,
    pub name: Option<String>,
    pub description: Option<String>,
    pub app_type: Option<String>,
    pub logo_uri: Option<String>,
    pub grant_types: Option<Vec<String>>,
    pub jwt_configuration: Option<JwtConfiguration>,
    pub token_endpoint_auth_method: Option<String>,
    pub client_authentication_methods: Option<AuthenticationMethods>,
    pub client_metadata: Option<BTreeMap<String, String>>,
    pub oidc_conformant: Option<bool>,
    pub is_first_party: Option<bool>,
}

/// The method by which an application authenticates with keys or certificates, in place of a secret.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[expect(clippy::zero_sized_map_values, reason = "read as the set of its keys, which serde has no other form for")]
pub struct AuthenticationMethods(BTreeMap<String, IgnoredAny>);

impl AuthenticationMethods {
    /// The name of the method, such as `private_key_jwt`; there is never more than one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.0.keys().next().map(String::as_str)
    }
}

/// How the tokens of an application are made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[expect(missing_docs, reason = "the names are those of the API, which documents them")]
pub struct JwtConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifetime_in_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_encoded: Option<bool>,
}

/// An application to be created. What is `None` is left to the service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the API, which documents them")]
pub struct NewClient {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_types: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwt_configuration: Option<JwtConfiguration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oidc_conformant: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_first_party: Option<bool>,
}

/// A change to an application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the API, which documents them")]
pub struct ClientPatch {
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub name: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub description: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub app_type: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub logo_uri: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub grant_types: Patch<Vec<String>>,
    #[serde(skip_serializing_if = "JwtConfigurationPatch::is_empty")]
    pub jwt_configuration: JwtConfigurationPatch,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub token_endpoint_auth_method: Patch<String>,
    /// It excludes `token_endpoint_auth_method`, so it is cleared when that is set again.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub client_authentication_methods: Patch<()>,
    #[serde(skip_serializing_if = "MapPatch::is_empty")]
    pub client_metadata: MapPatch,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub oidc_conformant: Patch<bool>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub is_first_party: Patch<bool>,
}

/// A change to `jwt_configuration`, which the service merges; `secret_encoded` is fixed at creation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the API, which documents them")]
pub struct JwtConfigurationPatch {
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub alg: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub lifetime_in_seconds: Patch<i64>,
}

impl ClientPatch {
    /// Whether nothing would change; the service refuses to be sent nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl JwtConfigurationPatch {
    /// Whether nothing is sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What tells an application in a list from others.
#[derive(Deserialize)]
struct ClientKey {
    client_id: String,
    name: Option<String>,
}

impl Listed for ClientKey {
    fn id(&self) -> &str {
        &self.client_id
    }
}

impl<'a> Clients<'a> {
    pub(super) fn new(session: &'a Session) -> Self {
        Self { session }
    }

    /// Creates an application.
    pub async fn create(&self, new: &NewClient) -> Result<Client, Error> {
        self.session.fetch(&self.collection(Method::POST)?.json(new)).await
    }

    /// Reads an application; `None` if there is none.
    pub async fn read(&self, id: &str) -> Result<Option<Client>, Error> {
        absent_if_not_found(self.session.fetch(&self.object(Method::GET, id)?).await)
    }

    /// Changes an application.
    pub async fn update(&self, id: &str, patch: &ClientPatch) -> Result<Client, Error> {
        self.session.fetch(&self.object(Method::PATCH, id)?.json(patch)).await
    }

    /// Deletes an application and its client grants. One that is gone already is fine.
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        done_if_not_found(self.session.complete(&self.object(Method::DELETE, id)?).await)
    }

    /// All applications of exactly this name, in whatever Unicode form; names are not unique.
    pub async fn find(&self, name: &str) -> Result<Vec<Client>, Error> {
        let wanted = |key: &ClientKey| key.name.as_deref().is_some_and(|stored| text::same(stored, name));
        let whole = &self.session.shared.whole_client_lists;
        if !whole.load(Ordering::Relaxed) {
            match self.session.find("clients", &WITHOUT_SECRETS, wanted).await {
                // Whoever may not read a field may not name it either.
                Err(error) if error.is_forbidden() => {}
                found => return found,
            }
        }
        let found = self.session.find("clients", &[], wanted).await?;
        whole.store(true, Ordering::Relaxed);
        Ok(found)
    }

    fn collection(&self, method: Method) -> Result<Call, Error> {
        self.session.call(method, &["clients"])
    }

    fn object(&self, method: Method, id: &str) -> Result<Call, Error> {
        self.session.call(method, &["clients", id])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_client_is_read_whatever_the_scopes_hide_and_the_service_adds() {
        let summary: Client =
            serde_json::from_value(json!({"tenant": "acme", "client_id": "abc", "name": "n", "description": null}))
                .unwrap();
        assert_eq!((summary.client_id.as_str(), summary.name.as_deref()), ("abc", Some("n")));
        assert_eq!((summary.description, summary.grant_types, summary.jwt_configuration), (None, None, None));

        let whole: Client = serde_json::from_value(json!({
            "client_id": "abc", "client_secret": "s3cret", "jwt_configuration": {"alg": "RS256", "scopes": {}},
            "signing_keys": [{"cert": "s3cret"}], "client_metadata": {"team": "a"},
        }))
        .unwrap();
        assert_eq!(whole.jwt_configuration.as_ref().unwrap().alg.as_deref(), Some("RS256"));
        assert!(!format!("{whole:?}").contains("s3cret"));
    }

    #[test]
    fn an_empty_patch_sends_nothing_and_a_change_only_itself() {
        assert!(ClientPatch::default().is_empty());
        assert_eq!(serde_json::to_value(ClientPatch::default()).unwrap(), json!({}));

        let metadata = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let patch = ClientPatch {
            description: Patch::Clear.or_empty(),
            token_endpoint_auth_method: Patch::Clear,
            jwt_configuration: JwtConfigurationPatch { lifetime_in_seconds: Patch::Set(60), ..Default::default() },
            client_metadata: MapPatch::between(&metadata(&[("a", "1"), ("b", "2")]), &metadata(&[("b", "3")])),
            ..Default::default()
        };
        assert!(!patch.is_empty());
        assert_eq!(
            serde_json::to_value(patch).unwrap(),
            json!({
                "description": "", "token_endpoint_auth_method": null,
                "jwt_configuration": {"lifetime_in_seconds": 60}, "client_metadata": {"a": null, "b": "3"},
            })
        );
    }

    #[test]
    fn a_new_client_leaves_the_rest_to_the_service() {
        let new = NewClient { name: "n".to_owned(), ..Default::default() };
        assert_eq!(serde_json::to_value(new).unwrap(), json!({"name": "n"}));
    }
}
