resource "auth0_m2m_client" "this" {
  name            = var.name
  description     = var.description
  client_metadata = var.metadata
  token_quota     = var.token_quota == null ? null : { client_credentials = var.token_quota }
}

resource "auth0_client_grant" "this" {
  for_each = var.apis

  client_id = auth0_m2m_client.this.client_id
  audience  = each.key
  scopes    = each.value
}
