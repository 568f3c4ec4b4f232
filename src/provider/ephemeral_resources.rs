//! Ephemeral resources, one file each.

pub(super) mod access_token;
pub(super) mod client_secret;
