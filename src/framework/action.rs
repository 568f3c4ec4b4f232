//! An action.

use std::{fmt, future::Future};

use super::Cx;
use crate::{diagnostic::Diagnostics, schema::Model};

/// An action type: something that is done when the configuration or the user says so, and that leaves no state. `C` is the
/// provider's client.
pub trait Action<C: Sync>: Send + Sync + 'static {
    /// The type name, with the provider's prefix.
    const NAME: &'static str;
    /// Its arguments. An action has no results.
    type Model: Model;

    /// Checks across attributes. Values may be unknown, and nothing may be asked of anybody.
    fn validate(&self, _config: &Self::Model) -> Diagnostics {
        Diagnostics::new()
    }

    /// Says beforehand what is known of the invocation. Values may be unknown, and nothing may be asked of anybody.
    fn plan(&self, _config: &Self::Model) -> Diagnostics {
        Diagnostics::new()
    }

    /// Does it, and tells of its progress. Every argument is known.
    fn invoke(
        &self,
        cx: &Cx<C>,
        config: Self::Model,
        progress: &Progress,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send;
}

/// Where an action tells how far it has come.
pub struct Progress(Box<dyn Fn(String) + Send + Sync>);

impl Progress {
    /// Passes each message on to `listener`.
    pub fn new(listener: impl Fn(String) + Send + Sync + 'static) -> Self {
        Self(Box::new(listener))
    }

    /// Tells the user at once. Secrets have no place here.
    pub fn tell(&self, message: impl Into<String>) {
        (self.0)(message.into());
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}
