//! The budget against a service in simulated time, and its pauses.

mod service;

use proptest::prelude::*;

use super::bucket::{Bucket, Reading};
use super::*;
use crate::auth0::quota::Quota;
use service::{Load, Outcome, Plan, simulate};

const fn plan(size: u32, rate: f64, by_second: bool) -> Plan {
    Plan { size, rate, by_second, resets_when_full: false }
}

/// What Auth0 publishes.
const PLANS: [Plan; 7] = [
    plan(2, 2.0, false),
    plan(10, 2.0, false),
    plan(50, 16.0, false),
    plan(50, 50.0, false),
    plan(5, 100.0 / 60.0, true),
    plan(10, 150.0 / 60.0, true),
    plan(5, 150.0 / 60.0, true),
];

fn published() -> impl Strategy<Value = Plan> {
    prop::sample::select(&PLANS)
}

/// A bucket that nobody has published.
fn any_plan() -> impl Strategy<Value = Plan> {
    let sizes = prop::sample::select(vec![1_u32, 3, 4, 7, 12, 20, 40, 100]);
    (sizes, 1.0..8.0_f64, any::<bool>(), any::<bool>()).prop_map(|(size, seconds, by_second, resets_when_full)| {
        let by_second = by_second && seconds > 1.5;
        Plan { size, rate: f64::from(size) / seconds, by_second, resets_when_full }
    })
}

fn load() -> impl Strategy<Value = Load> {
    let latency = prop_oneof![Just(0.001), Just(0.02), 0.001..0.5_f64];
    (latency, 1..20_usize, any::<u64>()).prop_map(|(latency, parallel, seed)| Load {
        users: 1,
        requests: 250,
        parallel,
        share: 1.0,
        latency,
        seed,
    })
}

fn alone(plan: Plan, load: Load) -> Outcome {
    simulate(plan, load).pop().unwrap()
}

/// Most requests that were served in 60 seconds.
fn most_in_a_minute(served: &[f64]) -> u32 {
    let within = |(i, start): (usize, &f64)| served[i..].iter().take_while(|time| **time <= start + 60.0).count();
    served.iter().enumerate().map(within).max().unwrap_or(0).try_into().unwrap()
}

/// What the bucket alone dictates, in seconds.
fn dictated(plan: Plan, requests: usize) -> f64 {
    f64::from(u32::try_from(requests).unwrap().saturating_sub(plan.size)) / plan.rate
}

/// How long the same takes without a limit.
fn unlimited(load: Load) -> f64 {
    alone(plan(10_000, 10_000.0, false), load).end
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whoever_is_alone_is_never_refused(
        plan in prop_oneof![published(), any_plan()], load in load(), share in 0.1..=1.0_f64,
    ) {
        let outcome = alone(plan, Load { share, ..load });
        prop_assert_eq!(outcome.refusals, 0);
    }

    #[test]
    fn all_of_a_bucket_is_used(plan in published(), load in load(), latency in 0.001..0.2_f64) {
        let load = Load { latency, ..load };
        let time = alone(plan, load).end;
        let bar = 1.15 * dictated(plan, load.requests) + unlimited(load);
        prop_assert!(time <= bar, "{time} > {bar}");
    }

    #[test]
    fn others_keep_their_share(plan in published(), load in load()) {
        let outcome = alone(plan, Load { share: 0.8, ..load });
        let most = 0.85 * (f64::from(plan.size) + 60.0 * plan.rate);
        let used = most_in_a_minute(&outcome.served);
        prop_assert!(f64::from(used) <= most, "{used} > {most}");
        prop_assert!(outcome.least > 0, "the last token was taken");
    }

    #[test]
    fn a_share_is_not_wasted_either(plan in published(), load in load()) {
        let time = alone(plan, Load { share: 0.8, ..load }).end;
        let bar = 3.0 * dictated(plan, load.requests) + unlimited(load) + 5.0;
        prop_assert!(time <= bar, "{time} > {bar}");
    }

    #[test]
    fn two_who_do_not_know_of_each_other_both_finish(
        plan in published(), load in load(), share in prop::sample::select(vec![0.8, 1.0]),
    ) {
        let load = Load { users: 2, requests: 150, share, ..load };
        let outcomes = simulate(plan, load);
        let bar = 6.0 * (dictated(plan, 2 * load.requests) + unlimited(load)) + 20.0;
        let sooner = outcomes.iter().map(|outcome| outcome.end).fold(f64::INFINITY, f64::min);
        for Outcome { end, refusals, served, .. } in outcomes {
            prop_assert!(end <= bar, "{end} > {bar}");
            prop_assert!(refusals <= load.requests, "{refusals}");
            let by_then = served.iter().filter(|time| **time <= sooner).count();
            prop_assert!(by_then >= load.requests / 10, "{by_then} when the other was done");
        }
    }
}

#[test]
fn a_tenant_that_gives_less_than_is_published_is_found_out() {
    let load = Load { users: 1, requests: 250, parallel: 10, share: 1.0, latency: 0.02, seed: 1 };
    let Outcome { end, refusals, .. } = alone(plan(50, 0.5, false), load);
    assert!(refusals < 150, "{refusals}");
    assert!(end < 1.5 * 200.0 / 0.5, "{end}");
}

fn reading(remaining: u32) -> Reading {
    Reading { limit: 10, remaining, reset: None }
}

#[test]
fn the_first_request_goes_alone() {
    let (mut bucket, now) = (Bucket::new(1.0), Instant::now());
    let first = bucket.admit(now).unwrap();
    assert_eq!(bucket.admit(now).unwrap_err(), Wait::FirstAnswer);
    bucket.answered(&first, Some(reading(9)), now);
    assert!(bucket.admit(now).is_ok());
}

#[test]
fn a_service_without_limits_is_not_paced() {
    let (mut bucket, now) = (Bucket::new(0.8), Instant::now());
    let first = bucket.admit(now).unwrap();
    bucket.answered(&first, None, now);
    assert!((0..1_000).all(|_| bucket.admit(now).is_ok()));
}

#[test]
fn a_service_that_does_not_answer_is_not_asked_one_by_one() {
    let (mut bucket, now) = (Bucket::new(1.0), Instant::now());
    bucket.admit(now).unwrap();
    bucket.lost();
    assert!((0..10).all(|_| bucket.admit(now).is_ok()));
}

#[test]
fn a_refusal_is_a_pause_for_all_and_then_one_goes_first() {
    let (mut bucket, start) = (Bucket::new(1.0), Instant::now());
    let first = bucket.admit(start).unwrap();
    bucket.answered(&first, None, start);
    let under_way: Vec<_> = (0..5).map(|_| bucket.admit(start).unwrap()).collect();
    let asked = Some(Duration::from_secs(10));
    let ends: Vec<_> = under_way.iter().map(|ticket| bucket.refused(ticket, None, asked, start, 0.5)).collect();
    let end = ends[0];
    assert_eq!(end - start, Duration::from_secs(11), "as long as asked, and a little to chance");
    assert!(ends.iter().all(|other| *other == end), "one pause for all: {ends:?}");
    assert_eq!(bucket.admit(end - Duration::from_millis(1)).unwrap_err(), Wait::Pause(end));
    assert!(bucket.admit(end).is_ok());
    assert_eq!(bucket.admit(end).unwrap_err(), Wait::FirstAnswer);
}

proptest! {
    #[test]
    fn what_is_asked_is_waited_for_and_a_little_more(asked in 0_u64..10_000, chance in 0.0..1.0_f64) {
        let (mut bucket, now) = (Bucket::new(1.0), Instant::now());
        let asked = Duration::from_secs(asked);
        let ticket = bucket.admit(now).unwrap();
        let pause = bucket.refused(&ticket, None, Some(asked), now, chance) - now;
        prop_assert!(pause >= asked);
        prop_assert!(pause <= asked + (asked / 5).max(Duration::from_millis(500)));
    }
}

#[test]
fn a_service_that_asks_for_no_wait_is_not_stormed() {
    let (mut bucket, start) = (Bucket::new(1.0), Instant::now());
    let (mut now, mut refusals) = (start, 0);
    while now < start + Duration::from_mins(10) {
        let ticket = bucket.admit(now).unwrap();
        now = bucket.refused(&ticket, None, Some(Duration::ZERO), now, 0.5);
        refusals += 1;
    }
    assert!(refusals < 70, "{refusals}");
}

#[test]
fn an_endless_wait_is_a_long_one() {
    let (mut bucket, now) = (Bucket::new(1.0), Instant::now());
    let ticket = bucket.admit(now).unwrap();
    assert!(bucket.refused(&ticket, None, Some(Duration::MAX), now, 0.9) > now + Duration::from_hours(1));
}

fn notice(limit: u32, remaining: u32) -> Notice {
    Notice { quota: Some(Quota { limit, remaining, reset: None }), ..Notice::default() }
}

fn now(instant: Instant) -> Now {
    Now { instant, unix: Duration::from_secs(1_000) }
}

#[test]
fn lists_draw_from_the_common_bucket_until_they_are_told_another_limit() {
    let (mut ledger, start) = (Ledger::new(1.0, Duration::ZERO), Instant::now());
    let other = ledger.admit(Class::Other, start).unwrap();
    assert_eq!(ledger.admit(Class::ClientLists, start).unwrap_err(), Wait::FirstAnswer);
    ledger.answered(other, notice(10, 9), now(start));
    let list = ledger.admit(Class::ClientLists, start).unwrap();
    ledger.answered(list, notice(5, 4), now(start));
    assert_ne!(ledger.bucket(Class::ClientLists), ledger.bucket(Class::Other));
    // That one is empty does not hold up the other.
    while let Ok(entry) = ledger.admit(Class::Other, start) {
        ledger.answered(entry, notice(10, 0), now(start));
    }
    assert!(ledger.admit(Class::ClientLists, start).is_ok());
}

#[test]
fn lists_that_are_told_the_same_limit_share_the_bucket() {
    let (mut ledger, mut time) = (Ledger::new(1.0, Duration::ZERO), Instant::now());
    for (class, left) in [(Class::Other, 9), (Class::ClientLists, 0)] {
        time += Duration::from_millis(1);
        let entry = ledger.admit(class, time).unwrap();
        ledger.answered(entry, notice(10, left), now(time));
    }
    assert_eq!(ledger.bucket(Class::ClientLists), ledger.bucket(Class::Other));
    assert!(ledger.admit(Class::Other, time).is_err());
}

#[test]
fn tokens_are_not_requests_of_the_management_api() {
    let (mut ledger, start) = (Ledger::new(1.0, Duration::ZERO), Instant::now());
    let token = ledger.admit(Class::Token, start).unwrap();
    let other = ledger.admit(Class::Other, start).unwrap();
    ledger.answered(token, notice(30, 0), now(start));
    ledger.answered(other, notice(10, 9), now(start));
    assert!(ledger.admit(Class::Other, start).is_ok());
}

#[test]
fn a_setting_keeps_all_requests_at_a_distance() {
    let gap = Duration::from_millis(250);
    let (mut ledger, mut time) = (Ledger::new(1.0, gap), Instant::now());
    for class in [Class::Token, Class::Other, Class::ClientLists, Class::Token] {
        let entry = ledger.admit(class, time).unwrap();
        ledger.answered(entry, Notice::default(), now(time));
        assert_eq!(ledger.admit(class, time).unwrap_err(), Wait::Setting(time + gap));
        time += gap;
    }
}

#[tokio::test(start_paused = true)]
async fn requests_are_sent_in_the_order_in_which_they_came() {
    let limits = Limits { max_requests_per_second: Some(10.0), quota_share: 1.0 };
    let (budget, order) = (Budget::new(limits), Mutex::new(Vec::new()));
    let (start, deadline) = (Instant::now(), Instant::now() + Duration::from_mins(1));
    let send = |number: usize| {
        let (budget, order) = (&budget, &order);
        async move {
            let permit = budget.admit(Class::Other, deadline).await.ok().unwrap();
            order.lock().unwrap().push(number);
            drop(permit);
        }
    };
    tokio::join!(send(0), send(1), send(2), send(3), send(4));
    assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4]);
    assert_eq!(start.elapsed().as_millis(), 400);
    assert_eq!(budget.spending(), Spending { requests: 5, waited_ms: 1_000 });
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_does_not_hold_up_those_behind() {
    let budget = Budget::new(Limits { max_requests_per_second: Some(0.1), quota_share: 1.0 });
    let deadline = Instant::now() + Duration::from_mins(1);
    drop(budget.admit(Class::Other, deadline).await.ok().unwrap());
    let impatient = tokio::time::timeout(Duration::from_secs(1), budget.admit(Class::Other, deadline));
    let (gone, patient) = tokio::join!(impatient, budget.admit(Class::Other, deadline));
    assert!(gone.is_err() && patient.is_ok());
}
