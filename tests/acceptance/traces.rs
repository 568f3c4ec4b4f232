//! Everything secret that there is, in one configuration, and every place where it must not show.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;
use terraform_provider_auth0::emulator::Action;

use crate::support::key;
use crate::support::tenant::Tenant;
use crate::support::terraform::{Run, Workspace};

super::trials![item_040_no_secret_leaves_a_trace_anywhere];

/// Each feature that has to do with secrets.
const CONFIG: &str = r#"
terraform {
  required_providers {
    auth0  = { source = "m2m/auth0" }
    corner = { source = "test/corner" }
  }
}

variable "management_api" {}
variable "key_client" {}
variable "rotation" { default = "1" }
variable "broken" { default = "no" }
variable "is_asserted" { default = false }

variable "supplied" {
  type      = string
  ephemeral = true
}

variable "key" {
  type      = string
  ephemeral = true
}

variable "assertion" {
  type      = string
  ephemeral = true
  default   = null
}

resource "auth0_m2m_client" "supplied" {
  name                     = "supplied"
  client_secret_wo         = var.supplied
  client_secret_wo_version = var.rotation
}

resource "auth0_m2m_client" "rotated" {
  name               = "rotated"
  rotate_secret_when = { rotation = var.rotation }
}

resource "auth0_client_grant" "rotated" {
  client_id = auth0_m2m_client.rotated.client_id
  audience  = var.management_api
  scopes    = ["read:users", "create:clients", "read:clients", "update:clients", "delete:clients"]
}

ephemeral "auth0_client_secret" "rotated" {
  client_id = auth0_client_grant.rotated.client_id
}

ephemeral "auth0_access_token" "by_secret" {
  client_id     = auth0_client_grant.rotated.client_id
  client_secret = ephemeral.auth0_client_secret.rotated.client_secret
  audience      = var.management_api
}

ephemeral "auth0_access_token" "by_key" {
  client_id                    = var.key_client
  client_assertion_private_key = var.key
  audience                     = var.management_api
}

ephemeral "auth0_access_token" "by_assertion" {
  count            = var.is_asserted ? 1 : 0
  client_assertion = var.assertion
  audience         = var.management_api
}

provider "auth0" {
  alias     = "by_token"
  api_token = ephemeral.auth0_access_token.by_secret.access_token
}

resource "auth0_m2m_client" "by_token" {
  provider = auth0.by_token
  name     = "by token"
}

provider "corner" {
  passphrase = ephemeral.auth0_access_token.by_key.access_token
}

resource "corner_secret" "kept" {
  purpose          = var.broken
  value_wo         = ephemeral.auth0_client_secret.rotated.client_secret
  value_wo_version = var.rotation
  parts            = [{ value_wo = ephemeral.auth0_access_token.by_secret.access_token }]
}

resource "terraform_data" "consumer" {
  triggers_replace = [var.rotation]

  provisioner "local-exec" {
    command = "sleep 0.2 && echo $SECRET $TOKEN && test -n \"$SECRET\" && test -n \"$TOKEN\""

    environment = {
      SECRET = ephemeral.auth0_client_secret.rotated.client_secret
      TOKEN  = ephemeral.auth0_access_token.by_key.access_token
    }
  }
}
"#;

/// What was shown: on the terminal, and in the list of processes meanwhile.
#[derive(Default)]
struct Shown {
    terminal: String,
    processes: BTreeSet<String>,
}

impl Shown {
    fn add(&mut self, (run, processes): (Run, BTreeSet<String>)) -> Run {
        self.terminal.push_str(&run.stdout);
        self.terminal.push_str(&run.stderr);
        self.processes.extend(processes);
        run
    }
}

fn item_040_no_secret_leaves_a_trace_anywhere() {
    let corner = std::env::current_exe().unwrap();
    let terraform = Workspace::beside("registry.terraform.io/test/corner", &corner);
    let tenant = Tenant::start_watching();
    terraform.point_at(&tenant);
    let key_client = tenant.create("clients", &key::application("RS256"));
    let key_client = key_client["client_id"].as_str().unwrap();
    let audience = tenant.management_api();
    let grant = json!({ "client_id": key_client, "audience": audience, "scope": ["read:users"] });
    tenant.create("client-grants", &grant);

    terraform.file("objects/.keep", "");
    terraform.env("CORNER_STORE", terraform.path("objects").to_str().unwrap());
    terraform.env("TF_VAR_key_client", key_client);
    terraform.env("TF_VAR_key", &key::private_pem());
    terraform.env("TF_VAR_supplied", "supplied-s3cret-1");
    terraform.file("versions.tf", "");
    terraform.config(CONFIG);
    terraform.log_at("trace");
    let mut shown = Shown::default();

    let apply = ["apply", "-auto-approve", "-input=false"];
    shown.add(observed(&terraform, &apply)).success();
    terraform.env("TF_VAR_rotation", "2");
    terraform.env("TF_VAR_supplied", "supplied-s3cret-2");
    terraform.env("TF_VAR_is_asserted", "true");
    terraform.env("TF_VAR_assertion", &key::assertion(key_client, tenant.url(), 0));
    let plan = terraform.plan();
    // The plan has used its assertion, so the apply needs another one.
    let plans = [terraform.plan_file(), plan.json().to_string()].concat();
    terraform.env("TF_VAR_assertion", &key::assertion(key_client, tenant.url(), 0));
    let applied = shown.add(observed(&terraform, &["apply", "-input=false", "plan.tfplan"]));
    applied.success();
    terraform.env("TF_VAR_is_asserted", "");
    let rotated = terraform.text("auth0_m2m_client.rotated", "client_id");
    assert_eq!(tenant.secret(&terraform.text("auth0_m2m_client.supplied", "client_id")), "supplied-s3cret-2");

    // Failures, and an unexpected end.
    terraform.env("TF_VAR_rotation", "3");
    terraform.env("TF_VAR_broken", "refused");
    tenant.refuse("PATCH", "/api/v2/clients/*", 400, "invalid_body", "Too short on property client_secret");
    shown.add(observed(&terraform, &apply)).failure();
    tenant.spoil_times(9, "POST", "/api/v2/clients/*/rotate-secret", Action::delay_ms(600_000));
    terraform.env("TF_VAR_rotation", "4");
    let crashed = crashed(&terraform, &apply, &tenant, "POST /api/v2/clients/{id}/rotate-secret");
    assert!(crashed.stderr.contains("Plugin did not respond"), "{}", crashed.stderr);
    shown.add((crashed, BTreeSet::new())).failure();
    tenant.spoil_no_more();
    terraform.env("TF_VAR_broken", "no");
    shown.add(observed(&terraform, &apply)).success();
    let stored = fs::read_to_string(terraform.path(&format!("objects/{}", terraform.text("corner_secret.kept", "id"))));
    assert!(stored.unwrap().starts_with(&tenant.secret(&rotated)), "all of it has worked");
    let states =
        [terraform.state_file(), fs::read_to_string(terraform.path("terraform.tfstate.backup")).unwrap()].concat();
    shown.add(observed(&terraform, &["destroy", "-auto-approve", "-input=false"])).success();

    let mut secrets = tenant.secrets_seen();
    let tokens = secrets.iter().filter(|secret| secret.starts_with("eyJ")).count();
    assert!(tokens >= 10 && secrets.len() >= 20, "{tokens} of {}", secrets.len());
    secrets.extend(["supplied-s3cret-1", "supplied-s3cret-2"].map(str::to_owned));
    secrets.extend(key::private_pem().lines().filter(|line| line.len() == 64).map(str::to_owned));
    let log = terraform.log();
    assert!(log.contains("OpenEphemeralResource") && log.contains("rotate-secret"), "the providers' trace is in it");
    assert!(plans.contains("auth0_access_token") && states.contains("rotate_secret_when"));
    assert!(shown.processes.iter().any(|line| line.contains("terraform-provider-auth0")), "{:?}", shown.processes);
    assert!(shown.processes.iter().any(|line| line.contains("echo $SECRET")), "{:?}", shown.processes);
    let processes = Vec::from_iter(shown.processes).concat();
    for (place, text) in [
        ("states", &states),
        ("plans", &plans),
        ("log", &log),
        ("terminal", &shown.terminal),
        ("processes", &processes),
    ] {
        for secret in &secrets {
            let found = text.find(secret.as_str()).map(|at| text[at.saturating_sub(300)..at].to_owned());
            assert_eq!(found, None, "a secret is in the {place}");
        }
    }
}

/// Runs a command, and watches the list of processes meanwhile.
fn observed(terraform: &Workspace, arguments: &[&str]) -> (Run, BTreeSet<String>) {
    let mut seen = BTreeSet::new();
    let run = terraform.run_watched(arguments, |_| {
        seen.extend(processes().into_iter().map(|process| process.command));
    });
    (run, seen)
}

/// Runs a command, whose provider comes to a violent end once the tenant has been asked `request`.
fn crashed(terraform: &Workspace, arguments: &[&str], tenant: &Tenant, request: &str) -> Run {
    tenant.forget_requests();
    let mut is_done = false;
    terraform.run_watched(arguments, |group| {
        if !is_done && tenant.requests().iter().any(|asked| asked == request) {
            let providers = processes()
                .into_iter()
                .filter(|process| process.group == group && process.command.contains("terraform-provider-auth0"));
            providers.for_each(|process| kill(Pid::from_raw(process.id), Signal::SIGABRT).unwrap());
            is_done = true;
        }
    })
}

struct Process {
    id: i32,
    group: i32,
    command: String,
}

/// Every process with its arguments.
fn processes() -> Vec<Process> {
    let output = Command::new("ps").args(["-A", "-o", "pid=,pgid=,args="]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let process = |line: &str| {
        let (id, rest) = line.trim_start().split_once(' ')?;
        let (group, command) = rest.trim_start().split_once(' ')?;
        Some(Process { id: id.parse().ok()?, group: group.parse().ok()?, command: command.to_owned() })
    };
    text.lines().filter_map(process).collect()
}
