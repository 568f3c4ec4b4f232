//! Terraform's plugin protocol: the process, its gRPC services, and nothing that decides what a call means.
//!
//! `serve` starts the process and finds a way to the host; `router` puts all services behind it; `service` answers
//! Terraform's own calls by translating (`convert`) to and from the framework's.

mod broker;
mod call;
mod controller;
mod convert;
mod health;
mod panic;
mod refusal;
mod router;
pub mod serve;
mod service;
mod silence;
mod stdio;
#[doc(hidden)]
pub mod wire;

pub use router::Router;
