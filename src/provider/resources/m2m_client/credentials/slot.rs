//! The form of credentials in requests and responses about an application.
//!
//! Only the response to a create shows them in full. Every other one shows the ids of those that are attached to the
//! method, the *slot*.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::sendable;
use crate::{auth0::Object, schema::Mapping, value::Dynamic};

/// An object with the method as its only key.
pub(in super::super) const KEY_METHODS: &str = "client_authentication_methods";

/// Shown to a token that may read credentials, if the application authenticates with its secret. Only its presence is
/// read.
const SECRET: &str = "client_secret";

/// What follows the id of a credential that is ours and not attached. Together they stand for its name.
const DETACHED: &str = " (detached)";

/// The name of a credential that is ours and not attached.
pub(super) fn detached_name(id: &str) -> String {
    format!("{id}{DETACHED}")
}

/// Whether that is such a name.
pub(super) fn is_detached(name: &str) -> bool {
    name.ends_with(DETACHED)
}

/// The methods with keys and certificates, each with the type of its credentials.
const TYPES: [(&str, &str); 3] = [
    ("private_key_jwt", "public_key"),
    ("tls_client_auth", "cert_subject_dn"),
    ("self_signed_tls_client_auth", "x509_cert"),
];

/// Whether the method needs credentials.
pub(in super::super) fn uses_keys(method: &str) -> bool {
    TYPES.iter().any(|(known, _)| *known == method)
}

/// `authentication_method` writes the slot, because both are one property.
pub(in super::super) const CREDENTIALS: Mapping = Mapping {
    properties: &[KEY_METHODS],
    create: |_, _| {},
    update: |_, _, _| {},
    read: |shown, prior| Ok(read(shown, prior)),
};

/// The slot of a create, with every credential in full.
pub(in super::super) fn inline(plan: &Dynamic, method: &str) -> Json {
    let entries = plan.attribute("credentials").entries().into_iter().flatten();
    let credentials: Vec<_> = entries.map(|(name, entry)| body(name, entry, method).into()).collect();
    slot(method, &credentials)
}

/// The slot of an update: the ids of everything that stays or becomes attached.
pub(in super::super) fn by_id(ids: &[String], method: &str) -> Json {
    let credentials: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
    slot(method, &credentials)
}

fn slot(method: &str, credentials: &[Json]) -> Json {
    Json::Object([(method.to_owned(), json!({ "credentials": credentials }))].into_iter().collect())
}

/// The ids of an application's own credentials in its slot.
pub(in super::super) fn attached(client: &Dynamic) -> Vec<String> {
    let own = client.attribute("credentials").entries().into_iter().flatten().filter(|(name, _)| !is_detached(name));
    own.filter_map(|(_, entry)| text(entry, "id")).map(str::to_owned).collect()
}

/// The ids in a slot that a response shows.
pub(in super::super) fn shown_ids(slot: &[Json]) -> Vec<String> {
    slot.iter().filter_map(|of| of.get("id")?.as_str()).map(str::to_owned).collect()
}

/// One credential, as a request registers it.
pub(in super::super) fn body(name: &str, entry: &Dynamic, method: &str) -> Object {
    let mut body = Object::new();
    let credential_type =
        TYPES.iter().find(|(known, _)| *known == method).map_or("", |(_, credential_type)| *credential_type);
    body.insert("credential_type".to_owned(), credential_type.into());
    body.insert("name".to_owned(), name.into());
    if let Some(pem) = text(entry, "pem") {
        body.insert("pem".to_owned(), sendable(pem, method).into());
    }
    let is_by_name = text(entry, "pem").is_none();
    let properties =
        [("subject_dn", "subject_dn"), ("algorithm", "alg"), ("key_id", "kid"), ("expires_at", "expires_at")];
    for (attribute, property) in
        properties.into_iter().filter(|(attribute, _)| *attribute != "subject_dn" || is_by_name)
    {
        if let Some(value) = text(entry, attribute) {
            body.insert(property.to_owned(), value.into());
        }
    }
    if *entry.attribute("parse_expiry_from_cert") == Dynamic::Bool(true) {
        body.remove("expires_at");
        body.insert("parse_expiry_from_cert".to_owned(), true.into());
    }
    body
}

/// The method and the slot that a response shows.
pub(in super::super) fn shown_slot(shown: &Object) -> Option<(&str, &[Json])> {
    let (method, slot) = shown.get(KEY_METHODS)?.as_object()?.iter().next()?;
    Some((method, slot.get("credentials").and_then(Json::as_array).map_or(&[], Vec::as_slice)))
}

/// Whether an application that used keys may still do so, because the token may not read them. A list shows no secrets,
/// so it never tells.
pub(in super::super) fn has_hidden_keys(shown: &Object, prior: Option<&str>) -> bool {
    prior.is_some_and(uses_keys)
        && shown_slot(shown).is_none()
        && !shown.contains_key("token_endpoint_auth_method")
        && !shown.contains_key(SECRET)
}

/// The credentials of an application. Foreign ones are left out.
///
/// An application without a known name is read for the first time: all of its credentials are taken in.
fn read(shown: &Object, prior: &Dynamic) -> Dynamic {
    let own = prior.attribute("credentials");
    let known = own.entries();
    let Some((method, slot)) = shown_slot(shown) else {
        let is_hidden = has_hidden_keys(shown, text(prior, "authentication_method"));
        return if is_hidden { own.clone().unknowns_as_null() } else { Dynamic::Null };
    };
    let is_by_id = slot.iter().all(|credential| credential.get("credential_type").is_none());
    let is_planned = known.is_some_and(|known| known.values().any(|entry| entry.attribute("id").is_unknown()));
    if is_by_id && is_planned && known.is_some_and(|known| known.len() == slot.len()) {
        return own.clone();
    }
    let is_first = prior.attribute("name").is_null();
    let mut entries = BTreeMap::new();
    for credential in slot.iter().filter_map(Json::as_object) {
        let id = credential.get("id").and_then(Json::as_str).unwrap_or_default();
        let is_this = |name: &str, entry: &Dynamic| match text(entry, "id") {
            Some(known) => known == id,
            None => credential.get("name").and_then(Json::as_str) == Some(name),
        };
        match known.and_then(|known| known.iter().find(|(name, entry)| is_this(name, entry))) {
            Some((name, entry)) => drop(entries.insert(name.clone(), detailed(entry, credential, method))),
            // Its name follows with its details.
            None if is_first => drop(entries.insert(id.to_owned(), detailed(&Dynamic::Null, credential, method))),
            None => {}
        }
    }
    let is_unmanaged = entries.is_empty() && known.is_none() && !(is_first && slot.is_empty());
    if is_unmanaged { Dynamic::Null } else { Dynamic::Map(entries) }
}

/// The attributes that a credential in full decides.
const DETAILS: [(&str, &str); 6] = [
    ("subject_dn", "subject_dn"),
    ("algorithm", "alg"),
    ("key_id", "kid"),
    ("thumbprint_sha256", "thumbprint_sha256"),
    ("created_at", "created_at"),
    ("expires_at", "expires_at"),
];

/// A credential in a response. If only its id is shown, the rest stays as in `known`.
pub(super) fn detailed(known: &Dynamic, shown: &Object, method: &str) -> Dynamic {
    let mut entry: BTreeMap<_, _> = known.entries().cloned().unwrap_or_default();
    let value = |property: &str| shown.get(property).and_then(Json::as_str).map_or(Dynamic::Null, Dynamic::from);
    entry.insert("id".to_owned(), value("id"));
    for name in ["pem", "parse_expiry_from_cert", "not_after"] {
        entry.entry(name.to_owned()).or_insert(Dynamic::Null);
    }
    let is_full = shown.contains_key("credential_type");
    for (attribute, property) in DETAILS {
        if is_full {
            entry.insert(attribute.to_owned(), value(property));
        } else {
            entry.entry(attribute.to_owned()).or_insert(Dynamic::Null);
        }
    }
    if is_full && method != TYPES[0].0 {
        // The end of the certificate, which nobody chose.
        let end = entry.insert("expires_at".to_owned(), Dynamic::Null).unwrap_or(Dynamic::Null);
        if !end.is_null() {
            entry.insert("not_after".to_owned(), end);
        }
    }
    Dynamic::Map(entry)
}

/// A known text.
pub(super) fn text<'a>(object: &'a Dynamic, name: &str) -> Option<&'a str> {
    if let Dynamic::String(text) = object.attribute(name) { Some(text) } else { None }
}
