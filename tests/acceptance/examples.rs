//! Every example of the documentation, as it stands there, on a tenant that has what it mentions.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::support::tenant::Tenant;
use crate::support::terraform::Workspace;

super::trials![
    every_resource_can_be_applied,
    every_data_source_finds_what_it_looks_for,
    every_import_block_takes_over_what_is_there,
    every_import_command_works_as_it_is_written,
    the_provider_block_is_valid,
    every_ephemeral_resource_can_be_opened,
    a_secret_goes_into_a_file_of_its_owner,
    a_secret_goes_into_the_environment_of_a_command,
    a_secret_goes_into_a_secret_store,
    two_applications_take_turns_without_a_gap,
];

/// What the examples call an application and a grant that exist.
const CLIENT: &str = "AaiyAPdpYdesoKnqjj8HJqRn4T5titww";
const GRANT: &str = "cgr_JYdqDqNlOVPYMsqb";
const APIS: [&str; 2] = ["https://example.eu.auth0.com/api/v2/", "https://invoices.example.com"];

fn folders(kind: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(kind);
    let mut folders: Vec<_> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    folders
}

fn text(path: impl AsRef<Path>) -> String {
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

/// A tenant with the APIs of the examples, and where wanted with the objects that they only mention.
fn workspace(with_objects: bool) -> Workspace {
    let tenant = Tenant::start();
    for api in APIS {
        tenant.api(api, &["read:users", "read:invoices", "send:invoices"]);
    }
    if !with_objects {
        return Workspace::on(tenant);
    }
    let new = |name: &str| {
        json!({ "name": name, "app_type": "non_interactive", "oidc_conformant": true,
        "token_endpoint_auth_method": "client_secret_post", "grant_types": ["client_credentials"],
        "jwt_configuration": { "alg": "RS256", "lifetime_in_seconds": 36000 } })
    };
    tenant.create("clients", &new("Billing worker"));
    let reports = tenant.create("clients", &new("Nightly reports"));
    let grant = json!({ "client_id": reports["client_id"], "audience": APIS[0], "scope": ["read:users"] });
    let grant = tenant.create("client-grants", &grant);
    let named = [(&reports["client_id"], CLIENT), (&grant["id"], GRANT)];
    let named = named.map(|(id, name)| (id.as_str().unwrap().to_owned(), name));
    Workspace::on(tenant.copy_with(|state| named.iter().fold(state, |state, (id, name)| state.replace(id, name))))
}

fn every_resource_can_be_applied() {
    for folder in folders("resources") {
        let terraform = workspace(false);
        terraform.config(&text(folder.join("resource.tf")));
        terraform.apply();
        assert!(!terraform.addresses().is_empty(), "{}", folder.display());
        terraform.destroy();
    }
}

fn every_data_source_finds_what_it_looks_for() {
    for folder in folders("data-sources") {
        let terraform = workspace(true);
        terraform.config(&text(folder.join("data-source.tf")));
        terraform.apply();
    }
}

fn every_import_block_takes_over_what_is_there() {
    for folder in folders("resources") {
        let terraform = workspace(true);
        terraform.config(&text(folder.join("resource.tf")));
        terraform.file("import.tf", &text(folder.join("import.tf")));
        if !folder.ends_with("auth0_m2m_client") {
            // What it belongs to is there as well.
            terraform.file("client.tf", &text(folder.with_file_name("auth0_m2m_client").join("import.tf")));
        }
        let plan = terraform.plan();
        let imports = plan.json()["resource_changes"].as_array().unwrap();
        let imported: Vec<_> = imports.iter().filter(|change| change["change"]["importing"].is_object()).collect();
        assert!(!imported.is_empty());
        for change in imported {
            assert_eq!(change["change"]["actions"], json!(["no-op"]), "{change}");
        }
        terraform.apply();
    }
}

fn every_import_command_works_as_it_is_written() {
    for folder in folders("resources") {
        let script = text(folder.join("import.sh")).replace("\\\n", " ");
        let commands: Vec<_> = script.lines().filter(|line| line.starts_with("terraform ")).collect();
        assert!(!commands.is_empty(), "{}", folder.display());
        for command in commands {
            let terraform = workspace(true);
            terraform.config(&text(folder.join("resource.tf")));
            let words: Vec<_> = command.split_whitespace().skip(1).map(|word| word.trim_matches('\'')).collect();
            terraform.run(&words).success();
            assert_eq!(terraform.addresses(), [words[1]]);
        }
    }
}

fn the_provider_block_is_valid() {
    let terraform = workspace(false);
    terraform.file("versions.tf", "");
    terraform.config(&text(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/provider/provider.tf")));
    terraform.env("TF_VAR_auth0_client_secret", "secret");
    terraform.run(&["validate"]).success();
    terraform.run(&["plan", "-input=false"]).success();
}

fn every_ephemeral_resource_can_be_opened() {
    for folder in folders("ephemeral-resources") {
        let terraform = workspace(false);
        terraform.config(&text(folder.join("ephemeral-resource.tf")));
        terraform.apply();
        let type_name = folder.file_name().unwrap().to_str().unwrap();
        let run = terraform.run(&["providers", "schema", "-json"]).success();
        assert!(run.stdout.contains(type_name), "{type_name}");
    }
}

fn example(name: &str) -> String {
    text(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/secrets").join(name).join("main.tf"))
}

const WORKER: &str = "auth0_m2m_client.worker";

/// The secret of the example's application.
fn workers(terraform: &Workspace) -> String {
    terraform.tenant.secret(&terraform.text(WORKER, "client_id"))
}

#[track_caller]
fn assert_traceless(terraform: &Workspace, secret: &str) {
    terraform.plan();
    assert!(!terraform.state_file().contains(secret) && !terraform.plan_file().contains(secret));
}

fn a_secret_goes_into_a_file_of_its_owner() {
    let terraform = workspace(false);
    terraform.config(&example("file"));
    terraform.apply();
    let file = terraform.path("worker.secret");
    let first = text(&file);
    assert_eq!(first, workers(&terraform));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_traceless(&terraform, &first);
    terraform.env("TF_VAR_rotation", "2");
    terraform.apply();
    assert_ne!(text(&file), first);
    assert_eq!(text(&file), workers(&terraform), "a rotated secret is there at once");
}

fn a_secret_goes_into_the_environment_of_a_command() {
    let terraform = workspace(false);
    terraform.config(&example("local-exec"));
    terraform
        .file("deploy.sh", "#!/bin/sh\nset -u\nprintf '%s' \"$AUTH0_CLIENT_ID $AUTH0_CLIENT_SECRET\" | tee deployed\n");
    fs::set_permissions(terraform.path("deploy.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    let run = terraform.apply();
    let secret = workers(&terraform);
    assert_eq!(text(terraform.path("deployed")), format!("{} {secret}", terraform.text(WORKER, "client_id")));
    assert!(!run.stdout.contains(&secret), "what the command prints is not shown");
    assert_traceless(&terraform, &secret);
}

/// The secret store of the test has another name, and so have its arguments.
fn a_secret_goes_into_a_secret_store() {
    let terraform = Workspace::beside("registry.terraform.io/test/corner", &std::env::current_exe().unwrap());
    terraform.file("objects/.keep", "");
    terraform.env("CORNER_STORE", terraform.path("objects").to_str().unwrap());
    terraform.file("versions.tf", "");
    let mut config = example("store");
    for (there, here) in [
        ("hashicorp/aws", "test/corner"),
        ("    aws = {", "    corner = {"),
        ("aws_secretsmanager_secret_version", "corner_secret"),
        ("secret_string_wo", "value_wo"),
        ("secret_id ", "purpose "),
    ] {
        assert!(config.contains(there), "{there}");
        config = config.replace(there, here);
    }
    terraform.config(&config);
    let stored = || text(terraform.path(&format!("objects/{}", terraform.text("corner_secret.worker", "id"))));
    terraform.apply();
    let first = stored();
    assert_eq!(first, workers(&terraform));
    terraform.env("TF_VAR_rotation", "2");
    terraform.apply();
    assert_ne!(stored(), first);
    assert_eq!(stored(), workers(&terraform), "a rotated secret is stored at once");
    assert_traceless(&terraform, &stored());
}

/// The guide, with its commands: at each moment the consumer has a secret that works.
fn two_applications_take_turns_without_a_gap() {
    let guide = text(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guides/rotation.md"));
    let config = example("zero-downtime");
    assert!(guide.contains(config.trim_end()), "the guide shows the example");
    let commands: Vec<_> = guide.lines().filter(|line| line.starts_with("terraform apply ")).collect();
    assert_eq!(commands.len(), 4, "{commands:?}");

    let terraform = workspace(false);
    terraform.config(&config);
    terraform.env("TF_VAR_audience", APIS[1]);
    let credentials = || {
        let text = text(terraform.path("credentials"));
        let (id, secret) = text.split_once(' ').unwrap();
        (id.to_owned(), secret.to_owned())
    };
    let works = |(id, secret): &(String, String)| terraform.tenant.accepts(id, secret);
    let mut held: Vec<(String, String)> = Vec::new();
    for command in commands {
        let arguments: Vec<_> = command.split_whitespace().skip(2).map(|word| word.trim_matches('\'')).collect();
        // Before the apply the consumer works, and it works with what it has then until it reads what is new.
        assert!(held.last().is_none_or(works), "{command}");
        terraform.try_apply(&arguments).success();
        assert!(held.last().is_none_or(works), "{command}: what was in use still works");
        held.push(credentials());
        assert!(works(&credentials()), "{command}");
    }
    let [first, same, moved, last] = held.try_into().unwrap();
    assert_eq!(first, same, "the consumer is left alone while the idle application is rotated");
    assert_ne!(same, moved);
    assert_eq!(moved, last);
    assert!(!works(&first), "at the end nothing of before is left");
}
