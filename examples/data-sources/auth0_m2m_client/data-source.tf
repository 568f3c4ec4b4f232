# An application that another team manages, found by a name that only one application has ...
data "auth0_m2m_client" "billing" {
  name = "Billing worker"
}

# ... or by its client ID.
data "auth0_m2m_client" "reports" {
  client_id = "AaiyAPdpYdesoKnqjj8HJqRn4T5titww"
}

resource "auth0_client_grant" "billing_invoices" {
  client_id = data.auth0_m2m_client.billing.client_id
  audience  = "https://invoices.example.com"
  scopes    = ["read:invoices", "send:invoices"]
}
