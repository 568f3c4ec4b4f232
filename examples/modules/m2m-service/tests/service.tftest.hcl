# Runs against the tenant that the environment names. `auth0-emulator` will do.

run "tenant" {
  module {
    source = "./tests/setup"
  }
}

run "a_service_gets_its_application_and_grants" {
  variables {
    name     = "m2m-service test"
    apis     = { (run.tenant.management_api) = ["read:users", "read:clients"] }
    metadata = { team = "platform" }
  }

  assert {
    condition     = auth0_m2m_client.this.name == "m2m-service test" && auth0_m2m_client.this.client_metadata.team == "platform"
    error_message = "The application is not named and labelled as wanted."
  }

  assert {
    condition     = auth0_client_grant.this[run.tenant.management_api].scopes == toset(["read:clients", "read:users"])
    error_message = "The grant has other scopes."
  }

  assert {
    condition     = auth0_client_grant.this[run.tenant.management_api].client_id == output.client_id
    error_message = "The grant is somebody else's."
  }
}

run "scopes_and_quota_change_in_place" {
  variables {
    name        = "m2m-service test"
    apis        = { (run.tenant.management_api) = ["read:users"] }
    token_quota = { per_hour = 60 }
  }

  assert {
    condition     = output.client_id == run.a_service_gets_its_application_and_grants.client_id
    error_message = "The application was replaced."
  }

  assert {
    condition     = output.grants == run.a_service_gets_its_application_and_grants.grants
    error_message = "The grant was replaced."
  }

  assert {
    condition     = auth0_m2m_client.this.token_quota.client_credentials.per_hour == 60
    error_message = "The quota is not set."
  }

  assert {
    condition     = length(coalesce(auth0_m2m_client.this.client_metadata, {})) == 0
    error_message = "The metadata of before are still there."
  }
}

run "a_service_without_an_api_is_refused" {
  command = plan

  variables {
    name = "m2m-service test"
    apis = {}
  }

  expect_failures = [var.apis]
}

run "what_auth0_would_refuse_is_refused_before" {
  command = plan

  variables {
    name        = "<service>"
    apis        = { "https://api.example.com" = ["read users"] }
    token_quota = {}
  }

  expect_failures = [var.name, var.apis, var.token_quota]
}
