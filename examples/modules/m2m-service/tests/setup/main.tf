# The Management API of the tenant: the one API that every tenant has, found by the grant of the application that runs the test.
terraform {
  required_providers {
    auth0 = {
      source = "m2m/auth0"
    }
  }
}

data "auth0_client_grants" "all" {
  subject_type = "client"
}

output "management_api" {
  value = [for grant in data.auth0_client_grants.all.client_grants : grant.audience if endswith(grant.audience, "/api/v2/")][0]
}
