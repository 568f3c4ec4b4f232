//! Completes what a response about an application shows of its credentials with the credentials themselves. Pure.

use std::collections::BTreeSet;

use super::{
    continuation::{Credentials, certificate_end, identity},
    slot::{detached_name, detailed, is_detached},
};
use crate::{
    auth0::Object,
    diagnostic::Path,
    provider::resources::m2m_client::application::{Credential, M2mClient},
    schema::Model as _,
    value::Value,
};

/// Whether the credentials themselves have to be read: the application does not show everything that is known of them,
/// or something that may change.
pub(in super::super) fn is_incomplete(prior: &M2mClient, shown: &M2mClient) -> bool {
    let own = shown.credentials.known().into_iter().flat_map(Credentials::values);
    let is_gone = |credential: &Credential| {
        let mut shown = shown.credentials.known().into_iter().flat_map(Credentials::values);
        !credential.id.is_null() && !shown.any(|shown| shown.id == credential.id)
    };
    let mut known = prior.credentials.known().into_iter().flat_map(Credentials::values);
    let is_new = |credential: &Credential| credential.created_at.known().is_none();
    let is_named_anew = shown.credentials.known().into_iter().flat_map(Credentials::keys).any(|name| is_detached(name));
    own.into_iter().any(|credential| is_new(credential) || credential.expires_at.known().is_some())
        || known.any(is_gone)
        || is_named_anew
}

/// The application with everything that `pool`, its credentials, shows. `prior` has those that are ours.
pub(in super::super) fn complete(prior: &M2mClient, shown: M2mClient, pool: &[Object]) -> M2mClient {
    let method = shown.authentication_method.as_str().unwrap_or_default().to_owned();
    let in_pool = |id: Option<&str>| pool.iter().find(|object| id.is_some() && text(object, "id") == id);
    let mut credentials = Credentials::new();
    let (mut taken, own) = (BTreeSet::new(), shown.credentials.known().cloned().unwrap_or_default());
    for (name, credential) in own {
        let found = match &credential.id {
            Value::Known(id) => in_pool(Some(id)),
            _ => pool.iter().find(|object| is_named(&method, &name, &credential, object)),
        };
        let Some(found) = found else {
            credentials.insert(name, credential);
            continue;
        };
        taken.extend(text(found, "id").map(str::to_owned));
        // A credential without a name of ours gets the one that it was registered with.
        let is_unnamed = Some(name.as_str()) == text(found, "id") || is_detached(&name);
        let given = text(found, "name").filter(|given| is_unnamed && !given.is_empty());
        let given = given.filter(|given| !credentials.contains_key(*given)).map(str::to_owned);
        let id = || text(found, "id").unwrap_or_default().to_owned();
        let name = given.unwrap_or_else(|| if is_detached(&name) { id() } else { name });
        credentials.insert(name, with_details(&method, credential, found));
    }
    for known in prior.credentials.known().into_iter().flat_map(Credentials::values) {
        let Some(id) = known.id.as_str().filter(|id| !taken.contains(*id)) else { continue };
        if let Some(found) = in_pool(Some(id)) {
            credentials.insert(detached_name(id), with_details(&method, known.clone(), found));
        }
    }
    let is_managed = !credentials.is_empty() || shown.credentials.known().is_some();
    M2mClient { credentials: if is_managed { Value::Known(credentials) } else { Value::Null }, ..shown }
}

/// Whether a registered credential is the one of this name that was to be registered.
pub(in super::super) fn is_named(method: &str, name: &str, wanted: &Credential, registered: &Object) -> bool {
    text(registered, "name") == Some(name) && is_same(method, wanted, registered)
}

/// Whether a registered credential is the wanted one, whatever its name.
pub(in super::super) fn is_same(method: &str, wanted: &Credential, registered: &Object) -> bool {
    let shown = with_details(method, Credential::default(), registered);
    let (key_id, algorithm) = (wanted.key_id.as_str(), wanted.algorithm.as_str());
    let is_key = match key_id {
        // An id of one's own says nothing about the key, but it is rarely given twice.
        Some(id) => shown.key_id.as_str() == Some(id),
        None => identity(method, wanted).is_some() && identity(method, wanted) == identity(method, &shown),
    };
    is_key && algorithm.is_none_or(|algorithm| shown.algorithm.as_str() == Some(algorithm))
}

/// A credential with what Auth0 shows of it.
pub(in super::super) fn with_details(method: &str, credential: Credential, registered: &Object) -> Credential {
    let end = certificate_end(method, &credential.pem);
    let detailed = detailed(&credential.clone().into_dynamic().unknowns_as_null(), registered, method);
    let credential = Credential::from_dynamic(detailed, &Path::root()).unwrap_or(credential);
    if end.is_null() { credential } else { Credential { not_after: end, ..credential } }
}

/// A text in an object.
pub(in super::super) fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    object.get(name).and_then(serde_json::Value::as_str)
}
