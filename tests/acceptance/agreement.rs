//! Whether a tenant and a state agree, for many runs side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::thread;

use serde_json::Value;

use crate::pairs::number;
use crate::support::tenant::Tenant;
use crate::support::terraform::Workspace;

/// Runs that go on at once: most of their time is waiting.
const JOBS: u64 = 8;

/// Every application and grant in the tenant by its id, however late its lists are.
pub(crate) fn objects(tenant: &Tenant) -> BTreeMap<String, Value> {
    let state = tenant.state();
    let of = |kind: &str, id: &str| {
        let objects = state[kind].as_array().unwrap_or_else(|| panic!("no {kind} in {state}"));
        objects.iter().map(|object| (object[id].as_str().unwrap().to_owned(), object.clone())).collect::<Vec<_>>()
    };
    [of("clients", "client_id"), of("client_grants", "id")].concat().into_iter().collect()
}

pub(crate) fn ids(tenant: &Tenant) -> BTreeSet<String> {
    objects(tenant).into_keys().collect()
}

/// What the state knows: the id of each address. Nothing may be tainted or deposed.
pub(crate) fn known(terraform: &Workspace) -> BTreeMap<String, String> {
    let state: Value = serde_json::from_str(&terraform.state_file()).unwrap();
    let mut known = BTreeMap::new();
    for resource in state["resources"].as_array().unwrap() {
        let part = |name: &str| resource[name].as_str().unwrap();
        for instance in resource["instances"].as_array().unwrap() {
            assert!(instance["status"].is_null() && instance["deposed"].is_null(), "{resource}");
            let key = instance.get("index_key").map_or_else(String::new, |key| format!("[{key}]"));
            let address = format!("{}.{}{key}", part("type"), part("name"));
            known.insert(address, instance["attributes"]["id"].as_str().unwrap().to_owned());
        }
    }
    known
}

/// Tries all cases side by side and returns what came of them; one that panics fails the test when all are done.
#[track_caller]
pub(crate) fn try_all<T: Send, O: Send>(
    cases: Vec<T>,
    name: impl Fn(&T) -> String + Sync,
    attempt: impl Fn(&T) -> O + Sync,
) -> Vec<O> {
    let (queue, outcomes, failures) = (Mutex::new(cases.into_iter()), Mutex::default(), Mutex::default());
    thread::scope(|scope| {
        for _ in 0..number("JOBS").unwrap_or(JOBS) {
            scope.spawn(|| {
                loop {
                    let Some(case) = queue.lock().unwrap().next() else { return };
                    match catch_unwind(AssertUnwindSafe(|| attempt(&case))) {
                        Ok(outcome) => Mutex::<Vec<O>>::lock(&outcomes).unwrap().push(outcome),
                        Err(panic) => {
                            let said = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                            Mutex::<Vec<String>>::lock(&failures).unwrap().push(format!("{}: {said}", name(&case)));
                        }
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} cases:\n{}", failures.len(), failures.join("\n"));
    outcomes.into_inner().unwrap()
}
