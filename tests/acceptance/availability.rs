//! Without a usable Terraform, tests are ignored or fail, and whoever started them is told which and why.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

super::trials![
    tests_are_ignored_without_terraform,
    tests_run_if_terraform_warns_before_its_version,
    tests_fail_if_terraform_tells_no_version,
    tests_are_ignored_if_terraform_is_too_old,
];

const WARNING: &str = "Warning: Unable to open CLI configuration file";

fn tests_are_ignored_without_terraform() {
    let output = tests_with(None, &[]);
    assert!(output.status.success(), "{output:?}");
    assert_says(&output, "acceptance tests are ignored: no `terraform` on the PATH");
    assert_says(&output, "1 ignored");
}

fn tests_run_if_terraform_warns_before_its_version() {
    for json in [r#"{"terraform_version":"1.11.4"}"#, "{\n  \"terraform_version\": \"1.12.0-rc1\"\n}"] {
        // The test itself needs the real one, and is only listed.
        let output = tests_with(Some(&format!("echo '{WARNING}'; echo; echo '{json}'")), &["--list", "--ignored"]);
        let listed = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && !listed.contains(": test"), "{output:?}");
    }
}

fn tests_fail_if_terraform_tells_no_version() {
    for script in [
        format!("echo '{WARNING}'"),
        "echo '{}'".to_owned(),
        "echo '{\"terraform_version\":\"next\"}'".to_owned(),
        "echo crashed >&2; exit 1".to_owned(),
    ] {
        let output = tests_with(Some(&script), &[]);
        assert_eq!(output.status.code(), Some(101), "{script}: {output:?}");
        assert_says(&output, "does not tell its version");
        assert_says(&output, "1 failed");
    }
}

fn tests_are_ignored_if_terraform_is_too_old() {
    let output = tests_with(Some("echo '{\"terraform_version\":\"1.10.5\"}'"), &[]);
    assert!(output.status.success(), "{output:?}");
    assert_says(&output, "the `terraform` on the PATH is 1.10.5, older than 1.11");
}

/// Runs one of these tests with this script as the only `terraform`.
fn tests_with(script: Option<&str>, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    if let Some(script) = script {
        let program = folder.path().join("terraform");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "lifecycle::empty_value_causes_no_perpetual_difference"]).args(arguments);
    command.env("PATH", folder.path()).env_remove("CI").env_remove("RECORD_BODIES");
    command.output().unwrap()
}

fn assert_says(output: &Output, part: &str) {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(text.contains(part), "{part:?} is not said in: {text}");
}
