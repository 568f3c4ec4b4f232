//! What tests of whole processes share.

#![expect(clippy::unwrap_used, reason = "where something unexpected is met, the test ends")]

#[path = "support/client.rs"]
pub(crate) mod client;
#[path = "support/identity.rs"]
pub(crate) mod identity;
#[path = "support/key.rs"]
pub(crate) mod key;
#[path = "support/plugin.rs"]
pub(crate) mod plugin;
