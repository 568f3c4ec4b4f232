#!/usr/bin/env bash
# The npm package `auth0`, unmodified, against the emulator over https. Needs node, npm and their registry.
source "$(dirname "$0")/tenant.sh"

need node npm
packages node-7.1.0 npm install --silent --no-audit --no-fund --prefix . auth0@7.1.0
start_tenant node
# Modules are looked for beside the script.
cp "$root/tests/clients/node.mjs" "$packages"
NODE_EXTRA_CA_CERTS=$CA_FILE node "$packages/node.mjs"
