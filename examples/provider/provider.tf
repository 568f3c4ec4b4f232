terraform {
  required_providers {
    auth0 = {
      source = "m2m/auth0"
    }
  }
}

# Each argument can also come from the environment: AUTH0_DOMAIN, AUTH0_CLIENT_ID, AUTH0_CLIENT_SECRET.
# The block can then be empty, or left out.
provider "auth0" {
  domain        = "example.eu.auth0.com"
  client_id     = "AaiyAPdpYdesoKnqjj8HJqRn4T5titww"
  client_secret = var.auth0_client_secret
}

variable "auth0_client_secret" {
  type      = string
  sensitive = true
}

# An application, and the scope of the Management API that it can use.
resource "auth0_m2m_client" "reports" {
  name = "Nightly reports"
}

resource "auth0_client_grant" "reports" {
  client_id = auth0_m2m_client.reports.client_id
  audience  = "https://example.eu.auth0.com/api/v2/"
  scopes    = ["read:users"]
}
