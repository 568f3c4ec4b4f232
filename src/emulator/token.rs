//! `POST /oauth/token` for client credentials, and the two documents that describe the issuer.

mod access;
mod assertion;
mod organization;
mod quota;
mod request;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use self::access::Token;
use self::request::{Proof, TokenRequest};
use super::Shared;
use super::answer::Answer;
use super::error::ApiError;
use super::router::bytes;
use super::store::{Client, Tenant};

pub(crate) async fn issue(State(shared): State<Arc<Shared>>, request: Request) -> Result<Answer, ApiError> {
    let (parts, body) = request.into_parts();
    let request = TokenRequest::parse(&parts.headers, &bytes(body).await?)?;
    shared.with_tenant(|tenant| grant(tenant, &request))
}

pub(crate) async fn jwks(State(shared): State<Arc<Shared>>) -> Answer {
    Answer::ok(json!({ "keys": [shared.with_tenant(|tenant| tenant.key.jwk())] }))
}

pub(crate) async fn openid_configuration(State(shared): State<Arc<Shared>>) -> Answer {
    let issuer = shared.with_tenant(|tenant| tenant.issuer());
    Answer::ok(json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}oauth/token"),
        "jwks_uri": format!("{issuer}.well-known/jwks.json"),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "RS384", "PS256"],
    }))
}

fn grant(tenant: &mut Tenant, request: &TokenRequest) -> Result<Answer, ApiError> {
    let client_id = authenticate(tenant, request)?;
    let client = tenant.client(&client_id)?;
    if request.grant_type != "client_credentials" {
        let description = format!("auth0-emulator does not imitate the grant type {}", request.grant_type);
        return Err(ApiError::oauth(StatusCode::BAD_REQUEST, "unsupported_grant_type", description));
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
    let organization = organization::of(tenant, client, grant, request.organization.as_deref())?;
    let quotas = quota::check(tenant, client, organization)?;
    let scopes: Vec<&str> = match grant.get("allow_all_scopes") {
        Some(Value::Bool(true)) => api.scopes().collect(),
        _ => grant.get("scope").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect(),
    };
    let token = Token { tenant, client, api, organization, scopes: &scopes };
    let mut answer = json!({ "access_token": token.signed(), "expires_in": token.lifetime(), "token_type": "Bearer" });
    if !scopes.is_empty() {
        answer["scope"] = scopes.join(" ").into();
    }
    let organization = organization.map(|organization| organization.id().to_owned());
    tenant.count_token(&client_id, organization.as_deref());
    Ok(Answer::ok(answer).with_headers(quotas).with_headers([("cache-control", "no-store".to_owned())]))
}

fn denied(description: impl Into<String>) -> ApiError {
    ApiError::oauth(StatusCode::FORBIDDEN, "access_denied", description)
}

/// The id of the client that the request proves to come from.
fn authenticate(tenant: &mut Tenant, request: &TokenRequest) -> Result<String, ApiError> {
    let wrong = || ApiError::oauth(StatusCode::UNAUTHORIZED, "access_denied", "Unauthorized");
    match &request.proof {
        Proof::Secret { client_id, secret } => {
            let client = tenant.client(client_id).ok();
            if client.is_some_and(Client::authenticates_with_certificate) {
                let reason = "The client authenticates with a certificate, which auth0-emulator does not ask for";
                return Err(ApiError::oauth(StatusCode::UNAUTHORIZED, "invalid_client", reason));
            }
            let client = client.filter(|client| client.secret() == Some(secret));
            client.map(|client| client.id().to_owned()).ok_or_else(wrong)
        }
        Proof::Assertion { client_id, assertion } => {
            let proven = assertion::verify(tenant, assertion, client_id.as_deref());
            proven.map_err(|reason| ApiError::oauth(StatusCode::UNAUTHORIZED, "invalid_client", reason))
        }
    }
}
