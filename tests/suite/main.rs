//! Everything that can be tested without a `terraform`.

mod conformance;
mod docs;
mod floors;
mod golden;
