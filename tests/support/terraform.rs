//! The real `terraform`, in a folder of its own, with the provider under test and a tenant of its own.
//!
//! ```ignore
//! let terraform = Workspace::new();
//! terraform.config(r#"resource "auth0_m2m_client" "a" { name = "a" }"#);
//! terraform.apply();                      // has to succeed, and the next plan has to be empty
//! assert_eq!(terraform.attributes("auth0_m2m_client.a")["name"], "a");
//! ```
//!
//! Nothing of the developer's Terraform or Auth0 settings gets through, so tests run side by side and everywhere.

pub(crate) mod cli;
pub(crate) mod state;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{fs, iter};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;
use zip::ZipArchive;

use super::tenant::Tenant;

/// The provider under test.
pub(crate) const PROVIDER: &str = env!("CARGO_BIN_EXE_terraform-provider-auth0");

/// Names the provider, as every configuration has to, and the API that most grants are for.
const VERSIONS: &str = r#"
terraform {
  required_providers {
    auth0 = { source = "m2m/auth0" }
  }
}

variable "management_api" {
  default = ""
}
"#;

/// When the tenant has had so many requests and has given so many answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) requests: usize,
    pub(crate) answers: usize,
}

/// A folder with a configuration, and the environment that `terraform` runs in.
pub(crate) struct Workspace {
    folder: TempDir,
    environment: RefCell<BTreeMap<String, String>>,
    pub(crate) tenant: Tenant,
}

impl Workspace {
    /// An empty configuration. The environment leads the provider to a new tenant.
    pub(crate) fn new() -> Self {
        Self::on(Tenant::start())
    }

    /// The same, for a tenant that is there.
    pub(crate) fn on(tenant: Tenant) -> Self {
        Self::of(tenant, "registry.terraform.io/m2m/auth0", Path::new(PROVIDER))
    }

    /// The same with another provider.
    pub(crate) fn with(source: &str, binary: &Path) -> Self {
        Self::of(Tenant::start(), source, binary)
    }

    /// The same with a second provider, which has to be in the configuration by `source` as well.
    pub(crate) fn beside(source: &str, binary: &Path) -> Self {
        let workspace = Self::new();
        workspace.install(&[("registry.terraform.io/m2m/auth0", Path::new(PROVIDER)), (source, binary)]);
        workspace
    }

    /// The same with another provider, for a tenant that is there.
    pub(crate) fn of(tenant: Tenant, source: &str, binary: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Self { folder, environment: RefCell::default(), tenant };
        workspace.install(&[(source, binary)]);
        workspace.env("TF_CLI_CONFIG_FILE", workspace.path("cli.tfrc").to_str().unwrap());
        workspace.env("CHECKPOINT_DISABLE", "1");
        workspace.file("versions.tf", VERSIONS);
        workspace.point_at(&workspace.tenant);
        workspace
    }

    /// Has Terraform take these providers as they are.
    fn install(&self, providers: &[(&str, &Path)]) {
        let plugins = self.path("plugins");
        fs::create_dir_all(&plugins).unwrap();
        let mut overrides = String::new();
        let mut sources = Vec::new();
        for (source, binary) in providers {
            let (_, name) = source.rsplit_once('/').unwrap();
            // Terraform takes the first file of the folder whose name starts like this.
            let plugin = plugins.join(format!("terraform-provider-{name}"));
            if !plugin.exists() {
                symlink(binary, plugin).unwrap();
            }
            // OpenTofu has a registry of its own.
            for source in [(*source).to_owned(), source.replace("registry.terraform.io", "registry.opentofu.org")] {
                let _ = writeln!(overrides, "    {source:?} = \"{}\"", plugins.display());
                sources.push(source);
            }
        }
        let direct = format!("direct {{ exclude = {sources:?} }}");
        let text = format!("provider_installation {{\n  dev_overrides {{\n{overrides}  }}\n  {direct}\n}}\n");
        fs::write(self.path("cli.tfrc"), text).unwrap();
    }

    /// Leads the provider to `tenant`, with its credentials.
    pub(crate) fn point_at(&self, tenant: &Tenant) {
        self.env("AUTH0_DOMAIN", tenant.url());
        self.env("AUTH0_CLIENT_ID", tenant.client_id());
        self.env("AUTH0_CLIENT_SECRET", tenant.client_secret());
        self.env("TF_VAR_management_api", &tenant.management_api());
    }

    /// Sets a variable of the environment; an empty value takes it away.
    pub(crate) fn env(&self, name: &str, value: &str) {
        let mut environment = self.environment.borrow_mut();
        if value.is_empty() {
            environment.remove(name)
        } else {
            environment.insert(name.to_owned(), value.to_owned())
        };
    }

    /// Replaces the configuration.
    pub(crate) fn config(&self, hcl: &str) {
        self.file("main.tf", hcl);
    }

    /// Writes any file of the folder.
    pub(crate) fn file(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Keeps everything that Terraform and the provider log at this level; see [`log`](Self::log).
    pub(crate) fn log_at(&self, level: &str) {
        self.env("TF_LOG", level);
        self.env("TF_LOG_PATH", self.path("terraform.log").to_str().unwrap());
    }

    /// What was logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("terraform.log")).unwrap_or_default()
    }

    /// Runs any command.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.tenant.forget_requests();
        let output = self.command(arguments).output().unwrap();
        Run::new(arguments, &output, self.tenant.requests())
    }

    /// Runs a command, and presses Ctrl-C as soon as the tenant has been asked `request` so many times.
    pub(crate) fn run_interrupted(&self, arguments: &[&str], request: &str, times: usize) -> Run {
        self.tenant.forget_requests();
        // A group of its own, as a shell would make it, though only Terraform gets the signal.
        let mut command = self.command(arguments);
        let child = command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        self.tenant.wait_for(request, times);
        kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGINT).unwrap();
        let output = child.wait_with_output().unwrap();
        Run::new(arguments, &output, self.tenant.requests())
    }

    /// Runs a command, and calls `watch` again and again meanwhile, with the id of its process group.
    pub(crate) fn run_watched(&self, arguments: &[&str], mut watch: impl FnMut(i32)) -> Run {
        self.tenant.forget_requests();
        let (stdout, stderr) = (self.path("stdout"), self.path("stderr"));
        let file = |path| fs::File::create(path).unwrap();
        let mut command = self.command(arguments);
        let mut child = command.process_group(0).stdout(file(&stdout)).stderr(file(&stderr)).spawn().unwrap();
        let group = child.id().try_into().unwrap();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            watch(group);
        };
        let read = |path| fs::read(path).unwrap();
        let output = Output { status, stdout: read(&stdout), stderr: read(&stderr) };
        Run::new(arguments, &output, self.tenant.requests())
    }

    /// Runs a command, and kills it with all that it has started as soon as the tenant has been asked `request` so many times.
    pub(crate) fn run_killed(&self, arguments: &[&str], request: &str, times: usize) {
        self.tenant.forget_requests();
        let mut command = self.command(arguments);
        let mut child = command.process_group(0).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        self.tenant.wait_for(request, times);
        killpg(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGKILL).unwrap();
        child.wait().unwrap();
    }

    /// Runs a command, and meanwhile does something.
    pub(crate) fn run_meanwhile(&self, arguments: &[&str], act: impl FnOnce()) -> Run {
        self.tenant.forget_requests();
        let child = self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        act();
        let output = child.wait_with_output().unwrap();
        Run::new(arguments, &output, self.tenant.requests())
    }

    /// Runs a command, and kills the provider at that moment.
    pub(crate) fn run_killing_the_provider(&self, arguments: &[&str], moment: Moment) -> Run {
        self.tenant.forget_requests();
        let processes = self.path("processes");
        self.wrap_provider(&format!("echo $$ >>'{}'; exec \"$PROVIDER\" \"$@\"", processes.display()));
        let child = self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        self.tenant.wait_until(moment.requests, moment.answers);
        for provider in fs::read_to_string(processes).unwrap().lines() {
            // The one that planned may have ended.
            let _ = kill(Pid::from_raw(provider.parse().unwrap()), Signal::SIGKILL);
        }
        let output = child.wait_with_output().unwrap();
        Run::new(arguments, &output, self.tenant.requests())
    }

    /// Puts a shell script in the place of the provider, which is `"$PROVIDER"` in it.
    pub(crate) fn wrap_provider(&self, script: &str) {
        let wrapper = self.path("plugins/terraform-provider-auth0");
        fs::remove_file(&wrapper).unwrap();
        fs::write(&wrapper, format!("#!/bin/sh\nPROVIDER='{PROVIDER}'\n{script}\n")).unwrap();
        fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A command about to be run in this workspace.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = cli::terraform();
        command.args(arguments).current_dir(self.folder.path()).envs(self.environment.borrow().iter());
        command.env("TF_CLI_ARGS", "-no-color").stdin(Stdio::null());
        command
    }

    /// Applies; the next plan has to be empty.
    #[track_caller]
    pub(crate) fn apply(&self) -> Run {
        self.apply_with(&[])
    }

    /// Applies with further arguments; the next plan has to be empty.
    #[track_caller]
    pub(crate) fn apply_with(&self, arguments: &[&str]) -> Run {
        let run = self.try_apply(arguments).success();
        self.assert_empty_plan();
        run
    }

    /// Applies; that has to fail.
    #[track_caller]
    pub(crate) fn fail_to_apply(&self) -> Run {
        self.try_apply(&[]).failure()
    }

    /// Applies, whatever comes of it.
    pub(crate) fn try_apply(&self, arguments: &[&str]) -> Run {
        self.run(&[&["apply", "-auto-approve", "-input=false"], arguments].concat())
    }

    /// Plans; that has to succeed.
    #[track_caller]
    pub(crate) fn plan(&self) -> Plan {
        self.plan_with(&[])
    }

    /// Plans with further arguments; that has to succeed.
    #[track_caller]
    pub(crate) fn plan_with(&self, arguments: &[&str]) -> Plan {
        let run = self.run(&[&["plan", "-input=false", "-out=plan.tfplan"], arguments].concat()).success();
        let json = self.run(&["show", "-json", "plan.tfplan"]).success().json();
        Plan { run, json }
    }

    /// Plans; that has to fail.
    #[track_caller]
    pub(crate) fn fail_to_plan(&self) -> Run {
        self.run(&["plan", "-input=false"]).failure()
    }

    /// Nothing is to be done, also after a look at the tenant.
    #[track_caller]
    pub(crate) fn assert_empty_plan(&self) {
        let run = self.run(&["plan", "-input=false", "-detailed-exitcode"]);
        assert_eq!(run.code, 0, "the plan is not empty:\n{}{}", run.stdout, run.stderr);
    }

    /// Destroys everything.
    #[track_caller]
    pub(crate) fn destroy(&self) -> Run {
        self.run(&["destroy", "-auto-approve", "-input=false"]).success()
    }

    /// Everything that is in the plan file, which is an archive.
    pub(crate) fn plan_file(&self) -> String {
        let mut archive = ZipArchive::new(fs::File::open(self.path("plan.tfplan")).unwrap()).unwrap();
        let mut text = Vec::new();
        for index in 0..archive.len() {
            archive.by_index(index).unwrap().read_to_end(&mut text).unwrap();
        }
        String::from_utf8_lossy(&text).into_owned()
    }

    /// The state file as it is on the disk; empty before the first apply.
    pub(crate) fn state_file(&self) -> String {
        fs::read_to_string(self.path("terraform.tfstate")).unwrap_or_default()
    }

    /// The addresses of everything in the state.
    pub(crate) fn addresses(&self) -> Vec<String> {
        self.resources().into_iter().map(|resource| resource["address"].as_str().unwrap().to_owned()).collect()
    }

    /// The attributes of an object in the state.
    #[track_caller]
    pub(crate) fn attributes(&self, address: &str) -> Value {
        self.resource(address)["values"].clone()
    }

    /// Whether an object in the state is to be replaced because it came into being half.
    #[track_caller]
    pub(crate) fn is_tainted(&self, address: &str) -> bool {
        self.resource(address)["tainted"] == true
    }

    /// One attribute that is a text.
    #[track_caller]
    pub(crate) fn text(&self, address: &str, attribute: &str) -> String {
        let attributes = self.attributes(address);
        attributes[attribute].as_str().unwrap_or_else(|| panic!("no {attribute} in {attributes}")).to_owned()
    }

    fn resource(&self, address: &str) -> Value {
        let mut resources = self.resources();
        let place = resources.iter().position(|resource| resource["address"] == address);
        resources.swap_remove(place.unwrap_or_else(|| panic!("the state has no {address}: {:?}", self.addresses())))
    }

    /// Every resource in the state, with address and values.
    pub(crate) fn resources(&self) -> Vec<Value> {
        let state = self.run(&["show", "-json"]).success().json();
        modules(&state["values"]["root_module"]).into_iter().flat_map(|module| array(&module["resources"])).collect()
    }
}

/// A module of the state, and those that it calls.
fn modules(module: &Value) -> Vec<Value> {
    iter::once(module.clone()).chain(array(&module["child_modules"]).iter().flat_map(modules)).collect()
}

fn array(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// A command that has ended.
#[derive(Debug)]
pub(crate) struct Run {
    command: String,
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// What the tenant was asked meanwhile, such as `GET /api/v2/clients/{id}`.
    pub(crate) requests: Vec<String>,
}

impl Run {
    fn new(arguments: &[&str], output: &Output, requests: Vec<String>) -> Self {
        Self {
            command: format!("terraform {}", arguments.join(" ")),
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            requests,
        }
    }

    #[track_caller]
    pub(crate) fn success(self) -> Self {
        assert_eq!(self.code, 0, "`{}` failed:\n{}{}", self.command, self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn failure(self) -> Self {
        assert_eq!(self.code, 1, "`{}` did not fail:\n{}{}", self.command, self.stdout, self.stderr);
        self
    }

    /// Its diagnostics in one line, without the frame that Terraform draws around them.
    pub(crate) fn diagnostics(&self) -> String {
        flat(&self.stderr)
    }

    /// There is exactly one error, and it says all of this.
    #[track_caller]
    pub(crate) fn assert_one_error(&self, parts: &[&str]) {
        let diagnostics = self.diagnostics();
        assert_eq!(diagnostics.matches("Error: ").count(), 1, "not one error: {diagnostics}");
        self.assert_says(parts);
    }

    /// Its diagnostics say all of this.
    #[track_caller]
    pub(crate) fn assert_says(&self, parts: &[&str]) {
        let diagnostics = self.diagnostics();
        for part in parts {
            assert!(diagnostics.contains(part), "{part:?} is not said in: {diagnostics}");
        }
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}

/// Text without frames and line breaks.
pub(crate) fn flat(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || "╷│╵".contains(c));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A plan, as people read it and as programs do.
#[derive(Debug)]
pub(crate) struct Plan {
    run: Run,
    json: Value,
}

impl Plan {
    /// What people read.
    pub(crate) fn text(&self) -> String {
        flat(&self.run.stdout)
    }

    /// What the tenant was asked for it.
    pub(crate) fn requests(&self) -> &[String] {
        &self.run.requests
    }

    /// The whole of it as JSON.
    pub(crate) fn json(&self) -> &Value {
        &self.json
    }

    /// What is to happen to an object, such as `create` or `delete, create`.
    #[track_caller]
    pub(crate) fn action(&self, address: &str) -> String {
        let actions = array(&self.change(address)["actions"]);
        actions.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
    }

    /// What an object is to look like afterwards.
    #[track_caller]
    pub(crate) fn after(&self, address: &str) -> Value {
        self.change(address)["after"].clone()
    }

    /// The change of an object, with `before`, `after`, `after_unknown` and so on.
    #[track_caller]
    pub(crate) fn change(&self, address: &str) -> Value {
        let changes = array(&self.json["resource_changes"]);
        let found = changes.into_iter().find(|change| change["address"] == address);
        found.unwrap_or_else(|| panic!("the plan has no {address}"))["change"].clone()
    }

    /// The names of the attributes that are to change, the first step of each path.
    #[track_caller]
    pub(crate) fn changed(&self, address: &str) -> Vec<String> {
        let change = self.change(address);
        let after = change["after"].as_object().cloned().unwrap_or_default();
        let unknown = |name: &str| change["after_unknown"][name] == true;
        let differs = |(name, value): &(&String, &Value)| change["before"][name.as_str()] != **value || unknown(name);
        after.iter().filter(differs).map(|(name, _)| name.clone()).collect()
    }
}
