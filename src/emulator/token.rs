//! `POST /oauth/token` for client credentials, and the two documents that describe the issuer.

mod assertion;
mod request;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use serde_json::{Value, json};

use self::request::{Proof, TokenRequest};
use super::Shared;
use super::answer::Answer;
use super::error::ApiError;
use super::router::bytes;
use super::signing::SigningKey;
use super::store::{ResourceServer, Tenant};

pub(crate) async fn issue(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let request = TokenRequest::parse(&parts.headers, &bytes(body).await?)?;
    let answer = shared.with_tenant(|tenant| grant(tenant, &request))?;
    let mut response = Answer::ok(answer).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

pub(crate) async fn jwks() -> Answer {
    Answer::ok(json!({ "keys": [SigningKey::shared().jwk()] }))
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

#[derive(Serialize)]
struct Claims<'a> {
    iss: String,
    sub: String,
    aud: &'a str,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
    gty: &'static str,
    azp: &'a str,
}

fn grant(tenant: &mut Tenant, request: &TokenRequest) -> Result<Value, ApiError> {
    let client_id = authenticate(tenant, request)?;
    let tenant = &*tenant;
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
    if request.organization.is_some() {
        return Err(ApiError::oauth(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "auth0-emulator does not imitate organizations",
        ));
    }
    let denied = |description: String| ApiError::oauth(StatusCode::FORBIDDEN, "access_denied", description);
    let audience = request.audience.as_deref().ok_or_else(|| {
        denied("No audience parameter was provided, and no default audience has been configured".into())
    })?;
    let api = tenant
        .resource_server_by_identifier(audience)
        .ok_or_else(|| denied(format!("Service not enabled within domain: {audience}")))?;
    let grant = tenant.grant_for_machine(client.id(), audience).filter(|_| !api.denies_clients()).ok_or_else(|| {
        denied(format!(
            "Client is not authorized to access \"{audience}\". You need to create a \"client-grant\" associated to \
             this API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants"
        ))
    })?;
    let scopes: Vec<&str> = match grant.get("allow_all_scopes") {
        Some(Value::Bool(true)) => api.scopes().collect(),
        _ => grant.get("scope").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect(),
    };
    let lifetime = api.document.get("token_lifetime").and_then(Value::as_i64).unwrap_or(86400);
    let now = tenant.clock.now().as_second();
    let claims = Claims {
        iss: tenant.issuer(),
        sub: format!("{}@clients", client.id()),
        aud: audience,
        iat: now,
        exp: now + lifetime,
        scope: scopes.join(" "),
        gty: "client-credentials",
        azp: client.id(),
    };
    let mut answer = json!({ "access_token": signed(&claims, api), "expires_in": lifetime, "token_type": "Bearer" });
    if !claims.scope.is_empty() {
        answer["scope"] = claims.scope.into();
    }
    Ok(answer)
}

/// The id of the client that the request proves to come from.
fn authenticate(tenant: &mut Tenant, request: &TokenRequest) -> Result<String, ApiError> {
    let wrong = || ApiError::oauth(StatusCode::UNAUTHORIZED, "access_denied", "Unauthorized");
    match &request.proof {
        Proof::Secret { client_id, secret } => {
            let client = tenant.client(client_id).ok().filter(|client| client.secret() == Some(secret));
            client.map(|client| client.id().to_owned()).ok_or_else(wrong)
        }
        Proof::Assertion { client_id, assertion } => {
            let proven = assertion::verify(tenant, assertion, client_id.as_deref());
            proven.map_err(|reason| ApiError::oauth(StatusCode::UNAUTHORIZED, "invalid_client", reason))
        }
    }
}

/// Signs with what the API asks for; only HS256 has a key of its own.
fn signed(claims: &Claims<'_>, api: &ResourceServer) -> String {
    let text = |name: &str| api.document.get(name).and_then(Value::as_str);
    let algorithm = match text("signing_alg") {
        Some("HS256") => Algorithm::HS256,
        Some("RS512") => Algorithm::RS512,
        Some("PS256") => Algorithm::PS256,
        _ => Algorithm::RS256,
    };
    let key = match algorithm {
        Algorithm::HS256 => EncodingKey::from_secret(text("signing_secret").unwrap_or_default().as_bytes()),
        _ => SigningKey::shared().encoding(),
    };
    let mut header = Header::new(algorithm);
    header.kid = (algorithm != Algorithm::HS256).then(|| SigningKey::shared().kid().to_owned());
    jsonwebtoken::encode(&header, claims, &key).expect("plain claims can be signed with a key of the right kind")
}
