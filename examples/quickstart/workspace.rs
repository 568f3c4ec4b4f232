//! A temporary folder in which Terraform works, and finds the provider that was just built.

use std::collections::BTreeMap;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Output, Stdio};
use std::{fs, io};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use super::Failure;
use super::interrupt::{Interrupt, Interrupted};
use super::narrator::Narrator;
use super::plan::Plan;
use super::tenant::Tenant;
use super::terraform::Terraform;

/// Nothing outside this folder is touched.
pub(crate) struct Workspace<'a> {
    folder: TempDir,
    terraform: &'a Terraform,
    tenant: &'a Tenant,
    interrupt: &'a Interrupt,
}

/// What `outputs.tf` declares.
pub(crate) struct Outputs {
    pub(crate) client_id: String,
    pub(crate) grant_id: String,
}

const CONFIGURATION: [&str; 3] = ["main.tf", "outputs.tf", "variables.tf"];
const PLAN: &str = "plan.tfplan";
const STATE: &str = "terraform.tfstate";
/// Where `main.tf` has the client's secret put.
const SECRET: &str = "my-new-client.secret";

impl<'a> Workspace<'a> {
    pub(crate) fn create(
        terraform: &'a Terraform,
        provider: &Path,
        tenant: &'a Tenant,
        interrupt: &'a Interrupt,
    ) -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("auth0-quickstart-").tempdir()?;
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart");
        for file in CONFIGURATION {
            fs::copy(source.join(file), folder.path().join(file))?;
        }
        let variables = json!({ "management_api": tenant.management_api() });
        fs::write(folder.path().join("terraform.tfvars.json"), variables.to_string())?;

        // Terraform runs the first file of an override's folder that has the provider's name, so it gets one to itself.
        let plugins = folder.path().join("plugins");
        fs::create_dir(&plugins)?;
        symlink(provider, plugins.join("terraform-provider-auth0"))?;
        let overrides = format!("dev_overrides {{ \"m2m/auth0\" = \"{}\" }}", plugins.display());
        let overrides = format!("provider_installation {{\n  {overrides}\n  direct {{}}\n}}\n");
        fs::write(folder.path().join("cli.tfrc"), overrides)?;
        Ok(Self { folder, terraform, tenant, interrupt })
    }

    /// Plans, and keeps the plan for `apply`.
    pub(crate) async fn plan(&self, narrator: &Narrator, variables: &[&str]) -> Result<Plan, Failure> {
        let shown = self.shown("plan", variables);
        narrator.wait(&shown, self.run("plan", &[&["-out", PLAN], variables].concat())).await?;
        let plan = self.run("show", &["-json", PLAN]).await?;
        Ok(Plan::read(&plan.stdout)?)
    }

    /// Applies the last plan.
    pub(crate) async fn apply(&self, narrator: &Narrator) -> Result<(), Failure> {
        narrator.wait(&self.shown("apply", &[]), self.run("apply", &[PLAN])).await?;
        Ok(())
    }

    /// Whether a plan would change nothing.
    pub(crate) async fn is_up_to_date(&self, narrator: &Narrator, variables: &[&str]) -> Result<bool, Failure> {
        let arguments = [&["-detailed-exitcode"], variables].concat();
        let planned = narrator.wait(&self.shown("plan", &arguments), self.attempt("plan", &arguments)).await?;
        match planned.status.code() {
            Some(0) => Ok(true),
            Some(2) => Ok(false),
            _ => Err(failed(&self.shown("plan", &arguments), &planned)),
        }
    }

    pub(crate) async fn destroy(&self, narrator: &Narrator) -> Result<(), Failure> {
        narrator.wait(&self.shown("destroy", &[]), self.run("destroy", &["-auto-approve"])).await?;
        Ok(())
    }

    pub(crate) async fn outputs(&self) -> Result<Outputs, Failure> {
        let output = self.run("output", &["-json"]).await?;
        let outputs: Value = serde_json::from_slice(&output.stdout)?;
        let text = |name: &str| outputs[name]["value"].as_str().map(str::to_owned).ok_or(format!("no output `{name}`"));
        Ok(Outputs { client_id: text("client_id")?, grant_id: text("grant_id")? })
    }

    /// The client's secret, as its consumer has it, and whether nobody else can read it.
    pub(crate) fn secret(&self) -> io::Result<(SecretString, bool)> {
        let file = self.folder.path().join(SECRET);
        let is_private = fs::metadata(&file)?.permissions().mode().trailing_zeros() >= 6;
        Ok((fs::read_to_string(file)?.into(), is_private))
    }

    /// The state as it is on the disk.
    pub(crate) fn state(&self) -> io::Result<String> {
        fs::read_to_string(self.folder.path().join(STATE))
    }

    /// Removes what is left of the story. Where that fails, the folder stays, since only its state knows what is left.
    pub(crate) async fn clear(self, narrator: &Narrator) -> Result<(), Failure> {
        let left = self.resources();
        if !left.is_empty() {
            narrator.chapter("Clear up");
            let destroy = self.attempt_regardless("destroy", &["-auto-approve"]);
            let destroyed = narrator.wait(&self.shown("destroy", &[]), destroy).await?;
            if !destroyed.status.success() {
                let folder = self.folder.keep();
                return Err(format!(
                    "{} could not be removed from {}; the state is in {}.\n\n{}",
                    left.join(" and "),
                    self.tenant.url(),
                    folder.display(),
                    String::from_utf8_lossy(&destroyed.stderr)
                )
                .into());
            }
            narrator.success("What was made is gone again.");
        }
        Ok(self.folder.close()?)
    }

    /// What the state says there is.
    fn resources(&self) -> Vec<String> {
        #[derive(Deserialize)]
        struct State {
            resources: Vec<Resource>,
        }
        #[derive(Deserialize)]
        struct Resource {
            r#type: String,
            name: String,
        }
        let state = self.state().ok().and_then(|state| serde_json::from_str::<State>(&state).ok());
        let resources = state.into_iter().flat_map(|state| state.resources);
        resources.map(|Resource { r#type, name }| format!("{type}.{name}")).collect()
    }

    /// A command as one would type it.
    fn shown(&self, command: &str, arguments: &[&str]) -> String {
        [&[self.terraform.program, command], arguments].concat().join(" ")
    }

    /// Runs a command that has to succeed.
    async fn run(&self, command: &str, arguments: &[&str]) -> Result<Output, Failure> {
        let output = self.attempt(command, arguments).await?;
        if output.status.success() { Ok(output) } else { Err(failed(&self.shown(command, &[]), &output)) }
    }

    /// Runs a command. An interruption is passed on to Terraform, which then ends in good order.
    async fn attempt(&self, command: &str, arguments: &[&str]) -> Result<Output, Failure> {
        let child = self.command(command, arguments).spawn()?;
        let pid = child.id().map(|id| id.try_into().map(Pid::from_raw)).transpose()?;
        let mut ended = std::pin::pin!(child.wait_with_output());
        tokio::select! {
            output = &mut ended => Ok(output?),
            () = self.interrupt.heard() => {
                if let Some(pid) = pid {
                    kill(pid, Signal::SIGINT)?;
                }
                ended.await?;
                Err(Interrupted.into())
            }
        }
    }

    /// Runs a command to its end, whatever happens.
    async fn attempt_regardless(&self, command: &str, arguments: &[&str]) -> Result<Output, Failure> {
        Ok(self.command(command, arguments).spawn()?.wait_with_output().await?)
    }

    fn command(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.terraform.program);
        command.current_dir(self.folder.path()).arg(name);
        if ["plan", "apply", "destroy"].contains(&name) {
            command.arg("-input=false");
        }
        command.args(arguments);
        for name in inherited("TF_").into_keys().chain(inherited("AUTH0_").into_keys()) {
            command.env_remove(name);
        }
        command.envs(self.tenant.variables());
        command.env("TF_CLI_CONFIG_FILE", self.folder.path().join("cli.tfrc"));
        command.env("TF_IN_AUTOMATION", "1").env("TF_CLI_ARGS", "-no-color").env("CHECKPOINT_DISABLE", "1");
        // In a group of its own, so that a Ctrl-C reaches it through the story alone.
        command.process_group(0);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

/// The variables of this process whose names begin with `prefix`.
pub(crate) fn inherited(prefix: &str) -> BTreeMap<String, String> {
    let variables =
        std::env::vars_os().filter_map(|(name, value)| name.into_string().ok().zip(value.into_string().ok()));
    variables.filter(|(name, _)| name.starts_with(prefix)).collect()
}

fn failed(command: &str, output: &Output) -> Failure {
    format!("`{command}` failed:\n\n{}", String::from_utf8_lossy(&output.stderr).trim()).into()
}
