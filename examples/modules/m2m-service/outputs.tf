output "client_id" {
  description = "The client ID, with which the service requests tokens."
  value       = auth0_m2m_client.this.client_id
}

output "grants" {
  description = "The ids of the service's grants, by the identifier of the API."
  value       = { for audience, grant in auth0_client_grant.this : audience => grant.id }
}
