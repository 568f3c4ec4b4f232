# A machine-to-machine application, and what it may call. `cargo run --release --example quickstart` applies this.

terraform {
  required_version = ">= 1.11"

  required_providers {
    auth0 = {
      source = "m2m/auth0"
    }
  }
}

# Domain and credentials come from AUTH0_DOMAIN, AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET.
provider "auth0" {}

resource "auth0_m2m_client" "my_new_client" {
  name = "my-new-client"

  jwt_configuration = {
    alg                 = "RS256"
    lifetime_in_seconds = var.lifetime_in_seconds
  }
}

resource "auth0_client_grant" "read_users" {
  client_id = auth0_m2m_client.my_new_client.client_id
  audience  = var.management_api
  scopes    = ["read:users"]
}
