//! `ReadResource` and `ReadDataSource`.

use super::{require_wholly_known, wrong_tenant};
use crate::{
    diagnostic::Diagnostics,
    framework::{
        Cx,
        private::Private,
        registry::{AnyDataSource, AnyResource, Entry},
        timeouts::Operation,
    },
    schema::spelling::respell,
    value::Dynamic,
};

/// Reads an object; null if it is gone. An object counts as gone only in the system where it was last seen.
pub(in crate::framework) async fn read<C>(
    entry: &Entry<dyn AnyResource<C>>,
    cx: Cx<C>,
    prior: Dynamic,
    private: &Private,
    origin: &str,
) -> Result<Dynamic, Diagnostics> {
    let cx = Operation::Read.bound(cx, &prior);
    let read = entry.implementation.read(&cx, prior.clone()).await;
    let read = read.map_err(|found| Operation::Read.explain(&entry.schema, &cx, &prior, found))?;
    match (read, &private.origin) {
        (Some(state), _) => require_wholly_known(respell(&entry.schema.attributes, &prior, state)),
        (None, Some(seen_at)) if seen_at != origin => Err(wrong_tenant("The object was not found.", seen_at, origin)),
        (None, _) => Ok(Dynamic::Null),
    }
}

/// Looks up a data source.
pub(in crate::framework) async fn read_data_source<C>(
    entry: &Entry<dyn AnyDataSource<C>>,
    cx: &Cx<C>,
    config: Dynamic,
) -> Result<Dynamic, Diagnostics> {
    let state = entry.implementation.read(cx, config.clone()).await?;
    require_wholly_known(respell(&entry.schema.attributes, &config, state))
}
