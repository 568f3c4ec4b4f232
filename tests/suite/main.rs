//! Everything that can be tested without a `terraform`.

#[path = "../support.rs"]
mod support;

mod auth0;
mod wire;
