//! The corner-case provider, driven by the real Terraform: what no type of Auth0 has.

pub(crate) mod blocks;
pub(crate) mod collections;
pub(crate) mod rules;
pub(crate) mod secrets;
pub(crate) mod spellings;
pub(crate) mod timeouts;
pub(crate) mod values;
pub(crate) mod versions;

use serde_json::Value;

use crate::support::terraform::{Run, Workspace};

super::trials![
    item_032_the_last_words_of_a_process_are_shown,
    item_056_a_deprecated_attribute_warns_whoever_sets_it,
    item_078_a_sensitive_value_is_hidden,
    item_093_what_a_failed_create_left_is_known_and_replaced,
    item_104_a_type_that_cannot_be_imported_says_so,
];

const SOURCE: &str = "registry.terraform.io/test/corner";
const THING: &str = "corner_thing.a";

/// A workspace with the corner-case provider.
fn empty() -> Workspace {
    let terraform = Workspace::with(SOURCE, &std::env::current_exe().unwrap());
    let versions = "terraform {\n  required_providers {\n    corner = { source = \"test/corner\" }\n  }\n}\n";
    terraform.file("versions.tf", versions);
    terraform.file("objects/.keep", "");
    terraform.env("CORNER_STORE", terraform.path("objects").to_str().unwrap());
    terraform
}

/// A workspace with one resource of the corner-case provider, `a`.
fn workspace(type_name: &str, lines: &str) -> Workspace {
    let terraform = empty();
    configure(&terraform, type_name, lines);
    terraform
}

fn configure(terraform: &Workspace, type_name: &str, lines: &str) {
    terraform.config(&format!("resource \"{type_name}\" \"a\" {{\n{lines}\n}}"));
}

/// The names of all objects.
fn objects(terraform: &Workspace) -> Vec<String> {
    let files = std::fs::read_dir(terraform.path("objects")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| !name.starts_with('.')).collect()
}

/// Applies with this configuration; the next plan has to be empty. The attributes that come of it.
#[track_caller]
fn applied(terraform: &Workspace, type_name: &str, lines: &str) -> Value {
    configure(terraform, type_name, lines);
    terraform.apply();
    terraform.attributes(&format!("{type_name}.a"))
}

/// With this configuration nothing is to be done.
#[track_caller]
fn assert_no_change(terraform: &Workspace, type_name: &str, lines: &str) {
    configure(terraform, type_name, lines);
    terraform.assert_empty_plan();
}

fn item_032_the_last_words_of_a_process_are_shown() {
    let terraform = workspace("corner_thing", "content = \"x\"");
    terraform.env("CORNER_BROKEN", "1");
    let failed = terraform.run(&["plan"]).failure();
    failed.assert_says(&["Stack trace from the terraform-provider-corner plugin", "panic: broken beyond use"]);
}

fn item_056_a_deprecated_attribute_warns_whoever_sets_it() {
    let terraform = workspace("corner_thing", "content = \"x\"");
    let warned = |run: &Run| run.stdout.contains("Deprecated");
    assert!(!warned(&terraform.run(&["validate"]).success()));
    configure(&terraform, "corner_thing", "content = \"x\"\ntext = \"y\"");
    let run = terraform.run(&["validate"]).success();
    assert!(warned(&run) && run.stdout.contains("main.tf line 3"), "{run:?}");
}

fn item_078_a_sensitive_value_is_hidden() {
    let terraform = workspace("corner_thing", "content = \"treasure-of-this-test\"");
    let plan = terraform.plan();
    assert!(plan.text().contains("content = (sensitive value)"), "{}", plan.text());
    let applied = terraform.apply();
    configure(&terraform, "corner_thing", "content = \"treasure-of-this-test-too\"");
    let changed = terraform.plan();
    for text in [&plan.text(), &applied.stdout, &changed.text()] {
        assert!(!text.contains("treasure-of-this-test"), "{text}");
    }
}

fn item_093_what_a_failed_create_left_is_known_and_replaced() {
    let terraform = workspace("corner_thing", "content = \"half\"");
    terraform.fail_to_apply().assert_one_error(&["Half Done", THING]);
    assert!(terraform.is_tainted(THING));
    let left = terraform.text(THING, "id");
    assert_eq!(objects(&terraform), [left.as_str()]);

    configure(&terraform, "corner_thing", "content = \"whole\"");
    assert_eq!(terraform.plan().action(THING), "delete, create");
    terraform.apply();
    let made = terraform.text(THING, "id");
    assert_ne!(made, left);
    assert_eq!(objects(&terraform), [made], "nothing leaks");
}

fn item_104_a_type_that_cannot_be_imported_says_so() {
    let terraform = workspace("corner_thing", "content = \"x\"");
    let refused = terraform.run(&["import", THING, "thing-1"]).failure();
    refused.assert_one_error(&["Resource Import Not Supported", "`corner_thing`"]);
}
