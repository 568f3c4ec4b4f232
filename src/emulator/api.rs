//! The list of the API: every endpoint with what it needs, takes and answers.

use std::sync::LazyLock;

use axum::http::{HeaderMap, Method, StatusCode};

use super::answer::Answer;
use super::authorization::Scopes;
use super::contract::Contract;
use super::error::ApiError;
use super::query::{Kind, Parameter, Query};
use super::store::Tenant;
use super::{
    Object, Shared, client_grants, clients, control, credentials, openapi, organizations, resource_servers, token,
    users,
};

/// An endpoint.
pub(crate) struct Route {
    pub method: Method,
    /// Below `/api/v2` in the Management API.
    path: &'static str,
    /// Any of them opens the door.
    pub scopes: &'static [&'static str],
    pub query: &'static [Parameter],
    pub body: Option<Contract>,
    pub success: Success,
    pub handler: Handler,
}

/// What an endpoint answers when all is well.
pub(crate) struct Success {
    pub status: StatusCode,
    /// Without one the answer has no body.
    pub contract: Option<Contract>,
}

/// What an endpoint does.
#[derive(Clone, Copy)]
pub(crate) enum Handler {
    /// Of the Management API: the request is known to be well-formed and allowed.
    Management(fn(&mut Call<'_>) -> Result<Answer, ApiError>),
    /// Of anything else: needs no token, and judges the body itself.
    Open(fn(&Shared, &HeaderMap, &[u8]) -> Result<Answer, ApiError>),
}

/// A request on its way to a handler of the Management API.
pub(crate) struct Call<'a> {
    pub tenant: &'a mut Tenant,
    pub scopes: Scopes,
    /// What stands in the path, decoded, in order.
    pub path: Vec<String>,
    pub query: Query,
    pub(super) body: Object,
}

impl Call<'_> {
    /// The body, which fits the contract of the endpoint; empty where there is none to speak of.
    pub(crate) fn take_body(&mut self) -> Object {
        std::mem::take(&mut self.body)
    }
}

impl Route {
    /// The path as the router takes it.
    pub(crate) fn full_path(&self) -> String {
        let base = if self.is_management() { "/api/v2" } else { "" };
        format!("{base}{}", self.path)
    }

    /// Names of what varies in the path.
    pub(crate) fn path_parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }

    pub(crate) fn is_management(&self) -> bool {
        matches!(self.handler, Handler::Management(_))
    }

    /// Whether errors are those of OAuth, and forms are taken.
    pub(crate) fn is_oauth(&self) -> bool {
        self.path.starts_with("/oauth/")
    }
}

const READ_CLIENTS: &[&str] = &["read:clients", "read:client_keys", "read:client_credentials", "read:client_summary"];
const READ_ORGANIZATIONS: &[&str] = &["read:organizations", "read:organizations_summary"];
const UPDATE_CLIENTS: &[&str] = &[
    "update:clients",
    "update:client_keys",
    "update:client_credentials",
    "update:client_token_vault_privileged_access",
];

/// Every endpoint. The request passes through the columns of its row from left to right.
#[rustfmt::skip]
pub(crate) static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| vec![
    api(Method::GET, "/clients", READ_CLIENTS, clients::LIST, None, ok("clients.list"), clients::list),
    api(Method::POST, "/clients", &["create:clients"], &[], Some(Contract::new("clients.create")), created("clients.created"), clients::create),
    api(Method::GET, "/clients/{id}", READ_CLIENTS, clients::SELECTION, None, ok("clients.client"), clients::read),
    api(Method::PATCH, "/clients/{id}", UPDATE_CLIENTS, &[], Some(Contract::new("clients.update")), ok("clients.client"), clients::update),
    api(Method::DELETE, "/clients/{id}", &["delete:clients"], &[], None, nothing(), clients::delete),
    api(Method::POST, "/clients/{id}/rotate-secret", &["update:client_keys"], &[], None, ok("clients.client"), clients::rotate_secret),

    api(Method::GET, "/clients/{client_id}/credentials", &["read:client_credentials"], credentials::LIST, None, ok("credentials.list"), credentials::list),
    api(Method::POST, "/clients/{client_id}/credentials", &["create:client_credentials"], &[], Some(Contract::new("credentials.create")), created("credentials.credential"), credentials::create),
    api(Method::GET, "/clients/{client_id}/credentials/{credential_id}", &["read:client_credentials"], &[], None, ok("credentials.credential"), credentials::read),
    api(Method::PATCH, "/clients/{client_id}/credentials/{credential_id}", &["update:client_credentials"], &[], Some(Contract::new("credentials.update")), ok("credentials.credential"), credentials::update),
    api(Method::DELETE, "/clients/{client_id}/credentials/{credential_id}", &["delete:client_credentials"], &[], None, nothing(), credentials::delete),

    api(Method::GET, "/client-grants", &["read:client_grants"], client_grants::LIST, None, ok("client_grants.list"), client_grants::list),
    api(Method::POST, "/client-grants", &["create:client_grants"], &[], Some(Contract::new("client_grants.create")), created("client_grants.grant"), client_grants::create),
    api(Method::GET, "/client-grants/{id}", &["read:client_grants"], &[], None, ok("client_grants.grant"), client_grants::read),
    api(Method::PATCH, "/client-grants/{id}", &["update:client_grants"], &[], Some(Contract::new("client_grants.update")), ok("client_grants.grant"), client_grants::update),
    api(Method::DELETE, "/client-grants/{id}", &["delete:client_grants"], &[], None, nothing(), client_grants::delete),
    api(Method::GET, "/client-grants/{id}/organizations", &["read:organization_client_grants"], client_grants::ORGANIZATIONS, None, ok("organizations.list"), client_grants::organizations),

    api(Method::GET, "/resource-servers", &["read:resource_servers"], resource_servers::LIST, None, ok("resource_servers.list"), resource_servers::list),
    api(Method::POST, "/resource-servers", &["create:resource_servers"], &[], Some(Contract::new("resource_servers.create")), created("resource_servers.resource_server"), resource_servers::create),
    api(Method::GET, "/resource-servers/{id}", &["read:resource_servers"], resource_servers::SELECTION, None, ok("resource_servers.resource_server"), resource_servers::read),
    api(Method::PATCH, "/resource-servers/{id}", &["update:resource_servers"], &[], Some(Contract::new("resource_servers.update")), ok("resource_servers.resource_server"), resource_servers::update),
    api(Method::DELETE, "/resource-servers/{id}", &["delete:resource_servers"], &[], None, nothing(), resource_servers::delete),

    api(Method::GET, "/organizations", READ_ORGANIZATIONS, organizations::LIST, None, ok("organizations.list"), organizations::list),
    api(Method::POST, "/organizations", &["create:organizations"], &[], Some(Contract::new("organizations.create")), created("organizations.organization"), organizations::create),
    api(Method::GET, "/organizations/{id}", READ_ORGANIZATIONS, &[], None, ok("organizations.organization"), organizations::read),
    api(Method::GET, "/organizations/name/{name}", READ_ORGANIZATIONS, &[], None, ok("organizations.organization"), organizations::read_by_name),
    api(Method::DELETE, "/organizations/{id}", &["delete:organizations"], &[], None, nothing(), organizations::delete),
    api(Method::GET, "/organizations/{id}/client-grants", &["read:organization_client_grants"], organizations::GRANTS, None, ok("organizations.grants"), organizations::grants),
    api(Method::POST, "/organizations/{id}/client-grants", &["create:organization_client_grants"], &[], Some(Contract::new("organizations.associate")), created("organizations.associated"), organizations::associate),
    api(Method::DELETE, "/organizations/{id}/client-grants/{grant_id}", &["delete:organization_client_grants"], &[], None, nothing(), organizations::dissociate),
    api(Method::GET, "/organizations/{id}/connections", &["read:organization_connections"], organizations::CONNECTIONS, None, ok("organizations.connections"), organizations::connections),
    api(Method::GET, "/organizations/{id}/members", &["read:organization_members"], organizations::MEMBERS, None, ok("organizations.members"), organizations::members),

    api(Method::GET, "/users", &["read:users"], users::LIST, None, ok("users.list"), users::list),

    open(Method::POST, "/oauth/token", Some(Contract::new("tokens.request")), ok("tokens.token"), token::issue),
    open(Method::GET, "/.well-known/jwks.json", None, ok("tokens.keys"), token::jwks),
    open(Method::GET, "/.well-known/openid-configuration", None, ok("tokens.issuer"), token::openid_configuration),

    open(Method::GET, "/_emulator/requests", None, ok("control.requests"), control::requests),
    open(Method::DELETE, "/_emulator/requests", None, nothing(), control::clear_requests),
    open(Method::GET, "/_emulator/faults", None, ok("control.faults"), control::faults),
    open(Method::POST, "/_emulator/faults", Some(Contract::new("control.fault")), created("control.fault"), control::add_fault),
    open(Method::DELETE, "/_emulator/faults", None, nothing(), control::clear_faults),
    open(Method::GET, "/_emulator/state", None, ok("control.state"), control::state),
    open(Method::PUT, "/_emulator/state", Some(Contract::new("control.state")), nothing(), control::put_state),
    open(Method::GET, "/_emulator/openapi.json", None, ok("control.openapi"), openapi::answer),
]);

/// The control interface, under paths that Auth0 does not have.
pub(crate) const CONTROL: &str = "/_emulator";

/// Parameters of lists that are paged by offset.
pub(crate) const PAGE: Parameter = Parameter::new("page", Kind::Number { minimum: 0, maximum: u64::MAX });
pub(crate) const PER_PAGE: Parameter = Parameter::new("per_page", Kind::Number { minimum: 1, maximum: 100 });
pub(crate) const INCLUDE_TOTALS: Parameter = Parameter::new("include_totals", Kind::Flag);
/// Parameters of lists that are paged by checkpoint.
pub(crate) const FROM: Parameter = Parameter::new("from", Kind::Text);
pub(crate) const TAKE: Parameter = Parameter::new("take", Kind::Number { minimum: 1, maximum: 100 });
/// How `fields` is meant.
pub(crate) const INCLUDE_FIELDS: Parameter = Parameter::new("include_fields", Kind::Flag);

const fn api(
    method: Method,
    path: &'static str,
    scopes: &'static [&'static str],
    query: &'static [Parameter],
    body: Option<Contract>,
    success: Success,
    handler: fn(&mut Call<'_>) -> Result<Answer, ApiError>,
) -> Route {
    Route { method, path, scopes, query, body, success, handler: Handler::Management(handler) }
}

const fn open(
    method: Method,
    path: &'static str,
    body: Option<Contract>,
    success: Success,
    handler: fn(&Shared, &HeaderMap, &[u8]) -> Result<Answer, ApiError>,
) -> Route {
    Route { method, path, scopes: &[], query: &[], body, success, handler: Handler::Open(handler) }
}

const fn ok(definition: &'static str) -> Success {
    Success { status: StatusCode::OK, contract: Some(Contract::new(definition)) }
}

const fn created(definition: &'static str) -> Success {
    Success { status: StatusCode::CREATED, contract: Some(Contract::new(definition)) }
}

const fn nothing() -> Success {
    Success { status: StatusCode::NO_CONTENT, contract: None }
}
