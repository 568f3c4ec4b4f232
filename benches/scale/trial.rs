//! A provider on a tenant, and what each of Terraform's commands costs with it.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::{Value, json};
use terraform_provider_auth0::emulator::Builder;

use crate::configuration::Dialect;
use crate::process::{self, Usage};
use crate::support::tenant::Tenant;
use crate::support::terraform::cli::release;
use crate::support::terraform::state::{core_bytes, most_bytes};
use crate::support::terraform::{PROVIDER, Workspace};

/// A provider's program.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) program: PathBuf,
    pub(crate) dialect: Dialect,
}

impl Subject {
    pub(crate) fn ours() -> Self {
        Self { name: "ours", program: PROVIDER.into(), dialect: Dialect::Ours }
    }

    /// This program itself is the no-op provider when Terraform starts it.
    pub(crate) fn floor() -> Self {
        Self { name: "no-op", program: std::env::current_exe().unwrap(), dialect: Dialect::Ours }
    }
}

/// What a command took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures {
    /// With those that were refused, and those for tokens.
    pub(crate) requests: usize,
    /// 429.
    pub(crate) refused: usize,
    pub(crate) usage: Usage,
    /// Bytes of the state file afterwards.
    pub(crate) state: u64,
    /// Those of them that are Terraform's own.
    pub(crate) core_state: u64,
    /// The most that they may be for each pair.
    pub(crate) state_bar: u32,
}

/// A folder with a configuration of so many pairs, for a provider that can be exchanged.
pub(crate) struct Trial {
    pub(crate) workspace: Workspace,
    subject: Subject,
    parallelism: usize,
}

impl Trial {
    pub(crate) fn new(subject: Subject, tenant: Builder, parallelism: usize) -> Self {
        let tenant = Tenant::of(tenant.start());
        let workspace = Workspace::of(tenant, subject.dialect.source(), &subject.program);
        Self { workspace, subject, parallelism }
    }

    pub(crate) const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Goes on with another program for the same configuration and state.
    pub(crate) fn exchange(&mut self, subject: &Subject) {
        let link = self.workspace.path("plugins/terraform-provider-auth0");
        fs::remove_file(&link).unwrap();
        symlink(&subject.program, link).unwrap();
        self.subject = subject.clone();
    }

    /// Replaces the configuration by `count` pairs.
    pub(crate) fn pairs(&self, count: usize, note: &str) {
        self.workspace.config(&self.subject.dialect.pairs(count, note));
    }

    /// Creates, updates, or does nothing.
    pub(crate) fn apply(&self) -> Figures {
        self.run(&["apply", "-auto-approve"], &[0])
    }

    /// A plan, in which nothing is to be done.
    pub(crate) fn plan(&self) -> Figures {
        self.run(&["plan", "-detailed-exitcode"], &[0])
    }

    /// A plan, whatever it holds. Other providers may see differences where there are none.
    pub(crate) fn any_plan(&self) -> Figures {
        self.run(&["plan", "-detailed-exitcode"], &[0, 2])
    }

    pub(crate) fn destroy(&self) -> Figures {
        self.run(&["destroy", "-auto-approve"], &[0])
    }

    fn run(&self, arguments: &[&str], codes: &[i32]) -> Figures {
        self.workspace.tenant.forget_requests();
        let parallelism = format!("-parallelism={}", self.parallelism);
        let mut command = self.workspace.command(&[arguments, &["-input=false", &parallelism]].concat());
        let errors = self.workspace.path("errors");
        command.stdout(Stdio::null()).stderr(File::create(&errors).unwrap());
        let (status, usage) = process::run(&mut command, &self.subject.program);
        let code = status.code().unwrap_or(-1);
        let said: String = fs::read_to_string(errors).unwrap().chars().take(2_000).collect();
        assert!(codes.contains(&code), "{arguments:?} of {} ended with {code}: {said}", self.subject.name);
        let requests = self.workspace.tenant.logged();
        let refused = requests.iter().filter(|request| request.status == Some(429)).count();
        let state = self.workspace.state_file();
        let [of_state, of_core] = [state.len(), core_bytes(&state)].map(|bytes| bytes as u64);
        let state_bar = most_bytes(release(), &state).try_into().unwrap();
        Figures { requests: requests.len(), refused, usage, state: of_state, core_state: of_core, state_bar }
    }

    /// Brings tenant and state to `count` pairs without Terraform, for which that would take minutes. The first pair is real,
    /// and the others are like it; that they are as Terraform would have made them is shown by the empty plan that follows.
    pub(crate) fn fill(&self, count: usize, note: &str) {
        if self.workspace.state_file().is_empty() {
            self.pairs(1, note);
            self.apply();
        }
        let tenant = &self.workspace.tenant;
        let mut state: Value = serde_json::from_str(&self.workspace.state_file()).unwrap();
        let resources = state["resources"].as_array_mut().unwrap();
        resources.sort_by_key(|resource| resource["type"] == "auth0_client_grant");
        let [clients, grants] = resources.as_mut_slice() else { panic!("applications and grants") };
        let (clients, grants) =
            (clients["instances"].as_array_mut().unwrap(), grants["instances"].as_array_mut().unwrap());
        for index in clients.len()..count {
            let (mut client, mut grant) = (clients[0].clone(), grants[0].clone());
            let (name, description) = (format!("client {index}"), format!("number {index}, {note}"));
            let id = tenant.create("clients", &application(&name, &description))["client_id"].clone();
            let scopes = &grant["attributes"]["scopes"];
            let body = json!({ "client_id": id, "audience": tenant.management_api(), "scope": scopes });
            let of_grant = tenant.create("client-grants", &body)["id"].clone();
            let attributes = json!({ "id": id, "client_id": id, "name": name, "description": description });
            become_another(&mut client, index, &attributes);
            become_another(&mut grant, index, &json!({ "id": of_grant, "client_id": id }));
            clients.push(client);
            grants.push(grant);
        }
        self.workspace.file("terraform.tfstate", &serde_json::to_string_pretty(&state).unwrap());
        self.pairs(count, note);
    }
}

/// An application as the provider makes it from a name and a description.
pub(crate) fn application(name: &str, description: &str) -> Value {
    json!({
        "name": name,
        "description": description,
        "app_type": "non_interactive",
        "grant_types": ["client_credentials"],
        "token_endpoint_auth_method": "client_secret_post",
        "jwt_configuration": { "alg": "RS256", "lifetime_in_seconds": 36_000, "secret_encoded": false },
        "oidc_conformant": true,
        "is_first_party": true,
        "is_token_endpoint_ip_header_trusted": false,
        "require_proof_of_possession": false,
        "require_pushed_authorization_requests": false,
    })
}

/// Makes a copy of an instance of the state the one with this index.
fn become_another(instance: &mut Value, index: usize, attributes: &Value) {
    instance["index_key"] = json!(index);
    for (name, value) in attributes.as_object().unwrap() {
        instance["attributes"][name] = value.clone();
    }
}
