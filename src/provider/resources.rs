//! Managed resources, one file each.

pub(super) mod client_grant;
pub(super) mod m2m_client;
