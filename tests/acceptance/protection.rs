//! `deletion_protection`.

use serde_json::json;

use crate::lifecycle::SMALL;
use crate::support::terraform::Workspace;

super::trials![
    protected_object_is_not_destroyed,
    a_protected_object_is_not_replaced,
    protection_sends_no_request_and_is_off_by_default,
    apply_refuses_replacement_without_plan,
    tainted_protected_object_can_be_kept_or_deleted,
    deposed_protected_object_can_be_deleted_in_auth0,
];

const CLIENT: &str = "auth0_m2m_client.a";
const GRANT: &str = "auth0_client_grant.a";

/// Both objects, with a line more for each.
fn both(client: &str, grant: &str) -> String {
    let with_client = SMALL.replace("name = \"a\"", &format!("name = \"a\"\n  {client}"));
    with_client.replace("audience  =", &format!("{grant}\n  audience  ="))
}

const ON: &str = "deletion_protection = true";
const OFF: &str = "deletion_protection = false";

fn protected_object_is_not_destroyed() {
    for (object, config) in [("application `", both(ON, "")), ("client grant `", both("", ON))] {
        let terraform = Workspace::new();
        terraform.config(&config);
        terraform.apply();
        let destroy = ["destroy", "-auto-approve", "-input=false"];
        for run in [terraform.run(&destroy), terraform.run(&["plan", "-destroy", "-input=false"])] {
            run.failure().assert_one_error(&[
                "Deletion Protection",
                object,
                "first apply `deletion_protection = false`",
            ]);
        }
        terraform.config("");
        terraform.fail_to_plan().assert_one_error(&["Deletion Protection", "This plan deletes it."]);
        assert_eq!(terraform.addresses().len(), 2, "both are still there");
        assert_eq!(terraform.tenant.clients("a").len(), 1);
        terraform.config(&both(OFF, OFF));
        terraform.apply();
        terraform.destroy();
        assert!(terraform.tenant.clients("a").is_empty());
    }
}

fn a_protected_object_is_not_replaced() {
    let terraform = Workspace::new();
    terraform.config(&both(ON, ON));
    terraform.apply();
    let another = terraform.tenant.api("https://api.example.com", &["read:users"]);
    terraform.config(&both(ON, ON).replace("var.management_api", &format!("{another:?}")));
    let refused = terraform.fail_to_plan();
    refused.assert_one_error(&["Deletion Protection", "Changing `audience` replaces the client grant", "audience = "]);
    terraform.config(&both(&format!("{ON}\n  jwt_configuration = {{ secret_encoded = true }}"), ""));
    terraform
        .fail_to_plan()
        .assert_one_error(&["Changing `jwt_configuration.secret_encoded` replaces the application"]);
    assert_eq!(terraform.tenant.clients("a").len(), 1);
}

fn protection_sends_no_request_and_is_off_by_default() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    terraform.apply();
    assert_eq!(terraform.attributes(CLIENT)["deletion_protection"], json!(false));
    terraform.config(&both(ON, ON));
    let plan = terraform.plan();
    for address in [CLIENT, GRANT] {
        assert_eq!(plan.changed(address), ["deletion_protection"]);
    }
    let run = terraform.apply();
    assert!(!run.requests.iter().any(|request| request.starts_with("PATCH")), "{:?}", run.requests);

    let (client, grant) = (terraform.text(CLIENT, "id"), terraform.text(GRANT, "id"));
    terraform.config(SMALL);
    terraform.apply();
    for (address, id) in [(GRANT, grant), (CLIENT, client)] {
        terraform.run(&["state", "rm", address]).success();
        terraform.run(&["import", address, &id]).success();
    }
    terraform.assert_empty_plan();
}

fn apply_refuses_replacement_without_plan() {
    let terraform = Workspace::new();
    for (address, config) in [(GRANT, both("", ON)), (CLIENT, both(ON, ""))] {
        terraform.config(&config);
        terraform.apply();
        let refused = terraform.try_apply(&["-replace", address]).failure();
        refused.assert_says(&["Deletion Protection", "Nothing was deleted."]);
        assert_eq!(terraform.tenant.clients("a").len(), 1);
    }
}

fn tainted_protected_object_can_be_kept_or_deleted() {
    let terraform = Workspace::new();
    terraform.config(&both(ON, ""));
    terraform.apply();
    let before = terraform.text(CLIENT, "id");
    terraform.run(&["taint", CLIENT]).success();
    // What everybody tries first: the object is to be replaced, so it is not updated.
    terraform.config(&both(OFF, ""));
    let refused = terraform.try_apply(&[]).failure();
    refused.assert_says(&["Deletion Protection", "If it is tainted, first run `terraform untaint ADDRESS`"]);
    terraform.run(&["untaint", CLIENT]).success();
    terraform.apply();
    assert_eq!(terraform.text(CLIENT, "id"), before);
    terraform.destroy();
    assert!(terraform.tenant.clients("a").is_empty());
}

fn deposed_protected_object_can_be_deleted_in_auth0() {
    let config = |protection: &str| {
        let lifecycle = "lifecycle { create_before_destroy = true }";
        format!("resource \"auth0_m2m_client\" \"a\" {{\n  name = \"a\"\n  {protection}\n  {lifecycle}\n}}\n")
    };
    let advice = ["Deletion Protection", "If it is deposed", "delete it in Auth0. The next refresh then removes it"];
    let terraform = Workspace::new();
    terraform.config(&config(ON));
    terraform.apply();
    let deposed = terraform.text(CLIENT, "id");
    let refused = terraform.try_apply(&["-replace", CLIENT]).failure();
    refused.assert_one_error(&advice);
    refused.assert_says(&[&deposed]);
    let current = terraform.text(CLIENT, "id");
    assert_ne!(current, deposed, "the other was made before");
    assert_eq!(terraform.tenant.clients("a").len(), 2);

    for protection in [ON, OFF] {
        terraform.config(&config(protection));
        terraform.fail_to_plan().assert_one_error(&[&advice[..], &[&deposed]].concat());
    }
    terraform.tenant.delete(&format!("clients/{deposed}"));
    terraform.apply();
    terraform.assert_empty_plan();
    assert_eq!(terraform.text(CLIENT, "id"), current);
    terraform.destroy();
    assert!(terraform.tenant.clients("a").is_empty());
}
