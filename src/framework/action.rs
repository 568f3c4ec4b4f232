//! An action.

use std::{fmt, future::Future};

use super::Cx;
use crate::{diagnostic::Diagnostics, schema::Model};

/// An action type: the configuration or the user invokes it, and it has no state. `C` is the provider's client.
pub trait Action<C: Sync>: Send + Sync + 'static {
    /// The type name, with the provider's prefix.
    const NAME: &'static str;
    /// Its arguments. An action has no results.
    type Model: Model;

    /// Checks across attributes. Values may be unknown. Sends no request.
    fn validate(&self, _config: &Self::Model) -> Diagnostics {
        Diagnostics::new()
    }

    /// Invokes the action and reports progress. Every argument is known.
    fn invoke(
        &self,
        cx: &Cx<C>,
        config: Self::Model,
        progress: &Progress,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send;
}

/// Reports the progress of an action.
pub struct Progress(Box<dyn Fn(String) + Send + Sync>);

impl Progress {
    /// Sends each message to `listener`.
    pub fn new(listener: impl Fn(String) + Send + Sync + 'static) -> Self {
        Self(Box::new(listener))
    }

    /// Shows a message to the user at once. It must not contain a secret.
    pub fn tell(&self, message: impl Into<String>) {
        (self.0)(message.into());
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}
