#!/usr/bin/env bash
# Runs all real clients, or those that are named: `tests/clients/all.sh curl go`. Those that cannot run here are skipped.
set -euo pipefail
cd "$(dirname "$0")"

(($#)) || set -- curl node python go deploy-cli
failed=0
for client; do
  echo "    $client"
  "./$client.sh" || { (($? == 77)) || failed=1; }
done
exit "$failed"
