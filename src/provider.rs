//! Everything that this provider offers.

mod config;
mod data_sources;
mod diagnosis;
mod environment;
mod resources;

use crate::{
    auth0,
    diagnostic::Diagnostics,
    framework::{Configured, Provider, Registry},
};

/// The provider `m2m/auth0`.
#[derive(Debug, Default)]
pub struct Auth0;

impl Provider for Auth0 {
    const ADDRESS: &'static str = "registry.terraform.io/m2m/auth0";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Config = config::Config;
    type Client = auth0::Client;

    fn registry(&self) -> Registry<auth0::Client> {
        Registry::new()
            .data_source(data_sources::m2m_client::M2mClientDataSource)
            .resource(resources::client_grant::ClientGrantResource)
            .resource(resources::m2m_client::M2mClientResource)
    }

    fn validate(&self, config: &config::Config) -> Diagnostics {
        config::validate(config)
    }

    fn configure(
        &self,
        config: config::Config,
        terraform_version: &str,
    ) -> Result<Configured<auth0::Client>, Diagnostics> {
        config::configure(config, &environment::process(), terraform_version)
    }

    fn origin(client: &auth0::Client) -> String {
        client.tenant().domain().to_owned()
    }
}
