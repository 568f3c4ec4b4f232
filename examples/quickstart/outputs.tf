output "client_id" {
  description = "By which the application asks for tokens."
  value       = auth0_m2m_client.my_new_client.client_id
}

output "grant_id" {
  description = "What a revocation, or an import elsewhere, has to name."
  value       = auth0_client_grant.read_users.id
}
