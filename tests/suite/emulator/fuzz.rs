//! Random requests: mostly valid, some of them slightly broken, made from the emulator's own
//! description of its API. A new endpoint is covered without a change here.
//!
//! `FUZZ_REQUESTS` sets how many, `FUZZ_SEED` where to start; what fails names the seed of its round.

mod pool;
mod requests;
mod values;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fastrand::Rng;
use serde_json::Value;
use terraform_provider_auth0::emulator::Emulator;
use terraform_provider_auth0::emulator::contract::Contract;

use self::pool::Pool;
use self::requests::{Api, Sent};
use self::wire::{Connection, Received};

/// After so many requests a round starts with a new tenant, so that tenants stay small and failures near.
const ROUND: u64 = 500;

#[tokio::test]
async fn odd_requests_cause_no_panic_and_no_500() {
    let (requests, seed) = (number("FUZZ_REQUESTS").unwrap_or(3_000), number("FUZZ_SEED").unwrap_or(1));
    let api = Api::of(Emulator::openapi());
    let mut statuses = BTreeMap::new();
    let mut succeeded = BTreeSet::new();
    for seed in seed..seed + requests.div_ceil(ROUND) {
        round(&api, seed, &mut statuses, &mut succeeded).await;
    }
    println!("answers by status: {statuses:?}");
    let never: Vec<_> = api.endpoints().filter(|endpoint| !succeeded.contains(endpoint)).collect();
    assert!(requests < 3_000 || never.is_empty(), "never successful, so not really tried: {never:?}");
}

#[expect(clippy::disallowed_methods, reason = "settings of the test, not of the provider")]
fn number(variable: &str) -> Option<u64> {
    Some(std::env::var(variable).ok()?.parse().expect("the variable holds a number"))
}

async fn round(api: &Api, seed: u64, statuses: &mut BTreeMap<u16, u64>, succeeded: &mut BTreeSet<(String, String)>) {
    let mut rng = Rng::with_seed(seed);
    let emulator = Emulator::builder().seed(seed).start();
    let mut pool = Pool::start(&emulator).await;
    let mut connection = Connection::to(emulator.domain());
    let mut before = Arc::new(emulator.state());
    for place in 0..ROUND {
        pool.learn_state(&before);
        let sent = api.request(&mut rng, &mut pool);
        let received =
            connection.exchange(&sent).await.unwrap_or_else(|error| panic!("{error}\n{seed}, {place}: {sent:?}"));
        if let Some(complaint) = complaint(&sent, &received) {
            panic!("{complaint}\nround {seed}, request {place}: {sent:?}\n{received:?}");
        }
        let refused = received.status >= 400;
        let reads = matches!(sent.method.as_str(), "GET" | "HEAD");
        // The state is large. What a read spoils shows after one of the next requests.
        let after =
            if reads && !refused && rng.u8(0..8) > 0 { Arc::clone(&before) } else { Arc::new(emulator.state()) };
        if refused || reads {
            assert!(before == after, "round {seed}, request {place} changed something: {sent:?}\n{received:?}");
        }
        if !refused {
            pool.learn_answer(&received.body);
            succeeded.insert((sent.method, sent.template));
        }
        *statuses.entry(received.status).or_default() += 1;
        // A rule that was accepted would spoil what follows.
        emulator.clear_faults();
        before = after;
    }
}

static MANAGEMENT: Contract = Contract::new("errors.management");
static OAUTH: Contract = Contract::new("errors.oauth");

/// What is wrong with an answer, whatever was asked.
fn complaint(sent: &Sent, received: &Received) -> Option<String> {
    let is_error = received.status >= 400;
    let is_not_imitated = received.status == 501 && received.body["errorCode"] == "not_imitated";
    let is_unknown_grant_type = received.status == 501 && received.body["error"] == "unsupported_grant_type";
    let is_mistake = received.status >= 500 && !is_not_imitated && !is_unknown_grant_type && sent.method != "HEAD";
    if is_mistake || received.status < 200 {
        return Some("an answer that the emulator must not give".to_owned());
    }
    if received.content_type != "application/json; charset=utf-8" {
        return Some(format!("the type is {:?}", received.content_type));
    }
    if !is_error || sent.method == "HEAD" {
        return None;
    }
    let fits = |contract: &Contract| contract.check(&received.body).is_ok();
    let fits = fits(&MANAGEMENT) || sent.path() == "/oauth/token" && fits(&OAUTH);
    let status = &received.body["statusCode"];
    let tells_status = *status == Value::Null || *status == received.status;
    (!fits || !tells_status).then(|| "an error in no known form".to_owned())
}
