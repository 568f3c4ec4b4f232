//! A managed resource.

use std::future::Future;

use super::{Cx, OldState};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, Path},
    schema::Model,
};

/// A resource type. The framework calls these functions with decoded, validated values and keeps Terraform's rules around
/// them; an implementation only maps its model to the service and back.
///
/// `C` is the provider's client, which the framework never names.
pub trait Resource<C: Sync>: Send + Sync + 'static {
    /// The type name, with the provider's prefix.
    const NAME: &'static str;
    /// The version of the schema. Stored state of this version is read as it is.
    const VERSION: i64 = 0;
    /// Its attributes.
    type Model: Model;

    /// Checks across attributes. Values may be unknown, and nothing may be asked of anybody.
    fn validate(&self, _config: &Self::Model) -> Diagnostics {
        Diagnostics::new()
    }

    /// Changes what is planned beyond what the schema says; `None` if there is nothing to change.
    const MODIFY_PLAN: Option<ModifyPlan<Self::Model>> = None;

    /// Brings the state that an earlier version of the schema wrote to the current one, from each version directly.
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

    /// Creates the object and returns it, with every value known and what was planned unchanged.
    ///
    /// A create that fails after the object exists returns it in [`Failed::saved`]; otherwise Terraform forgets it.
    fn create(
        &self,
        cx: &Cx<C>,
        plan: Self::Model,
    ) -> impl Future<Output = Result<Self::Model, Failed<Self::Model>>> + Send;

    /// Reads the object, `None` when it is gone. What the service does not tell stays as in `prior`.
    ///
    /// After an import `prior` is what [`import`](Self::import) returned.
    fn read(
        &self,
        cx: &Cx<C>,
        prior: Self::Model,
    ) -> impl Future<Output = Result<Option<Self::Model>, Diagnostics>> + Send;

    /// Changes the object from `prior` to `plan` and returns it. A failure keeps `prior`, unless it brings something
    /// better in [`Failed::saved`].
    fn update(
        &self,
        cx: &Cx<C>,
        prior: Self::Model,
        plan: Self::Model,
    ) -> impl Future<Output = Result<Self::Model, Failed<Self::Model>>> + Send;

    /// Deletes the object. That it is gone already is success.
    fn delete(&self, cx: &Cx<C>, prior: Self::Model) -> impl Future<Output = Result<(), Diagnostics>> + Send;

    /// Turns an import id into what [`read`](Self::read) needs; every other value is null, none is unknown.
    fn import(&self, _cx: &Cx<C>, _id: &str) -> impl Future<Output = Result<Self::Model, Diagnostics>> + Send {
        std::future::ready(Err(Diagnostic::error(
            "Resource Import Not Supported",
            format!("Terraform cannot import objects of the type `{}`.", Self::NAME),
        )
        .into()))
    }
}

/// Changes what is planned from `prior`, or tells the user something about it, also about a destroy.
///
/// It asks nobody, and gives the same answer to the same question. A configured value is planned as it is; only what the
/// configuration leaves out and the schema calls computed may become something else.
pub type ModifyPlan<M> = fn(prior: Option<&M>, plan: &mut Plan<M>);

/// What is planned.
#[derive(Debug)]
pub struct Plan<M> {
    /// The object after the apply; `None` after a destroy, and then it stays so.
    pub state: Option<M>,
    /// The attributes whose change needs a new object. Of one that is new, nothing does.
    pub requires_replace: Vec<Path>,
    /// What to tell the user. An error prevents the change.
    pub diagnostics: Diagnostics,
}

/// A write that failed, with what is known of the object.
#[derive(Debug)]
pub struct Failed<M> {
    /// The object as far as it exists or was changed. Values still unknown become null.
    pub saved: Option<M>,
    /// What went wrong.
    pub diagnostics: Diagnostics,
}

impl<M> Failed<M> {
    /// The object exists, but something after its creation went wrong.
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
