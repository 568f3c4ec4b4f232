terraform {
  required_providers {
    auth0 = {
      source = "m2m/auth0"
    }
  }
}

# Without a `provider` block, or with an empty one, everything comes from the environment:
# AUTH0_DOMAIN, AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET.
provider "auth0" {
  domain        = "example.eu.auth0.com"
  client_id     = "AaiyAPdpYdesoKnqjj8HJqRn4T5titww"
  client_secret = var.auth0_client_secret
}

variable "auth0_client_secret" {
  type      = string
  sensitive = true
}
