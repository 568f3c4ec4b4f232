# The secret of a new application, in the environment of the command that deploys it. It is in no plan and in no state, and
# Terraform does not show what the command prints.

resource "auth0_m2m_client" "worker" {
  name = "Invoice worker"
}

ephemeral "auth0_client_secret" "worker" {
  client_id = auth0_m2m_client.worker.client_id
}

resource "terraform_data" "deployment" {
  triggers_replace = [auth0_m2m_client.worker.client_id]

  provisioner "local-exec" {
    command = "./deploy.sh"

    environment = {
      AUTH0_CLIENT_ID     = auth0_m2m_client.worker.client_id
      AUTH0_CLIENT_SECRET = ephemeral.auth0_client_secret.worker.client_secret
    }
  }
}
