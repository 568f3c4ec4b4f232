//! Every example of the documentation, as it stands there, on a tenant that has what it mentions.

use std::fs;
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
