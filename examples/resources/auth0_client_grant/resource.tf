resource "auth0_m2m_client" "reports" {
  name = "Nightly reports"
}

# The application may read users through the Management API, and do nothing else there.
resource "auth0_client_grant" "reports_read_users" {
  client_id = auth0_m2m_client.reports.client_id
  audience  = "https://example.eu.auth0.com/api/v2/"
  scopes    = ["read:users"]
}
