# For scripts that source this: a tenant on https, a folder that goes away with the script, and packages that stay.
#
# A script that cannot run on this machine says why, and ends with 77.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
emulator=${EMULATOR:-$root/target/debug/auth0-emulator}
folder=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$folder"' EXIT

skip() {
  echo "    skipped: $*"
  exit 77
}

# need TOOL...: does nothing where all of them are there.
need() {
  local tool
  for tool; do
    command -v "$tool" >/dev/null || skip "$tool is not on the PATH"
  done
}

# packages NAME COMMAND...: sets `packages` to a folder, which the command, run in it, has filled in this run or an earlier one.
packages() {
  packages=$root/target/clients/$1
  shift
  [ -e "$packages/.complete" ] && return
  rm -rf "$packages"
  mkdir -p "$packages"
  (cd "$packages" && "$@") || skip "its packages cannot be fetched"
  touch "$packages/.complete"
}

# start_tenant NAME: starts an emulator and sets AUTH0_DOMAIN, AUTH0_CLIENT_ID, AUTH0_CLIENT_SECRET and CA_FILE.
start_tenant() {
  local announcement=$folder/$1.json
  "$emulator" --listen 127.0.0.1:0 --tls >"$announcement" &
  pids+=($!)
  for ((tries = 0; tries < 600; tries++)); do
    [ -s "$announcement" ] && break
    sleep 0.1
  done
  field() { sed -E 's/.*"'"$1"'":"([^"]*)".*/\1/' "$announcement"; }
  AUTH0_DOMAIN=$(field domain) AUTH0_CLIENT_ID=$(field client_id) AUTH0_CLIENT_SECRET=$(field client_secret)
  CA_FILE=$(field ca_file)
  export AUTH0_DOMAIN AUTH0_CLIENT_ID AUTH0_CLIENT_SECRET CA_FILE
}
