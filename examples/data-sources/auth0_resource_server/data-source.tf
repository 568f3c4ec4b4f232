# An API that another team manages ...
data "auth0_resource_server" "invoices" {
  identifier = "https://invoices.example.com"
}

# ... and an application that may do all that only reads there.
resource "auth0_m2m_client" "reports" {
  name = "Invoice reports"
}

resource "auth0_client_grant" "reports_invoices" {
  client_id = auth0_m2m_client.reports.client_id
  audience  = data.auth0_resource_server.invoices.identifier
  scopes = [
    for scope in data.auth0_resource_server.invoices.scopes : scope.name if startswith(scope.name, "read:")
  ]
}
