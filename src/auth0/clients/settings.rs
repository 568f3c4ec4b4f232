//! What an application consists of, as the service shows it, takes it, and changes it.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::auth0::client_secret::NewSecret;
use crate::auth0::patch::{MapPatch, Patch};

/// An application as the service shows it. What the token's scopes hide is `None`, as is what was never set.
///
/// There is no place for a client secret or a signing key, so none outlives the answer it came in.
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
    pub client_aliases: Option<Vec<String>>,
    pub allowed_clients: Option<Vec<String>>,
    pub token_quota: Option<TokenQuota>,
    pub token_exchange: Option<TokenExchange>,
    pub organization_usage: Option<String>,
    pub organization_require_behavior: Option<String>,
    pub default_organization: Option<DefaultOrganization>,
    pub oidc_conformant: Option<bool>,
    pub is_first_party: Option<bool>,
    pub is_token_endpoint_ip_header_trusted: Option<bool>,
    pub require_proof_of_possession: Option<bool>,
    pub require_pushed_authorization_requests: Option<bool>,
    pub par_request_expiry: Option<i64>,
    pub compliance_level: Option<String>,
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

/// How many tokens an application may get: <https://auth0.com/docs/get-started/applications/fine-grained-m2m-token-quotas>.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[expect(missing_docs, reason = "the names are those of the API, which documents them")]
pub struct TokenQuota {
    pub client_credentials: Option<ClientCredentialsQuota>,
}

/// A quota for the grant type `client_credentials`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[expect(missing_docs, reason = "the names are those of the API, which documents them")]
pub struct ClientCredentialsQuota {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforce: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_hour: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_day: Option<i64>,
}

/// Which profiles of token exchange an application may use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[expect(missing_docs, reason = "the names are those of the API, which documents them")]
pub struct TokenExchange {
    #[serde(default)]
    pub allow_any_profile_of_type: Vec<String>,
}

/// The organization that tokens are for when a request names none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[expect(missing_docs, reason = "the names are those of the API, which documents them")]
pub struct DefaultOrganization {
    pub organization_id: String,
    #[serde(default)]
    pub flows: Vec<String>,
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
    pub client_aliases: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_clients: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_quota: Option<TokenQuota>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_exchange: Option<TokenExchange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_usage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_require_behavior: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_organization: Option<DefaultOrganization>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oidc_conformant: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_first_party: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_token_endpoint_ip_header_trusted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_proof_of_possession: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_pushed_authorization_requests: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub par_request_expiry: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compliance_level: Option<String>,
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
    pub client_aliases: Patch<Vec<String>>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub allowed_clients: Patch<Vec<String>>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub token_quota: Patch<TokenQuota>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub token_exchange: Patch<TokenExchange>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub organization_usage: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub organization_require_behavior: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub default_organization: Patch<DefaultOrganization>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub oidc_conformant: Patch<bool>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub is_first_party: Patch<bool>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub is_token_endpoint_ip_header_trusted: Patch<bool>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub require_proof_of_possession: Patch<bool>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub require_pushed_authorization_requests: Patch<bool>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub par_request_expiry: Patch<i64>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub compliance_level: Patch<String>,
    /// A POST does not take it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub client_secret: Patch<NewSecret>,
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
