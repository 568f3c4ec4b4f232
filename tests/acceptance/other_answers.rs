//! Responses about something else than what was asked for: nothing of them reaches the state, and nothing is lost from it.

use serde_json::{Value, json};
use terraform_provider_auth0::emulator::Action;

use crate::lifecycle::SMALL;
use crate::support::terraform::Workspace;

super::trials![another_object_never_enters_the_state, a_contradictory_list_is_no_look_up,];

const CLIENT: &str = "auth0_m2m_client.a";
const GRANT: &str = "auth0_client_grant.a";

/// Spoils one request to this object: the response shows another one.
fn confuse(terraform: &Workspace, method: &str, path: &str, other: &Value) {
    terraform.tenant.spoil(method, &format!("/api/v2/{path}"), Action::answer(200, other.clone(), &[]));
}

fn another_object_never_enters_the_state() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    terraform.apply();
    let other = terraform.tenant.create("clients", &json!({"name": "other", "app_type": "non_interactive"}));
    let other_id = other["client_id"].as_str().unwrap().to_owned();
    let other_grant = json!({"client_id": other_id, "audience": terraform.tenant.management_api(), "scope": []});
    let other_grant = terraform.tenant.create("client-grants", &other_grant);
    let (client, grant) = (terraform.text(CLIENT, "id"), terraform.text(GRANT, "id"));

    for (path, other, changed) in [
        (format!("clients/{client}"), &other, SMALL.replace("name = \"a\"", "name = \"b\"")),
        (format!("client-grants/{grant}"), &other_grant, SMALL.replace("read:users", "read:clients")),
    ] {
        let before = terraform.state_file();
        confuse(&terraform, "GET", &path, other);
        terraform.fail_to_plan().assert_one_error(&["Cannot read the client", "the response cannot be read at"]);
        confuse(&terraform, "PATCH", &path, other);
        terraform.config(&changed);
        terraform.fail_to_apply().assert_one_error(&["Cannot update the client", "the response cannot be read at"]);
        assert_eq!((terraform.text(CLIENT, "id"), terraform.text(GRANT, "id")), (client.clone(), grant.clone()));
        let resources = |state: &str| serde_json::from_str::<Value>(state).unwrap()["resources"].clone();
        assert_eq!(resources(&terraform.state_file()), resources(&before));
        terraform.config(SMALL);
        terraform.apply();
    }
    terraform.destroy();
    assert_eq!(terraform.tenant.read(&format!("clients/{other_id}"))["client_id"], json!(other_id));
    assert!(!terraform.tenant.read(&format!("client-grants/{}", other_grant["id"].as_str().unwrap())).is_null());
}

fn a_contradictory_list_is_no_look_up() {
    let terraform = Workspace::new();
    let application = terraform.tenant.create("clients", &json!({"name": "one", "app_type": "non_interactive"}));
    terraform.config("data \"auth0_m2m_client\" \"a\" { name = \"one\" }");
    let list = json!({"total": 2, "start": 0, "limit": 100, "clients": [application]});
    terraform.tenant.spoil_times(3, "GET", "/api/v2/clients", Action::answer(200, list, &[]));
    let failed = terraform.fail_to_plan();
    failed.assert_one_error(&["Cannot look up the client", "the response cannot be read at `total`"]);
    assert_eq!(terraform.tenant.faults_left(), 0);
    terraform.apply();
}
