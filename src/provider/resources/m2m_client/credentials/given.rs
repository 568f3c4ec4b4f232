//! What the planner is given, from responses and from models. Pure.

use super::{
    KEYS,
    continuation::{certificate_end, identity},
    details::text,
    material::Identity,
    planner::{Expiry, Method, Registered, Wanted},
};
use crate::{
    auth0::Object,
    provider::resources::m2m_client::{application::Credential, forms::time},
    value::Value,
};

/// A credential in a response.
pub(super) fn registered(of: &Object) -> Registered {
    let owned = |name: &str| text(of, name).map(str::to_owned);
    let value = |name: &str| owned(name).unwrap_or_default();
    let identity = match text(of, "credential_type") {
        Some("x509_cert") => Identity::Certificate(value("thumbprint_sha256")),
        Some("cert_subject_dn") => Identity::of_subject(&value("subject_dn")),
        _ => Identity::Key(value("kid")),
    };
    Registered {
        id: value("id"),
        name: value("name"),
        identity,
        algorithm: owned("alg"),
        key_id: owned("kid"),
        expires_at: text(of, "expires_at").and_then(time),
    }
}

/// A configured credential.
pub(super) fn wanted(method: Method, name: &str, entry: &Credential) -> Wanted {
    let is_named = !(entry.pem.is_null() && entry.subject_dn.is_null());
    let identity = identity(method.name(), entry).filter(|_| is_named);
    let end = certificate_end(method.name(), &entry.pem).as_str().and_then(time);
    let derived = match &identity {
        Some(Identity::Key(thumbprint)) => Some(thumbprint.clone()),
        _ => None,
    };
    let expiry = match entry.expires_at.as_str().and_then(time) {
        _ if method.name() != KEYS => Expiry::Kept { when_added: end },
        Some(expires_at) => Expiry::Set(Some(expires_at)),
        None if entry.parse_expiry_from_cert == Value::Known(true) && end.is_some() => Expiry::Set(end),
        None if entry.parse_expiry_from_cert == Value::Known(true) => Expiry::Kept { when_added: None },
        None => Expiry::Set(None),
    };
    Wanted {
        name: name.to_owned(),
        identity,
        algorithm: entry.algorithm.known().cloned(),
        key_id: entry.key_id.known().cloned().or(derived),
        expiry,
    }
}
