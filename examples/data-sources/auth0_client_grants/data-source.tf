# Everybody who may call an API ...
data "auth0_client_grants" "invoices" {
  audience = "https://invoices.example.com"
}

output "callers_of_invoices" {
  value = toset(data.auth0_client_grants.invoices.client_grants[*].client_id)
}

# ... and everything that an application may call.
data "auth0_client_grants" "billing" {
  client_id    = "AaiyAPdpYdesoKnqjj8HJqRn4T5titww"
  subject_type = "client"
}

output "apis_of_billing" {
  value = { for grant in data.auth0_client_grants.billing.client_grants : grant.audience => grant.scopes }
}
