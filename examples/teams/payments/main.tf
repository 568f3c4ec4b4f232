# What the team "payments" runs, as services.yaml lists it.
terraform {
  required_version = ">= 1.11"

  required_providers {
    auth0 = {
      source = "m2m/auth0"
    }
  }
}

# Domain and credentials come from the environment.
provider "auth0" {}

locals {
  services = yamldecode(file("${path.module}/services.yaml"))
}

module "service" {
  source   = "../../modules/m2m-service"
  for_each = local.services

  name        = "payments: ${each.key}"
  description = try(each.value.description, null)
  apis        = each.value.apis
  metadata    = { team = "payments", repository = each.value.repository }
  token_quota = try(each.value.token_quota, null)
}

output "client_ids" {
  description = "Client ids by service."
  value       = { for name, service in module.service : name => service.client_id }
}
