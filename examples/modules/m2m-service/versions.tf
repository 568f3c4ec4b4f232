terraform {
  required_version = ">= 1.11"

  required_providers {
    auth0 = {
      source  = "m2m/auth0"
      version = ">= 0.1.0"
    }
  }
}
