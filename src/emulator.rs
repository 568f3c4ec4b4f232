//! Offline Auth0 tenant.
