//! The plugin protocol, seen from the host's side: processes, and raw gRPC.
//!
//! Each test is named after its item in `contributing/conformance.md`.

#![expect(clippy::unwrap_used, reason = "where something unexpected is met, the test ends")]

mod calls;
mod debug;
mod launch;
mod lifetime;
mod log;
mod panics;
pub(crate) mod services;
mod tls;
