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

/// An ephemeral resource type: it exists during a run, and neither plan nor state has its values. `C` is the provider's
/// client.
///
/// Terraform opens it in the plan and again in the apply, when every argument is known. It closes it after its last
/// use.
pub trait EphemeralResource<C: Sync>: Send + Sync + 'static {
    /// The type name, with the provider's prefix.
    const NAME: &'static str;
    /// Its arguments and results. Secrets among the results are [`Disclosed`](crate::schema::Disclosed).
    type Model: Model;

    /// Checks across attributes. Values may be unknown. Sends no request.
    fn validate(&self, _config: &Self::Model) -> Diagnostics {
        Diagnostics::new()
    }

    /// Opens it. All results must be known. Arguments are returned as Terraform sent them, whatever the model contains.
    fn open(
        &self,
        cx: &Cx<C>,
        config: Self::Model,
    ) -> impl Future<Output = Result<Opened<Self::Model>, Diagnostics>> + Send;

    /// Renews it. `private` comes from the open or the last renewal. The results do not change: Terraform accepts no
    /// others.
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

    /// Closes it. `private` comes from the open, even after renewals. Nothing of Auth0 has to be closed; item 110 of
    /// conformance needs it.
    fn close(&self, _cx: &Cx<C>, _private: Bytes) -> impl Future<Output = Result<(), Diagnostics>> + Send {
        ready(Ok(()))
    }
}

/// The result of an open.
#[derive(Debug)]
pub struct Opened<M> {
    /// Its arguments and results.
    pub result: M,
    /// When to renew it, if at all.
    pub renew_at: Option<SystemTime>,
    /// Data for a renewal and the close. It stays in Terraform's memory, so it may contain a secret.
    pub private: Bytes,
}

impl<M> Opened<M> {
    /// A result that needs no renewal and no close.
    pub const fn lasting(result: M) -> Self {
        Self { result, renew_at: None, private: Bytes::new() }
    }
}

/// The result of a renewal.
#[derive(Debug, Default)]
pub struct Renewed {
    /// When to renew it again, if at all.
    pub renew_at: Option<SystemTime>,
    /// Data for the next renewal.
    pub private: Bytes,
    /// Messages for the user, shown at the end of the run.
    pub warnings: Diagnostics,
}
