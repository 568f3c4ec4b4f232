//! Chooses the method to authenticate, and finds its arguments.

use secrecy::{ExposeSecret as _, SecretString};

use super::{
    Config,
    setting::{self, Lookup, Setting},
    without_effect,
};
use crate::{
    auth0::{Assertion, AssertionError, Credentials, SigningAlgorithm, SigningKey, credential_text},
    diagnostic::Diagnostic,
    value::Value,
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Token,
    Assertion,
    PrivateKey,
    ClientSecret,
}

/// The arguments that choose a method, in the order in which the environment is searched.
const ARGUMENTS: [(&str, Method); 6] = [
    ("api_token", Method::Token),
    ("client_assertion", Method::Assertion),
    ("client_assertion_file", Method::Assertion),
    ("client_assertion_private_key", Method::PrivateKey),
    ("client_assertion_private_key_file", Method::PrivateKey),
    ("client_secret", Method::ClientSecret),
];

/// An argument that needs a method, but is not enough for it.
const ALGORITHM: (&str, Method) = ("client_assertion_signing_alg", Method::PrivateKey);

const SECRETS: [&str; 4] = ["api_token", "client_assertion", "client_assertion_private_key", "client_secret"];

/// The first conflict between the arguments in `given`.
pub(super) fn conflict(given: &[&'static str]) -> Option<Diagnostic> {
    let mut present = ARGUMENTS.iter().chain([&ALGORITHM]).filter(|(name, _)| given.contains(name));
    let (first, method) = *present.next()?;
    let (second, same) = present
        .find(|(name, other)| *other != method || *name != ALGORITHM.0)
        .map(|(name, other)| (*name, *other == method))
        .or_else(|| (method == Method::Token && given.contains(&"client_id")).then_some(("client_id", false)))?;
    let detail = if same {
        format!("`{first}` and `{second}` set the same thing. Remove one of them.")
    } else {
        format!("`{first}` and `{second}` are two ways to authenticate. Remove one of them.")
    };
    let conflict = Diagnostic::error("Conflicting Provider Arguments", detail);
    // Terraform shows the line of the path, which must not contain a secret.
    let place = [second, first].into_iter().find(|name| !SECRETS.contains(name));
    Some(match place {
        Some(name) => conflict.at(name),
        None => conflict,
    })
}

/// The configuration chooses the method. Missing parts come from the environment.
pub(super) fn credentials(config: &Config, lookup: &Lookup<'_>) -> Result<Credentials, Diagnostic> {
    let method = choose(&config.given(), lookup)?;
    let id = lookup.find("client_id", &config.client_id);
    // A token needs none, and a variable may be left over.
    let id = if method == Method::Token { None } else { id.map(client_id).transpose()? };
    let required =
        |id: Option<Setting<String>>| id.map(|id| id.value).ok_or_else(|| setting::missing("client_id", TOKEN));
    match method {
        Method::Token => {
            let found = lookup.find("api_token", &config.api_token).ok_or_else(no_credentials)?;
            Ok(Credentials::Token(token(found)?))
        }
        Method::ClientSecret => {
            let client_id = required(id)?;
            let found = lookup.find("client_secret", &config.client_secret).ok_or_else(no_credentials)?;
            Ok(Credentials::ClientSecret { client_id, client_secret: secret(found)? })
        }
        Method::PrivateKey => {
            let client_id = required(id)?;
            let algorithm = lookup.find(ALGORITHM.0, &config.client_assertion_signing_alg);
            let algorithm = algorithm.map(|name| self::algorithm(&name)).transpose()?;
            let names = ["client_assertion_private_key", "client_assertion_private_key_file"];
            let source =
                source(names, &config.client_assertion_private_key, &config.client_assertion_private_key_file, lookup);
            let key = match source.ok_or_else(|| setting::missing(names[0], KEY_FILE))? {
                Source::Text(text) => key(&text, algorithm)?,
                Source::File(file) => key_in_file(&file, algorithm)?,
            };
            Ok(Credentials::PrivateKey { client_id, key })
        }
        Method::Assertion => {
            let names = ["client_assertion", "client_assertion_file"];
            let source = source(names, &config.client_assertion, &config.client_assertion_file, lookup);
            match source.ok_or_else(no_credentials)? {
                Source::Text(text) => {
                    let assertion = assertion(&text)?;
                    speaks_for(&assertion, id)?;
                    Ok(Credentials::Assertion(assertion))
                }
                Source::File(file) => {
                    let assertion = Assertion::in_file(file.value.as_ref()).map_err(|error| match error {
                        AssertionError::Unreadable { .. } => file.unusable(error),
                        _ => file.unusable(format!("in {}, {error}", file.value)),
                    })?;
                    speaks_for(&assertion, id)?;
                    Ok(Credentials::AssertionFile(file.value.into()))
                }
            }
        }
    }
}

/// The method in the block, or else the first one in the environment. A `client_id` in the block excludes a token in
/// the environment.
fn choose(given: &[&'static str], lookup: &Lookup<'_>) -> Result<Method, Diagnostic> {
    let in_block = ARGUMENTS.iter().chain([&ALGORITHM]).find(|(name, _)| given.contains(name));
    let in_environment = || {
        let of_application = given.contains(&"client_id");
        let mut candidates = ARGUMENTS.iter().filter(|(_, method)| !(of_application && *method == Method::Token));
        candidates.find(|(name, _)| lookup.variable::<SecretString>(name).is_some())
    };
    let found = in_block.or_else(in_environment);
    found
        .map(|(_, method)| *method)
        .ok_or_else(|| without_effect::refusal_of_variable(lookup).unwrap_or_else(no_credentials))
}

const TOKEN: &str = "Or set a Management API token as `api_token` or `AUTH0_API_TOKEN`.";

const KEY_FILE: &str = "Or set the name of a file with the key, as `client_assertion_private_key_file` or \
    `AUTH0_CLIENT_ASSERTION_PRIVATE_KEY_FILE`.";

fn no_credentials() -> Diagnostic {
    setting::missing(
        "client_secret",
        "Or use a private key (`client_assertion_private_key`, `client_assertion_private_key_file`), an assertion that \
         was signed elsewhere (`client_assertion`, `client_assertion_file`), or a Management API token (`api_token`). \
         Each has an environment variable as well, such as `AUTH0_API_TOKEN`.",
    )
}

/// A secret, or a file with the secret.
enum Source {
    Text(Setting<SecretString>),
    File(Setting<String>),
}

/// One of two arguments. An argument in the block excludes both variables.
fn source(
    [text_name, file_name]: [&'static str; 2],
    text: &Value<SecretString>,
    file: &Value<String>,
    lookup: &Lookup<'_>,
) -> Option<Source> {
    let in_block = || Setting::argument(text_name, text).map(Source::Text);
    let file_in_block = || Setting::argument(file_name, file).map(Source::File);
    let in_environment = || lookup.variable(text_name).map(Source::Text);
    let file_in_environment = || lookup.variable(file_name).map(Source::File);
    in_block().or_else(file_in_block).or_else(in_environment).or_else(file_in_environment)
}

fn algorithm(name: &Setting<String>) -> Result<SigningAlgorithm, Diagnostic> {
    let accepted = SigningAlgorithm::NAMES.join("`, `");
    name.value.parse().map_err(|()| name.unusable(format!("{:?} is not one of `{accepted}`", name.value)))
}

pub(super) fn client_id(id: Setting<String>) -> Result<Setting<String>, Diagnostic> {
    match credential_text::visible(&id.value) {
        Ok(_) => Ok(id),
        Err(error) => Err(id.unusable(error)),
    }
}

pub(super) fn secret(secret: Setting<SecretString>) -> Result<SecretString, Diagnostic> {
    match credential_text::one_line(secret.value.expose_secret()) {
        Ok(_) => Ok(secret.value),
        Err(error) => Err(secret.unusable(error)),
    }
}

pub(super) fn token(token: Setting<SecretString>) -> Result<SecretString, Diagnostic> {
    match credential_text::visible(token.value.expose_secret()) {
        Ok(_) => Ok(token.value),
        Err(error) => Err(token.unusable(error)),
    }
}

pub(super) fn key(pem: &Setting<SecretString>, algorithm: Option<SigningAlgorithm>) -> Result<SigningKey, Diagnostic> {
    SigningKey::from_pem(&pem.value, algorithm).map_err(|error| pem.unusable(error))
}

fn key_in_file(file: &Setting<String>, algorithm: Option<SigningAlgorithm>) -> Result<SigningKey, Diagnostic> {
    let path = &file.value;
    let pem = credential_text::in_file(path.as_ref())
        .map_err(|error| file.unusable(format!("the file {path} cannot be read: {error}")))?;
    SigningKey::from_pem(&pem, algorithm).map_err(|error| file.unusable(format!("in {path}, {error}")))
}

pub(super) fn assertion(text: &Setting<SecretString>) -> Result<Assertion, Diagnostic> {
    Assertion::parse(&text.value).map_err(|error| text.unusable(error))
}

fn speaks_for(assertion: &Assertion, client_id: Option<Setting<String>>) -> Result<(), Diagnostic> {
    match client_id {
        Some(id) if id.value != assertion.subject() => Err(id.unusable(format!(
            "it is {:?}, but the client assertion is for {:?}. Remove it, or sign an assertion for it",
            id.value,
            assertion.subject()
        ))),
        _ => Ok(()),
    }
}
