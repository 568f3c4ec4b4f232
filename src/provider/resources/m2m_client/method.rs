//! The authentication method of an application, and how the API has it.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::credentials::slot::{KEY_METHODS, attached, by_id, has_hidden_keys, inline, shown_slot, uses_keys};
use crate::{
    auth0::Object,
    schema::Mapping,
    value::{DecodeError, Dynamic},
};

/// The methods with the client secret.
pub(super) const SECRET_METHODS: [&str; 2] = [DEFAULT_METHOD, "client_secret_basic"];

/// The method of a new application.
pub(super) const DEFAULT_METHOD: &str = "client_secret_post";

/// The method of an application without credentials.
pub(super) const NO_METHOD: &str = "none";

/// Every method that Auth0 knows: <https://auth0.com/docs/api/management/v2/clients/patch-clients-by-id>. The last
/// three use keys or certificates.
pub(super) const METHODS: [&str; 6] = [
    SECRET_METHODS[0],
    SECRET_METHODS[1],
    NO_METHOD,
    "private_key_jwt",
    "tls_client_auth",
    "self_signed_tls_client_auth",
];

/// The API has the method in one of two properties, which exclude each other. Reading credentials needs another scope
/// than reading settings (<https://auth0.com/docs/api/management/v2/clients/get-clients>).
pub(super) const AUTHENTICATION: Mapping = Mapping {
    properties: &[SECRET_METHOD, KEY_METHODS],
    create: |plan, body| match method(plan) {
        Some(method) if uses_keys(method) => drop(body.insert(KEY_METHODS.to_owned(), inline(plan, method))),
        Some(method) => drop(body.insert(SECRET_METHOD.to_owned(), method.into())),
        None => {}
    },
    update: |prior, plan, body| {
        let (before, after) = (method(prior), method(plan));
        match after {
            Some(after) if uses_keys(after) => {
                let is_same = before == Some(after) && slot(prior) == slot(plan);
                if !is_same {
                    body.insert(KEY_METHODS.to_owned(), by_id(&attached(plan), after));
                }
                if !before.is_some_and(uses_keys) {
                    body.insert(SECRET_METHOD.to_owned(), Json::Null);
                }
            }
            _ if before == after => {}
            after => {
                body.insert(SECRET_METHOD.to_owned(), after.into());
                if before.is_some_and(uses_keys) {
                    body.insert(KEY_METHODS.to_owned(), Json::Null);
                }
            }
        }
    },
    read,
};

const SECRET_METHOD: &str = "token_endpoint_auth_method";

fn method(client: &Dynamic) -> Option<&str> {
    if let Dynamic::String(method) = client.attribute("authentication_method") { Some(method) } else { None }
}

/// The ids in the slot, whatever their order.
fn slot(client: &Dynamic) -> BTreeSet<String> {
    attached(client).into_iter().collect()
}

#[expect(clippy::unnecessary_wraps, reason = "a mapping may fail")]
fn read(shown: &Object, prior: &Dynamic) -> Result<Dynamic, DecodeError> {
    let known = if has_hidden_keys(shown, method(prior)) { method(prior) } else { shown_method(shown) };
    Ok(known.map_or(Dynamic::Null, Dynamic::from))
}

fn shown_method(shown: &Object) -> Option<&str> {
    let secret = shown.get(SECRET_METHOD).and_then(Json::as_str);
    secret.or_else(|| Some(shown_slot(shown)?.0))
}
