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

# The application's secret, read during a run. It is in no plan and in no state.
ephemeral "auth0_client_secret" "my_new_client" {
  client_id = auth0_client_grant.read_users.client_id
}

# Its consumer: here a file that only its owner can read.
resource "terraform_data" "consumer" {
  triggers_replace = [auth0_m2m_client.my_new_client.client_id]

  provisioner "local-exec" {
    command = "umask 077 && printf %s \"$SECRET\" > my-new-client.secret"

    environment = {
      SECRET = ephemeral.auth0_client_secret.my_new_client.client_secret
    }
  }
}
