#!/usr/bin/env bash
# Half an hour (or as many minutes as the argument says) of applies and destroys with faults in between, with one provider
# process and one tenant for all of them: nothing may pile up. `SEED` chooses other faults, `SOAK_TLS=1` has TLS and HTTP/2
# in between. `cargo test` does one round.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
SOAK_MINUTES=${1:-30} cargo test --locked --test acceptance -- soak:: --nocapture
