//! What a provider author implements, and what Terraform demands around each of those implementations.

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

/// A provider: its configuration, the client that it makes of it, and what it offers.
pub trait Provider: Send + Sync + 'static {
    /// The source address, such as `registry.terraform.io/namespace/type`.
    const ADDRESS: &'static str;
    /// The release, as it stands in the package.
    const VERSION: &'static str;
    /// The `provider` block.
    type Config: Model;
    /// What resources, data sources, ephemeral resources and actions talk to. Cheap to clone.
    type Client: Clone + Send + Sync + 'static;

    /// Everything that the provider offers.
    fn registry(&self) -> Registry<Self::Client>;

    /// Checks across attributes of the `provider` block. Values may be unknown; nothing may be asked of anybody.
    fn validate(&self, config: &Self::Config) -> Diagnostics;

    /// Makes a client of the configuration. Values may be unknown while planning. Nothing is asked of anybody.
    fn configure(&self, config: Self::Config, terraform_version: &str)
    -> Result<Configured<Self::Client>, Diagnostics>;

    /// Names the remote system that `client` talks to. It is kept beside each object, so that an object that seems to be
    /// gone is not taken for deleted when it is the provider that has moved.
    fn origin(client: &Self::Client) -> String;
}

/// The outcome of a configuration that is in order.
#[derive(Debug, Clone)]
pub enum Configured<C> {
    /// Every value is known.
    Ready(C),
    /// Some value is not known before the apply. Until then nothing can be read or written.
    Unknown,
}
