//! Every kind of request, spoilt in every way: after another apply, tenant and state agree, and nothing is there twice.
//!
//! `FAULTS=all cargo test --test acceptance -- faults::` tries all of them and prints the table of
//! [docs/reliability.md](../../docs/reliability.md); `FAULTS=7` tries as many, and `SEED` chooses others.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;
use serde_json::{Value, json};
use terraform_provider_auth0::emulator::Action;
use tokio::time::Instant;

use crate::support::tenant::Tenant;
use crate::support::terraform::{Run, Workspace};

super::trials![after_any_fault_tenant_and_state_agree, an_application_of_any_settings_is_found_when_its_answer_is_lost,];

/// Cells that `cargo test` tries.
const SAMPLE: usize = 8;
/// Cells that are tried side by side: most of their time is waiting.
const JOBS: usize = 8;

/// How late lists are where they are late.
const LATE: Duration = Duration::from_secs(2);

/// A kind of request in the run: the one that comes after so many of its kind.
struct Kind {
    name: &'static str,
    method: &'static str,
    path: &'static str,
    skip: u32,
    /// It is only sent when the answer to this one is lost.
    after: Option<&'static str>,
}

const fn kind(name: &'static str, method: &'static str, path: &'static str) -> Kind {
    Kind { name, method, path, skip: 0, after: None }
}

const CLIENTS: &str = "/api/v2/clients";
const GRANTS: &str = "/api/v2/client-grants";

const KINDS: [Kind; 15] = [
    kind("token, to plan", "POST", "/oauth/token"),
    Kind { skip: 1, ..kind("token, to apply", "POST", "/oauth/token") },
    kind("list of applications", "GET", CLIENTS),
    Kind { skip: 1, ..kind("the same before a creation", "GET", CLIENTS) },
    Kind { skip: 2, after: Some(CLIENTS), ..kind("the same after a lost answer", "GET", CLIENTS) },
    kind("list of grants", "GET", GRANTS),
    Kind { skip: 1, after: Some(GRANTS), ..kind("the same after a lost answer", "GET", GRANTS) },
    kind("application", "GET", "/api/v2/clients/*"),
    kind("grant", "GET", "/api/v2/client-grants/*"),
    kind("application", "POST", CLIENTS),
    kind("grant", "POST", GRANTS),
    kind("application", "PATCH", "/api/v2/clients/*"),
    kind("grant", "PATCH", "/api/v2/client-grants/*"),
    kind("application", "DELETE", "/api/v2/clients/*"),
    kind("grant", "DELETE", "/api/v2/client-grants/*"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Throttled,
    ThrottledSilently,
    InternalError,
    BadGateway,
    Unavailable,
    DroppedBefore,
    DroppedAfter,
    Truncated,
    InvalidJson,
    Stalled,
    Unauthorized,
    /// Somebody else creates an application that is equal to the new one, in the same moment; and the answer is lost.
    LookAlike,
}

const FAULTS: [Fault; 12] = [
    Fault::Throttled,
    Fault::ThrottledSilently,
    Fault::InternalError,
    Fault::BadGateway,
    Fault::Unavailable,
    Fault::DroppedBefore,
    Fault::DroppedAfter,
    Fault::Truncated,
    Fault::InvalidJson,
    Fault::Stalled,
    Fault::Unauthorized,
    Fault::LookAlike,
];

impl Fault {
    fn name(self) -> &'static str {
        match self {
            Self::Throttled => "429 with headers",
            Self::ThrottledSilently => "429 without",
            Self::InternalError => "500",
            Self::BadGateway => "502",
            Self::Unavailable => "503 in HTML",
            Self::DroppedBefore => "dropped before",
            Self::DroppedAfter => "dropped after",
            Self::Truncated => "truncated",
            Self::InvalidJson => "invalid JSON",
            Self::Stalled => "stall of 10 s",
            Self::Unauthorized => "401",
            Self::LookAlike => "look-alike",
        }
    }

    fn action(self, method: &str) -> Action {
        let refusal = |status: u16, error: &str, message: &str| json!({ "statusCode": status, "error": error, "message": message });
        let html = "<html><body>Try later</body></html>";
        match self {
            Self::Throttled => {
                let soon = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 3;
                let headers = [
                    ("x-ratelimit-limit", "10"),
                    ("x-ratelimit-remaining", "0"),
                    ("x-ratelimit-reset", &soon.to_string()),
                ];
                Action::answer(429, refusal(429, "Too Many Requests", "Global limit has been reached"), &headers)
            }
            Self::ThrottledSilently => {
                Action::answer(429, refusal(429, "Too Many Requests", "Global limit has been reached"), &[])
            }
            Self::InternalError => Action::answer(500, refusal(500, "Internal Server Error", "Oops"), &[]),
            Self::BadGateway => Action::status(502),
            Self::Unavailable => Action::answer(503, html.into(), &[("content-type", "text/html")]),
            Self::DroppedBefore => Action::drop_before(),
            Self::DroppedAfter | Self::LookAlike => Action::drop_after(),
            Self::Truncated => Action::truncate(20),
            Self::InvalidJson => {
                let success = if method == "POST" { 201 } else { 200 };
                Action::answer(success, "{\"client_id\": so far".into(), &[("content-type", "application/json")])
            }
            Self::Stalled => Action::delay_ms(10_000),
            Self::Unauthorized => Action::answer(401, refusal(401, "Unauthorized", "Invalid token"), &[]),
        }
    }
}

/// Which request is spoilt, and how, in a tenant with timely or late lists.
#[derive(Clone, Copy)]
struct Cell {
    kind: &'static Kind,
    fault: Fault,
    late: bool,
}

impl Cell {
    fn all() -> Vec<Self> {
        let cells = |late| KINDS.iter().flat_map(move |kind| FAULTS.map(|fault| Self { kind, fault, late }));
        [false, true].into_iter().flat_map(cells).collect()
    }

    fn name(self) -> String {
        let Self { kind: Kind { name, method, .. }, fault, late } = self;
        let lists = if late { ", late lists" } else { "" };
        format!("{method} {name}, {}{lists}", fault.name())
    }
}

/// Before the run: three applications, each with a grant. It keeps one of each, changes one, deletes one and creates one.
const BEFORE: [(&str, &str); 3] = [("keep", "1"), ("change", "1"), ("delete", "1")];
const AFTER: [(&str, &str); 3] = [("keep", "1"), ("change", "2"), ("create", "1")];

fn configuration(applications: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, version) in applications {
        write!(
            text,
            "resource \"auth0_m2m_client\" \"{name}\" {{\n  name = \"{name}\"\n  description = \"{version}\"\n}}\n\
             resource \"auth0_client_grant\" \"{name}\" {{\n  client_id = auth0_m2m_client.{name}.client_id\n  \
             audience = \"https://api.example.com\"\n  scopes = [\"scope:{version}\"]\n}}\n"
        )
        .unwrap();
    }
    text
}

/// What the provider sends to create the new application.
fn twin() -> Value {
    json!({
        "name": "create", "description": "1", "app_type": "non_interactive", "grant_types": ["client_credentials"],
        "jwt_configuration": { "alg": "RS256", "lifetime_in_seconds": 36_000, "secret_encoded": false },
        "token_endpoint_auth_method": "client_secret_post", "oidc_conformant": true, "is_first_party": true,
    })
}

/// A tenant and a state to start from, made once and copied for each cell.
struct Start {
    tenant: Value,
    state: String,
    origin: String,
    /// What a tenant has by itself.
    seeded: BTreeSet<String>,
}

impl Start {
    fn new() -> Self {
        let terraform = Workspace::new();
        terraform.tenant.api("https://api.example.com", &["scope:1", "scope:2"]);
        let seeded = ids(&terraform.tenant);
        terraform.config(&configuration(&BEFORE));
        terraform.try_apply(&[]).success();
        let (tenant, state) = (terraform.tenant.state(), terraform.state_file());
        Self { tenant, state, origin: terraform.tenant.domain().to_owned(), seeded }
    }

    /// A workspace whose state belongs to a tenant of its own, about to be changed.
    fn workspace(&self, late: bool) -> Workspace {
        let terraform = Workspace::on(Tenant::with(&self.tenant, if late { LATE } else { Duration::ZERO }));
        // The state tells where its objects were last seen.
        let seen_at = |origin: &str| STANDARD.encode(json!({ "origin": origin }).to_string());
        let state = self.state.replace(&seen_at(&self.origin), &seen_at(terraform.tenant.domain()));
        terraform.file("terraform.tfstate", &state);
        terraform.config(&configuration(&AFTER));
        terraform
    }
}

/// Every application and grant in the tenant.
fn ids(tenant: &Tenant) -> BTreeSet<String> {
    objects(tenant).into_keys().collect()
}

fn objects(tenant: &Tenant) -> BTreeMap<String, Value> {
    let state = tenant.state();
    let of = |kind: &str, id: &str| {
        let objects = state[kind].as_array().unwrap_or_else(|| panic!("no {kind} in {state}"));
        objects.iter().map(|object| (object[id].as_str().unwrap().to_owned(), object.clone())).collect::<Vec<_>>()
    };
    [of("clients", "client_id"), of("client_grants", "id")].concat().into_iter().collect()
}

/// What the state knows: the id of each address. Nothing may be tainted.
fn known(terraform: &Workspace) -> BTreeMap<String, String> {
    let state: Value = serde_json::from_str(&terraform.state_file()).unwrap();
    let resources = state["resources"].as_array().unwrap();
    let of = |resource: &Value| {
        let [instance] = resource["instances"].as_array().unwrap().as_slice() else { panic!("{resource}") };
        assert!(instance["status"].is_null(), "tainted: {resource}");
        let part = |name: &str| resource[name].as_str().unwrap().to_owned();
        (format!("{}.{}", part("type"), part("name")), instance["attributes"]["id"].as_str().unwrap().to_owned())
    };
    resources.iter().map(of).collect()
}

/// What came of a cell.
struct Outcome {
    cell: Cell,
    /// What the first apply said, if it failed.
    error: Option<String>,
    seconds: f64,
}

const APPLY: [&str; 3] = ["apply", "-auto-approve", "-input=false"];

fn attempt(start: &Start, cell: Cell) -> Outcome {
    let Cell { kind, fault, late } = cell;
    let terraform = start.workspace(late);
    let tenant = &terraform.tenant;
    if fault == Fault::Stalled {
        terraform.env("AUTH0_REQUEST_TIMEOUT", "2s");
    }
    let begun = Instant::now();
    if let Some(lost) = kind.after {
        tenant.spoil("POST", lost, Action::drop_before());
    }
    tenant.spoil_after(kind.skip, kind.method, kind.path, fault.action(kind.method));
    let mut foreign = BTreeSet::new();
    let first = if fault == Fault::LookAlike {
        terraform.run_meanwhile(&APPLY, || {
            let path = kind.path.replace("/*", "/{id}");
            tenant.wait_for(&format!("{} {path}", kind.method), kind.skip as usize + 1);
            foreign.insert(tenant.create("clients", &twin())["client_id"].as_str().unwrap().to_owned());
        })
    } else {
        terraform.run(&APPLY)
    };
    let error = (first.code != 0).then(|| summaries(&first));
    if let Some(candidate) = candidate(&terraform, &first, &foreign, &start.seeded) {
        let import = format!("import {{\n  to = auth0_m2m_client.create\n  id = {candidate:?}\n}}\n");
        terraform.file("import.tf", &import);
    }
    let second = terraform.run(&APPLY).success();
    if error.is_none() {
        let write = second.requests.iter().find(|request| !request.starts_with("GET ") && !request.contains("/oauth/"));
        assert!(write.is_none(), "{write:?} after a success");
    }
    terraform.assert_empty_plan();

    let state = known(&terraform);
    assert_eq!(state.len(), 2 * AFTER.len(), "{state:?}");
    let mut expected: BTreeSet<_> = state.values().cloned().chain(start.seeded.iter().cloned()).collect();
    assert_eq!(expected.len(), 2 * AFTER.len() + start.seeded.len(), "something is there twice: {state:?}");
    expected.extend(foreign);
    let there = objects(tenant);
    assert_eq!(there.keys().cloned().collect::<BTreeSet<_>>(), expected, "first: {error:?}");
    for (name, version) in AFTER {
        let (client, grant) =
            (&state[&format!("auth0_m2m_client.{name}")], &state[&format!("auth0_client_grant.{name}")]);
        assert_eq!((&there[client]["name"], &there[client]["description"]), (&json!(name), &json!(version)));
        assert_eq!(
            (&there[grant]["client_id"], &there[grant]["scope"]),
            (&json!(client), &json!([format!("scope:{version}")]))
        );
    }
    Outcome { cell, error, seconds: begun.elapsed().as_secs_f64() }
}

/// Of the applications that the first apply named as what may have been created, the one that was.
fn candidate(
    terraform: &Workspace,
    run: &Run,
    foreign: &BTreeSet<String>,
    seeded: &BTreeSet<String>,
) -> Option<String> {
    if !run.diagnostics().contains("Client May Exist") {
        return None;
    }
    let known: BTreeSet<_> = known(terraform).into_values().collect();
    let clients = objects(&terraform.tenant).into_iter().filter(|(_, object)| object["name"] == "create");
    let candidates: Vec<_> =
        clients.map(|(id, _)| id).filter(|id| !known.contains(id) && !seeded.contains(id)).collect();
    for id in &candidates {
        run.assert_says(&[&format!("import {{ to = auth0_m2m_client.NAME id = {id:?} }}")]);
    }
    assert_eq!(candidates.len(), 1 + foreign.len(), "{}", run.diagnostics());
    candidates.into_iter().find(|id| !foreign.contains(id))
}

/// The first lines of its errors.
fn summaries(run: &Run) -> String {
    let lines = run.stderr.lines().filter_map(|line| line.split_once("Error: "));
    lines.map(|(_, summary)| summary.trim().to_owned()).collect::<Vec<_>>().join("; ")
}

fn after_any_fault_tenant_and_state_agree() {
    let seed = super::pairs::number("SEED").unwrap_or(7);
    let mut cells = Cell::all();
    let all = wanted().is_none();
    if let Some(count) = wanted() {
        Rng::with_seed(seed).shuffle(&mut cells);
        cells.truncate(count);
    }
    let start = Start::new();
    let begun = Instant::now();
    let (queue, outcomes, failures) = (Mutex::new(cells.into_iter()), Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..super::pairs::number("JOBS").map_or(JOBS, |jobs| usize::try_from(jobs).unwrap()) {
            scope.spawn(|| {
                loop {
                    let Some(cell) = queue.lock().unwrap().next() else { return };
                    let attempt = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| attempt(&start, cell)));
                    match attempt {
                        Ok(outcome) => outcomes.lock().unwrap().push(outcome),
                        Err(panic) => {
                            let said = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                            failures.lock().unwrap().push(format!("{}: {said}", cell.name()));
                        }
                    }
                }
            });
        }
    });
    let (mut outcomes, failures) = (outcomes.into_inner().unwrap(), failures.into_inner().unwrap());
    if all {
        outcomes.sort_by_key(|outcome| outcome.cell.name());
        report(&outcomes, begun.elapsed());
    }
    assert!(failures.is_empty(), "{} cells with seed {seed}:\n{}", failures.len(), failures.join("\n"));
}

/// How many cells are to be tried; `None` is all.
#[expect(clippy::disallowed_methods, reason = "a test program is told by the environment what it is to do")]
fn wanted() -> Option<usize> {
    match std::env::var("FAULTS").as_deref() {
        Ok("all") => None,
        Ok(count) => Some(count.parse().expect("FAULTS is `all` or a number")),
        Err(_) => Some(SAMPLE),
    }
}

#[expect(clippy::print_stderr, reason = "the table is for whoever asked for all of it")]
fn report(outcomes: &[Outcome], time: Duration) {
    let failed = outcomes.iter().filter(|outcome| outcome.error.is_some());
    for Outcome { cell, error, seconds } in failed.clone() {
        eprintln!("{}: {} ({seconds:.0} s)", cell.name(), error.as_deref().unwrap_or_default());
    }
    let failed = failed.count();
    eprintln!("{} cells, {failed} of which needed the second apply, in {:.0} s", outcomes.len(), time.as_secs_f64());
}

/// The answer to every creation is lost, and nothing else is known of what was sent than what the service shows of it.
fn an_application_of_any_settings_is_found_when_its_answer_is_lost() {
    let terraform = Workspace::new();
    let count = 20;
    let surroundings = crate::attributes::Surroundings::new(&terraform.tenant, count);
    let mut rng = Rng::with_seed(super::pairs::number("SEED").unwrap_or(11));
    let clients: crate::attributes::Object = (0..count)
        .map(|number| {
            let client = crate::attributes::random_client(&mut rng, &surroundings.client(number));
            (format!("c{number}"), client.into())
        })
        .collect();
    terraform.file("main.tf.json", &json!({ "resource": { "auth0_m2m_client": clients } }).to_string());
    let before = ids(&terraform.tenant).len();
    for _ in 0..count {
        terraform.tenant.spoil("POST", CLIENTS, Action::drop_after());
    }
    let run = terraform.try_apply(&[]).success();
    let posts = run.requests.iter().filter(|request| *request == "POST /api/v2/clients").count();
    assert_eq!((posts, ids(&terraform.tenant).len()), (count, before + count));
    terraform.assert_empty_plan();
}
