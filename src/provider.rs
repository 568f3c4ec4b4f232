//! All types of this provider.

mod actions;
mod client_id;
mod config;
mod connection;
mod data_sources;
mod diagnosis;
mod environment;
mod ephemeral_resources;
mod mapping;
mod paste;
mod protection;
mod resources;
mod rotation;
mod update;

use connection::Connection;

use crate::{
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
    type Client = Connection;

    fn registry(&self) -> Registry<Connection> {
        Registry::new()
            .action(actions::rotate_client_secret::RotateClientSecretAction)
            .data_source(data_sources::client_grants::ClientGrantsDataSource)
            .data_source(data_sources::m2m_client::M2mClientDataSource)
            .data_source(data_sources::resource_server::ResourceServerDataSource)
            .ephemeral_resource(ephemeral_resources::access_token::AccessTokenEphemeralResource)
            .ephemeral_resource(ephemeral_resources::client_secret::ClientSecretEphemeralResource)
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
    ) -> Result<Configured<Connection>, Diagnostics> {
        config::configure(&config, &environment::process(), terraform_version)
    }

    fn origin(client: &Connection) -> String {
        client.tenant().domain().to_owned()
    }
}
