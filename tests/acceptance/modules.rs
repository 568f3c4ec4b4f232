//! Configurations shared between teams.

use crate::support::terraform::Workspace;

super::trials![a_module_used_twice_makes_two_of_everything, objects_can_be_made_in_numbers];

/// An application and its permission, to be had under any name.
const MODULE: &str = r#"
terraform {
  required_providers {
    auth0 = { source = "m2m/auth0" }
  }
}

variable "name" { type = string }
variable "audience" { type = string }
variable "scopes" { type = set(string) }
variable "jwt" {
  type    = object({ alg = optional(string), lifetime_in_seconds = optional(number) })
  default = null
}

resource "auth0_m2m_client" "this" {
  name              = var.name
  jwt_configuration = var.jwt
}

resource "auth0_client_grant" "this" {
  client_id = auth0_m2m_client.this.client_id
  audience  = var.audience
  scopes    = var.scopes
}

output "client_id" { value = auth0_m2m_client.this.client_id }
"#;

fn a_module_used_twice_makes_two_of_everything() {
    let terraform = Workspace::new();
    terraform.file("caller/main.tf", MODULE);
    terraform.config(
        r#"
        module "reader" {
          source   = "./caller"
          name     = "reader"
          audience = var.management_api
          scopes   = ["read:users"]
        }

        module "writer" {
          source   = "./caller"
          name     = "writer"
          audience = var.management_api
          scopes   = ["read:users", "update:users"]
          jwt      = { lifetime_in_seconds = 60 }
        }
        "#,
    );
    terraform.run(&["get"]).success();
    terraform.apply();
    let reader = terraform.text("module.reader.auth0_m2m_client.this", "id");
    let writer = terraform.text("module.writer.auth0_m2m_client.this", "id");
    assert_ne!(reader, writer);
    assert_eq!(terraform.text("module.writer.auth0_client_grant.this", "client_id"), writer);
    let jwt = |module: &str| {
        terraform.attributes(&format!("module.{module}.auth0_m2m_client.this"))["jwt_configuration"].clone()
    };
    assert_eq!(jwt("reader")["lifetime_in_seconds"], 36000, "null means the default");
    assert_eq!(jwt("writer")["lifetime_in_seconds"], 60);
    terraform.destroy();
    assert!(terraform.tenant.clients("reader").is_empty() && terraform.tenant.clients("writer").is_empty());
}

fn objects_can_be_made_in_numbers() {
    let terraform = Workspace::new();
    terraform.config(
        r#"
        resource "auth0_m2m_client" "a" {
          for_each    = toset(["one", "two", "three"])
          name        = each.key
          description = "Number ${each.key}"
        }

        resource "auth0_client_grant" "a" {
          for_each  = auth0_m2m_client.a
          client_id = each.value.client_id
          audience  = var.management_api
          scopes    = ["read:users"]
        }
        "#,
    );
    terraform.apply();
    assert_eq!(terraform.addresses().len(), 6);
    let posts = |run: &[String]| run.iter().filter(|request| request.starts_with("POST /api/")).count();
    let repeated = terraform.try_apply(&[]).success();
    assert_eq!(posts(&repeated.requests), 0);
}
