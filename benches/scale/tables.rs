//! One table each.

pub(crate) mod few;
pub(crate) mod latency;
pub(crate) mod limits;
pub(crate) mod operations;
pub(crate) mod peer;
pub(crate) mod plan;
pub(crate) mod plot;
pub(crate) mod requests;
pub(crate) mod tf_provider;

use std::time::Duration;

/// What Terraform is started with where nothing else is asked for.
const PARALLELISM: usize = 10;

/// A time, for people.
fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

/// The one in the middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[expect(clippy::cast_precision_loss, reason = "for people, three digits are enough")]
fn each(bytes: u64, pairs: usize) -> f64 {
    bytes as f64 / pairs as f64
}
