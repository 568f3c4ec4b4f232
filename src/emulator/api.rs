//! The list of the API: every endpoint with what it needs, takes and answers.

use std::sync::LazyLock;

use axum::http::{HeaderMap, Method};

use super::answer::Answer;
use super::api_error::ApiError;
use super::contract::Contract;
use super::endpoint::{Route, Success};
use super::{
    Shared, client_grants, clients, control, credentials, openapi, organizations, resource_servers, token, users,
};

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
    Route::api(Method::GET, "/clients", READ_CLIENTS, clients::LIST, None, Success::ok("clients.list"), clients::list),
    Route::api(Method::POST, "/clients", &["create:clients"], &[], Some(Contract::new("clients.create")), Success::created("clients.created"), clients::create),
    Route::api(Method::GET, "/clients/{id}", READ_CLIENTS, clients::SELECTION, None, Success::ok("clients.client"), clients::read),
    Route::api(Method::PATCH, "/clients/{id}", UPDATE_CLIENTS, &[], Some(Contract::new("clients.update")), Success::ok("clients.client"), clients::update),
    Route::api(Method::DELETE, "/clients/{id}", &["delete:clients"], &[], None, Success::nothing(), clients::delete),
    Route::api(Method::POST, "/clients/{id}/rotate-secret", &["update:client_keys"], &[], None, Success::ok("clients.client"), clients::rotate_secret),

    Route::api(Method::GET, "/clients/{client_id}/credentials", &["read:client_credentials"], credentials::LIST, None, Success::ok("credentials.list"), credentials::list),
    Route::api(Method::POST, "/clients/{client_id}/credentials", &["create:client_credentials"], &[], Some(Contract::new("credentials.create")), Success::created("credentials.credential"), credentials::create),
    Route::api(Method::GET, "/clients/{client_id}/credentials/{credential_id}", &["read:client_credentials"], &[], None, Success::ok("credentials.credential"), credentials::read),
    Route::api(Method::PATCH, "/clients/{client_id}/credentials/{credential_id}", &["update:client_credentials"], &[], Some(Contract::new("credentials.update")), Success::ok("credentials.credential"), credentials::update),
    Route::api(Method::DELETE, "/clients/{client_id}/credentials/{credential_id}", &["delete:client_credentials"], &[], None, Success::nothing(), credentials::delete),

    Route::api(Method::GET, "/client-grants", &["read:client_grants"], client_grants::LIST, None, Success::ok("client_grants.list"), client_grants::list),
    Route::api(Method::POST, "/client-grants", &["create:client_grants"], &[], Some(Contract::new("client_grants.create")), Success::created("client_grants.grant"), client_grants::create),
    Route::api(Method::GET, "/client-grants/{id}", &["read:client_grants"], &[], None, Success::ok("client_grants.grant"), client_grants::read),
    Route::api(Method::PATCH, "/client-grants/{id}", &["update:client_grants"], &[], Some(Contract::new("client_grants.update")), Success::ok("client_grants.grant"), client_grants::update),
    Route::api(Method::DELETE, "/client-grants/{id}", &["delete:client_grants"], &[], None, Success::nothing(), client_grants::delete),
    Route::api(Method::GET, "/client-grants/{id}/organizations", &["read:organization_client_grants"], client_grants::ORGANIZATIONS, None, Success::ok("organizations.list"), client_grants::organizations),

    Route::api(Method::GET, "/resource-servers", &["read:resource_servers"], resource_servers::LIST, None, Success::ok("resource_servers.list"), resource_servers::list),
    Route::api(Method::POST, "/resource-servers", &["create:resource_servers"], &[], Some(Contract::new("resource_servers.create")), Success::created("resource_servers.resource_server"), resource_servers::create),
    Route::api(Method::GET, "/resource-servers/{id}", &["read:resource_servers"], resource_servers::SELECTION, None, Success::ok("resource_servers.resource_server"), resource_servers::read),
    Route::api(Method::PATCH, "/resource-servers/{id}", &["update:resource_servers"], &[], Some(Contract::new("resource_servers.update")), Success::ok("resource_servers.resource_server"), resource_servers::update),
    Route::api(Method::DELETE, "/resource-servers/{id}", &["delete:resource_servers"], &[], None, Success::nothing(), resource_servers::delete),

    Route::api(Method::GET, "/organizations", READ_ORGANIZATIONS, organizations::LIST, None, Success::ok("organizations.list"), organizations::list),
    Route::api(Method::POST, "/organizations", &["create:organizations"], &[], Some(Contract::new("organizations.create")), Success::created("organizations.organization"), organizations::create),
    Route::api(Method::GET, "/organizations/{id}", READ_ORGANIZATIONS, &[], None, Success::ok("organizations.organization"), organizations::read),
    Route::api(Method::GET, "/organizations/name/{name}", READ_ORGANIZATIONS, &[], None, Success::ok("organizations.organization"), organizations::read_by_name),
    Route::api(Method::DELETE, "/organizations/{id}", &["delete:organizations"], &[], None, Success::nothing(), organizations::delete),
    Route::api(Method::GET, "/organizations/{id}/client-grants", &["read:organization_client_grants"], organizations::GRANTS, None, Success::ok("organizations.grants"), organizations::grants),
    Route::api(Method::POST, "/organizations/{id}/client-grants", &["create:organization_client_grants"], &[], Some(Contract::new("organizations.associate")), Success::created("organizations.associated"), organizations::associate),
    Route::api(Method::DELETE, "/organizations/{id}/client-grants/{grant_id}", &["delete:organization_client_grants"], &[], None, Success::nothing(), organizations::dissociate),
    Route::api(Method::GET, "/organizations/{id}/connections", &["read:organization_connections"], organizations::CONNECTIONS, None, Success::ok("organizations.connections"), organizations::connections),
    Route::api(Method::GET, "/organizations/{id}/members", &["read:organization_members"], organizations::MEMBERS, None, Success::ok("organizations.members"), organizations::members),

    Route::api(Method::GET, "/users", &["read:users"], users::LIST, None, Success::ok("users.list"), users::list),

    Route::open(Method::POST, "/oauth/token", Some(Contract::new("tokens.request")), Success::ok("tokens.token"), token::issue),
    Route::open(Method::GET, "/.well-known/jwks.json", None, Success::ok("tokens.keys"), token::jwks),
    Route::open(Method::GET, "/.well-known/openid-configuration", None, Success::ok("tokens.issuer"), token::openid_configuration),

    Route::open(Method::GET, "/_emulator/requests", None, Success::ok("control.requests"), control::requests),
    Route::open(Method::DELETE, "/_emulator/requests", None, Success::nothing(), control::clear_requests),
    Route::open(Method::GET, "/_emulator/faults", None, Success::ok("control.faults"), control::faults),
    Route::open(Method::POST, "/_emulator/faults", Some(Contract::new("control.fault")), Success::created("control.fault"), control::add_fault),
    Route::open(Method::DELETE, "/_emulator/faults", None, Success::nothing(), control::clear_faults),
    Route::open(Method::GET, "/_emulator/state", None, Success::ok("control.state"), control::state),
    Route::open(Method::PUT, "/_emulator/state", Some(Contract::new("control.state")), Success::nothing(), control::put_state),
    Route::open(Method::GET, "/_emulator/openapi.json", None, Success::ok("control.openapi"), document),
]);

#[expect(clippy::unnecessary_wraps, reason = "all handlers have the same signature")]
fn document(_: &Shared, _: &HeaderMap, _: &[u8]) -> Result<Answer, ApiError> {
    Ok(Answer::ok(openapi::document(&ROUTES)))
}
