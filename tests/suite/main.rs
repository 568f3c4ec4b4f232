//! Everything that can be tested without `terraform`.
mod auth0;
