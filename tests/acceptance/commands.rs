//! Ways to start the provider: from a mirror, without TLS, and as a server of its own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::lifecycle::SMALL;
use crate::support::tenant::Tenant;
use crate::support::terraform::{PROVIDER, Workspace};

super::trials![
    item_011_a_mirror_is_enough_to_install_it,
    item_019_it_works_with_tls_and_without,
    item_044_a_server_of_its_own_serves_command_after_command,
    item_045_one_server_separates_configurations,
    item_045_one_server_serves_several_aliases,
    item_049_the_schema_can_be_shown,
];

fn item_011_a_mirror_is_enough_to_install_it() {
    let terraform = Workspace::new();
    use_mirror(&terraform);
    terraform.config(SMALL);
    let installed = terraform.run(&["init"]).success();
    let version = env!("CARGO_PKG_VERSION");
    assert!(installed.stdout.contains(&format!("Installed m2m/auth0 v{version}")), "{}", installed.stdout);
    let validated = terraform.run(&["validate"]).success();
    assert!(!validated.stdout.contains("Warning"), "{}", validated.stdout);
    terraform.apply();
}

/// Lets Terraform install the provider from a mirror, in place of the override.
pub(crate) fn use_mirror(terraform: &Workspace) {
    let (os, arch) = platform();
    let version = env!("CARGO_PKG_VERSION");
    // OpenTofu has a registry of its own.
    for registry in ["registry.terraform.io", "registry.opentofu.org"] {
        let package = terraform.path(&format!("mirror/{registry}/m2m/auth0/{version}/{os}_{arch}"));
        fs::create_dir_all(&package).unwrap();
        fs::copy(PROVIDER, package.join(format!("terraform-provider-auth0_v{version}"))).unwrap();
    }
    let mirror = terraform.path("mirror");
    let installation = format!("filesystem_mirror {{ path = \"{}\" }}", mirror.display());
    terraform.file("cli.tfrc", &format!("provider_installation {{\n{installation}\n}}\n"));
}

/// This machine in the words of Terraform.
fn platform() -> (&'static str, &'static str) {
    let os = if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS };
    let arch = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    (os, arch)
}

fn item_019_it_works_with_tls_and_without() {
    let terraform = Workspace::new();
    terraform.log_at("trace");
    terraform.config(SMALL);
    terraform.apply();
    assert!(terraform.log().contains("plugin-auto-mtls") || !terraform.log().is_empty());
    terraform.env("TF_DISABLE_PLUGIN_TLS", "1");
    terraform.assert_empty_plan();
    terraform.destroy();
}

/// The provider as a server, which a developer starts by hand.
pub(crate) struct Server {
    process: Child,
    reattach: String,
}

impl Server {
    fn start() -> Self {
        Self::spawn(Command::new(PROVIDER).stderr(Stdio::null()))
    }

    /// A server that logs everything, and what it logs.
    pub(crate) fn start_with_log() -> (Self, ChildStderr) {
        let mut server = Self::spawn(Command::new(PROVIDER).env("TF_LOG_PROVIDER", "debug").stderr(Stdio::piped()));
        let log = server.process.stderr.take().unwrap();
        (server, log)
    }

    fn spawn(command: &mut Command) -> Self {
        let mut process = command.arg("--debug").stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let line = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut lines = line.skip_while(|line| !line.contains("TF_REATTACH_PROVIDERS='"));
        let line = lines.next().expect("it says how to attach");
        let (_, value) = line.split_once('\'').unwrap();
        Self { process, reattach: value.trim_end_matches('\'').to_owned() }
    }

    pub(crate) fn attach(&self, terraform: &Workspace) {
        terraform.env("TF_REATTACH_PROVIDERS", &self.reattach);
        // Without the override, what works can only have come from the server.
        terraform.env("TF_CLI_CONFIG_FILE", "");
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = kill(Pid::from_raw(self.process.id().try_into().unwrap()), Signal::SIGTERM);
        let _ = self.process.wait();
    }
}

fn item_044_a_server_of_its_own_serves_command_after_command() {
    let mut server = Server::start();
    let terraform = Workspace::new();
    terraform.config(&format!("provider \"auth0\" {{\n{}\n}}\n{SMALL}", arguments(&terraform.tenant)));
    server.attach(&terraform);
    terraform.run(&["validate"]).success();
    terraform.plan();
    terraform.apply();
    terraform.destroy();
    assert!(server.is_running());
    assert!(terraform.tenant.clients("a").is_empty());
}

fn item_045_one_server_separates_configurations() {
    let mut server = Server::start();
    let terraform = Workspace::new();
    let (one, other) = (Tenant::start(), Tenant::start());
    server.attach(&terraform);
    for (tenant, name) in [(&one, "one"), (&other, "other")] {
        terraform.config(&format!(
            "provider \"auth0\" {{\n{}\n}}\nresource \"auth0_m2m_client\" \"{name}\" {{ name = \"{name}\" }}",
            arguments(tenant)
        ));
        terraform.apply();
        terraform.run(&["state", "rm", &format!("auth0_m2m_client.{name}")]).success();
    }
    assert_eq!((one.clients("one").len(), one.clients("other").len()), (1, 0));
    assert_eq!((other.clients("one").len(), other.clients("other").len()), (0, 1));
    assert!(server.is_running());
}

fn item_045_one_server_serves_several_aliases() {
    let mut server = Server::start();
    let terraform = Workspace::new();
    server.attach(&terraform);
    let arguments = arguments(&terraform.tenant);
    terraform.config(&format!(
        "provider \"auth0\" {{\n{arguments}\n}}\nprovider \"auth0\" {{\nalias = \"other\"\n{arguments}\n}}\n\
         resource \"auth0_m2m_client\" \"one\" {{ name = \"one\" }}\n\
         resource \"auth0_m2m_client\" \"other\" {{\nprovider = auth0.other\nname = \"other\"\n}}"
    ));
    terraform.apply();
    assert_eq!((terraform.tenant.clients("one").len(), terraform.tenant.clients("other").len()), (1, 1));
    assert!(server.is_running());
}

/// What leads a provider block to a tenant.
fn arguments(tenant: &Tenant) -> String {
    format!(
        "domain = {:?}\nclient_id = {:?}\nclient_secret = {:?}",
        tenant.url(),
        tenant.client_id(),
        tenant.client_secret()
    )
}

fn item_049_the_schema_can_be_shown() {
    let terraform = Workspace::new();
    terraform.config("");
    let shown = terraform.run(&["providers", "schema", "-json"]).success();
    let schemas: Value = serde_json::from_str(&shown.stdout).unwrap();
    let schema = &schemas["provider_schemas"]["registry.terraform.io/m2m/auth0"];
    let resources = schema["resource_schemas"].as_object().unwrap();
    assert_eq!(resources.keys().collect::<Vec<_>>(), ["auth0_client_grant", "auth0_m2m_client"]);
    for block in
        [&schema["provider"], &schema["data_source_schemas"]["auth0_m2m_client"]].into_iter().chain(resources.values())
    {
        assert_described(&block["block"]);
    }
}

/// It has a description in Markdown, and so has everything in it.
fn assert_described(described: &Value) {
    assert!(described["description"].as_str().is_some_and(|text| !text.is_empty()), "{described}");
    assert_eq!(described["description_kind"], "markdown", "{described}");
    let nested = &described["nested_type"]["attributes"];
    for attributes in [&described["attributes"], nested].into_iter().filter_map(Value::as_object) {
        attributes.values().for_each(assert_described);
    }
}
