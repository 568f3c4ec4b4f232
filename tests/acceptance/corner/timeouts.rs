//! The `timeouts` of a resource.

use serde_json::json;

use super::{applied, configure, empty, objects, workspace};
use crate::support::terraform::Run;

crate::trials![
    item_097_timed_out_create_keeps_object_and_names_timeout,
    item_097_every_operation_has_its_own_timeout,
    item_097_a_change_of_timeouts_asks_nothing_of_the_service,
    item_097_a_timeout_that_is_none_is_shown_at_its_line,
    item_097_an_imported_object_has_no_timeouts,
];

const TYPE: &str = "corner_slow";
const A: &str = "corner_slow.a";

fn item_097_timed_out_create_keeps_object_and_names_timeout() {
    let terraform = workspace(TYPE, "create = 60\ntimeouts = {\n  create = \"1s\"\n}");
    let failed = terraform.fail_to_apply();
    failed.assert_one_error(&[
        "Out of Time",
        "The create had 1 s. To allow more time, set `timeouts.create`.",
        "main.tf line 4",
    ]);
    assert!(terraform.is_tainted(A));
    assert_eq!(objects(&terraform), [terraform.text(A, "id")]);
    configure(&terraform, TYPE, "create = 1\ntimeouts = { create = \"1m\" }");
    terraform.apply();
    assert_eq!(objects(&terraform), [terraform.text(A, "id")], "nothing leaks");
}

fn item_097_every_operation_has_its_own_timeout() {
    let terraform = empty();
    let timed_out = |run: &Run, what: &str| {
        run.assert_one_error(&[
            "Out of Time",
            &format!("The {what} had 1 s. To allow more time, set `timeouts.{what}`."),
        ]);
    };
    applied(&terraform, TYPE, "timeouts = { update = \"1s\" }");
    configure(&terraform, TYPE, "update = 60\ntimeouts = { update = \"1s\" }");
    timed_out(&terraform.fail_to_apply(), "update");
    assert_eq!(terraform.attributes(A)["update"], json!(null), "a failed update keeps what was");

    applied(&terraform, TYPE, "update = 2\nread = 0\ndelete = 60\ntimeouts = { update = \"1m\", delete = \"1s\" }");
    timed_out(&terraform.run(&["destroy", "-auto-approve"]).failure(), "delete");
    applied(&terraform, TYPE, "timeouts = { read = \"1s\" }");
    configure(&terraform, TYPE, "read = 60\ntimeouts = { read = \"1s\" }");
    terraform.try_apply(&[]).success();
    timed_out(&terraform.fail_to_plan(), "read");
}

fn item_097_a_change_of_timeouts_asks_nothing_of_the_service() {
    // An update would count.
    let terraform = empty();
    applied(&terraform, TYPE, "");
    configure(&terraform, TYPE, "timeouts = { update = \"2m\" }");
    let plan = terraform.plan();
    assert_eq!((plan.action(A).as_str(), plan.changed(A)), ("update", vec!["timeouts".to_owned()]));
    terraform.apply();
    let attributes = terraform.attributes(A);
    assert_eq!((&attributes["updates"], &attributes["timeouts"]["update"]), (&json!(0), &json!("2m")));
    applied(&terraform, TYPE, "");
    assert_eq!(terraform.attributes(A)["timeouts"], json!(null));
}

fn item_097_a_timeout_that_is_none_is_shown_at_its_line() {
    let terraform = workspace(TYPE, "timeouts = {\n  create = \"1m\"\n  delete = \"soon\"\n}");
    let refused = terraform.run(&["validate"]).failure();
    refused.assert_one_error(&["\"soon\" must be a duration such as `30s`, `20m` or `1h30m`", "main.tf line 4"]);
}

fn item_097_an_imported_object_has_no_timeouts() {
    let terraform = workspace(TYPE, "");
    terraform.file("objects/slow-7", "");
    terraform.run(&["import", A, "slow-7"]).success();
    assert_eq!(terraform.attributes(A)["timeouts"], json!(null));
    terraform.assert_empty_plan();
}
