"""Creates, reads, lists, changes and deletes what the emulator imitates, through the package `auth0-python`."""

import os

from auth0.authentication import GetToken
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

domain = os.environ["AUTH0_DOMAIN"]
auth0 = ManagementClient(
    domain=domain, client_id=os.environ["AUTH0_CLIENT_ID"], client_secret=os.environ["AUTH0_CLIENT_SECRET"]
)


def refused(status, act, *arguments, **settings):
    try:
        act(*arguments, **settings)
    except ApiError as error:
        assert error.status_code == status, error
    else:
        raise AssertionError(f"{act} was not refused")


api = auth0.resource_servers.create(identifier="https://shop", scopes=[{"value": "read:carts"}])
assert auth0.resource_servers.get(api.id).identifier == "https://shop"
assert auth0.resource_servers.update(api.id, token_lifetime=60).token_lifetime == 60
assert api.id in [item.id for item in auth0.resource_servers.list()]

client = auth0.clients.create(name="caller", app_type="non_interactive")
assert auth0.clients.get(client.client_id).name == "caller"
assert auth0.clients.update(client.client_id, client_metadata={"team": "shop"}).client_metadata == {"team": "shop"}
for number in range(5):
    auth0.clients.create(name=f"filler {number}")
assert len({item.client_id for item in auth0.clients.list(page=0, per_page=3, include_totals=True)}) == 8

grant = auth0.client_grants.create(client_id=client.client_id, audience="https://shop", scope=[])
refused(409, auth0.client_grants.create, client_id=client.client_id, audience="https://shop", scope=[])
assert auth0.client_grants.update(grant.id, scope=["read:carts"]).scope == ["read:carts"]
assert [item.id for item in auth0.client_grants.list(audience="https://shop")] == [grant.id]

assert len(list(auth0.client_grants.list(take=1))) == 2
assert len(list(auth0.resource_servers.list(page=0, per_page=1, include_totals=True))) == 2

by_secret = GetToken(domain, client.client_id, client_secret=client.client_secret)
assert by_secret.client_credentials("https://shop")["expires_in"] == 60
assert auth0.clients.rotate_secret(client.client_id).client_secret != client.client_secret

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
form = serialization.PublicFormat.SubjectPublicKeyInfo
public = key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()
private = key.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
pool = auth0.clients.credentials
credential = pool.create(client.client_id, credential_type="public_key", pem=public, name="key")
assert pool.get(client.client_id, credential.id).kid == credential.kid
assert len(pool.list(client.client_id)) == 1
assert pool.update(client.client_id, credential.id, expires_at="2099-01-01T00:00:00.000Z").expires_at.year == 2099
auth0.clients.update(
    client.client_id,
    client_authentication_methods={"private_key_jwt": {"credentials": [{"id": credential.id}]}},
    token_endpoint_auth_method=None,
)
by_key = GetToken(
    domain, client.client_id, client_assertion_signing_key=private, client_assertion_signing_alg="RS256"
)
assert by_key.client_credentials("https://shop")["token_type"] == "Bearer"
refused(400, pool.delete, client.client_id, credential.id)
auth0.clients.update(
    client.client_id, client_authentication_methods=None, token_endpoint_auth_method="client_secret_post"
)
pool.delete(client.client_id, credential.id)

auth0.client_grants.delete(grant.id)
refused(404, auth0.client_grants.get, grant.id)
auth0.clients.delete(client.client_id)
refused(404, auth0.clients.get, client.client_id)
auth0.resource_servers.delete(api.id)
refused(404, auth0.resource_servers.get, api.id)
print("python: all is well")
