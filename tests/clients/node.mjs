// Creates, reads, lists, changes and deletes what the emulator imitates, through the package `auth0`.
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { ManagementClient } from "auth0";
import { AuthenticationClient } from "auth0/legacy";

const { AUTH0_DOMAIN: domain, AUTH0_CLIENT_ID: clientId, AUTH0_CLIENT_SECRET: clientSecret } = process.env;
const auth0 = new ManagementClient({ domain, clientId, clientSecret });

async function collect(page) {
  const items = [];
  for await (const item of page) items.push(item);
  return items;
}

async function refuses(promise, statusCode) {
  await assert.rejects(promise, (error) => error.statusCode === statusCode);
}

const api = await auth0.resourceServers.create({ identifier: "https://shop", scopes: [{ value: "read:carts" }] });
assert.equal((await auth0.resourceServers.get(api.id)).identifier, "https://shop");
assert.equal((await auth0.resourceServers.update(api.id, { token_lifetime: 60 })).token_lifetime, 60);
assert.ok((await collect(await auth0.resourceServers.list())).some(({ id }) => id === api.id));

const client = await auth0.clients.create({ name: "caller", app_type: "non_interactive" });
assert.equal((await auth0.clients.get(client.client_id)).name, "caller");
const changed = await auth0.clients.update(client.client_id, { client_metadata: { team: "shop" } });
assert.deepEqual(changed.client_metadata, { team: "shop" });
for (let n = 0; n < 5; n++) await auth0.clients.create({ name: `filler ${n}` });
const listed = await collect(await auth0.clients.list({ page: 0, per_page: 3, include_totals: true }));
assert.equal(new Set(listed.map(({ client_id }) => client_id)).size, 8);

const grant = await auth0.clientGrants.create({ client_id: client.client_id, audience: "https://shop", scope: [] });
await refuses(auth0.clientGrants.create({ client_id: client.client_id, audience: "https://shop", scope: [] }), 409);
assert.deepEqual((await auth0.clientGrants.update(grant.id, { scope: ["read:carts"] })).scope, ["read:carts"]);
assert.deepEqual((await collect(await auth0.clientGrants.list({ audience: "https://shop" }))).map(({ id }) => id), [grant.id]);

assert.equal((await collect(await auth0.clientGrants.list({ take: 1 }))).length, 2);
assert.equal((await collect(await auth0.resourceServers.list({ page: 0, per_page: 1, include_totals: true }))).length, 2);

const bySecret = new AuthenticationClient({ domain, clientId: client.client_id, clientSecret: client.client_secret });
const { data: token } = await bySecret.oauth.clientCredentialsGrant({ audience: "https://shop" });
assert.equal(token.expires_in, 60);
const rotated = await auth0.clients.rotateSecret(client.client_id);
assert.notEqual(rotated.client_secret, client.client_secret);
await refuses(bySecret.oauth.clientCredentialsGrant({ audience: "https://shop" }), 401);

const { publicKey, privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const key = await auth0.clients.credentials.create(client.client_id, { credential_type: "public_key", pem: publicKey, name: "key" });
assert.equal((await auth0.clients.credentials.get(client.client_id, key.id)).kid, key.kid);
assert.equal((await auth0.clients.credentials.list(client.client_id)).length, 1);
const expiry = "2099-01-01T00:00:00.000Z";
assert.equal((await auth0.clients.credentials.update(client.client_id, key.id, { expires_at: expiry })).expires_at, expiry);
await auth0.clients.update(client.client_id, {
  client_authentication_methods: { private_key_jwt: { credentials: [{ id: key.id }] } },
  token_endpoint_auth_method: null,
});
const byKey = new AuthenticationClient({
  domain,
  clientId: client.client_id,
  clientAssertionSigningKey: privateKey,
  clientAssertionSigningAlg: "RS256",
});
assert.equal((await byKey.oauth.clientCredentialsGrant({ audience: "https://shop" })).data.token_type, "Bearer");
await refuses(auth0.clients.credentials.delete(client.client_id, key.id), 400);
await auth0.clients.update(client.client_id, {
  client_authentication_methods: null,
  token_endpoint_auth_method: "client_secret_post",
});
await auth0.clients.credentials.delete(client.client_id, key.id);

await auth0.clientGrants.delete(grant.id);
await refuses(auth0.clientGrants.get(grant.id), 404);
await auth0.clients.delete(client.client_id);
await refuses(auth0.clients.get(client.client_id), 404);
await auth0.resourceServers.delete(api.id);
await refuses(auth0.resourceServers.get(api.id), 404);
console.log("node: all is well");
