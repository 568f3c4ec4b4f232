//! What happens behind Terraform's back.

use serde_json::json;

use crate::lifecycle::SMALL;
use crate::support::tenant::Tenant;
use crate::support::terraform::Workspace;

super::trials![
    item_095_delete_of_gone_object_succeeds,
    item_101_drift_is_shown_and_reverted,
    item_101_drift_can_be_accepted,
    item_101_what_was_deleted_is_planned_anew,
    object_in_another_tenant_is_not_deleted,
    an_application_of_another_type_is_refused_by_name,
];

const CLIENT: &str = "auth0_m2m_client.a";
const GRANT: &str = "auth0_client_grant.a";

fn applied() -> Workspace {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    terraform.apply();
    terraform
}

fn client(terraform: &Workspace) -> String {
    format!("clients/{}", terraform.text(CLIENT, "id"))
}

fn grant(terraform: &Workspace) -> String {
    format!("client-grants/{}", terraform.text(GRANT, "id"))
}

fn item_101_drift_is_shown_and_reverted() {
    let terraform = applied();
    terraform.tenant.change(&client(&terraform), &json!({ "description": "by hand" }));
    terraform.tenant.change(&grant(&terraform), &json!({ "scope": ["read:users", "read:clients"] }));
    let plan = terraform.plan();
    assert_eq!(plan.changed(CLIENT), ["description"]);
    assert_eq!(plan.changed(GRANT), ["scopes"]);
    assert!(plan.text().contains("- description = \"by hand\" -> null"), "{}", plan.text());
    terraform.apply();
    assert!(
        ["", "null"].contains(&terraform.tenant.read(&client(&terraform))["description"].as_str().unwrap_or("null"))
    );
    assert_eq!(terraform.tenant.read(&grant(&terraform))["scope"], json!(["read:users"]));
}

fn item_101_drift_can_be_accepted() {
    let terraform = applied();
    terraform.tenant.change(&client(&terraform), &json!({ "name": "by hand" }));
    terraform.config(&SMALL.replace("name = \"a\"", "name = \"by hand\""));
    let accepted = terraform.apply();
    assert!(!accepted.requests.iter().any(|request| request.starts_with("PATCH")), "{:?}", accepted.requests);
    assert_eq!(terraform.text(CLIENT, "name"), "by hand");
}

fn item_101_what_was_deleted_is_planned_anew() {
    let terraform = applied();
    let before = client(&terraform);
    terraform.tenant.delete(&before);
    let plan = terraform.plan();
    assert_eq!((plan.action(CLIENT), plan.action(GRANT)), ("create".to_owned(), "create".to_owned()));
    terraform.apply();
    assert_ne!(client(&terraform), before);

    terraform.tenant.delete(&grant(&terraform));
    let plan = terraform.plan();
    assert_eq!((plan.action(CLIENT), plan.action(GRANT)), ("no-op".to_owned(), "create".to_owned()));
    terraform.apply();
}

fn item_095_delete_of_gone_object_succeeds() {
    let terraform = applied();
    terraform.tenant.refuse("DELETE", "/api/v2/clients/*", 403, "operation_not_supported", "Not now");
    let refused = terraform.run(&["destroy", "-auto-approve"]).failure();
    refused.assert_one_error(&["Cannot delete the client", "Not now"]);
    assert_eq!(terraform.addresses(), [CLIENT], "the grant went before");

    terraform.tenant.delete(&client(&terraform));
    terraform.run(&["destroy", "-auto-approve", "-refresh=false"]).success();
    assert!(terraform.addresses().is_empty());
}

fn object_in_another_tenant_is_not_deleted() {
    let terraform = applied();
    let elsewhere = Tenant::start();
    terraform.point_at(&elsewhere);
    terraform.config(&SMALL.replace("var.management_api", &format!("{:?}", terraform.tenant.management_api())));
    let refused = terraform.fail_to_plan();
    let (home, away) = (terraform.tenant.domain(), elsewhere.domain());
    refused.assert_says(&[home, away]);
    assert_eq!(terraform.addresses().len(), 2, "the state stays as it is");

    terraform.point_at(&terraform.tenant);
    terraform.assert_empty_plan();
}

fn an_application_of_another_type_is_refused_by_name() {
    let terraform = applied();
    terraform.tenant.change(&client(&terraform), &json!({ "app_type": "regular_web" }));
    terraform.fail_to_plan().assert_one_error(&["Not a Machine-to-Machine Client", "`regular_web`", "`auth0_client`"]);
}
