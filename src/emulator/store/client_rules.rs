//! Rules about the settings of one client, whatever else the tenant holds.

use serde_json::{Map, Value, json};

use super::error::StoreError;

/// As many keys may the metadata of a client have.
const MAX_METADATA: usize = 10;

/// Rules about the way from one state to another.
pub(super) fn check_switches(before: &Map<String, Value>, patch: &Map<String, Value>) -> Result<(), StoreError> {
    if patch.get("token_endpoint_auth_method") == Some(&Value::Null)
        && !patch.get("client_authentication_methods").is_some_and(Value::is_object)
    {
        return unsuitable("token_endpoint_auth_method can only be null together with client_authentication_methods");
    }
    let mode = "third_party_security_mode";
    if patch.get(mode).is_some_and(|sent| before.get(mode) != Some(sent)) {
        return unsuitable("third_party_security_mode cannot be changed");
    }
    let encoded = |settings: &Map<String, Value>| settings.get("jwt_configuration")?.get("secret_encoded").cloned();
    if encoded(patch).is_some_and(|sent| encoded(before) != Some(sent)) {
        return unsuitable("jwt_configuration.secret_encoded cannot be changed");
    }
    Ok(())
}

/// The limit of the contract, which keys of before and after could exceed together.
pub(super) fn check_metadata(settings: &Map<String, Value>) -> Result<(), StoreError> {
    match settings.get("client_metadata").and_then(Value::as_object).map(Map::len) {
        Some(keys) if keys > MAX_METADATA => {
            Err(StoreError::Invalid(format!("Too many properties defined ({keys}), maximum {MAX_METADATA}")))
        }
        _ => Ok(()),
    }
}

pub(super) fn check_grant_types(settings: &Map<String, Value>, method: Option<&Value>) -> Result<(), StoreError> {
    let known = |name: &str| {
        ["authorization_code", "client_credentials", "implicit", "password", "refresh_token"].contains(&name)
            || name.starts_with("urn:")
            || name.starts_with("http://auth0.com/oauth/")
    };
    let is_public = method == Some(&json!("none"));
    let sent = settings.get("grant_types").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let bad: Vec<&str> = sent.filter(|name| !known(name) || (is_public && *name == "client_credentials")).collect();
    if bad.is_empty() {
        Ok(())
    } else {
        Err(StoreError::Unsuitable(format!("Invalid grant types: {}", bad.join(", "))))
    }
}

/// Settings that do not go together.
pub(super) fn unsuitable(text: &str) -> Result<(), StoreError> {
    Err(StoreError::Unsuitable(text.to_owned()))
}
