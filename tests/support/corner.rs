//! A provider with everything that no type of Auth0 has, on the same framework.
//!
//! Its service is a folder with an empty file for each object: what a file cannot say, the state does. Tests that have no
//! folder get a service that believes in every object.

mod block;
mod nested;
mod object;
mod rule;
mod slow;
mod spelling;
pub(crate) mod store;
mod thing;
mod value;
mod version;

use terraform_provider_auth0::diagnostic::Diagnostics;
use terraform_provider_auth0::framework::{Configured, Provider, Registry};
use terraform_provider_auth0::model;
use terraform_provider_auth0::schema::OPTIONAL;

use object::Objects;
use store::{Store, variable};

model! {
    /// Nothing to configure.
    pub(crate) struct Config {
        /// Nothing.
        nothing: Value<String> = OPTIONAL,
    }
}

/// See the module.
pub(crate) struct Corner;

impl Provider for Corner {
    const ADDRESS: &'static str = "registry.terraform.io/test/corner";
    const VERSION: &'static str = "0.0.0";
    type Config = Config;
    type Client = Store;

    fn registry(&self) -> Registry<Store> {
        assert!(variable("CORNER_BROKEN").is_none(), "broken beyond use");
        Registry::new()
            .resource(Objects::<block::Blocks>::new())
            .resource(Objects::<nested::Nested>::new())
            .resource(Objects::<rule::Ruled>::new())
            .resource(Objects::<spelling::Spelled>::new())
            .resource(Objects::<value::Values>::new())
            .resource(Objects::<version::Versioned>::new())
            .resource(slow::SlowResource)
            .resource(thing::ThingResource)
    }

    fn validate(&self, _: &Config) -> Diagnostics {
        Diagnostics::new()
    }

    fn configure(&self, _: Config, _: &str) -> Result<Configured<Store>, Diagnostics> {
        Ok(Configured::Ready(Store::new(variable("CORNER_STORE"))))
    }

    fn origin(_: &Store) -> String {
        "corner".to_owned()
    }
}
