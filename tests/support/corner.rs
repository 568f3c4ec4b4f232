//! A provider with everything that no type of Auth0 has, on the same framework.
//!
//! Its service is a folder with an empty file for each object: what a file cannot say, the state does. Tests that have no
//! folder get a service that believes in every object.

mod block;
pub(crate) mod lease;
mod nested;
mod object;
mod rule;
mod secret;
mod slow;
mod spelling;
pub(crate) mod store;
mod thing;
mod value;
mod version;
mod work;

use terraform_provider_auth0::diagnostic::{Diagnostic, Diagnostics};
use terraform_provider_auth0::framework::{Configured, Provider, Registry};
use terraform_provider_auth0::model;
use terraform_provider_auth0::schema::OPTIONAL;
use terraform_provider_auth0::value::Value;

use object::Objects;
use store::{Store, variable};

model! {
    /// Little to configure.
    pub(crate) struct Config {
        /// What the store is opened with.
        passphrase: Value<String> = OPTIONAL.sensitive(),
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
            .action(work::WorkAction)
            .ephemeral_resource(lease::LeaseResource)
            .resource(secret::SecretResource)
            .resource(slow::SlowResource)
            .resource(thing::ThingResource)
    }

    fn validate(&self, _: &Config) -> Diagnostics {
        Diagnostics::new()
    }

    fn configure(&self, config: Config, _: &str) -> Result<Configured<Store>, Diagnostics> {
        let store = Store::new(variable("CORNER_STORE"));
        match config.passphrase {
            Value::Unknown => return Ok(Configured::Unknown),
            Value::Known(passphrase) => store.note(&format!("opened with {passphrase}")),
            Value::Null => {}
        }
        Ok(Configured::Ready(store))
    }

    fn origin(_: &Store) -> String {
        "corner".to_owned()
    }
}

fn problem(summary: &str) -> Diagnostic {
    Diagnostic::error(summary, "So it was asked for.")
}
