//! Which registered credential each configured one continues, and which ones are new. Pure.

use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;

use super::{
    KEYS, SUBJECTS,
    material::{Certificate, Identity, PublicKey},
};
use crate::{
    provider::resources::m2m_client::{application::Credential, forms::same_time},
    value::Value,
};

/// What becomes of a configured credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Fate {
    /// It is registered already.
    Kept,
    /// It has to be registered.
    New,
    /// It has to be registered, and another one with its name goes.
    Replaced,
    /// Its key is not known yet.
    Undecided,
    /// It needs a key, because none is registered under its name.
    Missing,
    /// It differs from the registered one of its name, and another one needs a key.
    Fixed,
}

/// A configured credential as it will be.
#[derive(Clone, Debug)]
pub(in super::super) struct Continued {
    pub(in super::super) credential: Credential,
    pub(in super::super) fate: Fate,
}

/// The credentials by name.
pub(in super::super) type Credentials = BTreeMap<String, Credential>;

/// What becomes of each of the `wanted` credentials, where `known` are those registered for the same method.
pub(in super::super) fn all(method: &str, known: &Credentials, wanted: &Credentials) -> BTreeMap<String, Continued> {
    let mut free: BTreeSet<&String> = known.keys().collect();
    let mut partners = BTreeMap::new();
    for (name, entry) in wanted {
        if known.get(name).is_some_and(|registered| continues(method, registered, entry) == Some(true)) {
            free.remove(name);
            partners.insert(name, &known[name]);
        }
    }
    for (name, entry) in wanted.iter().filter(|(_, entry)| !is_unnamed(entry)) {
        let fits = |other: &&&String| continues(method, &known[**other], entry) == Some(true);
        if !partners.contains_key(name)
            && let Some(other) = free.iter().find(fits).copied()
        {
            free.remove(other);
            partners.insert(name, &known[other]);
        }
    }
    let one = |(name, entry): (&String, &Credential)| {
        let continued = match (partners.get(name), known.get(name)) {
            (Some(partner), _) => Continued { credential: kept(method, partner, entry), fate: Fate::Kept },
            (None, registered) if entry.pem.is_unknown() || entry.subject_dn.is_unknown() && !is_unnamed(entry) => {
                let fate = if registered.is_some() { Fate::Undecided } else { Fate::New };
                Continued { credential: new(method, entry), fate }
            }
            (None, Some(registered)) if is_unnamed(entry) => {
                Continued { credential: kept(method, registered, entry), fate: Fate::Fixed }
            }
            (None, None) if is_unnamed(entry) => Continued { credential: entry.clone(), fate: Fate::Missing },
            (None, Some(_)) => Continued { credential: new(method, entry), fate: Fate::Replaced },
            (None, None) => Continued { credential: new(method, entry), fate: Fate::New },
        };
        (name.clone(), continued)
    };
    wanted.iter().map(one).collect()
}

/// Whether an entry has neither a key nor a subject. It stands for the credential that is registered under its name.
fn is_unnamed(entry: &Credential) -> bool {
    entry.pem.is_null() && entry.subject_dn.is_null()
}

/// Whether `registered` is what `wanted` asks for, apart from the expiry; `None` if that is not known yet.
fn continues(method: &str, registered: &Credential, wanted: &Credential) -> Option<bool> {
    if wanted.pem.is_unknown() || wanted.key_id.is_unknown() || wanted.algorithm.is_unknown() {
        return None;
    }
    let is_named = !is_unnamed(wanted);
    let same = |wanted: &Value<String>, registered: &Value<String>, default: Option<&str>| match wanted.as_str() {
        Some(wanted) => Some(wanted) == registered.as_str(),
        None => !is_named || default.is_none_or(|default| Some(default) == registered.as_str()),
    };
    let key = wanted.pem.as_str().filter(|_| method == KEYS).and_then(|pem| PublicKey::read(pem).ok());
    let derived = key.as_ref().map(|key| key.thumbprint.as_str());
    let algorithm = (method == KEYS).then_some(DEFAULT_ALGORITHM);
    Some(
        (!is_named || identity(method, wanted) == identity(method, registered))
            && same(&wanted.algorithm, &registered.algorithm, algorithm)
            && same(&wanted.key_id, &registered.key_id, derived),
    )
}

/// The algorithm of keys without a configured one.
const DEFAULT_ALGORITHM: &str = "RS256";

/// What distinguishes a credential, as far as it is known.
pub(super) fn identity(method: &str, credential: &Credential) -> Option<Identity> {
    let pem = credential.pem.as_str();
    match method {
        KEYS => match pem {
            Some(pem) => PublicKey::read(pem).ok().map(|key| key.identity()),
            // Nothing else is shown of a key.
            None => credential.key_id.as_str().map(|id| Identity::Key(id.to_owned())),
        },
        SUBJECTS => match pem {
            Some(pem) => Certificate::read(pem).ok().map(|certificate| certificate.subject_identity()),
            None => credential.subject_dn.as_str().map(Identity::of_subject),
        },
        _ => match pem {
            Some(pem) => Certificate::read(pem).ok().map(|certificate| certificate.identity()),
            None => credential.thumbprint_sha256.as_str().map(|print| Identity::Certificate(print.to_owned())),
        },
    }
}

/// A credential that stays registered.
fn kept(method: &str, registered: &Credential, wanted: &Credential) -> Credential {
    let end = certificate_end(method, &wanted.pem);
    let not_after = if end.is_null() { registered.not_after.clone() } else { end };
    let expires_at = match &wanted.expires_at {
        Value::Null if wanted.parse_expiry_from_cert == Value::Known(true) => {
            let known = [&registered.expires_at, &not_after].map(Value::as_str);
            match known {
                [Some(known), Some(end)] if !same_time(known, end) => not_after.clone(),
                [None, Some(_)] => not_after.clone(),
                _ => registered.expires_at.clone(),
            }
        }
        wanted => wanted.clone(),
    };
    let subject_dn = if wanted.subject_dn.is_null() { &registered.subject_dn } else { &wanted.subject_dn };
    Credential {
        pem: wanted.pem.clone(),
        parse_expiry_from_cert: wanted.parse_expiry_from_cert,
        subject_dn: subject_dn.clone(),
        not_after,
        expires_at,
        ..registered.clone()
    }
}

/// A credential that has to be registered.
fn new(method: &str, wanted: &Credential) -> Credential {
    let or = |value: &Value<String>, default: Value<String>| if value.is_null() { default } else { value.clone() };
    let unknown_if = |is: bool| if is { Value::Unknown } else { Value::Null };
    let parses = wanted.parse_expiry_from_cert != Value::Null && wanted.parse_expiry_from_cert != Value::Known(false);
    let default = if method == KEYS { Value::Known(DEFAULT_ALGORITHM.to_owned()) } else { Value::Null };
    Credential {
        algorithm: or(&wanted.algorithm, default),
        key_id: or(&wanted.key_id, unknown_if(method == KEYS)),
        subject_dn: or(&wanted.subject_dn, unknown_if(method == SUBJECTS)),
        expires_at: or(&wanted.expires_at, unknown_if(parses)),
        id: Value::Unknown,
        thumbprint_sha256: unknown_if(method != KEYS && method != SUBJECTS),
        not_after: certificate_end(method, &wanted.pem),
        created_at: Value::Unknown,
        ..wanted.clone()
    }
}

/// When the certificate in a text ends; null if the text is none.
pub(in super::super) fn certificate_end(method: &str, pem: &Value<String>) -> Value<String> {
    let Value::Known(pem) = pem else { return pem.clone() };
    let end = match method {
        KEYS => PublicKey::read(pem).ok().and_then(|key| key.not_after),
        _ => Certificate::read(pem).ok().map(|certificate| certificate.not_after),
    };
    end.map(shown_time).into()
}

/// A time as Auth0 shows it.
fn shown_time(time: OffsetDateTime) -> String {
    let (date, clock) = (time.date(), time.time());
    let (year, month, day) = date.to_calendar_date();
    let (hour, minute, second) = clock.as_hms();
    format!("{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.000Z", u8::from(month))
}
