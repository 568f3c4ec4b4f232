//! Actions, one file each.

pub(super) mod rotate_client_secret;
