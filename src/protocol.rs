//! Terraform's plugin protocol: the process and its gRPC services. Decides nothing about calls.
//!
//! `serve` starts the process and connects to the host. `router` has all services. `service` handles Terraform's calls:
//! it converts (`convert`) to and from the types of the framework.

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
