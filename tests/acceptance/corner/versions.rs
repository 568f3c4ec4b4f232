//! State that earlier versions of a schema wrote.

use serde_json::{Value, json};

use super::{empty, workspace};
use crate::support::terraform::Workspace;

crate::trials![item_107_every_earlier_version_upgrades_at_once, item_107_state_in_the_form_of_old_is_refused,];

const TYPE: &str = "corner_version";
const A: &str = "corner_version.a";

/// A state file with one object, as a release with that version of the schema left it.
fn stored(terraform: &Workspace, version: i64, instance: Value) {
    let mut instance = instance;
    instance["schema_version"] = version.into();
    let state = json!({
        "version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "0", "outputs": {},
        "resources": [{
            "mode": "managed", "type": TYPE, "name": "a", "instances": [instance],
            "provider": "provider[\"registry.terraform.io/test/corner\"]",
        }],
    });
    terraform.file("terraform.tfstate", &state.to_string());
    terraform.file("objects/object-7", "");
}

fn item_107_every_earlier_version_upgrades_at_once() {
    let number = "340282346638528859811704183484516925440";
    let stored_by = [
        json!({"id": "object-7", "first": "Ada", "last": "L", "count": number, "gone": [1]}),
        json!({"id": "object-7", "name": "Ada L", "count_of": 12, "colour": "red", "secret": null}),
        json!({"id": "object-7", "label": "Ada L", "count_of": 12}),
    ];
    for (version, attributes) in (0..).zip(stored_by) {
        let count = if version == 0 { number } else { "12" };
        let terraform = workspace(TYPE, &format!("label = \"Ada L\"\ncount_of = {count}"));
        stored(&terraform, version, json!({"attributes": attributes}));
        terraform.assert_empty_plan();
        terraform.run(&["apply", "-auto-approve", "-refresh-only"]).success();
        let state = terraform.state_file();
        assert!(
            state.contains("\"schema_version\": 2") && state.contains(&format!("\"count_of\": {count}")),
            "{state}"
        );
        assert!(!state.contains("colour") && !state.contains("gone"), "{state}");
    }
}

fn item_107_state_in_the_form_of_old_is_refused() {
    let terraform = empty();
    terraform.config(&format!("resource \"{TYPE}\" \"a\" {{\n  label = \"x\"\n}}"));
    stored(&terraform, 2, json!({"attributes_flat": {"id": "object-7", "label": "x"}}));
    terraform.fail_to_plan().assert_one_error(&["State Too Old", "Terraform 0.11", A]);
}
