//! Terraform provider for the machine-to-machine side of Auth0.
#[cfg(feature = "emulator")]
pub mod emulator;
pub mod protocol;
