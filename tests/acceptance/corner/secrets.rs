//! Write-only attributes and ephemeral resources: what passes through Terraform and leaves no trace.

use serde_json::json;

use super::{applied, configure, empty, objects, workspace};
use crate::support::corner::{lease::TOKEN, store::DIARY};
use crate::support::terraform::Workspace;

crate::trials![
    item_098_only_service_gets_write_only_value,
    item_098_only_its_version_changes_a_write_only_value,
    item_110_opens_and_closes_in_plan_and_apply,
    item_110_it_is_renewed_while_an_apply_runs,
    item_110_it_waits_until_its_arguments_are_known,
    item_111_an_ephemeral_value_goes_where_it_leaves_no_trace,
    item_114_it_waits_for_the_configuration_of_its_provider,
];

const TYPE: &str = "corner_secret";
const A: &str = "corner_secret.a";

/// What the service holds.
fn content(terraform: &Workspace) -> String {
    let [only] = objects(terraform).try_into().unwrap();
    std::fs::read_to_string(terraform.path(&format!("objects/{only}"))).unwrap()
}

/// What happened, line by line, since the last time.
fn diary(terraform: &Workspace) -> Vec<String> {
    let path = terraform.path(&format!("objects/{DIARY}"));
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let _ = std::fs::remove_file(path);
    text.lines().map(str::to_owned).collect()
}

/// Neither the state nor the plan file, as it is and as JSON, has the text.
#[track_caller]
fn assert_traceless(terraform: &Workspace, secret: &str) {
    let plan = terraform.plan_with(&["-refresh=false"]);
    let entries = terraform.plan_file();
    assert!(entries.contains("registry.terraform.io/test/corner"), "the plan file was read");
    for (place, text) in [("state", terraform.state_file()), ("plan", plan.json().to_string()), ("plan file", entries)]
    {
        assert!(!text.contains(secret), "{place}: {text}");
    }
}

fn item_098_only_service_gets_write_only_value() {
    let everywhere = "purpose = \"x\"\nvalue_wo = \"${var.s}-1\"\nvalue_wo_version = 1\n\
                      spare = { value_wo = \"${var.s}-2\" }\nparts = [{ label = \"l\", value_wo = \"${var.s}-3\" }]\n\
                      named = { n = { value_wo = \"${var.s}-4\" } }";
    let terraform = workspace(TYPE, everywhere);
    terraform.file("variables.tf", "variable \"s\" {\n  ephemeral = true\n}\n");
    terraform.env("TF_VAR_s", "s3cret");
    let plan = terraform.plan();
    assert!(plan.text().contains("value_wo = (write-only attribute)"), "{}", plan.text());
    assert_eq!(plan.after(A)["value_wo"], json!(null));
    let file = terraform.plan_file();
    assert!(file.contains("corner_secret") && !file.contains("s3cret"), "{file}");
    terraform.apply();
    assert_eq!(content(&terraform), "s3cret-1,s3cret-2,s3cret-3,s3cret-4");
    let attributes = terraform.attributes(A);
    assert_eq!(attributes["value_wo"], json!(null));
    assert_eq!(attributes["parts"], json!([{ "label": "l", "value_wo": null, "seal": "wax" }]));
    assert!(!terraform.state_file().contains("s3cret"), "{}", terraform.state_file());
}

fn item_098_only_its_version_changes_a_write_only_value() {
    let terraform = workspace(TYPE, "value_wo = \"one\"\nvalue_wo_version = 1");
    terraform.apply();
    configure(&terraform, TYPE, "value_wo = \"two\"\nvalue_wo_version = 1");
    terraform.assert_empty_plan();
    applied(&terraform, TYPE, "value_wo = \"two\"\nvalue_wo_version = 2");
    assert_eq!(content(&terraform), "two");
    let plan = {
        configure(&terraform, TYPE, "value_wo = \"three\"\nvalue_wo_version = 3");
        terraform.plan()
    };
    assert_eq!(plan.changed(A), ["value_wo_version"]);
}

const LEASE: &str = "ephemeral \"corner_lease\" \"l\" {\n  purpose = \"x\"\n}\n";

fn item_110_opens_and_closes_in_plan_and_apply() {
    let terraform = empty();
    terraform.config(LEASE);
    terraform.plan();
    assert_eq!(diary(&terraform), ["open x", "close opened"]);
    terraform.try_apply(&[]).success();
    assert_eq!(diary(&terraform), ["open x", "close opened", "open x", "close opened"]);
}

fn item_110_it_is_renewed_while_an_apply_runs() {
    let terraform = empty();
    terraform.config(
        "ephemeral \"corner_lease\" \"l\" {\n  purpose = \"x\"\n  renew_after = 200\n}\n\
         resource \"corner_slow\" \"s\" {\n  create = 1\n}\n\
         resource \"corner_secret\" \"a\" {\n  purpose = corner_slow.s.id\n  \
         value_wo = ephemeral.corner_lease.l.token\n}\n",
    );
    terraform.try_apply(&[]).success();
    let diary = diary(&terraform);
    assert_eq!(diary.first().map(String::as_str), Some("open x"), "{diary:?}");
    let renewals: Vec<_> = diary.iter().filter(|line| line.starts_with("renew")).collect();
    assert_eq!(renewals.first().map(|line| line.as_str()), Some("renew opened"), "{diary:?}");
    assert!(renewals[1..].iter().any(|line| *line == "renew renewed"), "it was renewed again: {diary:?}");
    assert_eq!(diary.last().map(String::as_str), Some("close opened"), "{diary:?}");
    assert_eq!(content_of_secret(&terraform), TOKEN);
}

/// What the one secret in the store holds, beside other objects.
fn content_of_secret(terraform: &Workspace) -> String {
    let name = objects(terraform).into_iter().find(|name| name.starts_with("secret")).unwrap();
    std::fs::read_to_string(terraform.path(&format!("objects/{name}"))).unwrap()
}

fn item_110_it_waits_until_its_arguments_are_known() {
    let terraform = empty();
    terraform.config(
        "resource \"corner_thing\" \"t\" {\n  content = \"x\"\n}\n\
         ephemeral \"corner_lease\" \"l\" {\n  purpose = corner_thing.t.id\n}\n",
    );
    terraform.plan();
    assert_eq!(diary(&terraform), [""; 0], "the purpose is not known in the plan");
    terraform.try_apply(&[]).success();
    let id = terraform.text("corner_thing.t", "id");
    assert_eq!(diary(&terraform), [format!("open {id}"), "close opened".to_owned()]);
}

fn item_111_an_ephemeral_value_goes_where_it_leaves_no_trace() {
    let terraform = empty();
    terraform.config(&format!(
        "{LEASE}\nprovider \"corner\" {{\n  alias = \"other\"\n  passphrase = ephemeral.corner_lease.l.token\n}}\n\
         resource \"corner_thing\" \"t\" {{\n  provider = corner.other\n  content = \"x\"\n}}\n\
         ephemeral \"corner_lease\" \"second\" {{\n  purpose = \"y\"\n  passphrase = ephemeral.corner_lease.l.token\n}}\n\
         resource \"corner_secret\" \"a\" {{\n  value_wo = ephemeral.corner_lease.l.token\n  value_wo_version = 1\n}}\n"
    ));
    terraform.apply();
    let diary = diary(&terraform);
    assert!(diary.contains(&format!("opened with {TOKEN}")), "{diary:?}");
    assert!(diary.contains(&"open y".to_owned()), "{diary:?}");
    assert_eq!(content_of_secret(&terraform), TOKEN);
    assert_traceless(&terraform, TOKEN);
}

fn item_114_it_waits_for_the_configuration_of_its_provider() {
    let terraform = empty();
    terraform.config(
        "resource \"corner_thing\" \"t\" {\n  content = \"x\"\n}\n\
         provider \"corner\" {\n  alias = \"other\"\n  passphrase = corner_thing.t.id\n}\n\
         ephemeral \"corner_lease\" \"l\" {\n  provider = corner.other\n  purpose = \"x\"\n}\n\
         resource \"corner_secret\" \"a\" {\n  value_wo = ephemeral.corner_lease.l.token\n}\n",
    );
    terraform.plan();
    assert_eq!(diary(&terraform), [""; 0], "nothing can be opened yet");
    terraform.try_apply(&[]).success();
    assert_eq!(content_of_secret(&terraform), TOKEN);
}
