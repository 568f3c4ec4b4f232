resource "auth0_m2m_client" "reports" {
  name = "Nightly reports"
}

resource "auth0_client_grant" "reports" {
  client_id = auth0_m2m_client.reports.client_id
  audience  = "https://invoices.example.com"
  scopes    = ["read:invoices"]
}

ephemeral "auth0_client_secret" "reports" {
  client_id = auth0_m2m_client.reports.client_id
}

ephemeral "auth0_access_token" "reports" {
  client_id     = auth0_m2m_client.reports.client_id
  client_secret = ephemeral.auth0_client_secret.reports.client_secret
  audience      = auth0_client_grant.reports.audience
  scopes        = auth0_client_grant.reports.scopes
}

# Calls the API once, as the application will.
resource "terraform_data" "smoke_test" {
  triggers_replace = [auth0_client_grant.reports.id]

  provisioner "local-exec" {
    command = "echo calling $AUDIENCE with a token that ends at $EXPIRY"

    environment = {
      AUDIENCE = ephemeral.auth0_access_token.reports.claims.aud
      EXPIRY   = ephemeral.auth0_access_token.reports.expires_at
      TOKEN    = ephemeral.auth0_access_token.reports.access_token
    }
  }
}
