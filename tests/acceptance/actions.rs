//! Actions, where Terraform has them. `tests/suite/corner/actions.rs` calls them as it would.

use std::fs;
use std::path::Path;

use crate::support::terraform::Workspace;
use crate::support::terraform::cli::Release;

super::trials![
    item_119_an_action_runs_after_what_triggers_it,
    item_119_an_action_runs_by_hand,
    item_119_failed_action_is_an_error_and_keeps_resource,
    the_example_is_run,
];

/// The release that brought them.
pub(crate) const OLDEST: Release = (1, 14);

const ACTION: &str = r#"
action "auth0_rotate_client_secret" "a" {
  config {
    client_id = auth0_m2m_client.a.client_id
  }
}
"#;

fn triggering(description: &str) -> String {
    format!(
        r#"
        resource "auth0_m2m_client" "a" {{
          name        = "a"
          description = "{description}"
          lifecycle {{
            action_trigger {{
              events  = [after_update]
              actions = [action.auth0_rotate_client_secret.a]
            }}
          }}
        }}
        {ACTION}
        "#
    )
}

fn secret(terraform: &Workspace) -> String {
    let clients = terraform.tenant.clients("a");
    assert_eq!(clients.len(), 1, "{clients:?}");
    clients[0]["client_secret"].as_str().unwrap().to_owned()
}

fn item_119_an_action_runs_after_what_triggers_it() {
    let terraform = Workspace::new();
    terraform.config(&triggering("one"));
    terraform.apply();
    let before = secret(&terraform);
    terraform.config(&triggering("two"));
    let run = terraform.apply();
    assert!(run.stdout.contains("has a new secret"), "{}", run.stdout);
    let after = secret(&terraform);
    assert_ne!(before, after);
    for hidden in [before, after] {
        assert!(!run.stdout.contains(&hidden) && !terraform.state_file().contains(&hidden));
    }
    terraform.assert_empty_plan();
}

fn item_119_an_action_runs_by_hand() {
    let terraform = Workspace::new();
    terraform.config(&format!("resource \"auth0_m2m_client\" \"a\" {{ name = \"a\" }}\n{ACTION}"));
    terraform.apply();
    let before = secret(&terraform);
    terraform.assert_empty_plan();
    assert_eq!(before, secret(&terraform));
    terraform.try_apply(&["-invoke=action.auth0_rotate_client_secret.a"]).success();
    assert_ne!(before, secret(&terraform));
}

fn item_119_failed_action_is_an_error_and_keeps_resource() {
    let terraform = Workspace::new();
    terraform.config(&triggering("one"));
    terraform.apply();
    let before = secret(&terraform);
    let id = terraform.text("auth0_m2m_client.a", "client_id");
    let path = format!("/api/v2/clients/{id}/rotate-secret");
    terraform.tenant.refuse(
        "POST",
        &path,
        403,
        "insufficient_scope",
        "Insufficient scope, expected any of: update:client_keys",
    );
    terraform.config(&triggering("two"));
    terraform.fail_to_apply().assert_says(&["update:client_keys"]);
    assert_eq!(terraform.text("auth0_m2m_client.a", "description"), "two");
    assert_eq!(before, secret(&terraform));
}

fn the_example_is_run() {
    let terraform = Workspace::new();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/actions/auth0_rotate_client_secret/action.tf");
    let example = fs::read_to_string(example).unwrap();
    terraform.config(&example);
    terraform.apply();
    terraform.config(&example.replace("2026", "2027"));
    let run = terraform.apply();
    let rotations = run.requests.iter().filter(|request| request.ends_with("/rotate-secret")).count();
    assert_eq!(rotations, 1, "{:?}", run.requests);
}
