//! A data source.

use std::future::Future;

use super::Cx;
use crate::{
    diagnostic::Diagnostics,
    schema::{Model, Schema},
};

/// A data source type. `C` is the provider's client.
pub trait DataSource<C: Sync>: Send + Sync + 'static {
    /// The type name, with the provider's prefix.
    const NAME: &'static str;
    /// Its arguments and results.
    type Model: Model;

    /// Its schema. A data source that looks up the object of a resource uses the resource's model, with a schema from
    /// [`Schema::lookup`].
    #[must_use]
    fn schema() -> Schema {
        Schema::of::<Self::Model>(0)
    }

    /// Checks across attributes. Values may be unknown. Sends no request.
    fn validate(&self, _config: &Self::Model) -> Diagnostics {
        Diagnostics::new()
    }

    /// Looks up the object. All values of the result are known, and the arguments are unchanged. If there is no object,
    /// it fails.
    fn read(&self, cx: &Cx<C>, config: Self::Model) -> impl Future<Output = Result<Self::Model, Diagnostics>> + Send;
}
