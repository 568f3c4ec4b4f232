//! What a plan says about credentials: which are registered, which are new, and who may be refused. Pure but for the
//! time.

use std::fmt::Write as _;

use time::OffsetDateTime;

use super::{
    continuation::{self, Continued, Credentials, Fate},
    slot::{is_detached, uses_keys},
};
use crate::{
    diagnostic::{Diagnostic, Path},
    foreign,
    framework::Plan,
    provider::resources::m2m_client::{
        application::{Credential, M2mClient},
        forms::time,
        method::{DEFAULT_METHOD, NO_METHOD},
    },
    value::Value,
};

/// Plans the computed values of credentials, and checks what depends on the prior state.
pub(in super::super) fn modify(prior: Option<&M2mClient>, plan: &mut Plan<M2mClient>, now: OffsetDateTime) {
    let (Some(planned), config) = (&mut plan.state, plan.config.as_ref()) else { return };
    if planned.authentication_method.is_unknown() {
        return;
    }
    let before = prior.and_then(|prior| prior.authentication_method.as_str());
    let after = planned.authentication_method.as_str();
    let mut told = Vec::new();
    told.extend(without_method(prior, planned));
    told.extend(prior.and_then(|prior| loss(prior, before, after)));
    if let Some(method) = after.filter(|method| uses_keys(method)) {
        let known = prior.filter(|_| before == after).and_then(|prior| prior.credentials.known().cloned());
        let known = known.unwrap_or_default();
        let configured = config.and_then(|config| config.credentials.known()).zip(planned.credentials.known());
        if let Some((configured, entries)) = configured {
            // Configured values in their prior spelling.
            let spelled = |(name, config): (&String, &Credential)| {
                (name.clone(), in_spelling_of(entries.get(name).unwrap_or(config), config))
            };
            let wanted: Credentials = configured.iter().map(spelled).collect();
            let continued = continuation::all(method, &known, &wanted);
            told.extend(continued.iter().filter_map(|(name, of)| problem(name, of, known.get(name), now)));
            told.extend(replacements(&known, &continued));
            let credentials = continued.into_iter().map(|(name, of)| (name, of.credential)).collect();
            planned.credentials = Value::Known(credentials);
        }
    }
    plan.diagnostics.extend(told);
}

/// The configured attributes of `config`, as `planned` has them.
fn in_spelling_of(planned: &Credential, config: &Credential) -> Credential {
    let of = |planned: &Value<String>, config: &Value<String>| {
        if config.is_null() { Value::Null } else { planned.clone() }
    };
    Credential {
        pem: planned.pem.clone(),
        subject_dn: of(&planned.subject_dn, &config.subject_dn),
        algorithm: of(&planned.algorithm, &config.algorithm),
        key_id: of(&planned.key_id, &config.key_id),
        expires_at: of(&planned.expires_at, &config.expires_at),
        parse_expiry_from_cert: planned.parse_expiry_from_cert,
        ..Credential::default()
    }
}

/// What is wrong with a credential, seen from what is registered.
fn problem(name: &str, of: &Continued, registered: Option<&Credential>, now: OffsetDateTime) -> Option<Diagnostic> {
    let path = Path::from("credentials").key(name);
    let is_past = |value: &Value<String>| value.as_str().and_then(time).is_some_and(|time| time <= now);
    let Continued { credential, fate } = of;
    let is_news = |value: &Value<String>, before: fn(&Credential) -> &Value<String>| {
        *fate != Fate::Kept || registered.map(before) != Some(value)
    };
    let expired = |attribute: &str, what: &str| {
        let detail =
            format!("{what} of {name:?} is in the past, so Auth0 would not accept the credential. {AFTER_PAST}");
        Some(Diagnostic::error("Credential Has Expired", detail).at(path.attribute(attribute)))
    };
    match fate {
        Fate::Missing => {
            let detail = format!(
                "{name:?} has neither `pem` nor `subject_dn`, and no credential is registered under this name. Set one \
                 of them to register it."
            );
            Some(Diagnostic::error("Credential Not Registered", detail).at(path))
        }
        Fate::Fixed => {
            let detail = format!(
                "Auth0 changes only the expiry of a credential. The plan changes more of {name:?}, so it needs a new \
                 credential. Set `pem` to register it, or keep the values that it has."
            );
            Some(Diagnostic::error("Credential Cannot Be Changed", detail).at(path))
        }
        _ if is_past(&credential.expires_at) && is_news(&credential.expires_at, |of| &of.expires_at) => {
            expired("expires_at", "The expiry")
        }
        Fate::New | Fate::Replaced
            if is_past(&credential.not_after)
                && (credential.parse_expiry_from_cert == Value::Known(true) || credential.algorithm.is_null()) =>
        {
            expired("pem", "The end of the certificate")
        }
        _ => None,
    }
}

const AFTER_PAST: &str = "Set a later one, or use another credential.";

/// A warning for every credential that ends in the same apply in which its successor begins.
fn replacements(known: &Credentials, continued: &std::collections::BTreeMap<String, Continued>) -> Vec<Diagnostic> {
    let is_kept = |registered: &Credential| {
        continued.values().any(|of| of.fate == Fate::Kept && of.credential.id == registered.id)
    };
    let is_new = |of: &Continued| matches!(of.fate, Fate::New | Fate::Replaced | Fate::Undecided);
    if !continued.values().any(is_new) {
        return Vec::new();
    }
    let ending = known.iter().filter(|(name, registered)| !is_kept(registered) && !is_detached(name));
    let warning = |(name, registered): (&String, &Credential)| {
        let id = foreign::name(registered.id.as_str().unwrap_or_default());
        let shown_name = foreign::name(name);
        let is_undecided = continued.get(name).is_some_and(|of| of.fate == Fate::Undecided);
        let removes = if is_undecided { "may remove" } else { "removes" };
        let mut detail = format!(
            "This plan adds a credential and {removes} \"{shown_name}\" (`{id}`) in one apply. From then on, Auth0 refuses \
             whoever still uses the old one. To rotate without a refusal, first add the new one under another name. \
             Then hand it over, and remove the old one in a later apply."
        );
        if registered.pem.is_null() && continued.contains_key(name) && registered.key_id.known().is_some() {
            let _ = write!(
                detail,
                " The provider cannot tell whether the configured key is the one that is registered with the `key_id` \
                 `{}`, because Auth0 does not show it.",
                foreign::name(registered.key_id.as_str().unwrap_or_default())
            );
        }
        Diagnostic::warning("Credential Is Replaced", detail).at(Path::from("credentials").key(name))
    };
    ending.map(warning).collect()
}

/// `none` excludes the grant type of this resource.
fn without_method(prior: Option<&M2mClient>, planned: &M2mClient) -> Option<Diagnostic> {
    let is_none = planned.authentication_method.as_str() == Some(NO_METHOD);
    let types = planned.grant_types.known()?;
    let is_news = prior.is_none_or(|prior| {
        prior.authentication_method != planned.authentication_method || prior.grant_types != planned.grant_types
    });
    (is_none && is_news && types.contains("client_credentials")).then(|| {
        Diagnostic::error(
            "Invalid Combination of Attributes",
            "An application with `authentication_method = \"none\"` cannot use the grant type `client_credentials`, \
             which is in `grant_types` or its default. Set `grant_types` without it, or choose another method.",
        )
        .at("authentication_method")
    })
}

/// Warns before an application loses its credentials.
fn loss(prior: &M2mClient, before: Option<&str>, after: Option<&str>) -> Option<Diagnostic> {
    let method = before.filter(|method| uses_keys(method) && before != after)?;
    let credentials: Vec<_> = prior.credentials.known().into_iter().flatten().map(named).collect();
    let credentials = if credentials.is_empty() { "none of this resource".to_owned() } else { credentials.join(", ") };
    let after = after.unwrap_or(DEFAULT_METHOD);
    let detail = format!(
        "The application authenticates with `{method}`. This plan changes the method to `{after}` and detaches its \
         credentials: {credentials}. Whoever uses them can no longer get tokens. To keep them, set \
         `authentication_method = \"{method}\"` and `credentials`."
    );
    Some(Diagnostic::warning("Application Loses Its Credentials", detail).at("authentication_method"))
}

fn named((name, credential): (&String, &Credential)) -> String {
    format!("\"{}\" (`{}`)", foreign::name(name), foreign::name(credential.id.as_str().unwrap_or_default()))
}

/// Warns of credentials that somebody else attached.
pub(in super::super) fn warn_of_foreign(client: &M2mClient, ids: &[String]) -> Option<Diagnostic> {
    let ids: Vec<_> = ids.iter().map(|id| format!("`{}`", foreign::name(id))).collect();
    (!ids.is_empty()).then(|| {
        let detail = format!(
            "Somebody attached credentials to the application `{}` outside Terraform: {}. Whoever has their keys can get \
             tokens. The provider leaves them alone, and they count for the maximum of two. To remove one, detach it in \
             Auth0.",
            foreign::name(client.id.as_str().unwrap_or_default()),
            ids.join(", ")
        );
        Diagnostic::warning("Foreign Credentials", detail).at("credentials")
    })
}
