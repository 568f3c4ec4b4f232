//! What tests of whole processes share.

#[path = "support/client.rs"]
pub(crate) mod client;
#[path = "support/identity.rs"]
pub(crate) mod identity;
#[path = "support/plugin.rs"]
pub(crate) mod plugin;
