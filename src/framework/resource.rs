//! A managed resource.

use std::future::Future;

use super::{Cx, OldState};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, Path},
    schema::Model,
};

/// A resource type. The framework calls these functions with decoded, validated values and follows Terraform's rules.
/// An implementation only maps its model to the API and back.
///
/// `C` is the provider's client, which the framework never names.
pub trait Resource<C: Sync>: Send + Sync + 'static {
    /// The type name, with the provider's prefix.
    const NAME: &'static str;
    /// The version of the schema. Stored state of this version is read as it is.
    const VERSION: i64 = 0;
    /// Its attributes.
    type Model: Model;

    /// Checks across attributes. Values may be unknown. Sends no request.
    fn validate(&self, _config: &Self::Model) -> Diagnostics {
        Diagnostics::new()
    }

    /// Changes the plan beyond the schema's rules. `None` if there is nothing to change.
    const MODIFY_PLAN: Option<ModifyPlan<C, Self::Model>> = None;

    /// Upgrades the state from any earlier version of the schema to the current one. No type of Auth0 has an earlier
    /// version yet; item 107 of conformance needs it.
    fn upgrade(&self, state: &OldState) -> Result<Self::Model, Diagnostics> {
        Err(Diagnostic::error(
            "State Cannot Be Upgraded",
            format!(
                "The state of this `{}` has version {} of its schema, which this release of the provider does not \
                 know. First apply once with a release in between.",
                Self::NAME,
                state.version
            ),
        )
        .into())
    }

    /// Creates the object and returns it. Every value is known, and planned values are unchanged.
    ///
    /// If a create fails after the object exists, it returns the object in [`Failed::saved`]. Otherwise Terraform
    /// forgets the object.
    fn create(
        &self,
        cx: &Cx<C>,
        plan: Self::Model,
    ) -> impl Future<Output = Result<Self::Model, Failed<Self::Model>>> + Send;

    /// Reads the object; `None` if it is gone. What a response does not show stays as in `prior`.
    ///
    /// After an import, `prior` is the result of [`import`](Self::import).
    fn read(
        &self,
        cx: &Cx<C>,
        prior: Self::Model,
    ) -> impl Future<Output = Result<Option<Self::Model>, Diagnostics>> + Send;

    /// Updates the object from `prior` to `plan` and returns it. After a failure the state is `prior`, unless
    /// [`Failed::saved`] has a better one.
    fn update(
        &self,
        cx: &Cx<C>,
        prior: Self::Model,
        plan: Self::Model,
    ) -> impl Future<Output = Result<Self::Model, Failed<Self::Model>>> + Send;

    /// Deletes the object. Succeeds if it is gone already.
    fn delete(&self, cx: &Cx<C>, prior: Self::Model) -> impl Future<Output = Result<(), Diagnostics>> + Send;

    /// Finds what [`read`](Self::read) needs by the import ID. Every other value is null, and none is unknown.
    fn import(&self, _cx: &Cx<C>, _id: &str) -> impl Future<Output = Result<Self::Model, Diagnostics>> + Send {
        std::future::ready(Err(Diagnostic::error(
            "Resource Import Not Supported",
            format!("Terraform cannot import objects of the type `{}`.", Self::NAME),
        )
        .into()))
    }
}

/// Changes the plan from `prior`, or adds messages, also for a delete. There is no `client` while the configuration of
/// the provider is unknown.
///
/// It sends no request, and the same input gives the same result. It must not change configured values, only those that
/// the configuration leaves out and the schema calls computed.
pub type ModifyPlan<C, M> = fn(client: Option<&C>, prior: Option<&M>, plan: &mut Plan<M>);

/// What is planned.
#[derive(Debug)]
pub struct Plan<M> {
    /// The planned state; `None` for a delete, which cannot be changed.
    pub state: Option<M>,
    /// What the configuration says; `None` for a delete.
    pub config: Option<M>,
    /// The attributes whose change replaces the object. Empty for a create.
    pub requires_replace: Vec<Path>,
    /// Messages for the user. An error prevents the change.
    pub diagnostics: Diagnostics,
}

/// A failed write, with what is known of the object.
#[derive(Debug)]
pub struct Failed<M> {
    /// The object, if it exists or was changed. Values that are still unknown become null.
    pub saved: Option<M>,
    /// What failed.
    pub diagnostics: Diagnostics,
}

impl<M> Failed<M> {
    /// The object exists, but a later step failed.
    pub fn saving(object: M, diagnostics: impl Into<Diagnostics>) -> Self {
        Self { saved: Some(object), diagnostics: diagnostics.into() }
    }
}

/// Nothing was written.
impl<M> From<Diagnostics> for Failed<M> {
    fn from(diagnostics: Diagnostics) -> Self {
        Self { saved: None, diagnostics }
    }
}

/// Nothing was written.
impl<M> From<Diagnostic> for Failed<M> {
    fn from(diagnostic: Diagnostic) -> Self {
        Diagnostics::from(diagnostic).into()
    }
}
