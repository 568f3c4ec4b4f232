//! What a new tenant has: the Management API, the global client, and an application that may do everything.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::store::Tenant;

/// Scopes of the Management API: what there is, and what can be done with it.
const MANAGEMENT_SCOPES: &str = include_str!("seed/management_scopes.json");

/// Fills an empty tenant.
pub(crate) fn fill(tenant: &mut Tenant) {
    add_management_api(tenant);
    add_global_client(tenant);
    add_users(tenant);
    add_administrator(tenant);
}

fn add_management_api(tenant: &mut Tenant) {
    let api = json!({
        "name": "Auth0 Management API",
        "identifier": tenant.management_audience(),
        "scopes": management_scopes()
            .iter()
            .map(|(scope, description)| json!({ "value": scope, "description": description }))
            .collect::<Vec<_>>(),
        "is_system": true,
    });
    tenant.create_resource_server(object(api)).expect("an empty tenant has no API of that name");
}

/// Name and description of every scope.
fn management_scopes() -> Vec<(String, String)> {
    let verbs: BTreeMap<String, Vec<String>> =
        serde_json::from_str(MANAGEMENT_SCOPES).expect("the list of scopes has this form");
    let scope = |verb: &str, noun: &str| (format!("{verb}:{noun}"), format!("{} {}", title(verb), title(noun)));
    verbs.iter().flat_map(|(noun, verbs)| verbs.iter().map(move |verb| scope(verb, noun))).collect()
}

/// `client_grants` as `Client Grants`.
fn title(name: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    name.split('_').map(capital).collect::<Vec<_>>().join(" ")
}

/// Settings of the login page for all applications take the form of a client, with fewer properties than others.
fn add_global_client(tenant: &mut Tenant) {
    let client = json!({
        "tenant": tenant.name,
        "global": true,
        "client_id": tenant.ids.client(),
        "name": "All Applications",
        "callbacks": [],
        "is_first_party": true,
        "cross_origin_authentication": true,
        "custom_login_page_on": true,
        "owners": ["mr|auth0-emulator"],
        "refresh_token": {
            "expiration_type": "non-expiring",
            "rotation_type": "non-rotating",
            "leeway": 0,
            "infinite_token_lifetime": true,
            "infinite_idle_token_lifetime": true,
            "token_lifetime": 2_592_000,
            "idle_token_lifetime": 1_296_000,
        },
    });
    tenant.seed_client(object(client));
}

fn add_users(tenant: &mut Tenant) {
    let now = super::clock::format(tenant.clock.now());
    for name in ["ada", "grace", "margaret"] {
        let id = tenant.ids.user();
        let user = json!({
            "user_id": id,
            "email": format!("{name}@example.com"),
            "email_verified": true,
            "name": format!("{name}@example.com"),
            "nickname": name,
            "created_at": now,
            "updated_at": now,
            "identities": [{
                "connection": "Username-Password-Authentication",
                "provider": "auth0",
                "user_id": id.trim_start_matches("auth0|"),
                "isSocial": false,
            }],
        });
        tenant.add_user(object(user));
    }
}

/// The application that may do everything.
fn add_administrator(tenant: &mut Tenant) {
    let client = json!({
        "name": "auth0-emulator administrator",
        "app_type": "non_interactive",
        "grant_types": ["client_credentials"],
        "oidc_conformant": true,
        "jwt_configuration": { "alg": "RS256", "lifetime_in_seconds": 36000 },
        "token_endpoint_auth_method": "client_secret_post",
    });
    let client = tenant.create_client(object(client)).expect("the settings above are in order");
    client["client_id"].as_str().unwrap_or_default().clone_into(&mut tenant.administrator);
    let grant = json!({
        "client_id": tenant.administrator,
        "audience": tenant.management_audience(),
        "scope": management_scopes().into_iter().map(|(scope, _)| scope).collect::<Vec<_>>(),
    });
    tenant.create_client_grant(object(grant)).expect("client and API exist since a moment ago");
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
