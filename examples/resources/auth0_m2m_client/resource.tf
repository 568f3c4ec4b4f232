# Everything that is left out has its default: a client secret in the request's body, RS256, 36,000 seconds.
resource "auth0_m2m_client" "reports" {
  name = "Nightly reports"
}

resource "auth0_m2m_client" "billing" {
  name        = "Billing worker"
  description = "Sends the invoices of the month"
  logo_uri    = "https://example.com/billing.png"

  authentication_method = "client_secret_basic"

  jwt_configuration = {
    alg                 = "RS256"
    lifetime_in_seconds = 3600
  }

  client_metadata = {
    team        = "finance"
    cost_centre = "4711"
  }

  # A runaway job gets no more than this.
  token_quota = {
    client_credentials = {
      per_hour = 60
      per_day  = 500
    }
  }
}

output "billing_client_id" {
  value = auth0_m2m_client.billing.client_id
}
