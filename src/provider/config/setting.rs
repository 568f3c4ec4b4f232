//! A value from an argument or from its environment variable.

use std::fmt::Display;

use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    diagnostic::Diagnostic,
    provider::{diagnosis::full_stop, environment::Environment},
    value::Value,
};

/// The text of a setting.
pub(super) trait Text: From<String> {
    /// The text itself.
    fn text(&self) -> &str;
}

impl Text for String {
    fn text(&self) -> &str {
        self
    }
}

impl Text for SecretString {
    fn text(&self) -> &str {
        self.expose_secret()
    }
}

/// A value, with its name and origin.
pub(super) struct Setting<T> {
    pub(super) value: T,
    name: &'static str,
    origin: Origin,
}

enum Origin {
    Argument,
    Variable,
}

impl<T> Setting<T> {
    /// The value of the argument, if it is known.
    pub(super) fn argument(name: &'static str, value: &Value<T>) -> Option<Self>
    where
        T: Text,
    {
        Self::trimmed(value.known()?.text(), name, Origin::Argument)
    }

    /// The value without white space around it, unless nothing is left. Files and CI systems often add a line break.
    fn trimmed(text: &str, name: &'static str, origin: Origin) -> Option<Self>
    where
        T: Text,
    {
        let text = text.trim();
        (!text.is_empty()).then(|| Self { value: text.to_owned().into(), name, origin })
    }

    /// Where the value comes from, as the subject of a sentence.
    pub(super) fn place(&self) -> String {
        match self.origin {
            Origin::Argument => format!("The argument `{}`", self.name),
            Origin::Variable => format!("The variable `{}`", variable(self.name)),
        }
    }

    fn useless(&self, reason: impl Display) -> Diagnostic {
        let detail = full_stop(format!("{} cannot be used: {reason}", self.place()));
        Diagnostic::error("Invalid Provider Configuration", detail)
    }
}

impl Setting<String> {
    /// The value is not usable.
    pub(super) fn unusable(&self, reason: impl Display) -> Diagnostic {
        self.useless(reason).at(self.name)
    }
}

impl Setting<SecretString> {
    /// The value is not usable, and neither the reason nor Terraform may show it. Terraform shows the line of the path.
    /// Without a path, it shows the first line of the block.
    pub(super) fn unusable(&self, reason: impl Display) -> Diagnostic {
        self.useless(reason)
    }
}

/// Finds values in the block and in the environment.
pub(super) struct Lookup<'e> {
    environment: &'e Environment,
}

impl<'e> Lookup<'e> {
    pub(super) const fn new(environment: &'e Environment) -> Self {
        Self { environment }
    }

    /// The value of the argument, or else of its variable.
    pub(super) fn find<T: Text>(&self, name: &'static str, value: &Value<T>) -> Option<Setting<T>> {
        Setting::argument(name, value).or_else(|| self.variable(name))
    }

    /// The value of an argument's variable.
    pub(super) fn variable<T: Text>(&self, name: &'static str) -> Option<Setting<T>> {
        Setting::trimmed(&(self.environment)(&variable(name))?, name, Origin::Variable)
    }

    /// A variable that is not the provider's own.
    pub(super) fn foreign_variable(&self, name: &str) -> Option<String> {
        (self.environment)(name)
    }
}

/// The variable of an argument.
pub(super) fn variable(name: &str) -> String {
    format!("AUTH0_{}", name.to_ascii_uppercase())
}

/// An empty argument.
pub(super) fn empty(name: &str) -> Diagnostic {
    let detail = format!(
        "`{name}` is empty. To use the environment variable `{}` instead, leave the argument out or set it to `null`.",
        variable(name)
    );
    Diagnostic::error("Empty Provider Argument", detail).at(name)
}

/// An argument that is set in neither place. `more` is a sentence with the alternatives.
pub(super) fn missing(name: &str, more: &str) -> Diagnostic {
    let detail = format!(
        "The provider needs `{name}`. Set the argument in the `provider \"auth0\"` block, or the environment variable \
         `{}`. {more}",
        variable(name)
    );
    Diagnostic::error("Missing Auth0 Provider Configuration", detail).at(name)
}
