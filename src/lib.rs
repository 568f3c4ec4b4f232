//! Terraform provider for the machine-to-machine side of Auth0.
pub mod auth0;
#[cfg(feature = "emulator")]
pub mod emulator;
