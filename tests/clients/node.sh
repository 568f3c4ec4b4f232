#!/usr/bin/env bash
# The npm package `auth0`, unmodified, against the emulator over https. Needs node, npm and their registry.
source "$(dirname "$0")/tenant.sh"

npm install --silent --no-audit --no-fund --prefix "$folder" auth0@7.1.0
cp "$root/tests/clients/node.mjs" "$folder"
start_tenant node
NODE_EXTRA_CA_CERTS=$CA_FILE node "$folder/node.mjs"
