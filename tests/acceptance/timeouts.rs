//! The `timeouts` of Auth0's types.

use serde_json::json;
use terraform_provider_auth0::emulator::Action;

use crate::support::terraform::Workspace;

super::trials![
    item_097_a_slow_service_is_given_up_after_the_configured_time,
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

fn item_097_a_slow_service_is_given_up_after_the_configured_time() {
    let terraform = Workspace::new();
    terraform.config(&both(""));
    terraform.apply();
    terraform.config(
        &both("timeouts = { update = \"1s\", read = \"1s\" }").replace("\"a\"\n  timeouts", "\"b\"\n  timeouts"),
    );
    terraform.tenant.spoil("PATCH", "/api/v2/clients/*", Action::delay_ms(20_000));
    let more = "The update had 1 s. Allow it more with `timeouts.update`.";
    terraform.fail_to_apply().assert_one_error(&["Cannot update the client", more, CLIENT]);
    assert_eq!(terraform.text(CLIENT, "name"), "a");
    assert_eq!(terraform.attributes(CLIENT)["timeouts"], json!(null), "a failed update keeps what was");
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
