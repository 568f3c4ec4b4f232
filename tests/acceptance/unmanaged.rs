//! The command that lists applications which no state knows.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::json;
use terraform_provider_auth0::emulator::Action;

use crate::support::tenant::Tenant;
use crate::support::terraform::Workspace;
use crate::support::terraform::cli::Obstacle;

super::trials![
    finds_unmanaged_applications_on_all_pages,
    shows_odd_names_as_visible_text,
    a_list_without_an_end_is_an_error,
];

/// Why the command cannot be run here.
pub(crate) fn unavailable() -> Option<Obstacle> {
    let runs = |program: &&str| Command::new(program).arg("--version").output().is_ok();
    let missing = ["curl", "jq"].into_iter().find(|program| !runs(program))?;
    Some(Obstacle::Missing(format!("no `{missing}` on the PATH")))
}

/// What the documented command says.
pub(crate) fn unmanaged(tenant: &Tenant, states: &[PathBuf]) -> BTreeSet<String> {
    let output = run(tenant, states);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    assert!(!tenant.secrets().iter().any(|secret| lines.contains(secret)));
    lines.lines().map(|line| line.split_once('\t').unwrap().0.to_owned()).collect()
}

fn run(tenant: &Tenant, states: &[PathBuf]) -> Output {
    let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/unmanaged-clients"));
    command.args(states).env_clear().env("PATH", path());
    command.env("AUTH0_DOMAIN", tenant.url()).env("AUTH0_CLIENT_ID", tenant.client_id());
    command.env("AUTH0_CLIENT_SECRET", tenant.client_secret());
    command.output().unwrap()
}

fn finds_unmanaged_applications_on_all_pages() {
    let one = Workspace::new();
    let tenant = &one.tenant;
    let other = Workspace::new();
    other.point_at(tenant);
    for terraform in [&one, &other] {
        terraform.config("resource \"auth0_m2m_client\" \"a\" {\n  name = \"the same\"\n}\n");
        terraform.try_apply(&[]).success();
    }
    let create = |app_type: &str| {
        let client = tenant.create("clients", &json!({ "name": "the same", "app_type": app_type }));
        client["client_id"].as_str().unwrap().to_owned()
    };
    let mut left: BTreeSet<_> = (0..120).map(|_| create("non_interactive")).collect();
    create("spa");
    let states = [&one, &other].map(|terraform| terraform.path("terraform.tfstate"));
    assert_eq!(unmanaged(tenant, &states), left);

    // The official provider may manage others, and more than fit the arguments of a process.
    let official = left.pop_first().unwrap();
    let others = (0..5_000).map(|number| format!("{number:032}"));
    let instances: Vec<_> = others.chain([official]).map(|id| json!({ "attributes": { "client_id": id } })).collect();
    let state = json!({ "version": 4, "resources": [{
        "mode": "managed", "type": "auth0_client", "name": "x", "instances": instances,
    }] });
    one.file("official.tfstate", &state.to_string());
    let [one_state, other_state] = states;
    assert_eq!(unmanaged(tenant, &[one_state.clone(), other_state, one.path("official.tfstate")]), left);
    let forgotten = other.text("auth0_m2m_client.a", "id");
    assert!(unmanaged(tenant, &[one_state]).contains(&forgotten));
}

fn shows_odd_names_as_visible_text() {
    let terraform = Workspace::new();
    let tenant = &terraform.tenant;
    terraform.file("none.tfstate", r#"{"version": 4, "resources": []}"#);
    let long = "x".repeat(10_000);
    for (name, shown) in [
        ("\u{1b}[2J\tné\n\u{9b}\u{202e}", "%1B[2J%09né%0A%C2%9B%E2%80%AE"),
        (&*format!("a{}b", tenant.client_secret()), "a(sensitive value)b"),
        (&*long, &*format!("{}… (cut, 10000 characters in all)", &long[..200])),
    ] {
        let body = json!({ "clients": [{ "client_id": "\u{7}", "name": name, "app_type": "non_interactive" }] });
        tenant.spoil("GET", "/api/v2/clients", Action::answer(200, body, &[]));
        let output = run(tenant, &[terraform.path("none.tfstate")]);
        assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("%07\t{shown}\n"));
    }
}

fn a_list_without_an_end_is_an_error() {
    let terraform = Workspace::new();
    let tenant = &terraform.tenant;
    terraform.file("none.tfstate", r#"{"version": 4, "resources": []}"#);
    let body = json!({ "clients": [], "next": "again" });
    tenant.spoil_times(9, "GET", "/api/v2/clients", Action::answer(200, body, &[]));
    let output = run(tenant, &[terraform.path("none.tfstate")]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("the list does not end"), "{output:?}");
    assert_eq!(tenant.faults_left(), 7);
}

#[expect(clippy::disallowed_methods, reason = "where programs are is nothing that a test decides")]
fn path() -> std::ffi::OsString {
    std::env::var_os("PATH").unwrap_or_default()
}
