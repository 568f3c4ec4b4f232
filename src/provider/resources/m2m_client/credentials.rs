//! The keys and certificates of an application: what one is, and how to get from those it has to those it should have.

#[allow(dead_code, unused_imports, reason = "the resource uses it next")]
mod material;
#[allow(dead_code, unused_imports, reason = "the resource uses it next")]
mod planner;
