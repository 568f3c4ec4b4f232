//! Command after command against one provider process and one tenant, with random faults: nothing is lost, and nothing piles up.
//!
//! `tests/soak.sh` lets it go on for half an hour. Here it is one round, which shows that the round itself is right.

mod faults;
mod process;
mod verdict;

use std::collections::BTreeSet;
use std::time::Duration;

use fastrand::Rng;
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use self::process::{Emulator, Gauge, TaskCount};
use self::verdict::{Sample, Series};
use crate::commands::Server;
use crate::pairs::number;
use crate::support::terraform::{Run, Workspace};

super::trials![nothing_piles_up_in_processes_that_live_long, a_leak_is_told_from_noise];

/// Applications in a round, each with a grant.
const PAIRS: usize = 6;
/// How often a command is run until it gets through all faults.
const PATIENCE: usize = 25;

/// The words of an error after a create whose outcome is unknown.
const FATE_UNKNOWN: &str = "may or may not exist";

/// What happened so far.
#[derive(Debug, Default)]
struct Tally {
    rounds: usize,
    commands: usize,
    failed: usize,
    requests: usize,
    faults: usize,
    /// Creates that ended with an error that says that the object may exist.
    unknown: usize,
    /// Applications that such creates left behind.
    orphans: usize,
}

fn nothing_piles_up_in_processes_that_live_long() {
    let time = number("SOAK_MINUTES").map_or(Duration::ZERO, Duration::from_mins);
    let mut rng = Rng::with_seed(number("SEED").unwrap_or(11));
    let emulator = Emulator::start(number("SOAK_TLS").is_some());
    let (mut server, log) = Server::start_with_log();
    let tasks = TaskCount::of(log);
    let terraform = Workspace::new();
    server.attach(&terraform);

    let (mut series, mut tally) = (Series::default(), Tally::default());
    let (start, mut told) = (Instant::now(), Duration::ZERO);
    while tally.rounds == 0 || start.elapsed() < time {
        round(&terraform, &emulator, &mut rng, &mut tally);
        series.add(Sample {
            provider: Gauge::of(server.id()),
            tasks: tasks.last(),
            emulator: Gauge::of(emulator.id()),
        });
        if start.elapsed() >= told + Duration::from_mins(1) {
            told = start.elapsed();
            crate::note(&format!("{:>4} s  {tally:?}\n        {}", told.as_secs(), series.last()));
        }
    }
    assert!(server.is_running());
    if !time.is_zero() {
        crate::note(&format!("{} s, {tally:?}\n{series}", start.elapsed().as_secs()));
        assert!(tally.faults > 0, "nothing went wrong, so nothing was shown");
    }
    let leaks = series.leaks();
    assert!(leaks.is_empty(), "{leaks:?}\n{series}");
}

/// Creates, changes and destroys a few pairs; each command is repeated until it gets through.
fn round(terraform: &Workspace, emulator: &Emulator, rng: &mut Rng, tally: &mut Tally) {
    tally.rounds += 1;
    let unknown_before = tally.unknown;
    let names: Vec<String> = (0..PAIRS).map(|n| format!("soak {} {n}", tally.rounds)).collect();
    for _ in 0..2 {
        terraform.file("main.tf.json", &configuration(emulator, &names, rng).to_string());
        insist(terraform, emulator, rng, tally, &["apply", "-auto-approve", "-input=false"]);
        let there: BTreeSet<String> = emulator.added("clients").iter().map(|client| text(client, "name")).collect();
        assert!(names.iter().all(|name| there.contains(name)), "{names:?} in {there:?}");
    }
    insist(terraform, emulator, rng, tally, &["plan", "-input=false", "-detailed-exitcode"]);
    insist(terraform, emulator, rng, tally, &["destroy", "-auto-approve", "-input=false"]);
    assert_eq!(terraform.run(&["state", "list"]).success().stdout, "");

    // Whatever is left must have been told of.
    let left = emulator.added("clients");
    assert!(left.len() <= tally.unknown - unknown_before, "{left:?}");
    assert!(emulator.added("client_grants").is_empty(), "grants go with their applications");
    tally.orphans += left.len();
    emulator.remove(&left);
}

/// Runs a command until it succeeds.
fn insist(terraform: &Workspace, emulator: &Emulator, rng: &mut Rng, tally: &mut Tally, arguments: &[&str]) {
    for _ in 0..PATIENCE {
        emulator.spoil(&faults::random(rng));
        let run = terraform.run(arguments);
        let (requests, faults) = emulator.settle();
        tally.commands += 1;
        tally.requests += requests;
        tally.faults += faults;
        if run.code == 0 {
            return;
        }
        tally.failed += 1;
        tally.unknown += run.diagnostics().matches(FATE_UNKNOWN).count();
        assert!(is_explained(&run), "{}\n{}", run.stdout, run.stderr);
    }
    panic!("{arguments:?} did not get through in {PATIENCE} times");
}

/// Whether a command failed for reasons that the provider told. A plan that is not empty is none.
fn is_explained(run: &Run) -> bool {
    let said = run.diagnostics();
    let is_ours = said.contains("Error: Cannot ") || said.contains(" May Exist");
    run.code == 1 && is_ours && !said.contains("panic") && !said.contains("inconsistent")
}

fn configuration(emulator: &Emulator, names: &[String], rng: &mut Rng) -> Value {
    let (mut clients, mut grants) = (Map::new(), Map::new());
    for (number, name) in names.iter().enumerate() {
        let client = json!({
            "name": name,
            "description": format!("{}", rng.u32(..)),
            "client_metadata": { "round": format!("{}", rng.u32(..)) },
        });
        clients.insert(format!("c{number}"), client);
        let scopes = if rng.bool() { json!(["read:users"]) } else { json!(["read:clients", "read:users"]) };
        let grant = json!({
            "client_id": format!("${{auth0_m2m_client.c{number}.id}}"),
            "audience": emulator.management_api(),
            "scopes": scopes,
            // The answer to its creation may have been lost.
            "adopt_existing": true,
        });
        grants.insert(format!("g{number}"), grant);
    }
    json!({
        "provider": { "auth0": {
            "domain": emulator.text("url"),
            "client_id": emulator.text("client_id"),
            "client_secret": emulator.text("client_secret"),
            "ca_file": emulator.ca_file(),
            "request_timeout": "1s",
        } },
        "resource": { "auth0_m2m_client": clients, "auth0_client_grant": grants },
    })
}

fn text(object: &Value, name: &str) -> String {
    object[name].as_str().unwrap_or_default().to_owned()
}

fn a_leak_is_told_from_noise() {
    let sample = |resident, sockets| {
        let provider = Gauge { resident, files: sockets, threads: 2 };
        Sample { provider, tasks: Some(5), emulator: Gauge { resident: 20_000, files: 9, threads: 2 } }
    };
    let series = |of: &dyn Fn(u64) -> Sample| {
        let mut series = Series::default();
        (0..80).for_each(|n| series.add(of(n)));
        series
    };
    // It warms up, and goes up and down.
    let steady = series(&|n| sample(20_000 + 500 * n.min(10) + 300 * (n % 3), 12 + n % 2));
    assert_eq!(steady.leaks(), Vec::<String>::new());
    let growing = series(&|n| sample(20_000 + 60 * n, 12));
    assert_eq!(growing.leaks().len(), 1, "{:?}", growing.leaks());
    let opening = series(&|n| sample(20_000, 12 + n / 10));
    assert_eq!(opening.leaks().len(), 1, "{:?}", opening.leaks());
    let mut short = Series::default();
    (0..7).for_each(|n| short.add(sample(20_000 * (n + 1), n)));
    assert!(short.leaks().is_empty(), "too short to tell");
}
