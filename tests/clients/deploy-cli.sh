#!/usr/bin/env bash
# The npm package `auth0-deploy-cli`, unmodified: exports a tenant, imports it into an empty one and exports that; both
# exports of clients, grants and APIs are the same. Needs node, npm and their registry.
source "$(dirname "$0")/tenant.sh"

need node npm curl
packages deploy-cli-8.44.0 npm install --silent --no-audit --no-fund --prefix . auth0-deploy-cli@8.44.0
deploy() { NODE_EXTRA_CA_CERTS=$CA_FILE "$packages/node_modules/.bin/a0deploy" "$@"; }
export AUTH0_INCLUDED_ONLY='["clients","clientGrants","resourceServers"]'
export AUTH0_PRESERVE_KEYWORDS=false AUTH0_ALLOW_DELETE=false

start_tenant first
request() { curl --silent --fail-with-body --cacert "$CA_FILE" --header 'content-type: application/json' "$@"; }
field() { sed -E 's/.*"'"$1"'":"([^"]*)".*/\1/'; }
base=https://$AUTH0_DOMAIN
token=$(request "$base/oauth/token" --data '{"grant_type":"client_credentials","client_id":"'"$AUTH0_CLIENT_ID"'",
  "client_secret":"'"$AUTH0_CLIENT_SECRET"'","audience":"'"$base/api/v2/"'"}' | field access_token)
create() { request "$base/api/v2/$1" --header "authorization: Bearer $token" --data "$2"; }
create resource-servers '{"name":"Shop","identifier":"https://shop","scopes":[{"value":"read:carts"}],"token_lifetime":60}' >/dev/null
create resource-servers '{"name":"Bank","identifier":"https://bank","signing_alg":"PS256"}' >/dev/null
for name in caller waiter; do
  id=$(create clients '{"name":"'"$name"'","app_type":"non_interactive","description":"'"$name"'",
    "client_metadata":{"team":"shop"},"grant_types":["client_credentials"]}' | field client_id)
  create client-grants '{"client_id":"'"$id"'","audience":"https://shop","scope":["read:carts"]}' >/dev/null
done
deploy export --format yaml --output_folder "$folder/before"

start_tenant second
deploy import --input_file "$folder/before/tenant.yaml"
deploy export --format yaml --output_folder "$folder/after"
diff --recursive --unified "$folder/before" "$folder/after"
grep -q 'name: waiter' "$folder/after/tenant.yaml"
echo "deploy-cli: all is well"
