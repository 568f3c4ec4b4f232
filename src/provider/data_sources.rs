//! Data sources, one file each.

pub(super) mod m2m_client;
