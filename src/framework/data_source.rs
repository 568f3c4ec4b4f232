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

    /// Its schema. A data source that looks up what a resource manages shares the resource's model and makes its own
    /// schema of it with [`Schema::lookup`].
    #[must_use]
    fn schema() -> Schema {
        Schema::of::<Self::Model>(0)
    }

    /// Checks across attributes. Values may be unknown, and nothing may be asked of anybody.
    fn validate(&self, _config: &Self::Model) -> Diagnostics {
        Diagnostics::new()
    }

    /// Looks the object up. The result has every value known and the arguments unchanged; nothing found is an error.
    fn read(&self, cx: &Cx<C>, config: Self::Model) -> impl Future<Output = Result<Self::Model, Diagnostics>> + Send;
}
