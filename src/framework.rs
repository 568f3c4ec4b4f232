//! What a provider implements, and Terraform's rules around it.

mod action;
mod context;
mod data_source;
mod ephemeral_resource;
mod lifecycle;
mod messages;
mod old_state;
mod private;
mod registry;
mod resource;
mod server;
mod timeouts;
mod undecodable;

pub use action::{Action, Progress};
pub use context::{Cx, DEFAULT_TIMEOUT};
pub use data_source::DataSource;
pub use ephemeral_resource::{EphemeralResource, Opened, Renewed};
pub use messages::{
    ApplyRequest, ApplyResponse, ConfigureRequest, DataSourceRequest, DataSourceResponse, EphemeralRequest,
    EphemeralResponse, ImportRequest, ImportResponse, Imported, OpenRequest, PlanRequest, PlanResponse, ReadRequest,
    ReadResponse, UpgradeRequest, UpgradeResponse,
};
pub use old_state::OldState;
pub use registry::{Registry, Schemas};
pub use resource::{Failed, ModifyPlan, Plan, Resource};
pub use server::Server;
pub use timeouts::Timeouts;

use crate::{diagnostic::Diagnostics, schema::Model};

/// A provider: its configuration, its client, and its types.
pub trait Provider: Send + Sync + 'static {
    /// The source address, such as `registry.terraform.io/namespace/type`.
    const ADDRESS: &'static str;
    /// The version of the package.
    const VERSION: &'static str;
    /// The `provider` block.
    type Config: Model;
    /// The client that resources, data sources, ephemeral resources and actions use. Cheap to clone.
    type Client: Clone + Send + Sync + 'static;

    /// All types of the provider.
    fn registry(&self) -> Registry<Self::Client>;

    /// Checks across attributes of the `provider` block. Values may be unknown. Sends no request.
    fn validate(&self, config: &Self::Config) -> Diagnostics;

    /// Makes a client of the configuration. Values may be unknown during a plan. Sends no request.
    fn configure(&self, config: Self::Config, terraform_version: &str)
    -> Result<Configured<Self::Client>, Diagnostics>;

    /// Names the remote system of `client`. It is stored with each object: if the provider is configured for another
    /// system, a missing object does not count as deleted.
    fn origin(client: &Self::Client) -> String;
}

/// The outcome of a valid configuration.
#[derive(Debug, Clone)]
pub enum Configured<C> {
    /// Every value is known.
    Ready(C),
    /// Some values are known only after the apply. Until then, nothing can be read or written.
    Unknown,
}
