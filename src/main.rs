//! Terraform provider for the machine-to-machine side of Auth0.

use std::process::ExitCode;

use terraform_provider_auth0::diagnostic::Diagnostics;
use terraform_provider_auth0::framework::{Configured, Provider, Registry};
use terraform_provider_auth0::protocol::serve;

terraform_provider_auth0::model! {
    /// Nothing.
    struct Config {
        /// Nothing.
        domain: Value<String> = terraform_provider_auth0::schema::OPTIONAL,
    }
}

struct Empty;

impl Provider for Empty {
    const ADDRESS: &'static str = "registry.terraform.io/m2m/auth0";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Config = Config;
    type Client = ();

    fn registry(&self) -> Registry<()> {
        Registry::new()
    }

    fn validate(&self, _: &Config) -> Diagnostics {
        Diagnostics::new()
    }

    fn configure(&self, _: Config, _: &str) -> Result<Configured<()>, Diagnostics> {
        Ok(Configured::Ready(()))
    }

    fn origin((): &()) -> String {
        String::new()
    }
}

fn main() -> ExitCode {
    serve::run(Empty)
}
