//! An ephemeral resource.

use std::{
    future::{Future, ready},
    time::SystemTime,
};

use bytes::Bytes;

use super::Cx;
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    schema::Model,
};

/// An ephemeral resource type: something that is there while Terraform runs, and whose values are in no plan and in no
/// state. `C` is the provider's client.
///
/// Terraform opens it in the plan and again in the apply, as soon as every argument is known, and closes it when nothing is
/// left that uses it.
pub trait EphemeralResource<C: Sync>: Send + Sync + 'static {
    /// The type name, with the provider's prefix.
    const NAME: &'static str;
    /// Its arguments and results. Secrets among the results are [`Disclosed`](crate::schema::Disclosed).
    type Model: Model;

    /// Checks across attributes. Values may be unknown, and nothing may be asked of anybody.
    fn validate(&self, _config: &Self::Model) -> Diagnostics {
        Diagnostics::new()
    }

    /// Opens it. Every result has to be known; arguments go back as they came, whatever the model holds.
    fn open(
        &self,
        cx: &Cx<C>,
        config: Self::Model,
    ) -> impl Future<Output = Result<Opened<Self::Model>, Diagnostics>> + Send;

    /// Keeps what was opened alive. `private` is what the open or the last renewal handed over. The results stay as they
    /// are: Terraform takes no others.
    fn renew(&self, _cx: &Cx<C>, _private: Bytes) -> impl Future<Output = Result<Renewed, Diagnostics>> + Send {
        ready(Err(Diagnostic::error(
            "Nothing to Renew",
            format!(
                "A `{}` needs no renewal. This is a bug in Terraform or in the provider; please report it.",
                Self::NAME
            ),
        )
        .into()))
    }

    /// Gives it back. `private` is what the open handed over, whatever renewals there were.
    fn close(&self, _cx: &Cx<C>, _private: Bytes) -> impl Future<Output = Result<(), Diagnostics>> + Send {
        ready(Ok(()))
    }
}

/// What was opened.
#[derive(Debug)]
pub struct Opened<M> {
    /// Its arguments and results.
    pub result: M,
    /// When it has to be renewed, if at all.
    pub renew_at: Option<SystemTime>,
    /// What a renewal and the close need to know. It stays in Terraform's memory, so it may hold a secret.
    pub private: Bytes,
}

impl<M> Opened<M> {
    /// Something that lasts by itself and need not be given back.
    pub const fn lasting(result: M) -> Self {
        Self { result, renew_at: None, private: Bytes::new() }
    }
}

/// What was renewed.
#[derive(Debug, Default)]
pub struct Renewed {
    /// When it has to be renewed again, if at all.
    pub renew_at: Option<SystemTime>,
    /// What the next renewal needs to know.
    pub private: Bytes,
    /// What to tell the user, at the end of the run.
    pub warnings: Diagnostics,
}
