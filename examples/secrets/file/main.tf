# The secret of a new application, in a file that only its owner can read. It is in no plan and in no state.

resource "auth0_m2m_client" "worker" {
  name = "Invoice worker"

  rotate_secret_when = {
    rotation = var.rotation
  }
}

ephemeral "auth0_client_secret" "worker" {
  client_id = auth0_m2m_client.worker.client_id
}

resource "terraform_data" "secret_file" {
  triggers_replace = [auth0_m2m_client.worker.client_id, auth0_m2m_client.worker.rotate_secret_when]

  provisioner "local-exec" {
    # Written beside the file and moved, so that a reader never sees half of it.
    command = "umask 077 && printf %s \"$SECRET\" > \"$FILE.new\" && mv \"$FILE.new\" \"$FILE\""

    environment = {
      FILE   = "${path.module}/worker.secret"
      SECRET = ephemeral.auth0_client_secret.worker.client_secret
    }
  }
}

variable "rotation" {
  description = "Change it to have another secret made, and the file written again."
  type        = string
  default     = "1"
}
