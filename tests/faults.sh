#!/usr/bin/env bash
# Every kind of request spoilt in every way, with timely and with late lists, and the provider killed at forty points of a
# run: about ten minutes. `cargo test` tries a sample. The counts are in docs/guides/reliability.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
FAULTS=${FAULTS:-all} KILLS=${KILLS:-40} cargo test --locked --test acceptance -- faults:: --nocapture
FAULTS=${FAULTS:-all} KILLS=${KILLS:-40} cargo test --locked --test acceptance -- kills:: --nocapture
