resource "auth0_m2m_client" "reports" {
  name = "Nightly reports"

  # Another year, another secret.
  rotate_secret_when = {
    year = "2026"
  }
}

ephemeral "auth0_client_secret" "reports" {
  client_id = auth0_m2m_client.reports.client_id
}

# Whoever runs the application gets the secret from the environment of a command.
resource "terraform_data" "deployment" {
  # The same keepers, so that a new secret is handed over at once.
  triggers_replace = [auth0_m2m_client.reports.client_id, auth0_m2m_client.reports.rotate_secret_when]

  provisioner "local-exec" {
    command = "echo deploying with a secret of $(printf %s \"$AUTH0_CLIENT_SECRET\" | wc -c) characters"

    environment = {
      AUTH0_CLIENT_SECRET = ephemeral.auth0_client_secret.reports.client_secret
    }
  }
}
