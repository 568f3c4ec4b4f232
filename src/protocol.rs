//! Terraform's plugin protocol.
#[doc(hidden)]
pub mod wire;
