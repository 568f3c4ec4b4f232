#!/usr/bin/env bash
# A thousand random changes of keys, each with a random fault. `cargo test` makes a few of them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
KEYS=${KEYS:-1000} cargo test --locked --test acceptance -- keys::random
