#!/usr/bin/env bash
# The three requests of README.md, as they stand there, by curl. Needs curl and jq.
source "$(dirname "$0")/tenant.sh"

need curl jq
curl --json 2>&1 | grep -q 'option --json: is unknown' && skip "this curl is older than 7.82 and has no --json"
awk '/^## /{ours = /^## Three requests/; next} /^```/{code = ours && /^```shell/; next} code' "$root/README.md" >"$folder/requests.sh"
grep -q '/oauth/token' "$folder/requests.sh"

start_tenant curl
export CURL_CA_BUNDLE=$CA_FILE
grant=$(bash -euo pipefail "$folder/requests.sh")
jq --exit-status '.scope == ["read:users"] and (.id | startswith("cgr_"))' <<<"$grant" >/dev/null
log=$(curl -sf "https://$AUTH0_DOMAIN/_emulator/requests" | jq --raw-output '.requests[] | "\(.method) \(.path) \(.status)"')
diff - <(echo "$log") <<'EXPECTED'
POST /oauth/token 200
POST /api/v2/clients 201
POST /api/v2/client-grants 201
EXPECTED
name=$(curl -sf "https://$AUTH0_DOMAIN/_emulator/state" |
  jq --raw-output --argjson grant "$grant" '.clients[] | select(.client_id == $grant.client_id).name')
[ "$name" = "Nightly reports" ]
echo "curl: all is well"
