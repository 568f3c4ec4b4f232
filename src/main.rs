//! The provider plugin that Terraform starts.

use std::process::ExitCode;

use terraform_provider_auth0::{protocol::serve, provider::Auth0};

fn main() -> ExitCode {
    serve::run(Auth0)
}
