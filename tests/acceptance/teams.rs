//! The module that teams share, installed from a mirror as they would, with its own test and its two users.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::commands::use_mirror;
use crate::support::terraform::Workspace;

super::trials![
    the_modules_test_runs_as_its_readme_says,
    two_teams_side_by_side_plan_empty,
    a_service_that_leaves_the_file_leaves_the_tenant,
    an_api_that_does_not_exist_is_named,
];

const MODULE: &str = "examples/modules/m2m-service";
const TEAMS: [&str; 2] = ["-chdir=examples/teams/orders", "-chdir=examples/teams/payments"];

/// A checkout with the examples, a mirror with the provider, and a tenant with the APIs of the teams.
fn checkout() -> Workspace {
    let terraform = Workspace::new();
    use_mirror(&terraform);
    for folder in ["modules", "teams"] {
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(folder),
            &terraform.path("examples").join(folder),
        );
    }
    terraform.tenant.api("https://orders.example.com", &["read:orders", "write:orders"]);
    terraform.tenant.api("https://payments.example.com", &["create:charges", "read:charges", "create:refunds"]);
    terraform
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    // Files of earlier runs are not part of the example.
    let own = |name: &str| !name.starts_with('.') && !name.starts_with("terraform.tfstate");
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap() {
            _ if !own(entry.file_name().to_str().unwrap()) => {}
            kind if kind.is_dir() => copy(&entry.path(), &target),
            _ => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

fn the_modules_test_runs_as_its_readme_says() {
    let terraform = checkout();
    let readme = fs::read_to_string(terraform.path(MODULE).join("README.md")).unwrap();
    let commands: Vec<_> = readme.lines().filter_map(|line| line.strip_prefix("terraform -")).collect();
    assert_eq!(commands.len(), 2, "{commands:?}");
    let before = terraform.tenant.read("clients?per_page=100&fields=client_id");
    let mut said = String::new();
    for command in commands {
        let words: Vec<_> = format!("-{command}").split(' ').map(str::to_owned).collect();
        said = terraform.run(&words.iter().map(String::as_str).collect::<Vec<_>>()).success().stdout;
    }
    assert!(said.contains("Success! 5 passed, 0 failed"), "{said}");
    assert_eq!(terraform.tenant.read("clients?per_page=100&fields=client_id"), before, "it cleans up behind itself");
}

fn two_teams_side_by_side_plan_empty() {
    let terraform = checkout();
    apply_both(&terraform);
    for team in TEAMS {
        terraform.run(&[team, "plan", "-input=false", "-detailed-exitcode"]).success();
    }
    let refunds = &terraform.tenant.clients("payments: refunds")[0];
    assert_eq!(refunds["client_metadata"], json!({ "team": "payments", "repository": "money/refunds" }));
    let grants = terraform.tenant.read(&format!("client-grants?client_id={}", refunds["client_id"].as_str().unwrap()));
    let mut audiences: Vec<_> =
        grants.as_array().unwrap().iter().map(|grant| grant["audience"].as_str().unwrap()).collect();
    audiences.sort_unstable();
    assert_eq!(audiences, ["https://orders.example.com", "https://payments.example.com"]);
}

fn a_service_that_leaves_the_file_leaves_the_tenant() {
    let terraform = checkout();
    apply_both(&terraform);
    terraform.file("examples/teams/payments/services.yaml", "{}\n");
    terraform.run(&[TEAMS[1], "apply", "-auto-approve", "-input=false"]).success();
    assert!(terraform.tenant.clients("payments: refunds").is_empty());
    assert_eq!(terraform.tenant.clients("orders: checkout").len(), 1, "the other team's");
    terraform.run(&[TEAMS[0], "plan", "-input=false", "-detailed-exitcode"]).success();
}

fn an_api_that_does_not_exist_is_named() {
    let terraform = checkout();
    let services = "refunds: { repository: r, apis: { \"https://nowhere.example.com\": [read] } }\n";
    terraform.file("examples/teams/payments/services.yaml", services);
    terraform.run(&[TEAMS[1], "init"]).success();
    let refused = terraform.run(&[TEAMS[1], "apply", "-auto-approve", "-input=false"]).failure();
    refused.assert_one_error(&["https://nowhere.example.com"]);
}

fn apply_both(terraform: &Workspace) {
    for team in TEAMS {
        terraform.run(&[team, "init"]).success();
        terraform.run(&[team, "apply", "-auto-approve", "-input=false"]).success();
    }
}
