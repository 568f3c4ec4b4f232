//! Every kind of request, spoilt in every way: after another apply, tenant and state agree, and nothing is there twice.
//!
//! `FAULTS=all cargo test --test acceptance -- faults::` tries all of them and prints the table of
//! [docs/guides/reliability.md](../../docs/guides/reliability.md); `FAULTS=7` tries as many, and `SEED` chooses others.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;
use serde_json::{Value, json};
use terraform_provider_auth0::emulator::Action;
use tokio::time::Instant;

use crate::agreement::{ids, known, objects, try_all};
use crate::attributes::{Object, Surroundings, random_client};
use crate::pairs::number;
use crate::support::tenant::Tenant;
use crate::support::terraform::{Run, Workspace};

super::trials![
    after_any_fault_tenant_and_state_agree,
    finds_lost_application_with_any_settings,
    counts_equal_applications_lost_at_once,
    replaced_application_is_not_its_successor,
    lost_replacement_among_many_names_import_blocks,
];

/// Cells that `cargo test` tries.
const SAMPLE: usize = 8;
/// How late lists are where they are late.
const LATE: Duration = Duration::from_secs(2);

/// A kind of request in the run: the one that comes after so many like it.
struct Kind {
    name: &'static str,
    method: &'static str,
    path: &'static str,
    skip: u32,
    /// It is only sent when the answer to such a creation is lost.
    after: Option<&'static str>,
}

const fn kind(name: &'static str, method: &'static str, path: &'static str) -> Kind {
    Kind { name, method, path, skip: 0, after: None }
}

const CLIENTS: &str = "/api/v2/clients";
const CLIENT: &str = "/api/v2/clients/*";
const GRANTS: &str = "/api/v2/client-grants";
const GRANT: &str = "/api/v2/client-grants/*";

const KINDS: [Kind; 15] = [
    kind("token, to plan", "POST", "/oauth/token"),
    Kind { skip: 1, ..kind("token, to apply", "POST", "/oauth/token") },
    kind("GET applications, to refresh", "GET", CLIENTS),
    Kind { skip: 1, ..kind("GET applications, before a creation", "GET", CLIENTS) },
    Kind { skip: 2, after: Some(CLIENTS), ..kind("GET applications, after a lost answer", "GET", CLIENTS) },
    kind("GET grants, to refresh", "GET", GRANTS),
    Kind { skip: 1, after: Some(GRANTS), ..kind("GET grants, after a lost answer", "GET", GRANTS) },
    kind("GET application", "GET", CLIENT),
    kind("GET grant", "GET", GRANT),
    kind("POST application", "POST", CLIENTS),
    kind("POST grant", "POST", GRANTS),
    kind("PATCH application", "PATCH", CLIENT),
    kind("PATCH grant", "PATCH", GRANT),
    kind("DELETE application", "DELETE", CLIENT),
    kind("DELETE grant", "DELETE", GRANT),
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
    /// Before the run, another user created an equal application, and the response of the create is lost.
    LookAlikeBefore,
    /// The same in the same moment. Beside the creation of a grant it is a grant with the same key.
    LookAlike,
    /// The same, and the request never arrives.
    LookAlikeInstead,
}

const FAULTS: [Fault; 14] = [
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
    Fault::LookAlikeBefore,
    Fault::LookAlike,
    Fault::LookAlikeInstead,
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
            Self::LookAlikeBefore => "look-alike before, dropped after",
            Self::LookAlike => "look-alike, dropped after",
            Self::LookAlikeInstead => "look-alike, dropped before",
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
            Self::DroppedBefore | Self::LookAlikeInstead => Action::drop_before(),
            Self::DroppedAfter | Self::LookAlike | Self::LookAlikeBefore => Action::drop_after(),
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
        let lists = if self.late { ", late lists" } else { "" };
        format!("{}, {}{lists}", self.kind.name, self.fault.name())
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
    if kind.method == "GET" && [CLIENT, GRANT].contains(&kind.path) {
        // Only what a list shows otherwise than it was known is read by itself.
        let known = known(&terraform);
        let (address, path, change) = match kind.path {
            CLIENT => ("auth0_m2m_client.change", "clients", json!({ "description": "by hand" })),
            _ => ("auth0_client_grant.change", "client-grants", json!({ "scope": [] })),
        };
        tenant.change(&format!("{path}/{}", known[address]), &change);
        if late {
            // Until then lists show nothing that differs.
            tenant.wait(LATE);
        }
    }
    let begun = Instant::now();
    let mut foreign = BTreeSet::new();
    if fault == Fault::LookAlikeBefore {
        foreign.insert(create_twin(tenant));
    }
    if let Some(lost) = kind.after {
        tenant.spoil("POST", lost, Action::drop_before());
    }
    tenant.spoil_after(kind.skip, kind.method, kind.path, fault.action(kind.method));
    let first = match fault {
        Fault::LookAlike | Fault::LookAlikeInstead => terraform.run_meanwhile(&APPLY, || {
            let path = kind.path.replace("/*", "/{id}");
            tenant.wait_for(&format!("{} {path}", kind.method), kind.skip as usize + 1);
            foreign.extend(match (kind.method, kind.path, fault) {
                ("POST", GRANTS, Fault::LookAlikeInstead) => Some(create_grant(tenant)),
                // Its own is there already, and there is no second one.
                ("POST", GRANTS, _) => None,
                _ => Some(create_twin(tenant)),
            });
        }),
        _ => terraform.run(&APPLY),
    };
    assert_eq!(tenant.faults_left(), 0, "the fault met no request: {:?}", first.requests);
    let error = (first.code != 0).then(|| summaries(&first));
    if let Some(import) = import(&terraform, &first, &foreign) {
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

fn create_twin(tenant: &Tenant) -> String {
    tenant.create("clients", &twin())["client_id"].as_str().unwrap().to_owned()
}

/// A grant for the new application.
fn create_grant(tenant: &Tenant) -> String {
    let application = clients_to_create(tenant).remove(0);
    let grant = json!({ "client_id": application, "audience": "https://api.example.com", "scope": ["scope:2"] });
    tenant.create("client-grants", &grant)["id"].as_str().unwrap().to_owned()
}

/// The ids of applications of the name of the one to be created.
fn clients_to_create(tenant: &Tenant) -> Vec<String> {
    let clients = objects(tenant).into_iter().filter(|(_, object)| object["name"] == "create");
    clients.map(|(id, _)| id).collect()
}

/// What the first apply says is to be imported; it names every candidate.
fn import(terraform: &Workspace, run: &Run, foreign: &BTreeSet<String>) -> Option<String> {
    let (resource, candidates) = match run.diagnostics() {
        said if said.contains("Client May Exist") => ("auth0_m2m_client", clients_to_create(&terraform.tenant)),
        said if said.contains("Client Grant Exists Already") => {
            ("auth0_client_grant", foreign.iter().cloned().collect())
        }
        _ => return None,
    };
    for id in &candidates {
        run.assert_says(&[&format!("import {{ to = {resource}.NAME id = {id:?} }}")]);
    }
    let ours = candidates.iter().find(|id| !foreign.contains(*id)).or(candidates.first());
    let id = ours?;
    Some(format!("import {{\n  to = {resource}.create\n  id = {id:?}\n}}\n"))
}

/// The first lines of its errors.
fn summaries(run: &Run) -> String {
    let lines = run.stderr.lines().filter_map(|line| line.split_once("Error: "));
    lines.map(|(_, summary)| summary.trim().to_owned()).collect::<Vec<_>>().join("; ")
}

fn after_any_fault_tenant_and_state_agree() {
    let mut cells = Cell::all();
    if let Some(count) = wanted() {
        Rng::with_seed(number("SEED").unwrap_or(7)).shuffle(&mut cells);
        cells.truncate(count);
    }
    let start = Start::new();
    let begun = Instant::now();
    let mut outcomes = try_all(cells, |cell| cell.name(), |cell| attempt(&start, *cell));
    if wanted().is_none() {
        outcomes.sort_by_key(|outcome| outcome.cell.name());
        report(&outcomes, begun.elapsed());
    }
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

/// For each kind of request and fault, with timely and with late lists: which apply was the first to succeed.
#[expect(clippy::print_stderr, reason = "the table is for whoever asked for all of it")]
fn report(outcomes: &[Outcome], time: Duration) {
    eprintln!("| |{}", FAULTS.map(|fault| format!(" {} |", fault.name())).concat());
    eprintln!("|---|{}", "---|".repeat(FAULTS.len()));
    for kind in &KINDS {
        let of = |fault: Fault, late: bool| {
            let cell = |outcome: &&Outcome| {
                outcome.cell.kind.name == kind.name && outcome.cell.fault == fault && outcome.cell.late == late
            };
            outcomes.iter().find(cell).map_or("–", |outcome| if outcome.error.is_some() { "2" } else { "1" })
        };
        let both = FAULTS.map(|fault| match (of(fault, false), of(fault, true)) {
            (timely, late) if timely == late => format!(" {timely} |"),
            (timely, late) => format!(" {timely}, late {late} |"),
        });
        eprintln!("| {} |{}", kind.name, both.concat());
    }
    let failed = outcomes.iter().filter(|outcome| outcome.error.is_some());
    for Outcome { cell, error, seconds } in failed.clone() {
        eprintln!("{}: {} ({seconds:.0} s)", cell.name(), error.as_deref().unwrap_or_default());
    }
    let failed = failed.count();
    eprintln!("{} cells, {failed} of which needed the second apply, in {:.0} s", outcomes.len(), time.as_secs_f64());
}

/// The answer to every creation is lost, and nothing else is known of what was sent than what the service shows of it.
fn finds_lost_application_with_any_settings() {
    let terraform = Workspace::new();
    let count = 20;
    let surroundings = Surroundings::new(&terraform.tenant, count);
    let mut rng = Rng::with_seed(number("SEED").unwrap_or(11));
    let clients: Object = (0..count)
        .map(|number| {
            let client = random_client(&mut rng, &surroundings.client(number));
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

fn counts_equal_applications_lost_at_once() {
    let cases = vec![Duration::ZERO, LATE];
    try_all(
        cases,
        |late| format!("{late:?}"),
        |late| {
            let terraform = Workspace::on(Tenant::with(&Tenant::start().state(), *late));
            let before = ids(&terraform.tenant).len();
            terraform.config("resource \"auth0_m2m_client\" \"a\" {\n  count = 8\n  name = \"a\"\n}\n");
            for (skip, action) in [(1, Action::drop_after()), (2, Action::drop_before()), (4, Action::drop_after())] {
                terraform.tenant.spoil_after(skip, "POST", CLIENTS, action);
            }
            terraform.try_apply(&[]).success();
            assert_eq!(terraform.tenant.faults_left(), 0);
            let known: BTreeSet<_> = known(&terraform).into_values().collect();
            assert_eq!((known.len(), ids(&terraform.tenant).len() - before), (8, 8));
            terraform.assert_empty_plan();
        },
    );
}

fn replaced_application_is_not_its_successor() {
    let address = "auth0_m2m_client.a";
    let cases = vec![Action::drop_after(), Action::drop_before()];
    try_all(
        cases,
        |case| format!("{case:?}"),
        |action| {
            let terraform = to_replace();
            let before = terraform.text(address, "id");
            terraform.tenant.spoil("POST", CLIENTS, action.clone());
            terraform.try_apply(&[&format!("-replace={address}")]).success();
            assert_eq!(terraform.tenant.faults_left(), 0);
            let after = terraform.text(address, "id");
            assert_ne!(before, after);
            let there = objects(&terraform.tenant);
            let there: Vec<_> = there.iter().filter(|(_, object)| object["name"] == "a").map(|(id, _)| id).collect();
            assert_eq!(there, [&after], "and not {before}");
            terraform.assert_empty_plan();
        },
    );
}

/// An application that is replaced before it is destroyed.
fn to_replace() -> Workspace {
    let terraform = Workspace::new();
    terraform.config(
        "resource \"auth0_m2m_client\" \"a\" {\n  name = \"a\"\n  lifecycle { create_before_destroy = true }\n}\n",
    );
    terraform.try_apply(&[]).success();
    terraform
}

/// With so many applications that the first page does not have the one that is replaced, its age is unknown.
fn lost_replacement_among_many_names_import_blocks() {
    let terraform = to_replace();
    let before = terraform.text("auth0_m2m_client.a", "id");
    for number in 0..120 {
        terraform.tenant.create("clients", &json!({ "name": format!("other {number}") }));
    }
    let state = terraform.tenant.state().to_string();
    assert!(state.contains(&before));
    terraform.tenant.spoil("POST", CLIENTS, Action::drop_after());
    let run = terraform.try_apply(&["-replace=auth0_m2m_client.a"]);
    assert_ne!(run.code, 0);
    run.assert_says(&["Client May Exist", "import {"]);
    let there = objects(&terraform.tenant).values().filter(|object| object["name"] == "a").count();
    assert_eq!(there, 2, "nothing was created twice");
}
