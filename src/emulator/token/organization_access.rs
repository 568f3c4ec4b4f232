//! The organization that a token is for.
//!
//! Rules as in Auth0's documentation, "Configure Your Application for M2M Access".

use axum::http::StatusCode;
use serde_json::{Map, Value};

use super::denied;
use crate::emulator::api_error::ApiError;
use crate::emulator::store::{Client, Organization, Tenant};

/// The organization, if any, that the request may have a token for under this grant.
pub(super) fn check<'t>(
    tenant: &'t Tenant,
    client: &Client,
    grant: &Map<String, Value>,
    requested: Option<&str>,
) -> Result<Option<&'t Organization>, ApiError> {
    let text = |name: &str| grant.get(name).and_then(Value::as_str).unwrap_or_default();
    let id = match (text("organization_usage"), requested) {
        ("require", None) => client
            .default_organization()
            .ok_or_else(|| invalid("parameter organization is required for this client"))?,
        ("require" | "allow", Some(id)) => id,
        (_, Some(_)) => return Err(invalid("parameter organization is not allowed for this client")),
        (_, None) => return Ok(None),
    };
    let organization = tenant
        .organization(id)
        .map_err(|_| invalid(format!("parameter organization is invalid: {id} does not exist")))?;
    let any = grant.get("allow_any_organization") == Some(&Value::Bool(true));
    if any || organization.grants.contains(text("id")) {
        return Ok(Some(organization));
    }
    let (client, audience) = (client.id(), text("audience"));
    Err(denied(format!("Client {client} is not authorized to access \"{audience}\" using organization {id}")))
}

fn invalid(description: impl Into<String>) -> ApiError {
    ApiError::oauth(StatusCode::BAD_REQUEST, "invalid_request", description)
}
