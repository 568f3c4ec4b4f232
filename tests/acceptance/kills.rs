//! The provider killed in the middle of a run: what was in flight may be left over, and nothing else.
//!
//! `KILLS=40 cargo test --test acceptance -- kills::` kills it at as many points.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::Value;

use crate::agreement::{ids, known, objects, try_all};
use crate::pairs::number;
use crate::support::tenant::Tenant;
use crate::support::terraform::{Moment, Workspace};
use crate::unmanaged::{self, unmanaged};

super::trials![what_is_left_over_was_in_flight_and_is_found];

/// Applications to create, each with a grant.
const PAIRS: usize = 20;
/// Operations that Terraform has under way at once.
const PARALLELISM: usize = 10;
/// A token, what was there before, and a request for each object.
const REQUESTS: usize = 2 + 2 * PAIRS;
/// Points at which `cargo test` kills.
const SAMPLE: usize = 2;

const APPLY: [&str; 3] = ["apply", "-auto-approve", "-input=false"];

fn configuration(adopting: bool) -> String {
    let names: Vec<_> = (0..PAIRS).map(|number| format!("\"c{number:02}\"")).collect();
    format!(
        "resource \"auth0_m2m_client\" \"c\" {{\n  for_each = toset([{}])\n  name = each.key\n}}\n\
         resource \"auth0_client_grant\" \"g\" {{\n  for_each = auth0_m2m_client.c\n  client_id = each.value.client_id\n  \
         audience = var.management_api\n  scopes = [\"read:users\"]\n  adopt_existing = {adopting}\n}}\n",
        names.join(", ")
    )
}

/// What was left over after a kill.
struct Leftover {
    clients: usize,
    grants: usize,
}

fn what_is_left_over_was_in_flight_and_is_found() {
    let start = Tenant::start().state();
    let points = number("KILLS").map_or(SAMPLE, |points| usize::try_from(points).unwrap());
    // Spread over the whole run, from the first to the last request.
    let spread = |point: usize| 1 + point * (REQUESTS - 1) / (points - 1).max(1);
    // The last answers come at once, and then the run is over.
    let moments = [
        |count| Moment { requests: count, answers: 0 },
        |count: usize| Moment { requests: 0, answers: (count * 3 / 4).max(1) },
    ];
    let moments = (0..points).map(|point| moments[point % 2](spread(point))).collect();
    let leftovers = try_all(moments, |moment| format!("{moment:?}"), |moment| kill(&start, *moment));
    report(&leftovers);
}

#[expect(clippy::print_stderr, reason = "the counts are for whoever asked for all points")]
fn report(leftovers: &[Leftover]) {
    if leftovers.len() > SAMPLE {
        let sum = |of: fn(&Leftover) -> usize| leftovers.iter().map(of).sum::<usize>();
        let most = leftovers.iter().map(|left| left.clients + left.grants).max().unwrap_or_default();
        let (clients, grants) = (sum(|left| left.clients), sum(|left| left.grants));
        assert!(clients > 0 && grants > 0, "nothing was in flight");
        eprintln!("{} kills left {clients} applications and {grants} grants, at most {most} at once", leftovers.len());
    }
}

/// A workspace where the provider was killed.
fn killed(start: &Value, moment: Moment, adopting: bool) -> Workspace {
    // The last answers come within a moment, so that the run may be over before it is killed.
    for _ in 0..10 {
        let terraform = Workspace::on(Tenant::far(start, Duration::from_millis(50)));
        terraform.config(&configuration(adopting));
        let killed = terraform.run_killing_the_provider(&APPLY, moment);
        if killed.code != 0 {
            let said = killed.diagnostics();
            assert!(["Plugin did not respond", "Request cancelled"].iter().any(|death| said.contains(death)), "{said}");
            return terraform;
        }
    }
    panic!("ten runs were over before the provider was killed");
}

fn kill(start: &Value, moment: Moment) -> Leftover {
    let adopting = (moment.requests + moment.answers).is_multiple_of(2);
    let terraform = killed(start, moment, adopting);
    let seeded = ids(&Tenant::far(start, Duration::ZERO));
    let state: BTreeSet<_> = known(&terraform).into_values().collect();
    let there = objects(&terraform.tenant);
    assert!(state.iter().all(|id| there.contains_key(id)), "the state knows what there is not");
    let left = there.iter().filter(|(id, _)| !state.contains(*id) && !seeded.contains(*id));
    let (clients, grants): (Vec<_>, Vec<_>) = left.partition(|(_, object)| object["audience"].is_null());
    assert!(clients.len() + grants.len() <= PARALLELISM, "{clients:?} {grants:?}");

    if !adopting && !grants.is_empty() {
        let refused = terraform.fail_to_apply();
        let mut imports = String::new();
        for (grant, object) in &grants {
            refused.assert_says(&[
                "Client Grant Exists Already",
                &format!("terraform import auth0_client_grant.NAME {grant}"),
            ]);
            let name = &there[object["client_id"].as_str().unwrap()]["name"];
            write!(imports, "import {{\n  to = auth0_client_grant.g[{name}]\n  id = \"{grant}\"\n}}\n").unwrap();
        }
        terraform.file("imports.tf", &imports);
    }
    terraform.run(&APPLY).success();
    terraform.assert_empty_plan();

    let state: BTreeSet<_> = known(&terraform).into_values().collect();
    let left: BTreeSet<_> = clients.iter().map(|(id, _)| (*id).clone()).collect();
    assert_eq!(state.len(), 2 * PAIRS);
    assert!(state.is_disjoint(&left), "taken over by guess");
    assert_eq!(ids(&terraform.tenant), &(&state | &left) | &seeded);
    if unmanaged::unavailable().is_none() {
        assert_eq!(unmanaged(&terraform.tenant, &[terraform.path("terraform.tfstate")]), left);
    }
    Leftover { clients: clients.len(), grants: grants.len() }
}
