//! The `timeouts` of Auth0's types.

use serde_json::json;
use terraform_provider_auth0::emulator::Action;

use crate::support::terraform::Workspace;

super::trials![
    item_097_gives_up_after_configured_timeout,
    item_097_each_operation_has_a_time_of_its_own,
    item_097_retry_without_time_names_timeout,
    item_097_timeouts_alone_change_nothing_in_auth0,
];

const CLIENT: &str = "auth0_m2m_client.a";
const GRANT: &str = "auth0_client_grant.a";

fn both(timeouts: &str) -> String {
    format!(
        "resource \"auth0_m2m_client\" \"a\" {{\n  name = \"a\"\n  {timeouts}\n}}\n\
         resource \"auth0_client_grant\" \"a\" {{\n  client_id = auth0_m2m_client.a.id\n  audience = var.management_api\n  \
         {timeouts}\n}}\n"
    )
}

fn item_097_gives_up_after_configured_timeout() {
    let terraform = Workspace::new();
    terraform.config(&both(""));
    terraform.apply();
    terraform.config(
        &both("timeouts = { update = \"1s\", read = \"1s\" }").replace("\"a\"\n  timeouts", "\"b\"\n  timeouts"),
    );
    terraform.tenant.spoil("PATCH", "/api/v2/clients/*", Action::delay_ms(20_000));
    let more = "The update had 1 s. To allow more time, set `timeouts.update`.";
    terraform.fail_to_apply().assert_one_error(&["Cannot update the client", more, CLIENT]);
    assert_eq!(terraform.text(CLIENT, "name"), "a");
    assert_eq!(terraform.attributes(CLIENT)["timeouts"], json!(null), "a failed update keeps what was");
}

fn item_097_each_operation_has_a_time_of_its_own() {
    let terraform = Workspace::new();
    let slow = || Action::delay_ms(20_000);
    terraform.config(&both("timeouts = { create = \"1s\", read = \"1s\", delete = \"1s\" }"));
    terraform.apply();
    terraform.tenant.spoil("GET", "/api/v2/clients*", slow());
    terraform.fail_to_plan().assert_one_error(&["The read had 1 s. To allow more time, set `timeouts.read`.", CLIENT]);
    terraform.tenant.spoil("DELETE", "/api/v2/client-grants/*", slow());
    let stuck = terraform.run(&["destroy", "-auto-approve", "-input=false"]).failure();
    stuck.assert_one_error(&[
        "Cannot delete the client grant",
        "The delete had 1 s. To allow more time, set `timeouts.delete`.",
    ]);
    terraform.destroy();
    // A creation itself would be waited for a little longer, so that no id is lost.
    terraform.tenant.spoil("POST", "/oauth/token", slow());
    let stuck = terraform.fail_to_apply();
    stuck.assert_one_error(&["The create had 1 s. To allow more time, set `timeouts.create`.", CLIENT]);
}

fn item_097_retry_without_time_names_timeout() {
    let terraform = Workspace::new();
    terraform.config(&both("timeouts = { create = \"3s\", update = \"1s\" }"));
    for (fault, said) in [
        (Action::answer(429, json!(""), &[("retry-after", "60")]), "the rate limit is exhausted for 60 s"),
        (Action::answer(429, json!(""), &[("retry-after", "3600")]), "the rate limit is exhausted for 3600 s"),
    ] {
        terraform.tenant.spoil("POST", "/api/v2/clients", fault);
        let more = "To allow more time, set `timeouts.create`.";
        terraform.fail_to_apply().assert_one_error(&["Cannot create the client", said, more, CLIENT]);
    }
    terraform.apply();
    terraform.config(&both("timeouts = { update = \"1s\" }").replace("name = \"a\"", "name = \"b\""));
    for _ in 0..6 {
        terraform.tenant.spoil("PATCH", "/api/v2/clients/*", Action::status(503));
    }
    let refused = terraform.fail_to_apply();
    refused.assert_one_error(&[
        "status 503",
        "no time was left for another attempt",
        "To allow more time, set `timeouts.update`.",
    ]);
    assert_eq!(terraform.text(CLIENT, "name"), "a");
}

fn item_097_timeouts_alone_change_nothing_in_auth0() {
    let terraform = Workspace::new();
    terraform.config(&both(""));
    terraform.apply();
    terraform.config(&both("timeouts = { create = \"1h\", update = \"30s\" }"));
    let plan = terraform.plan();
    assert_eq!((plan.changed(CLIENT), plan.changed(GRANT)), (vec!["timeouts".to_owned()], vec!["timeouts".to_owned()]));
    let run = terraform.apply();
    assert!(run.requests.iter().all(|request| request.starts_with("GET ") || request.ends_with("/token")), "{run:?}");
    assert_eq!(terraform.attributes(GRANT)["timeouts"]["update"], "30s");

    let grant = terraform.text(GRANT, "id");
    terraform.run(&["state", "rm", GRANT]).success();
    terraform.run(&["import", GRANT, &grant]).success();
    assert_eq!(terraform.attributes(GRANT)["timeouts"], json!(null));
}
