//! What a configuration of credentials has to fulfil. Unknown values pass.

use super::{
    KEYS, SUBJECTS,
    continuation::identity,
    material::{Certificate, PublicKey, WrongPem},
    slot::uses_keys,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, Path},
    provider::resources::m2m_client::{
        application::{Credential, M2mClient},
        method::NO_METHOD,
    },
    value::Value,
};

/// The attributes that go with the method, and what each credential needs.
pub(in super::super) fn check(config: &M2mClient) -> Diagnostics {
    let mut found = Diagnostics::new();
    // Without one, the default is a method with a secret.
    let method = match &config.authentication_method {
        Value::Unknown => return found,
        method => method.as_str().unwrap_or_default(),
    };
    found.extend(beside(config, method));
    if !uses_keys(method) {
        if config.credentials.known().is_some() {
            let detail = format!(
                "Credentials need a method that uses them. Set `authentication_method` to `{KEYS}`, `{SUBJECTS}` or \
                 `self_signed_tls_client_auth`, or remove `credentials`."
            );
            found.push(conflict("credentials", detail));
        }
        return found;
    }
    if config.credentials.is_null() {
        let detail = format!(
            "`{method}` needs `credentials`. Set them, or choose another method. For an application that exists, an \
             entry without `pem` stands for the credential that is registered under its name."
        );
        found.push(conflict("authentication_method", detail));
    }
    let credentials = config.credentials.known().into_iter().flatten();
    let mut before: Vec<(&String, _)> = Vec::new();
    for (name, credential) in credentials {
        let path = Path::from("credentials").key(name);
        found.extend(of_method(method, credential, &path));
        found.extend(pem(method, name, credential, &path));
        let is_named = credential.pem.known().is_some() || credential.subject_dn.known().is_some();
        let Some(identity) = identity(method, credential).filter(|_| is_named) else { continue };
        if let Some((other, _)) = before.iter().find(|(_, other)| *other == identity) {
            let detail = format!(
                "{name:?} and {other:?} are the same credential, and Auth0 accepts each only once. Remove one of them."
            );
            found.push(conflict(path.clone(), detail));
        }
        before.push((name, identity));
    }
    found
}

/// The same for texts that were unknown before the apply.
pub(in super::super) fn check_pems(plan: &M2mClient) -> Diagnostics {
    let method = plan.authentication_method.as_str().unwrap_or_default();
    let credentials = plan.credentials.known().into_iter().flatten();
    let found = credentials
        .filter_map(|(name, credential)| pem(method, name, credential, &Path::from("credentials").key(name)));
    found.collect()
}

/// Other attributes that go with methods of one kind only.
fn beside(config: &M2mClient, method: &str) -> Vec<Diagnostic> {
    let needs_secret = |path: &str, what: &str| {
        let detail = format!(
            "{what} needs a client secret, and an application with `{method}` has none in use. Remove `{path}`, or set \
             `authentication_method` to `client_secret_post` or `client_secret_basic`."
        );
        conflict(path, detail)
    };
    let mut found = Vec::new();
    let trusts = config.is_token_endpoint_ip_header_trusted == Value::Known(true);
    if trusts && (uses_keys(method) || method == NO_METHOD) {
        found.push(needs_secret("is_token_endpoint_ip_header_trusted", "`is_token_endpoint_ip_header_trusted`"));
    }
    if uses_keys(method) {
        if config.rotate_secret_when.known().is_some() {
            found.push(needs_secret("rotate_secret_when", "A rotation"));
        }
        if config.client_secret_wo.known().is_some() {
            // Not at the secret itself, because Terraform would show its line.
            let diagnostic = needs_secret("client_secret_wo", "A supplied secret");
            found.push(Diagnostic { path: None, ..diagnostic });
        }
    }
    found
}

/// Attributes of a credential that belong to other methods, or exclude each other.
fn of_method(method: &str, credential: &Credential, path: &Path) -> Vec<Diagnostic> {
    let Credential { pem, subject_dn, algorithm, key_id, expires_at, parse_expiry_from_cert, .. } = credential;
    let mut found = Vec::new();
    let mut refuse = |attribute: &str, is_set: bool, detail: String| {
        if is_set {
            found.push(conflict(path.attribute(attribute), detail));
        }
    };
    for (attribute, is_set) in [
        ("algorithm", algorithm.known().is_some()),
        ("key_id", key_id.known().is_some()),
        ("expires_at", expires_at.known().is_some()),
        ("parse_expiry_from_cert", parse_expiry_from_cert.known().is_some()),
    ] {
        let detail = format!("`{attribute}` belongs to `{KEYS}`, and the application uses `{method}`. Remove it.");
        refuse(attribute, method != KEYS && is_set, detail);
    }
    let detail = format!("`subject_dn` belongs to `{SUBJECTS}`, and the application uses `{method}`. Remove it.");
    refuse("subject_dn", method != SUBJECTS && subject_dn.known().is_some(), detail);
    let detail = "`subject_dn` and `pem` exclude each other: Auth0 takes the subject from the certificate. Remove one.";
    refuse(
        "subject_dn",
        method == SUBJECTS && subject_dn.known().is_some() && pem.known().is_some(),
        detail.to_owned(),
    );
    let parses = *parse_expiry_from_cert == Value::Known(true);
    let detail = "`expires_at` and `parse_expiry_from_cert` exclude each other. Remove one of them.";
    refuse("expires_at", parses && expires_at.known().is_some(), detail.to_owned());
    let is_bare = pem.as_str().is_some_and(|pem| PublicKey::read(pem).is_ok_and(|key| key.not_after.is_none()));
    let detail = "`parse_expiry_from_cert` needs a certificate in `pem`, and a public key has no expiry. Set the \
                  certificate, or use `expires_at`.";
    refuse("parse_expiry_from_cert", method == KEYS && parses && is_bare, detail.to_owned());
    found
}

/// A text that is no key or certificate of the right kind.
fn pem(method: &str, name: &str, credential: &Credential, path: &Path) -> Option<Diagnostic> {
    let pem = credential.pem.as_str()?;
    let wrong = match method {
        KEYS => PublicKey::read(pem).err(),
        _ => Certificate::read(pem).err(),
    }?;
    let detail = format!("`pem` of {name:?} cannot be used: {wrong}.");
    let diagnostic = Diagnostic::error("Invalid Attribute Value", detail);
    // Terraform would show the line.
    let is_secret = matches!(wrong, WrongPem::Private | WrongPem::EncryptedPrivate | WrongPem::OpenSshPrivate);
    Some(if is_secret { diagnostic } else { diagnostic.at(path.attribute("pem")) })
}

fn conflict(path: impl Into<Path>, detail: impl Into<String>) -> Diagnostic {
    Diagnostic::error("Invalid Combination of Attributes", detail).at(path)
}
