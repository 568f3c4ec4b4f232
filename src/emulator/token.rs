//! `POST /oauth/token` for client credentials, and the two documents that describe the issuer.

mod access_token;
mod assertion;
mod organization_access;
mod quota_headers;
mod request;

use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use self::access_token::AccessToken;
use self::request::{ClientAuthentication, TokenRequest};
use super::Shared;
use super::answer::Answer;
use super::api_error::ApiError;
use super::store::{Client, Tenant};

pub(crate) fn issue(shared: &Shared, headers: &HeaderMap, body: &[u8]) -> Result<Answer, ApiError> {
    let request = TokenRequest::parse(headers, body)?;
    shared.change_tenant(|tenant| grant(tenant, &request))?
}

#[expect(clippy::unnecessary_wraps, reason = "all handlers have the same signature")]
pub(crate) fn jwks(shared: &Shared, _: &HeaderMap, _: &[u8]) -> Result<Answer, ApiError> {
    Ok(Answer::ok(json!({ "keys": [shared.with_tenant(|tenant| tenant.key.jwk())] })))
}

#[expect(clippy::unnecessary_wraps, reason = "all handlers have the same signature")]
pub(crate) fn openid_configuration(shared: &Shared, _: &HeaderMap, _: &[u8]) -> Result<Answer, ApiError> {
    let issuer = shared.with_tenant(|tenant| tenant.issuer());
    Ok(Answer::ok(json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}oauth/token"),
        "jwks_uri": format!("{issuer}.well-known/jwks.json"),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "RS384", "PS256"],
    })))
}

fn grant(tenant: &mut Tenant, request: &TokenRequest) -> Result<Answer, ApiError> {
    let authenticated = authenticate(tenant, request)?;
    let client = tenant.client(&authenticated.client_id)?;
    if request.grant_type != "client_credentials" {
        let description = format!("auth0-emulator does not imitate the grant type {}", request.grant_type);
        return Err(ApiError::oauth(StatusCode::NOT_IMPLEMENTED, "unsupported_grant_type", description));
    }
    if !client.allows_grant_type("client_credentials") {
        return Err(ApiError::OAuth {
            status: StatusCode::FORBIDDEN,
            error: "unauthorized_client",
            description: "Grant type 'client_credentials' not allowed for the client.".into(),
            uri: Some("https://auth0.com/docs/clients/client-grant-types"),
        });
    }
    let audience = request
        .audience
        .as_deref()
        .ok_or_else(|| denied("No audience parameter was provided, and no default audience has been configured"))?;
    let api = tenant
        .resource_server_by_identifier(audience)
        .ok_or_else(|| denied(format!("Service not enabled within domain: {audience}")))?;
    let grant = tenant.grant_for_machine(client.id(), audience).filter(|_| !api.denies_clients()).ok_or_else(|| {
        denied(format!(
            "Client is not authorized to access \"{audience}\". You need to create a \"client-grant\" associated to \
             this API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants"
        ))
    })?;
    let organization = organization_access::check(tenant, client, grant, request.organization.as_deref())?;
    let quotas = quota_headers::check(tenant, client, organization)?;
    let scopes: Vec<&str> = match grant.get("allow_all_scopes") {
        Some(Value::Bool(true)) => api.scopes().collect(),
        _ => grant.get("scope").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect(),
    };
    let token = AccessToken { tenant, client, api, organization, scopes: &scopes };
    let mut answer = json!({ "access_token": token.signed(), "expires_in": token.lifetime(), "token_type": "Bearer" });
    if !scopes.is_empty() {
        answer["scope"] = scopes.join(" ").into();
    }
    let organization = organization.map(|organization| organization.id().to_owned());
    tenant.count_token(&authenticated.client_id, organization.as_deref());
    if let Some((jti, stale_from)) = authenticated.assertion {
        tenant.use_assertion(&authenticated.client_id, &jti, stale_from);
    }
    Ok(Answer::ok(answer).with_headers(quotas).with_headers([("cache-control", "no-store".to_owned())]))
}

fn denied(description: impl Into<String>) -> ApiError {
    ApiError::oauth(StatusCode::FORBIDDEN, "access_denied", description)
}

/// The client that a request proves to come from.
struct AuthenticatedClient {
    client_id: String,
    /// The `jti` of the assertion that was used, and the second from which it is stale anyway.
    assertion: Option<(String, i64)>,
}

fn authenticate(tenant: &Tenant, request: &TokenRequest) -> Result<AuthenticatedClient, ApiError> {
    let wrong = || ApiError::oauth(StatusCode::UNAUTHORIZED, "access_denied", "Unauthorized");
    match &request.authentication {
        ClientAuthentication::Secret { client_id, secret } => {
            let client = tenant.client(client_id).ok();
            if client.is_some_and(Client::authenticates_with_certificate) {
                let reason = "The client authenticates with a certificate, which auth0-emulator does not ask for";
                return Err(ApiError::oauth(StatusCode::UNAUTHORIZED, "invalid_client", reason));
            }
            let client = client.filter(|client| client.secret() == Some(secret));
            let client = client.ok_or_else(wrong)?;
            Ok(AuthenticatedClient { client_id: client.id().to_owned(), assertion: None })
        }
        ClientAuthentication::Assertion { client_id, assertion } => {
            let authenticated = assertion::verify(tenant, assertion, client_id.as_deref());
            authenticated.map_err(|reason| ApiError::oauth(StatusCode::UNAUTHORIZED, "invalid_client", reason))
        }
    }
}
