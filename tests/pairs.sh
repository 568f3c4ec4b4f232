#!/usr/bin/env bash
# A thousand random pairs of configurations, one applied after the other. `cargo test` compares fifty of them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PAIRS=${PAIRS:-1000} cargo test --locked --test acceptance -- pairs
