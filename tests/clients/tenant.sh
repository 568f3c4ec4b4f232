# A tenant on https for a script that sources this, and a folder for what it installs; both go away with the script.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
emulator=${EMULATOR:-$root/target/debug/auth0-emulator}
folder=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$folder"' EXIT

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
