//! Everything that can be tested without a `terraform`.

#[path = "../support.rs"]
mod support;

mod auth0;
mod conformance;
mod contract;
mod docs;
mod emulator;
mod emulator_api;
mod floors;
mod golden;
mod provider;
mod wire;
