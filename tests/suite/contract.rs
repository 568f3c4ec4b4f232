//! What the client sends is what the Management API documents. The contract is the emulator's, which shares no code with the
//! client, so that a mistake has to be made twice to stay unseen.

use secrecy::SecretString;
use serde_json::{Value, json};
use terraform_provider_auth0::auth0::client_grants::{ClientGrantPatch, NewClientGrant};
use terraform_provider_auth0::auth0::clients::{
    ClientCredentialsQuota, ClientPatch, DefaultOrganization, JwtConfiguration, JwtConfigurationPatch, NewClient,
    TokenExchange, TokenQuota,
};
use terraform_provider_auth0::auth0::{MapPatch, Patch};
use terraform_provider_auth0::emulator::contract::Contract;

fn text(text: &str) -> String {
    text.to_owned()
}

fn list(element: &str) -> Vec<String> {
    vec![element.to_owned()]
}

fn quota() -> TokenQuota {
    let limits = ClientCredentialsQuota { enforce: Some(true), per_hour: Some(1), per_day: Some(2_147_483_647) };
    TokenQuota { client_credentials: Some(limits) }
}

fn exchange() -> TokenExchange {
    TokenExchange { allow_any_profile_of_type: list("custom_authentication") }
}

fn organization() -> DefaultOrganization {
    DefaultOrganization { organization_id: "org_9ybsU1dN2dKfDkBi".to_owned(), flows: list("client_credentials") }
}

/// Sends every property, so that a new one is checked as well.
#[track_caller]
fn assert_sent(contract: &'static str, body: &Value, properties: usize) {
    assert_eq!(Contract::new(contract).check(body).map_err(|violation| format!("{violation:?}")), Ok(()), "{body}");
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(properties), "{body}");
}

#[test]
fn a_new_client_is_what_the_api_takes() {
    let new = NewClient {
        name: "n".to_owned(),
        description: Some(text("d")),
        app_type: Some(text("non_interactive")),
        logo_uri: Some(text("https://example.com/logo.png")),
        grant_types: Some(list("client_credentials")),
        jwt_configuration: Some(JwtConfiguration {
            alg: Some(text("RS256")),
            lifetime_in_seconds: Some(60),
            secret_encoded: Some(false),
        }),
        token_endpoint_auth_method: Some(text("client_secret_basic")),
        client_metadata: Some([("a".to_owned(), "b".to_owned())].into()),
        client_aliases: Some(list("urn:alias")),
        allowed_clients: Some(list("c")),
        token_quota: Some(quota()),
        token_exchange: Some(exchange()),
        organization_usage: Some(text("allow")),
        organization_require_behavior: Some(text("pre_login_prompt")),
        default_organization: Some(organization()),
        oidc_conformant: Some(true),
        is_first_party: Some(true),
        is_token_endpoint_ip_header_trusted: Some(true),
        require_proof_of_possession: Some(true),
        require_pushed_authorization_requests: Some(true),
        par_request_expiry: Some(600),
        compliance_level: Some(text("fapi2_sp_mtls_mtls")),
    };
    assert_sent("clients.create", &json!(new), 22);
}

#[test]
fn a_changed_client_is_what_the_api_takes() {
    let patch = ClientPatch {
        name: Patch::Set("n".to_owned()),
        description: Patch::Clear.or_empty(),
        app_type: Patch::Set("non_interactive".to_owned()),
        logo_uri: Patch::Clear.or_empty(),
        grant_types: Patch::Set(Vec::new()),
        jwt_configuration: JwtConfigurationPatch {
            alg: Patch::Set("PS256".to_owned()),
            lifetime_in_seconds: Patch::Set(1),
        },
        token_endpoint_auth_method: Patch::Set("client_secret_post".to_owned()),
        client_authentication_methods: Patch::Clear,
        client_metadata: MapPatch::between(
            &[("a".to_owned(), "1".to_owned())].into(),
            &[("b".to_owned(), "2".to_owned())].into(),
        ),
        client_aliases: Patch::Clear.or_empty(),
        allowed_clients: Patch::Clear.or_empty(),
        token_quota: Patch::Set(quota()),
        token_exchange: Patch::Set(exchange()),
        organization_usage: Patch::Clear,
        organization_require_behavior: Patch::Clear,
        default_organization: Patch::Set(organization()),
        oidc_conformant: Patch::Set(true),
        is_first_party: Patch::Set(true),
        is_token_endpoint_ip_header_trusted: Patch::Set(true),
        require_proof_of_possession: Patch::Set(true),
        require_pushed_authorization_requests: Patch::Set(true),
        par_request_expiry: Patch::Clear,
        compliance_level: Patch::Clear,
        client_secret: Patch::Set(SecretString::from("s").into()),
    };
    assert_sent("clients.update", &json!(patch), 24);
}

#[test]
fn what_is_cleared_with_null_may_be() {
    let patch = ClientPatch {
        token_quota: Patch::Clear,
        token_exchange: Patch::Clear,
        default_organization: Patch::Clear,
        ..Default::default()
    };
    assert_sent("clients.update", &json!(patch), 3);
}

#[test]
fn a_new_grant_is_what_the_api_takes() {
    let new = NewClientGrant {
        audience: "https://api".to_owned(),
        client_id: Some(text("c")),
        default_for: Some(text("third_party_clients")),
        scope: Some(list("read")),
        allow_all_scopes: Some(true),
        subject_type: Some(text("user")),
        organization_usage: Some(text("require")),
        allow_any_organization: Some(true),
        authorization_details_types: Some(list("payment")),
    };
    assert_sent("client_grants.create", &json!(new), 9);
}

#[test]
fn a_changed_grant_is_what_the_api_takes() {
    let patch = ClientGrantPatch {
        scope: Patch::Set(list("read")),
        allow_all_scopes: Patch::Set(false),
        organization_usage: Patch::Clear,
        allow_any_organization: Patch::Set(false),
        authorization_details_types: Patch::Set(Vec::new()),
    };
    assert_sent("client_grants.update", &json!(patch), 5);
}
