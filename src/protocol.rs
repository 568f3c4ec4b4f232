//! Terraform's plugin protocol: the process, its gRPC services, and nothing that decides what a call means.
//!
//! `serve` starts the process and finds a way to the host; `router` puts all services behind it; `service` answers
//! Terraform's own calls by translating (`convert`) to and from the framework's.

mod broker;
mod controller;
mod convert;
mod error_response;
mod health;
mod panic;
mod pending_stream;
mod router;
mod rpc;
pub mod serve;
mod service;
mod stdio;
#[doc(hidden)]
pub mod wire;

pub use router::Router;
