#!/usr/bin/env bash
# Twenty rotations beside a program that asks for tokens, and a thousand random changes of keys, each with a random
# fault. `cargo test` makes a few of both.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
ROTATIONS=${ROTATIONS:-20} cargo test --locked --test acceptance -- keys::users::rotates
KEYS=${KEYS:-1000} cargo test --locked --test acceptance -- keys::failures::random
