//! The calls of the protocol, in the framework's own types.
//!
//! Each call finds the type, decodes, runs the lifecycle, and encodes. This file knows neither Terraform's rules nor
//! the wire format.

mod stateless;

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use super::{
    ApplyRequest, ApplyResponse, ConfigureRequest, Configured, Cx, DataSourceRequest, DataSourceResponse,
    ImportRequest, ImportResponse, Imported, PlanRequest, PlanResponse, Provider, ReadRequest, ReadResponse, Registry,
    Schemas, UpgradeRequest, UpgradeResponse, lifecycle,
    private::Private,
    registry::{AnyDataSource, AnyResource, Entry},
    undecodable::undecodable,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, Path},
    schema::{Model, Schema, blocks, validate, write_only},
    value::{Dynamic, Encoded},
};

/// A provider that serves calls. Calls may run at the same time and in any order.
pub struct Server<P: Provider> {
    provider: P,
    registry: Registry<P::Client>,
    schemas: Schemas,
    /// The last configuration. A reattached process gets a new one with every command.
    configured: Mutex<Option<Configured<P::Client>>>,
    /// Cancels the waits of running calls. Replaced at every stop, because later calls work as before.
    stop: Mutex<CancellationToken>,
}

impl<P: Provider> Server<P> {
    /// A server without configuration.
    pub fn new(provider: P) -> Self {
        let registry = provider.registry();
        let schemas = registry.schemas(Schema::of::<P::Config>(0));
        Self { provider, registry, schemas, configured: Mutex::default(), stop: Mutex::default() }
    }

    /// All schemas.
    pub const fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    /// `StopProvider`: ends the waits of running calls. Later calls work as before.
    pub fn stop(&self) {
        std::mem::take(&mut *lock(&self.stop)).cancel();
    }

    /// `ValidateProviderConfig`
    pub fn validate_provider_config(&self, config: &Encoded) -> Diagnostics {
        let schema = &self.schemas.provider;
        answered(decode(config, schema).and_then(|config| {
            let mut diagnostics = validate::validate(&schema.attributes, &config);
            diagnostics.extend(self.provider.validate(&model(config)?));
            Ok(diagnostics)
        }))
    }

    /// `ConfigureProvider`
    pub fn configure(&self, request: &ConfigureRequest) -> Diagnostics {
        let configured = decode(&request.config, &self.schemas.provider)
            .and_then(|config| self.provider.configure(model(config)?, &request.terraform_version));
        match configured {
            Ok(configured) => {
                *lock(&self.configured) = Some(configured);
                Diagnostics::new()
            }
            Err(diagnostics) => diagnostics,
        }
    }

    /// `ValidateResourceConfig`. Whether Terraform keeps write-only values out of the state depends on its release.
    pub fn validate_resource_config(&self, type_name: &str, config: &Encoded, write_only_allowed: bool) -> Diagnostics {
        answered(self.resource(type_name).and_then(|entry| {
            let config = decode(config, &entry.schema)?;
            let attributes = &entry.schema.attributes;
            let refused =
                if write_only_allowed { Diagnostics::new() } else { write_only::refused(attributes, &config) };
            let across = |config| entry.implementation.validate(config);
            let mut diagnostics = lifecycle::validate(&entry.schema, config, across)?;
            diagnostics.extend(refused);
            Ok(diagnostics)
        }))
    }

    /// `ValidateDataResourceConfig`
    pub fn validate_data_source_config(&self, type_name: &str, config: &Encoded) -> Diagnostics {
        answered(self.data_source(type_name).and_then(|entry| {
            let config = decode(config, &entry.schema)?;
            let across = |config| entry.implementation.validate(config);
            lifecycle::validate(&entry.schema, config, across)
        }))
    }

    /// `UpgradeResourceState`
    pub fn upgrade_resource_state(&self, request: &UpgradeRequest) -> UpgradeResponse {
        let upgraded = self.resource(&request.type_name).and_then(|entry| {
            let state = lifecycle::upgrade(entry, request)?;
            Ok(encode(&state, &entry.schema))
        });
        let (upgraded_state, diagnostics) = split(upgraded);
        UpgradeResponse { upgraded_state, diagnostics }
    }

    /// `ReadResource`
    pub async fn read_resource(&self, request: ReadRequest) -> ReadResponse {
        let private = Private::read(&request.private);
        let read = async {
            let entry = self.resource(&request.type_name)?;
            let prior = decode(&request.current_state, &entry.schema)?;
            let Some(cx) = self.cx()? else {
                return Ok((encode(&prior, &entry.schema), private.clone(), Diagnostics::new()));
            };
            let origin = P::origin(&cx.client);
            let state = lifecycle::read(entry, cx.clone(), prior, &private, &origin).await?;
            Ok((encode(&state, &entry.schema), Private::seen_at(origin), cx.warnings()))
        };
        match read.await {
            Ok((state, private, diagnostics)) => {
                ReadResponse { new_state: Some(state), private: private.write(), diagnostics }
            }
            Err(diagnostics) => {
                let state = self.kept(&request.type_name, request.current_state);
                ReadResponse { new_state: Some(state), private: request.private, diagnostics }
            }
        }
    }

    /// `PlanResourceChange`
    pub fn plan_resource_change(&self, request: &PlanRequest) -> PlanResponse {
        let planned = self.resource(&request.type_name).and_then(|entry| {
            let schema = &entry.schema;
            let prior = decode(&request.prior_state, schema)?;
            let config = decode(&request.config, schema)?;
            let cx = self.cx().unwrap_or_default();
            let client = cx.as_ref().map(|cx| &cx.client);
            let (planned, diagnostics) = lifecycle::plan(entry, client, &prior, &config)?;
            Ok((encode(&planned.state, schema), planned.requires_replace, diagnostics))
        });
        let (planned_state, requires_replace, diagnostics) = match planned {
            Ok((state, requires_replace, diagnostics)) => (Some(state), requires_replace, diagnostics),
            Err(diagnostics) => (None, Vec::new(), diagnostics),
        };
        PlanResponse { planned_state, requires_replace, planned_private: request.prior_private.clone(), diagnostics }
    }

    /// `ApplyResourceChange`
    pub async fn apply_resource_change(&self, request: ApplyRequest) -> ApplyResponse {
        let private = Private::read(&request.planned_private);
        let apply = async {
            let entry = self.resource(&request.type_name)?;
            let prior = decode(&request.prior_state, &entry.schema)?;
            let planned = decode(&request.planned_state, &entry.schema)?;
            let config = decode(&request.config, &entry.schema)?;
            let cx = self.cx()?.ok_or_else(unknown_configuration)?;
            let origin = P::origin(&cx.client);
            let applied = lifecycle::apply(entry, cx, prior, planned, &config, &private, &origin).await?;
            Ok((encode(&applied.state, &entry.schema), applied.diagnostics, Private::seen_at(origin)))
        };
        match apply.await {
            Ok((state, diagnostics, private)) => {
                ApplyResponse { new_state: Some(state), private: private.write(), diagnostics }
            }
            Err(diagnostics) => {
                let state = self.kept(&request.type_name, request.prior_state);
                ApplyResponse { new_state: Some(state), private: request.planned_private, diagnostics }
            }
        }
    }

    /// `ImportResourceState`
    pub async fn import_resource_state(&self, request: ImportRequest) -> ImportResponse {
        let import = async {
            let entry = self.resource(&request.type_name)?;
            let cx = self.cx()?.ok_or_else(unknown_configuration)?;
            let state = lifecycle::import(entry, &cx, &request.id).await?;
            let private = Private::seen_at(P::origin(&cx.client)).write();
            Ok(Imported { type_name: request.type_name.clone(), state: encode(&state, &entry.schema), private })
        };
        let (imported, diagnostics) = split(import.await);
        ImportResponse { imported, diagnostics }
    }

    /// `ReadDataSource`
    pub async fn read_data_source(&self, request: DataSourceRequest) -> DataSourceResponse {
        let read = async {
            let entry = self.data_source(&request.type_name)?;
            let config = decode(&request.config, &entry.schema)?;
            let cx = self.cx()?.ok_or_else(unknown_configuration)?;
            let state = lifecycle::read_data_source(entry, &cx, config).await?;
            Ok(encode(&state, &entry.schema))
        };
        let (state, diagnostics) = split(read.await);
        DataSourceResponse { state, diagnostics }
    }

    /// A state that is returned as it came, but without write-only values, even if Terraform should not have had them.
    fn kept(&self, type_name: &str, state: Encoded) -> Encoded {
        let Ok(Entry { schema, .. }) = self.resource(type_name) else { return state };
        match decode(&state, schema) {
            Ok(value) if write_only::is_among(&schema.attributes) => encode(&value, schema),
            _ => state,
        }
    }

    fn resource(&self, type_name: &str) -> Result<&Entry<dyn AnyResource<P::Client>>, Diagnostics> {
        self.registry.resources.get(type_name).ok_or_else(|| unknown_type("resource", type_name))
    }

    fn data_source(&self, type_name: &str) -> Result<&Entry<dyn AnyDataSource<P::Client>>, Diagnostics> {
        self.registry.data_sources.get(type_name).ok_or_else(|| unknown_type("data source", type_name))
    }

    /// The context of a call; `None` while the configuration is unknown.
    fn cx(&self) -> Result<Option<Cx<P::Client>>, Diagnostics> {
        let client = match &*lock(&self.configured) {
            Some(Configured::Ready(client)) => client.clone(),
            Some(Configured::Unknown) => return Ok(None),
            None => return Err(Diagnostic::error("Provider Not Configured", NOT_CONFIGURED).into()),
        };
        Ok(Some(Cx::new(client, lock(&self.stop).clone())))
    }
}

const NOT_CONFIGURED: &str = "The call needs a configured provider, but Terraform has not configured it, or its \
    configuration failed. This is a bug in Terraform or in the provider; please report it.";

/// The fields behind these locks are replaced as a whole, so a panic elsewhere leaves consistent data.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn decode(value: &Encoded, schema: &Schema) -> Result<Dynamic, Diagnostics> {
    value.decode(schema.ty()).map_err(|error| undecodable(&error).into())
}

/// Every state leaves here, so this is where write-only values are removed.
fn encode(value: &Dynamic, schema: &Schema) -> Encoded {
    let Schema { attributes, .. } = schema;
    let has_blocks = attributes.iter().any(|attribute| attribute.behaviour.block().is_some());
    let has_write_only = write_only::is_among(attributes);
    if !has_blocks && !has_write_only {
        return Encoded::encode(value, schema.ty());
    }
    let value = blocks::with_absent(attributes, value.clone());
    Encoded::encode(&write_only::removed(attributes, value), schema.ty())
}

fn model<M: Model>(value: Dynamic) -> Result<M, Diagnostics> {
    M::from_dynamic(value, &Path::root()).map_err(|error| undecodable(&error).into())
}

fn answered(result: Result<Diagnostics, Diagnostics>) -> Diagnostics {
    result.unwrap_or_else(|diagnostics| diagnostics)
}

fn split<T>(result: Result<T, Diagnostics>) -> (Option<T>, Diagnostics) {
    match result {
        Ok(value) => (Some(value), Diagnostics::new()),
        Err(diagnostics) => (None, diagnostics),
    }
}

fn unknown_type(kind: &str, type_name: &str) -> Diagnostics {
    Diagnostic::error(
        format!("Unknown {kind} type"),
        format!("This provider has no {kind} of the type `{type_name}`. Check its name, and the provider's version."),
    )
    .into()
}

fn unknown_configuration() -> Diagnostics {
    Diagnostic::error(
        "Provider Configuration Not Known Yet",
        "The provider's configuration depends on values that are known only after an apply, so the provider cannot \
         read anything yet. First apply what those values come from, for example with `-target`.",
    )
    .into()
}

#[cfg(test)]
mod tests;
