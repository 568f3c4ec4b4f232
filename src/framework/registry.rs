//! All types of a provider, by type name.
//!
//! Each typed implementation has an object-safe counterpart that uses [`Dynamic`] values. So the lifecycle exists once
//! for all of them.

use std::{collections::BTreeMap, future::Future, pin::Pin};

use bytes::Bytes;

use super::undecodable::undecodable;
use super::{Action, Cx, DataSource, EphemeralResource, Failed, OldState, Opened, Plan, Progress, Renewed, Resource};
use crate::{
    diagnostic::{Diagnostics, Path},
    schema::{Model, Schema, plan::Planned},
    value::{DecodeError, Dynamic},
};

/// The types of a provider.
pub struct Registry<C> {
    pub(super) resources: BTreeMap<&'static str, Entry<dyn AnyResource<C>>>,
    pub(super) data_sources: BTreeMap<&'static str, Entry<dyn AnyDataSource<C>>>,
    pub(super) ephemeral_resources: BTreeMap<&'static str, Entry<dyn AnyEphemeralResource<C>>>,
    pub(super) actions: BTreeMap<&'static str, Entry<dyn AnyAction<C>>>,
}

/// A type with its schema, built once.
pub(super) struct Entry<T: ?Sized> {
    pub(super) schema: Schema,
    pub(super) implementation: Box<T>,
}

/// The schemas of a provider and of all its types.
#[derive(Debug)]
pub struct Schemas {
    /// The `provider` block.
    pub provider: Schema,
    /// Resources by type name.
    pub resources: BTreeMap<&'static str, Schema>,
    /// Data sources by type name.
    pub data_sources: BTreeMap<&'static str, Schema>,
    /// Ephemeral resources by type name.
    pub ephemeral_resources: BTreeMap<&'static str, Schema>,
    /// Actions by type name.
    pub actions: BTreeMap<&'static str, Schema>,
}

impl<C: Send + Sync + 'static> Registry<C> {
    /// An empty registry.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            resources: BTreeMap::new(),
            data_sources: BTreeMap::new(),
            ephemeral_resources: BTreeMap::new(),
            actions: BTreeMap::new(),
        }
    }

    /// Adds a resource type.
    #[must_use]
    pub fn resource<R: Resource<C>>(mut self, resource: R) -> Self {
        let schema = Schema::of::<R::Model>(R::VERSION);
        self.resources.insert(R::NAME, Entry { schema, implementation: Box::new(resource) });
        self
    }

    /// Adds a data source type.
    #[must_use]
    pub fn data_source<D: DataSource<C>>(mut self, data_source: D) -> Self {
        self.data_sources.insert(D::NAME, Entry { schema: D::schema(), implementation: Box::new(data_source) });
        self
    }

    /// Adds an ephemeral resource type.
    #[must_use]
    pub fn ephemeral_resource<E: EphemeralResource<C>>(mut self, ephemeral: E) -> Self {
        let schema = Schema::of::<E::Model>(0);
        self.ephemeral_resources.insert(E::NAME, Entry { schema, implementation: Box::new(ephemeral) });
        self
    }

    /// Adds an action type.
    #[must_use]
    pub fn action<A: Action<C>>(mut self, action: A) -> Self {
        let schema = Schema::of::<A::Model>(0);
        self.actions.insert(A::NAME, Entry { schema, implementation: Box::new(action) });
        self
    }

    pub(super) fn schemas(&self, provider: Schema) -> Schemas {
        Schemas {
            provider,
            resources: schemas(&self.resources),
            data_sources: schemas(&self.data_sources),
            ephemeral_resources: schemas(&self.ephemeral_resources),
            actions: schemas(&self.actions),
        }
    }
}

fn schemas<T: ?Sized>(entries: &BTreeMap<&'static str, Entry<T>>) -> BTreeMap<&'static str, Schema> {
    entries.iter().map(|(name, entry)| (*name, entry.schema.clone())).collect()
}

impl<C: Send + Sync + 'static> Default for Registry<C> {
    fn default() -> Self {
        Self::new()
    }
}

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// [`Resource`] without its types.
pub(super) trait AnyResource<C>: Send + Sync {
    fn validate(&self, config: Dynamic) -> Result<Diagnostics, DecodeError>;
    fn modify_plan(
        &self,
        client: Option<&C>,
        prior: &Dynamic,
        config: &Dynamic,
        planned: Planned,
    ) -> Result<(Planned, Diagnostics), Diagnostics>;
    fn upgrade(&self, state: &OldState) -> Result<Dynamic, Diagnostics>;
    fn create<'a>(&'a self, cx: &'a Cx<C>, plan: Dynamic) -> BoxFuture<'a, Result<Dynamic, Failed<Dynamic>>>;
    fn read<'a>(&'a self, cx: &'a Cx<C>, prior: Dynamic) -> BoxFuture<'a, Result<Option<Dynamic>, Diagnostics>>;
    fn update<'a>(
        &'a self,
        cx: &'a Cx<C>,
        prior: Dynamic,
        plan: Dynamic,
    ) -> BoxFuture<'a, Result<Dynamic, Failed<Dynamic>>>;
    fn delete<'a>(&'a self, cx: &'a Cx<C>, prior: Dynamic) -> BoxFuture<'a, Result<(), Diagnostics>>;
    fn import<'a>(&'a self, cx: &'a Cx<C>, id: &'a str) -> BoxFuture<'a, Result<Dynamic, Diagnostics>>;
}

/// [`DataSource`] without its types.
pub(super) trait AnyDataSource<C>: Send + Sync {
    fn validate(&self, config: Dynamic) -> Result<Diagnostics, DecodeError>;
    fn read<'a>(&'a self, cx: &'a Cx<C>, config: Dynamic) -> BoxFuture<'a, Result<Dynamic, Diagnostics>>;
}

/// [`EphemeralResource`] without its types.
pub(super) trait AnyEphemeralResource<C>: Send + Sync {
    fn validate(&self, config: Dynamic) -> Result<Diagnostics, DecodeError>;
    fn open<'a>(&'a self, cx: &'a Cx<C>, config: Dynamic) -> BoxFuture<'a, Result<Opened<Dynamic>, Diagnostics>>;
    fn renew<'a>(&'a self, cx: &'a Cx<C>, private: Bytes) -> BoxFuture<'a, Result<Renewed, Diagnostics>>;
    fn close<'a>(&'a self, cx: &'a Cx<C>, private: Bytes) -> BoxFuture<'a, Result<(), Diagnostics>>;
}

/// [`Action`] without its types.
pub(super) trait AnyAction<C>: Send + Sync {
    fn validate(&self, config: Dynamic) -> Result<Diagnostics, DecodeError>;
    fn invoke<'a>(
        &'a self,
        cx: &'a Cx<C>,
        config: Dynamic,
        progress: &'a Progress,
    ) -> BoxFuture<'a, Result<(), Diagnostics>>;
}

impl<C: Sync, R: Resource<C>> AnyResource<C> for R {
    fn validate(&self, config: Dynamic) -> Result<Diagnostics, DecodeError> {
        Ok(Resource::validate(self, &model(config)?))
    }

    fn modify_plan(
        &self,
        client: Option<&C>,
        prior: &Dynamic,
        config: &Dynamic,
        planned: Planned,
    ) -> Result<(Planned, Diagnostics), Diagnostics> {
        let Some(modify) = R::MODIFY_PLAN else { return Ok((planned, Diagnostics::new())) };
        let Planned { state, requires_replace } = planned;
        let (prior, before) = (present::<R::Model>(prior)?, present::<R::Model>(&state)?);
        let config = present::<R::Model>(config)?;
        let mut plan = Plan { state: before.clone(), config, requires_replace, diagnostics: Diagnostics::new() };
        modify(client, prior.as_ref(), &mut plan);
        let Plan { state: after, config: _, requires_replace, diagnostics } = plan;
        let state = match (before, after) {
            (Some(before), Some(after)) => modified(state, &before.into_dynamic(), &after.into_dynamic()),
            _ => state,
        };
        Ok((Planned { state, requires_replace }, diagnostics))
    }

    fn upgrade(&self, state: &OldState) -> Result<Dynamic, Diagnostics> {
        Resource::upgrade(self, state).map(Model::into_dynamic)
    }

    fn create<'a>(&'a self, cx: &'a Cx<C>, plan: Dynamic) -> BoxFuture<'a, Result<Dynamic, Failed<Dynamic>>> {
        Box::pin(
            async move { Resource::create(self, cx, decoded(plan)?).await.map(Model::into_dynamic).map_err(untyped) },
        )
    }

    fn read<'a>(&'a self, cx: &'a Cx<C>, prior: Dynamic) -> BoxFuture<'a, Result<Option<Dynamic>, Diagnostics>> {
        Box::pin(async move { Ok(Resource::read(self, cx, decoded(prior)?).await?.map(Model::into_dynamic)) })
    }

    fn update<'a>(
        &'a self,
        cx: &'a Cx<C>,
        prior: Dynamic,
        plan: Dynamic,
    ) -> BoxFuture<'a, Result<Dynamic, Failed<Dynamic>>> {
        Box::pin(async move {
            let (prior, plan) = (decoded(prior)?, decoded(plan)?);
            Resource::update(self, cx, prior, plan).await.map(Model::into_dynamic).map_err(untyped)
        })
    }

    fn delete<'a>(&'a self, cx: &'a Cx<C>, prior: Dynamic) -> BoxFuture<'a, Result<(), Diagnostics>> {
        Box::pin(async move { Resource::delete(self, cx, decoded(prior)?).await })
    }

    fn import<'a>(&'a self, cx: &'a Cx<C>, id: &'a str) -> BoxFuture<'a, Result<Dynamic, Diagnostics>> {
        Box::pin(async move { Resource::import(self, cx, id).await.map(Model::into_dynamic) })
    }
}

impl<C: Sync, D: DataSource<C>> AnyDataSource<C> for D {
    fn validate(&self, config: Dynamic) -> Result<Diagnostics, DecodeError> {
        Ok(DataSource::validate(self, &model(config)?))
    }

    fn read<'a>(&'a self, cx: &'a Cx<C>, config: Dynamic) -> BoxFuture<'a, Result<Dynamic, Diagnostics>> {
        Box::pin(async move { DataSource::read(self, cx, decoded(config)?).await.map(Model::into_dynamic) })
    }
}

impl<C: Sync, E: EphemeralResource<C>> AnyEphemeralResource<C> for E {
    fn validate(&self, config: Dynamic) -> Result<Diagnostics, DecodeError> {
        Ok(EphemeralResource::validate(self, &model(config)?))
    }

    fn open<'a>(&'a self, cx: &'a Cx<C>, config: Dynamic) -> BoxFuture<'a, Result<Opened<Dynamic>, Diagnostics>> {
        Box::pin(async move {
            let Opened { result, renew_at, private } = EphemeralResource::open(self, cx, decoded(config)?).await?;
            Ok(Opened { result: result.into_dynamic(), renew_at, private })
        })
    }

    fn renew<'a>(&'a self, cx: &'a Cx<C>, private: Bytes) -> BoxFuture<'a, Result<Renewed, Diagnostics>> {
        Box::pin(EphemeralResource::renew(self, cx, private))
    }

    fn close<'a>(&'a self, cx: &'a Cx<C>, private: Bytes) -> BoxFuture<'a, Result<(), Diagnostics>> {
        Box::pin(EphemeralResource::close(self, cx, private))
    }
}

impl<C: Sync, A: Action<C>> AnyAction<C> for A {
    fn validate(&self, config: Dynamic) -> Result<Diagnostics, DecodeError> {
        Ok(Action::validate(self, &model(config)?))
    }

    fn invoke<'a>(
        &'a self,
        cx: &'a Cx<C>,
        config: Dynamic,
        progress: &'a Progress,
    ) -> BoxFuture<'a, Result<(), Diagnostics>> {
        Box::pin(async move { Action::invoke(self, cx, decoded(config)?, progress).await })
    }
}

fn model<M: Model>(value: Dynamic) -> Result<M, DecodeError> {
    M::from_dynamic(value, &Path::root())
}

fn decoded<M: Model>(value: Dynamic) -> Result<M, Diagnostics> {
    model(value).map_err(|error| undecodable(&error).into())
}

/// The model of a value that is not null.
fn present<M: Model>(value: &Dynamic) -> Result<Option<M>, Diagnostics> {
    if value.is_null() { Ok(None) } else { decoded(value.clone()).map(Some) }
}

/// `state` with the differences between `before` and `after`. A model may lose details of the value that it was read
/// from, such as which of many elements is unknown. So everything else stays unchanged.
fn modified(state: Dynamic, before: &Dynamic, after: &Dynamic) -> Dynamic {
    let Dynamic::Map(mut object) = state else { return state };
    for (name, value) in &mut object {
        let after = after.attribute(name);
        if before.attribute(name) != after {
            *value = after.clone();
        }
    }
    Dynamic::Map(object)
}

fn untyped<M: Model>(failed: Failed<M>) -> Failed<Dynamic> {
    Failed { saved: failed.saved.map(Model::into_dynamic), diagnostics: failed.diagnostics }
}
