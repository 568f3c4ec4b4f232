//! Faults that come at random.

use fastrand::Rng;
use serde_json::{Value, json};

/// One request in so many is spoiled.
const ONE_IN: u32 = 20;
/// No command asks for more.
const REQUESTS: u32 = 400;

/// Rules that spoil each of the next requests with the same chance.
pub(super) fn random(rng: &mut Rng) -> Vec<Value> {
    let mut rules: Vec<Value> = Vec::new();
    for request in 0..REQUESTS {
        if rng.u32(0..ONE_IN) == 0 {
            // A rule does not count the requests that those before it took.
            let skip = request - u32::try_from(rules.len()).unwrap();
            rules.push(json!({ "method": "*", "path": "*", "skip": skip, "action": action(rng) }));
        }
    }
    rules
}

/// What happens. An answer that makes a write look done when it is not would be no fault but a lie, so none does.
fn action(rng: &mut Rng) -> Value {
    let refusal = |status: u16, error: &str| json!({ "statusCode": status, "error": error, "message": "spoiled" });
    match rng.u8(0..10) {
        0 => json!({ "status": 429, "headers": { "retry-after": "1" }, "body": refusal(429, "Too Many Requests") }),
        1 => json!({ "status": 429 }),
        2 => json!({ "status": 500, "body": refusal(500, "Internal Server Error") }),
        3 => json!({ "status": 502 }),
        4 => json!({ "status": 503, "headers": { "content-type": "text/html" }, "body": "<html>busy</html>" }),
        5 => json!({ "drop": "before" }),
        6 => json!({ "drop": "after" }),
        7 => json!({ "truncate": 20 }),
        8 => json!({ "status": 401, "body": refusal(401, "Unauthorized") }),
        // Longer than the provider waits.
        _ => json!({ "delay_ms": 1_200 }),
    }
}
