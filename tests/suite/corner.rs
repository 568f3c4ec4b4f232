//! What Terraform may send to, and expect of, types that Auth0 has none of: the corner-case provider, over raw gRPC.

#![expect(clippy::unwrap_used, reason = "where something unexpected is met, the test ends")]

mod actions;
mod codec;
mod deferral;
mod ephemeral;
pub(crate) mod host;
mod malformed;
mod states;
mod unknowns;
mod write_only;
