//! Who may know whom: a floor knows the floors below it, the files of a floor know each other in one direction, and generated
//! or foreign code stays in the room that it is for.

mod imports;
mod paths;

use self::imports::{Circle, Modules, circles, module};
use self::paths::all_paths;
use crate::golden::{files, text};

/// Each floor with the floors that it may import.
const FLOORS: [(&str, &[&str]); 12] = [
    ("foreign", &[]),
    ("diagnostic", &[]),
    ("value", &["diagnostic"]),
    ("schema", &["value", "diagnostic"]),
    ("framework", &["schema", "value", "diagnostic"]),
    ("logging", &["foreign"]),
    ("protocol", &["framework", "schema", "value", "diagnostic", "logging", "foreign"]),
    ("auth0", &["foreign"]),
    ("provider", &["framework", "auth0", "schema", "value", "diagnostic", "foreign"]),
    ("emulator", &[]),
    ("main", &["provider", "protocol"]),
    ("bin", &["emulator"]),
];

/// Crates that are for one floor alone.
const FOREIGN: [(&str, &str); 7] = [
    ("prost", "protocol"),
    ("prost_types", "protocol"),
    ("tonic", "protocol"),
    ("tonic_prost", "protocol"),
    ("rmp", "value"),
    ("reqwest", "auth0"),
    ("axum", "emulator"),
];

#[test]
fn imports_lead_downwards() {
    let files = sources();
    assert!(files.len() > 50, "the sources were not found: {files:?}");
    let breaches: Vec<_> = files.iter().flat_map(|(file, code)| breaches(file, code)).collect();
    assert!(breaches.is_empty(), "floors may only import those below them:\n{}", breaches.join("\n"));
}

/// An import of what a parent module re-exports counts as an import of the file that defines it. What the parent itself defines
/// does not count for its children: they are part of it.
#[test]
fn files_of_a_floor_import_in_one_direction() {
    let circles = circles(&Modules::of(&sources()).imports());
    let report: Vec<_> = circles.iter().map(Circle::report).collect();
    assert!(report.is_empty(), "move what both files need into a file below them:\n{}", report.join("\n"));
}

#[test]
fn a_circle_is_named_with_what_ties_it() {
    let files = [
        ("src/a.rs", "mod b; mod c; mod d; pub struct A;"),
        ("src/a/b.rs", "use super::{A, c::C};"),
        ("src/a/c.rs", "fn f() -> d::D { super::d::f() }"),
        ("src/a/d.rs", "use crate::a::b::{self, B as Other};\nuse super::c::*; fn f() { b::g() }"),
    ];
    let circles = circles_of(&files);
    assert_eq!(
        circles,
        ["3 files of a import each other:\n  src/a/b.rs -> src/a/c.rs: C\n  src/a/c.rs -> src/a/d.rs: f\n  \
          src/a/d.rs -> src/a/b.rs: B, g\n  src/a/d.rs -> src/a/c.rs: *"]
    );
}

#[test]
fn a_re_export_leads_to_the_file_that_defines() {
    let files = [
        ("src/a.rs", "mod b; mod c; pub use self::b::B; use b::Hidden as Known;"),
        ("src/a/b.rs", "use super::C;\nuse super::c::D; pub struct B;"),
        ("src/a/c.rs", "use super::{B, Known}; use other::C;"),
    ];
    let circles = circles_of(&files);
    assert_eq!(
        circles,
        ["2 files of a import each other:\n  src/a/b.rs -> src/a/c.rs: D\n  src/a/c.rs -> src/a/b.rs: B, Hidden"]
    );
}

#[test]
fn parents_and_tests_are_no_imports() {
    let child = "use super::{A, f};\n#[cfg(test)]\nmod tests {\n    use crate::a::c::C;\n}\n";
    let files = [
        ("src/a.rs", "mod b; mod c; use self::b::B; pub struct A; fn f() { c::g() }"),
        ("src/a/b.rs", child),
        ("src/a/c.rs", "use super::b::B; #[cfg(test)] mod tests; macro_rules! m { () => { $crate::a::d::D } }"),
        ("src/a/c/tests.rs", "use crate::a::d::D;"),
        ("src/a/d.rs", "use super::c::g;"),
    ];
    assert_eq!(circles_of(&files), [""; 0]);
}

fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<_> = files.iter().map(|(file, code)| ((*file).to_owned(), (*code).to_owned())).collect();
    circles(&Modules::of(&files).imports()).iter().map(Circle::report).collect()
}

#[test]
fn a_breach_is_named_by_its_place() {
    let code = "//! Text.\n// use crate::provider;\nuse crate::{\n    value::{self, schema},\n    provider::x,\n};\n";
    assert_eq!(breaches("src/schema/plan.rs", code), ["src/schema/plan.rs:5: schema imports provider"]);
    assert_eq!(
        breaches("src/auth0.rs", "fn f() {\n    crate::schema::g();\n}"),
        ["src/auth0.rs:2: auth0 imports schema"]
    );
    assert_eq!(
        breaches("src/provider/a.rs", "use super::super::protocol;"),
        ["src/provider/a.rs:1: provider imports protocol"]
    );
    assert_eq!(breaches("src/provider/a.rs", "use tonic::Status;"), ["src/provider/a.rs:1: provider imports tonic"]);
    assert_eq!(breaches("src/emulator/a.rs", "use crate::emulator::b;\nuse axum::http;"), [""; 0]);
}

/// A secret that Terraform is given has to be one of which it keeps nothing.
#[test]
fn only_ephemeral_resources_disclose_secrets() {
    let disclosing = files("src", "rs").into_iter().filter(|file| text(file).contains("Value<Disclosed>"));
    let elsewhere: Vec<_> = disclosing.filter(|file| !file.starts_with("src/provider/ephemeral_resources")).collect();
    assert_eq!(elsewhere, [""; 0].map(std::path::PathBuf::from));
}

/// Every source file with its text.
fn sources() -> Vec<(String, String)> {
    files("src", "rs").into_iter().map(|file| (file.display().to_string(), text(file))).collect()
}

/// What a file imports against the table, with the line.
fn breaches(file: &str, code: &str) -> Vec<String> {
    let module = module(file);
    let Some(own) = module.first() else { return Vec::new() };
    let Some((_, allowed)) = FLOORS.iter().find(|(floor, _)| floor == own) else {
        panic!("{file} is on no floor: add it to the table")
    };
    let is_forbidden_floor =
        |name: &str| FLOORS.iter().any(|(floor, _)| *floor == name) && name != own && !allowed.contains(&name);
    let is_foreign = |name: &str| FOREIGN.iter().any(|(krate, floor)| *krate == name && floor != own);
    let mut found: Vec<_> = all_paths(code)
        .into_iter()
        .filter_map(|mention| {
            let supers = mention.path.iter().take_while(|name| *name == "super").count();
            let name = match mention.path[0].as_str() {
                "crate" | "terraform_provider_auth0" => mention.path.get(1).filter(|name| is_forbidden_floor(name)),
                "super" if supers >= module.len() => mention.path.get(supers).filter(|name| is_forbidden_floor(name)),
                name => Some(&mention.path[0]).filter(|_| is_foreign(name)),
            };
            name.map(|name| format!("{file}:{}: {own} imports {name}", mention.line))
        })
        .collect();
    found.dedup();
    found
}
