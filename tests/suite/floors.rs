//! Who may know whom: a floor knows the floors below it, and generated or foreign code stays in the room that it is for.

use crate::golden::{files, text};

/// Each floor with the floors that it may import.
const FLOORS: [(&str, &[&str]); 11] = [
    ("diagnostic", &[]),
    ("value", &["diagnostic"]),
    ("schema", &["value", "diagnostic"]),
    ("framework", &["schema", "value", "diagnostic"]),
    ("logging", &[]),
    ("protocol", &["framework", "schema", "value", "diagnostic", "logging"]),
    ("auth0", &[]),
    ("provider", &["framework", "auth0", "schema", "value", "diagnostic"]),
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
    let files = files("src", "rs");
    assert!(files.len() > 50, "the sources were not found: {files:?}");
    let breaches: Vec<_> = files
        .iter()
        .flat_map(|file| {
            let file = file.to_str().unwrap();
            breaches(file, &text(file))
        })
        .collect();
    assert!(breaches.is_empty(), "floors may only import those below them:\n{}", breaches.join("\n"));
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

/// What a file imports against the table, with the line.
fn breaches(file: &str, code: &str) -> Vec<String> {
    let Some(own) = file.strip_prefix("src/").and_then(|path| path.split(['/', '.']).next()) else { return Vec::new() };
    let Some((_, allowed)) = FLOORS.iter().find(|(floor, _)| *floor == own) else {
        assert_eq!(own, "lib", "{file} is on no floor: add it to the table");
        return Vec::new();
    };
    // Without texts and comments, what they mention does not count; lines keep their numbers.
    let bare = |line: &str| line.split('"').step_by(2).collect::<String>().split("//").next().map(str::to_owned);
    let code: String = code.lines().map(|line| bare(line).unwrap_or_default() + "\n").collect();
    let known = |name: &str| FLOORS.iter().any(|(floor, _)| *floor == name);
    let own_floors =
        ["crate::", "terraform_provider_auth0::", "super::"].into_iter().flat_map(|root| imports(&code, root));
    let own_floors = own_floors.filter(|(_, name)| known(name) && *name != own && !allowed.contains(name));
    let foreign = FOREIGN.iter().filter(|(_, floor)| *floor != own);
    let foreign =
        foreign.flat_map(|(name, _)| imports(&code, &format!("{name}::")).into_iter().map(|(at, _)| (at, *name)));
    let mut found: Vec<_> = own_floors.chain(foreign).collect();
    found.sort_unstable();
    let line = |at: usize| code[..at].matches('\n').count() + 1;
    found.iter().map(|(at, name)| format!("{file}:{}: {own} imports {name}", line(*at))).collect()
}

/// The names right under each path that begins with `root`, with their offsets; of a group in braces, those of its items.
fn imports<'a>(code: &'a str, root: &str) -> Vec<(usize, &'a str)> {
    let starts_name = |at: usize| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    let mut found = Vec::new();
    for (at, _) in code.match_indices(root).filter(|(at, _)| starts_name(*at)) {
        let (mut depth, mut expecting) = (0, true);
        for (offset, c) in code[at + root.len()..].char_indices() {
            let start = at + root.len() + offset;
            match c {
                '{' => (depth, expecting) = (depth + 1, depth == 0),
                '}' => (depth, expecting) = (depth - 1, false),
                ',' => expecting = depth == 1,
                c if expecting && (c.is_alphabetic() || c == '_') => {
                    let name = code[start..].split(|c: char| !c.is_alphanumeric() && c != '_').next();
                    found.extend(name.map(|name| (start, name)));
                    expecting = false;
                }
                _ => {}
            }
            if depth == 0 && (!expecting || c == ';') {
                break;
            }
        }
    }
    found
}
