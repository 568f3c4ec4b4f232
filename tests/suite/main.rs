//! Everything that can be tested without a `terraform`.

/// What these tests use of what all tests share.
#[path = "../support"]
#[expect(clippy::unwrap_used, reason = "where something unexpected is met, the test ends")]
mod support {
    pub(crate) mod client;
    pub(crate) mod corner;
    pub(crate) mod identity;
    pub(crate) mod key;
    pub(crate) mod plugin;
}

mod auth0;
mod conformance;
mod contract;
mod corner;
mod docs;
mod emulator;
mod emulator_api;
mod floors;
mod fuzz;
mod golden;
mod links;
mod messages;
mod provider;
mod wire;
