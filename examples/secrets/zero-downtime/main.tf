# Two applications take turns, so that the consumer always has a secret that works: the idle one is rotated, the consumer is
# moved to it, and then the other is rotated.

variable "active" {
  description = "Which application the consumer uses, `blue` or `green`."
  type        = string
  default     = "blue"
}

variable "rotations" {
  description = "How often the secret of each application was rotated. Raise the number of the idle one."
  type        = map(number)
  default     = { blue = 1, green = 1 }
}

variable "audience" {
  description = "The API that the consumer calls."
  type        = string
}

resource "auth0_m2m_client" "worker" {
  for_each = var.rotations

  name = "Invoice worker (${each.key})"

  rotate_secret_when = {
    rotation = each.value
  }
}

resource "auth0_client_grant" "worker" {
  for_each = auth0_m2m_client.worker

  client_id = each.value.client_id
  audience  = var.audience
  scopes    = ["read:invoices"]
}

ephemeral "auth0_client_secret" "active" {
  # Nobody gets a secret before it may be used.
  client_id = auth0_client_grant.worker[var.active].client_id
}

# The consumer: here a file with its credentials.
resource "terraform_data" "consumer" {
  triggers_replace = [var.active, var.rotations[var.active]]

  provisioner "local-exec" {
    command = "umask 077 && printf '%s %s' \"$ID\" \"$SECRET\" > \"$FILE.new\" && mv \"$FILE.new\" \"$FILE\""

    environment = {
      FILE   = "${path.module}/credentials"
      ID     = auth0_m2m_client.worker[var.active].client_id
      SECRET = ephemeral.auth0_client_secret.active.client_secret
    }
  }
}
