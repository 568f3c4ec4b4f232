#!/usr/bin/env bash
# What the acceptance tests write to their tenants, as FOLDER/TEST.jsonl: a line for each POST, PATCH and DELETE, without ids,
# ports, secrets and times. Two builds that send the same give equal folders: `diff -r BEFORE AFTER`.
set -euo pipefail
folder=$(realpath -m "${1:?usage: tests/bodies.sh FOLDER}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# What these send depends on chance, or on the moment of a signal or a kill.
left_out=(faults:: interrupt:: kills:: soak::)
rm -f "$folder"/*.jsonl
RECORD_BODIES=$folder cargo test --locked --test acceptance -- "${left_out[@]/#/--skip=}"
