//! Requests about keys that fail: the state stays true, and the next apply gets there.

use serde_json::json;
use terraform_provider_auth0::emulator::Action;

use super::{CLIENT, PATCH, POST, credential, is_accepted, keys, names, pool, pool_names, public, writes};
use crate::agreement::try_all;
use crate::pairs::number;
use crate::support::terraform::Workspace;

crate::trials![
    a_lost_response_to_a_new_key_is_looked_for,
    goes_on_after_any_failed_step,
    finds_a_lost_application_with_keys,
    random_changes_get_there_whatever_fails,
];

fn a_lost_response_to_a_new_key_is_looked_for() {
    let terraform = Workspace::new();
    terraform.config(&keys(&[("a", public(0))]));
    terraform.apply();
    terraform.config(&keys(&[("a", public(0)), ("b", public(1))]));
    terraform.tenant.spoil("POST", "/api/v2/clients/*/credentials", Action::drop_after());
    let run = terraform.apply();
    assert_eq!(writes(&run.requests), [POST, PATCH]);
    assert_eq!(pool_names(&terraform), ["a", "b"]);
    terraform.config(&keys(&[("a", public(0)), ("c", public(2))]));
    terraform.tenant.spoil("POST", "/api/v2/clients/*/credentials", Action::drop_before());
    terraform.apply();
    assert_eq!(pool_names(&terraform), ["a", "c"]);
}

/// Requests about credentials, by method and path.
const KINDS: [(&str, &str); 6] = [
    ("POST", "/api/v2/clients/*/credentials"),
    ("PATCH", "/api/v2/clients/*"),
    ("PATCH", "/api/v2/clients/*/credentials/*"),
    ("DELETE", "/api/v2/clients/*/credentials/*"),
    ("GET", "/api/v2/clients/*/credentials"),
    ("GET", "/api/v2/clients/*"),
];

/// Ways to spoil a request, and how often in a row.
const FAULTS: [(&str, u32); 6] = [
    ("refused", 1),
    ("failed", 10),
    ("dropped before", 1),
    ("dropped after", 1),
    ("dropped after", 10),
    ("truncated", 1),
];

fn action(fault: &str) -> Action {
    let answer = |status: u16| {
        let body = json!({ "statusCode": status, "error": "Error", "message": "No.", "errorCode": "invalid_body" });
        Action::answer(status, body, &[])
    };
    match fault {
        "refused" => answer(400),
        "failed" => answer(500),
        "dropped before" => Action::drop_before(),
        "dropped after" => Action::drop_after(),
        _ => Action::truncate(20),
    }
}

/// A rotation in one apply, with every request spoilt in every way. `FAULTS=all` tries all of them. At each moment the key
/// that stays is accepted, and the next apply gets there.
fn goes_on_after_any_failed_step() {
    let all = KINDS.iter().flat_map(|kind| FAULTS.iter().map(move |fault| (*kind, *fault)));
    let mut cells: Vec<_> = all.collect();
    if !is_everything_wanted() {
        fastrand::Rng::with_seed(number("SEED").unwrap_or(3)).shuffle(&mut cells);
        cells.truncate(8);
    }
    try_all(
        cells,
        |cell| format!("{cell:?}"),
        |((method, path), (fault, times))| {
            let terraform = Workspace::new();
            let before = [("a", public(0) + "expires_at = \"2090-01-01T00:00:00Z\""), ("b", public(1))];
            let after = [("a", public(0) + "expires_at = \"2091-01-01T00:00:00Z\""), ("c", public(2))];
            terraform.config(&keys(&before));
            terraform.apply();
            terraform.config(&keys(&after));
            terraform.run(&["plan", "-out=saved.tfplan"]).success();
            terraform.tenant.spoil_times(*times, method, path, action(fault));
            let run = terraform.run(&["apply", "-input=false", "saved.tfplan"]);
            assert!(*fault != "failed" || run.code == 1, "{}", run.stdout);
            assert!(
                *times == 10 || terraform.tenant.faults_left() == 0,
                "the fault met no request: {:?}",
                run.requests
            );
            terraform.tenant.spoil_no_more();
            assert!(is_accepted(&terraform, 0));
            if run.code == 0 {
                terraform.assert_empty_plan();
            } else if *method != "GET" && !(*method == "DELETE" && *fault == "dropped after") {
                assert_eq!(terraform.plan().action(CLIENT), "update");
            }
            terraform.apply();
            assert_eq!(pool_names(&terraform), ["a", "c"]);
            assert_eq!(names(&terraform), ["a", "c"]);
            assert_eq!(pool(&terraform).iter().filter(|of| of["expires_at"] == "2091-01-01T00:00:00.000Z").count(), 1);
            assert!(is_accepted(&terraform, 0) && is_accepted(&terraform, 2) && !is_accepted(&terraform, 1));
        },
    );
}

#[expect(clippy::disallowed_methods, reason = "a test program is told by the environment what it is to do")]
fn is_everything_wanted() -> bool {
    std::env::var("FAULTS").is_ok_and(|wanted| wanted == "all")
}

fn finds_a_lost_application_with_keys() {
    let terraform = Workspace::new();
    terraform.config(&keys(&[("a", public(0)), ("b", public(1) + "algorithm = \"RS384\"")]));
    terraform.tenant.spoil("POST", "/api/v2/clients", Action::drop_after());
    let run = terraform.apply();
    assert_eq!(writes(&run.requests), ["POST /api/v2/clients"]);
    assert_eq!(terraform.tenant.clients("a").len(), 1);
    assert!(credential(&terraform, "b")["id"].is_string());
    assert_eq!(credential(&terraform, "b")["algorithm"], "RS384");
}

/// Random keys after random keys, with a random fault. `KEYS=1000 cargo test --test acceptance -- keys::failures::random` tries as
/// many, and `SEED` chooses others.
fn random_changes_get_there_whatever_fails() {
    let seed = number("SEED").unwrap_or(17);
    let seeds = (0..number("KEYS").unwrap_or(4)).map(|run| seed + run).collect();
    try_all(seeds, |seed| format!("SEED={seed}"), |seed| change_at_random(&mut fastrand::Rng::with_seed(*seed)));
}

fn change_at_random(rng: &mut fastrand::Rng) {
    let terraform = Workspace::new();
    terraform.config(&random_keys(rng));
    terraform.apply();
    for _ in 0..3 {
        terraform.config(&random_keys(rng));
        let faults: Vec<_> = FAULTS.iter().filter(|(_, times)| *times == 1).collect();
        if rng.u8(..4) > 0 {
            let ((method, path), (fault, times)) = (rng.choice(KINDS).unwrap(), *rng.choice(faults).unwrap());
            terraform.tenant.spoil_times(times, method, path, action(fault));
        }
        terraform.try_apply(&[]);
        assert_always_attached(&terraform);
        terraform.tenant.spoil_no_more();
        let again = terraform.try_apply(&[]);
        if again.code != 0 {
            // Another algorithm for the only key has no safe order.
            again.assert_says(&["Credentials Cannot Be Changed", "Nothing was written"]);
            assert!(writes(&again.requests).is_empty(), "{:?}", again.requests);
            continue;
        }
        assert_always_attached(&terraform);
        terraform.assert_empty_plan();
        assert_eq!(pool(&terraform).len(), names(&terraform).len(), "{:?}", names(&terraform));
    }
}

/// One or two keys.
fn random_keys(rng: &mut fastrand::Rng) -> String {
    let (mut numbers, mut names) = ([0, 1, 2, 3, 4], ["a", "b", "c"]);
    rng.shuffle(&mut numbers);
    rng.shuffle(&mut names);
    let lines = [
        "",
        "",
        "expires_at = \"2090-01-01T00:00:00Z\"",
        "expires_at = \"2091-01-01T00:00:00Z\"",
        "algorithm = \"PS256\"",
    ];
    let mut entry = |number: usize| public(number) + rng.choice(lines).unwrap();
    let entries = [(names[0], entry(numbers[0])), (names[1], entry(numbers[1]))];
    keys(&entries[..rng.usize(1..=2)])
}

/// No PATCH of the last command leaves the application without a key.
fn assert_always_attached(terraform: &Workspace) {
    for (_, said) in terraform.tenant.patches() {
        let slot = &said["client_authentication_methods"]["private_key_jwt"]["credentials"];
        assert!(slot.as_array().is_none_or(|slot| !slot.is_empty()), "{said}");
    }
}
