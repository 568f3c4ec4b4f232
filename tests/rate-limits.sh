#!/usr/bin/env bash
# The rate limits of Auth0's plans with 100 applications and 100 grants: how many requests are refused, how long it takes, and
# what others on the tenant get. About fifteen minutes. `cargo test` does it with a few objects and without a clock.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
RATE_LIMITED_PAIRS=${RATE_LIMITED_PAIRS:-100} cargo test --locked --test acceptance -- limits:: --test-threads=1 --nocapture
