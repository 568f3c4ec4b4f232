//! Data sources, one file each.

pub(super) mod client_grants;
pub(super) mod m2m_client;
pub(super) mod resource_server;
