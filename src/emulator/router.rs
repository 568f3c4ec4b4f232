//! The list of the API: every endpoint with what it needs and takes.
//!
//! A request passes through the columns of its row from left to right: token, scopes, query, body, handler.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, get, on, post};
use serde_json::{Map, Value};

use super::answer::Answer;
use super::authorization::{Scopes, Verifier};
use super::contract::{self, Operation};
use super::error::ApiError;
use super::query::{Kind, Parameter, Query};
use super::store::Tenant;
use super::{Shared, client_grants, clients, control, credentials, organizations, resource_servers, token, users};

/// An endpoint of the Management API.
struct Route {
    method: Method,
    path: &'static str,
    /// Any of them opens the door.
    scopes: &'static [&'static str],
    query: &'static [Parameter],
    body: Option<Operation>,
    handler: Handler,
}

/// What an endpoint does, once the request is known to be well-formed and allowed.
type Handler = fn(&mut Call<'_>) -> Result<Answer, ApiError>;

/// A request on its way to a handler.
pub(crate) struct Call<'a> {
    pub tenant: &'a mut Tenant,
    pub scopes: Scopes,
    /// What stands in the path, decoded, in order.
    pub path: Vec<String>,
    pub query: Query,
    body: Map<String, Value>,
}

impl Call<'_> {
    /// The body, which fits the contract of the endpoint; empty where there is none to speak of.
    pub(crate) fn take_body(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.body)
    }
}

const fn route(
    method: Method,
    path: &'static str,
    scopes: &'static [&'static str],
    query: &'static [Parameter],
    body: Option<Operation>,
    handler: Handler,
) -> Route {
    Route { method, path, scopes, query, body, handler }
}

const READ_CLIENTS: &[&str] = &["read:clients", "read:client_keys", "read:client_credentials", "read:client_summary"];
const READ_ORGANIZATIONS: &[&str] = &["read:organizations", "read:organizations_summary"];
const UPDATE_CLIENTS: &[&str] = &[
    "update:clients",
    "update:client_keys",
    "update:client_credentials",
    "update:client_token_vault_privileged_access",
];

#[rustfmt::skip]
static API: &[Route] = &[
    route(Method::GET, "/clients", READ_CLIENTS, clients::LIST, None, clients::list),
    route(Method::POST, "/clients", &["create:clients"], &[], Some(Operation::CreateClient), clients::create),
    route(Method::GET, "/clients/{id}", READ_CLIENTS, clients::SELECTION, None, clients::read),
    route(Method::PATCH, "/clients/{id}", UPDATE_CLIENTS, &[], Some(Operation::UpdateClient), clients::update),
    route(Method::DELETE, "/clients/{id}", &["delete:clients"], &[], None, clients::delete),
    route(Method::POST, "/clients/{id}/rotate-secret", &["update:client_keys"], &[], None, clients::rotate_secret),

    route(Method::GET, "/clients/{client_id}/credentials", &["read:client_credentials"], credentials::LIST, None, credentials::list),
    route(Method::POST, "/clients/{client_id}/credentials", &["create:client_credentials"], &[], Some(Operation::CreateCredential), credentials::create),
    route(Method::GET, "/clients/{client_id}/credentials/{id}", &["read:client_credentials"], &[], None, credentials::read),
    route(Method::PATCH, "/clients/{client_id}/credentials/{id}", &["update:client_credentials"], &[], Some(Operation::UpdateCredential), credentials::update),
    route(Method::DELETE, "/clients/{client_id}/credentials/{id}", &["delete:client_credentials"], &[], None, credentials::delete),

    route(Method::GET, "/client-grants", &["read:client_grants"], client_grants::LIST, None, client_grants::list),
    route(Method::POST, "/client-grants", &["create:client_grants"], &[], Some(Operation::CreateClientGrant), client_grants::create),
    route(Method::GET, "/client-grants/{id}", &["read:client_grants"], &[], None, client_grants::read),
    route(Method::PATCH, "/client-grants/{id}", &["update:client_grants"], &[], Some(Operation::UpdateClientGrant), client_grants::update),
    route(Method::DELETE, "/client-grants/{id}", &["delete:client_grants"], &[], None, client_grants::delete),
    route(Method::GET, "/client-grants/{id}/organizations", &["read:organization_client_grants"], client_grants::ORGANIZATIONS, None, client_grants::organizations),

    route(Method::GET, "/resource-servers", &["read:resource_servers"], resource_servers::LIST, None, resource_servers::list),
    route(Method::POST, "/resource-servers", &["create:resource_servers"], &[], Some(Operation::CreateResourceServer), resource_servers::create),
    route(Method::GET, "/resource-servers/{id}", &["read:resource_servers"], resource_servers::SELECTION, None, resource_servers::read),
    route(Method::PATCH, "/resource-servers/{id}", &["update:resource_servers"], &[], Some(Operation::UpdateResourceServer), resource_servers::update),
    route(Method::DELETE, "/resource-servers/{id}", &["delete:resource_servers"], &[], None, resource_servers::delete),

    route(Method::GET, "/organizations", READ_ORGANIZATIONS, organizations::LIST, None, organizations::list),
    route(Method::POST, "/organizations", &["create:organizations"], &[], Some(Operation::CreateOrganization), organizations::create),
    route(Method::GET, "/organizations/{id}", READ_ORGANIZATIONS, &[], None, organizations::read),
    route(Method::GET, "/organizations/name/{name}", READ_ORGANIZATIONS, &[], None, organizations::read_by_name),
    route(Method::DELETE, "/organizations/{id}", &["delete:organizations"], &[], None, organizations::delete),
    route(Method::GET, "/organizations/{id}/client-grants", &["read:organization_client_grants"], organizations::GRANTS, None, organizations::grants),
    route(Method::POST, "/organizations/{id}/client-grants", &["create:organization_client_grants"], &[], Some(Operation::AssociateClientGrant), organizations::associate),
    route(Method::DELETE, "/organizations/{id}/client-grants/{grant_id}", &["delete:organization_client_grants"], &[], None, organizations::dissociate),
    route(Method::GET, "/organizations/{id}/connections", &["read:organization_connections"], organizations::CONNECTIONS, None, organizations::connections),
    route(Method::GET, "/organizations/{id}/members", &["read:organization_members"], organizations::MEMBERS, None, organizations::members),

    route(Method::GET, "/users", &["read:users"], users::LIST, None, users::list),
];

/// Parameters of lists that are paged by offset.
pub(crate) const PAGE: Parameter = Parameter::new("page", Kind::Number { minimum: 0, maximum: u32::MAX as u64 });
pub(crate) const PER_PAGE: Parameter = Parameter::new("per_page", Kind::Number { minimum: 1, maximum: 100 });
pub(crate) const INCLUDE_TOTALS: Parameter = Parameter::new("include_totals", Kind::Flag);
/// Parameters of lists that are paged by checkpoint.
pub(crate) const FROM: Parameter = Parameter::new("from", Kind::Text);
pub(crate) const TAKE: Parameter = Parameter::new("take", Kind::Number { minimum: 1, maximum: 100 });
/// How `fields` is meant.
pub(crate) const INCLUDE_FIELDS: Parameter = Parameter::new("include_fields", Kind::Flag);

/// Bodies over this size are refused, as by the service.
const MAX_BODY: usize = 1 << 20;

/// The control interface, under paths that Auth0 does not have.
pub(crate) const CONTROL: &str = "/_emulator";

pub(crate) fn router(shared: &Arc<Shared>) -> Router {
    let mut router = Router::new()
        .route("/oauth/token", post(token::issue))
        .route("/.well-known/jwks.json", get(token::jwks))
        .route("/.well-known/openid-configuration", get(token::openid_configuration))
        .nest(CONTROL, control::router())
        .with_state(Arc::clone(shared));
    for route in API {
        let shared = Arc::clone(shared);
        let filter = MethodFilter::try_from(route.method.clone()).expect("the list holds ordinary methods only");
        let handler = move |params: RawPathParams, request: Request| async move {
            let params = params.iter().map(|(_, value)| value.to_owned()).collect();
            serve(route, &shared, params, request)
                .await
                .map_or_else(IntoResponse::into_response, IntoResponse::into_response)
        };
        router = router.route(&format!("/api/v2{}", route.path), on(filter, handler));
    }
    router.fallback(unknown).method_not_allowed_fallback(unknown)
}

async fn serve(route: &Route, shared: &Shared, path: Vec<String>, request: Request) -> Result<Answer, ApiError> {
    let (parts, body) = request.into_parts();
    let scopes = shared.with_tenant(|tenant| Verifier::of(tenant)).scopes(&parts.headers)?;
    scopes.require_any(route.scopes)?;
    let query = Query::parse(parts.uri.query().unwrap_or_default(), route.query)?;
    let body = match route.body {
        Some(operation) => object(operation, &parts.headers, body).await?,
        None => Map::new(),
    };
    shared.with_tenant(|tenant| (route.handler)(&mut Call { tenant, scopes, path, query, body }))
}

/// The body as an object that fits the contract.
async fn object(operation: Operation, headers: &HeaderMap, body: Body) -> Result<Map<String, Value>, ApiError> {
    let bytes = bytes(body).await?;
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !content_type.starts_with("application/json") {
        let what = format_args!("bodies of the type \"{content_type}\", send application/json");
        return Err(ApiError::not_imitated(StatusCode::UNSUPPORTED_MEDIA_TYPE, what));
    }
    let Ok(body) = serde_json::from_slice::<Value>(&bytes) else {
        return Err(ApiError::without_code(StatusCode::BAD_REQUEST, "Invalid request payload JSON format"));
    };
    contract::validate(operation, &body)?;
    match body {
        Value::Object(object) => Ok(object),
        _ => unreachable!("every contract asks for an object"),
    }
}

/// The body of a request, unless it is too large.
pub(crate) async fn bytes(body: Body) -> Result<bytes::Bytes, ApiError> {
    axum::body::to_bytes(body, MAX_BODY).await.map_err(|_| {
        let message = format!("Payload content length greater than maximum allowed: {MAX_BODY}");
        ApiError::without_code(StatusCode::PAYLOAD_TOO_LARGE, message)
    })
}

async fn unknown(request: Request) -> Response {
    let what = format_args!("{} {}", request.method(), request.uri().path());
    ApiError::not_imitated(StatusCode::NOT_FOUND, what).into_response()
}
