//! The plugin protocol, seen from the host's side: processes, and raw gRPC.
//!
//! Each test is named after its item of the conformance list in `docs/conformance.md`.

mod calls;
mod debug;
mod launch;
mod lifetime;
mod log;
mod odd;
mod panics;
mod services;
mod tls;
