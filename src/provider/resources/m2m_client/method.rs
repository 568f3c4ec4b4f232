//! The authentication method of an application: how the API shows it, and which changes are possible.

use serde_json::Value as Json;

use crate::{
    auth0::Object,
    diagnostic::Diagnostic,
    schema::Mapping,
    value::{DecodeError, Dynamic},
};

/// The methods with the client secret.
const SECRET_METHODS: [&str; 2] = [DEFAULT_METHOD, "client_secret_basic"];

/// The method of a new application.
pub(super) const DEFAULT_METHOD: &str = "client_secret_post";

/// The method of an application without credentials.
const NO_METHOD: &str = "none";

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
    create: |plan, body| {
        if let Some(method) = method(plan) {
            body.insert(SECRET_METHOD.to_owned(), method.into());
        }
    },
    update: |prior, plan, body| {
        let (before, after) = (method(prior), method(plan));
        if before == after {
            return;
        }
        body.insert(SECRET_METHOD.to_owned(), after.into());
        if before.is_some_and(uses_keys) {
            body.insert(KEY_METHODS.to_owned(), Json::Null);
        }
    },
    read,
};

const SECRET_METHOD: &str = "token_endpoint_auth_method";

/// An object with the method as its only key.
const KEY_METHODS: &str = "client_authentication_methods";

/// Shown to a token that may read credentials, if the application authenticates with its secret. Only its presence is
/// read.
const SECRET: &str = "client_secret";

fn method(client: &Dynamic) -> Option<&str> {
    if let Dynamic::String(method) = client.attribute("authentication_method") { Some(method) } else { None }
}

fn uses_keys(method: &str) -> bool {
    method != NO_METHOD && !SECRET_METHODS.contains(&method)
}

#[expect(clippy::unnecessary_wraps, reason = "a mapping may fail")]
fn read(shown: &Object, prior: &Dynamic) -> Result<Dynamic, DecodeError> {
    let known = if has_hidden_keys(shown, method(prior)) { method(prior) } else { shown_method(shown) };
    Ok(known.map_or(Dynamic::Null, Dynamic::from))
}

fn shown_method(shown: &Object) -> Option<&str> {
    let secret = shown.get(SECRET_METHOD).and_then(Json::as_str);
    secret.or_else(|| shown.get(KEY_METHODS)?.as_object()?.keys().next().map(String::as_str))
}

/// Whether an application that used keys may still do so, because the token may not read them. A list shows no secrets,
/// so it never tells.
pub(super) fn has_hidden_keys(shown: &Object, prior: Option<&str>) -> bool {
    prior.is_some_and(uses_keys) && shown_method(shown).is_none() && !shown.contains_key(SECRET)
}

/// Checks a planned change of the method. Refuses keys, which this resource does not register. Warns before an
/// application loses its credentials.
pub(super) fn check(before: Option<&str>, after: Option<&str>) -> Option<Diagnostic> {
    let diagnostic = match (before, after) {
        _ if before == after => return None,
        (_, Some(method)) if !SECRET_METHODS.contains(&method) => Diagnostic::error(
            "Authentication Method Cannot Be Set",
            format!(
                "This resource sets methods with a client secret only: `{}`. It keeps `{method}` for an application \
                 that uses it already, for example after an import.",
                SECRET_METHODS.join("` or `")
            ),
        ),
        (Some(method), _) if uses_keys(method) => Diagnostic::warning(
            "Application Loses Its Credentials",
            format!(
                "The application authenticates with `{method}`. This plan changes the method to `{}` and detaches its \
                 credentials. Whoever uses them can no longer get tokens. To keep them, set `authentication_method = \
                 \"{method}\"`.",
                after.unwrap_or(DEFAULT_METHOD)
            ),
        ),
        _ => return None,
    };
    Some(diagnostic.at("authentication_method"))
}
