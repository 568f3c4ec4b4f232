//! Turns errors of the Management API into diagnostics with a next step.

mod access;

use crate::{
    auth0::{ApiError, Error, PropertyPath, PropertyStep},
    diagnostic::{Diagnostic, Path},
    provider::paste,
    schema::{Attribute, Kind},
};

/// Names of the same things in a Terraform type and in the API.
pub(super) struct Names {
    /// The kind of object, for messages.
    pub(super) object: &'static str,
    /// The attributes of the type.
    pub(super) attributes: fn() -> &'static [Attribute],
    /// Properties without an attribute, and the attribute at which their errors appear.
    pub(super) renamed: &'static [(&'static str, &'static str)],
    /// Words or scopes in a refusal without a property, and the attribute that they point to.
    pub(super) message_hints: &'static [(&'static str, &'static str)],
}

impl Names {
    /// Explains why `action` (such as `create`) failed.
    pub(super) fn diagnose(&self, action: &str, error: &Error) -> Diagnostic {
        let diagnostic = Diagnostic::error(format!("Cannot {action} the {}", self.object), detail(error));
        let diagnostic = Diagnostic { out_of_time: error.is_out_of_time(), ..diagnostic };
        match error {
            Error::Api(api) => match self.place(api) {
                Some(path) => diagnostic.at(path),
                None => diagnostic,
            },
            _ => diagnostic,
        }
    }

    /// The attribute that the refusal is about, if known.
    fn place(&self, api: &ApiError) -> Option<Path> {
        let property = api.property.as_ref().and_then(|property| self.attribute(property));
        let is_hint = |(words, _): &&(&str, &str)| {
            api.message.contains(words) || api.missing_scopes.iter().any(|scope| scope == words)
        };
        property.or_else(|| self.message_hints.iter().find(is_hint).map(|(_, attribute)| (*attribute).into()))
    }

    /// The attribute for a property of the API. An element of an array may belong to a set, which has no paths for
    /// elements. So the path ends there.
    fn attribute(&self, property: &PropertyPath) -> Option<Path> {
        let (mut path, mut attributes) = (Path::root(), Some((self.attributes)()));
        for step in property.steps() {
            let PropertyStep::Name(name) = step else { break };
            let renamed = self.renamed.iter().find(|(property, _)| property == name).map(|(_, attribute)| *attribute);
            let of_property = |attribute: &&Attribute| attribute.properties().contains(&name.as_str());
            let found = attributes.and_then(|attributes| attributes.iter().find(of_property));
            path = path.attribute(renamed.or_else(|| found.map(|found| found.name)).unwrap_or(name));
            attributes = found.and_then(|found| match &found.kind {
                Kind::Nested { attributes, .. } => Some(attributes.as_slice()),
                Kind::Value(_) => None,
            });
        }
        (!path.steps().is_empty()).then_some(path)
    }
}

/// The error as a sentence, followed by the next step.
fn detail(error: &Error) -> String {
    let mut detail = sentence(error);
    if let Some(step) = next_step(error) {
        detail.push(' ');
        detail.push_str(&step);
    }
    detail
}

/// Why the outcome of a create is unknown, in sentences.
pub(super) fn unknown_fate(error: &Error) -> String {
    let mut text = sentence(error);
    if let Error::UnknownFate { unseen: Some(unseen), .. } = error {
        text.push_str("\n\nThe search for it failed. ");
        text.push_str(&detail(unseen));
    }
    text
}

/// An `import` block to paste. If no text shows the ID, a placeholder stands for it.
pub(super) fn import_block(resource: &str, id: &str) -> String {
    let id = paste::string(id).unwrap_or_else(|| "\"ID\"".to_owned());
    format!("import {{\n  to = {resource}.NAME\n  id = {id}\n}}")
}

/// The text with a full stop, unless it ends like a sentence already.
pub(super) fn full_stop(mut text: String) -> String {
    if !text.ends_with(['.', '?', '!']) {
        text.push('.');
    }
    text
}

/// The error's own words as a sentence.
fn sentence(error: &Error) -> String {
    let text = full_stop(error.to_string());
    match text.chars().next() {
        Some(first) if first.is_lowercase() => first.to_uppercase().chain(text.chars().skip(1)).collect(),
        _ => text,
    }
}

fn next_step(error: &Error) -> Option<String> {
    let step = match error {
        Error::Api(api) => return refusal(api),
        Error::Foreign { status: 501, .. } => NOT_OFFERED,
        Error::Foreign { status, .. } if *status >= 500 => {
            "A service in front of Auth0 failed. Try again later, and check https://status.auth0.com."
        }
        Error::Foreign { status: 407, .. } => {
            "A proxy needs a name and a password. Set `http_proxy` of the provider (or `AUTH0_HTTP_PROXY`) to \
             `http://NAME:PASSWORD@HOST:PORT`."
        }
        Error::Foreign { .. } | Error::WebPage { .. } => {
            "Check that `domain` (or `AUTH0_DOMAIN`) is the domain of an Auth0 tenant, and that no proxy responds \
             instead."
        }
        Error::Redirect { .. } => {
            "If that is the tenant, set it as `domain` of the provider (or `AUTH0_DOMAIN`). Otherwise something in \
             between responded, such as the log-in page of a network or a proxy."
        }
        Error::RateLimited { .. } => {
            "The wait for the tenant's rate limit would take longer than this operation may. Other programs may use \
             the limit as well. Try again later."
        }
        Error::Token(token) => return Some(access::token_step(token)),
        Error::Transport { cause, .. } => return Some(access::transport_step(cause)),
        Error::Decode { .. } => {
            "The response is not one that Auth0 documents. Check that no proxy or cache responds instead. Otherwise \
             please report it with the version of the provider."
        }
        Error::Cancelled { .. } => "Terraform was interrupted. Apply again to finish.",
        Error::DeadlineExceeded { .. } => "Apply again to finish.",
        Error::OutOfTime { cause } => return next_step(cause),
        // The next step depends on the object.
        Error::UnknownFate { .. } | Error::InvalidId { .. } => return None,
    };
    Some(step.to_owned())
}

/// The emulator responds like this to what it does not imitate.
const NOT_OFFERED: &str = "This service does not offer the request, so trying again does not help.";

fn refusal(api: &ApiError) -> Option<String> {
    let step = match api.status {
        401 => {
            "The token is for another tenant or audience, or it has expired. Check `domain`, `audience` and \
             `api_token` of the provider."
        }
        403 if !api.missing_scopes.is_empty() => {
            return Some(format!(
                "The application that the provider acts as lacks a scope. Grant it {} for the Auth0 Management API (in \
                 Auth0: Applications, APIs, Auth0 Management API, Machine to Machine Applications), and apply again.",
                one_of(&api.missing_scopes)
            ));
        }
        403 => "The tenant's subscription or settings do not allow it.",
        404 => "It may have been deleted outside Terraform. Plan again to refresh the state.",
        409 => "Such an object exists already. Import it, or choose another value.",
        429 => return None,
        501 => NOT_OFFERED,
        status if status >= 500 => "Auth0 failed. Try again later, and check https://status.auth0.com.",
        _ => return None,
    };
    Some(step.to_owned())
}

fn one_of(scopes: &[String]) -> String {
    let quoted: Vec<_> = scopes.iter().map(|scope| format!("`{scope}`")).collect();
    match quoted.as_slice() {
        [only] => only.clone(),
        _ => format!("one of {}", quoted.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_stop_follows_no_other_end_of_a_sentence() {
        assert_eq!(["a", "a.", "a?", "a!"].map(|text| full_stop(text.to_owned())), ["a.", "a.", "a?", "a!"]);
    }
}
