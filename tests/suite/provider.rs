//! The real provider over raw gRPC, on offline tenants: what the command line does not show.
//!
//! Each test is named after its item in `contributing/conformance.md`.

#![expect(clippy::unwrap_used, reason = "where something unexpected is met, the test ends")]

mod configuration;
mod host;
mod hostile;
mod plan;
mod schema;
mod secrets;
