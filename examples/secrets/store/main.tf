# The secret of a new application, in a secret store: a write-only argument takes it, so it is in no plan and in no state.
# The version changes with the keepers, so that a rotated secret is stored at once.

terraform {
  required_providers {
    auth0 = {
      source = "m2m/auth0"
    }
    aws = {
      source = "hashicorp/aws"
    }
  }
}

resource "auth0_m2m_client" "worker" {
  name = "Invoice worker"

  rotate_secret_when = {
    rotation = var.rotation
  }
}

ephemeral "auth0_client_secret" "worker" {
  client_id = auth0_m2m_client.worker.client_id
}

resource "aws_secretsmanager_secret_version" "worker" {
  secret_id                = "invoice-worker"
  secret_string_wo         = ephemeral.auth0_client_secret.worker.client_secret
  secret_string_wo_version = var.rotation
}

variable "rotation" {
  description = "Raise it to have another secret made and stored."
  type        = number
  default     = 1
}
