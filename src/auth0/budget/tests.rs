//! Which request starts when; runs and visitors of a service in simulated time.

use fastrand::Rng;
use proptest::prelude::*;

use super::*;
use crate::auth0::quota::Quota;

fn answer(status: u16, limit: u32, remaining: u32) -> Response {
    Response { quota: Some(Quota { limit, remaining, reset: None }), ..Response::of(status, "") }
}

/// Buckets that may be used up, and the time.
fn fresh() -> (Buckets, Instant) {
    (Buckets::new(Limits { max_requests_per_second: None, quota_share: 1.0 }), Instant::now())
}

#[test]
fn first_request_goes_alone() {
    let (mut buckets, now) = fresh();
    let first = buckets.start(Class::Other, now).ok().unwrap();
    assert_eq!(buckets.start(Class::Other, now).err(), Some(Wait::FirstResponse));
    buckets.end(first, Some(&answer(200, 10, 2)), now, 0.5);
    assert!([(); 2].map(|()| buckets.start(Class::Other, now).is_ok()).iter().all(|is_ok| *is_ok));
    assert_eq!(buckets.start(Class::Other, now).err(), Some(Wait::Reset(now + Duration::from_secs(1))));
}

#[test]
fn silent_or_unlimited_service_is_not_paced() {
    for response in [None, Some(&Response::of(200, ""))] {
        let (mut buckets, now) = fresh();
        let first = buckets.start(Class::Other, now).ok().unwrap();
        buckets.end(first, response, now, 0.5);
        assert!((0..1_000).all(|_| buckets.start(Class::Other, now).is_ok()));
    }
}

#[test]
fn after_a_refusal_one_goes_first_until_there_is_a_response() {
    let (mut buckets, now) = fresh();
    let refused = buckets.start(Class::Other, now).ok().unwrap();
    let pause = buckets.end(refused, Some(&Response::of(429, "")), now, 0.5).unwrap();
    for _ in 0..2 {
        let first = buckets.start(Class::Other, pause).ok().unwrap();
        assert_eq!(buckets.start(Class::Other, pause).err(), Some(Wait::FirstResponse));
        buckets.end(first, None, pause, 0.5);
    }
}

proptest! {
    #[test]
    fn refusal_pauses_all_then_one_goes_first(asked in any::<Option<Duration>>(), chance in 0.0..1.0_f64) {
        let (mut buckets, now) = fresh();
        let first = buckets.start(Class::Other, now).ok().unwrap();
        buckets.end(first, None, now, chance);
        let under_way = [(); 5].map(|()| buckets.start(Class::Other, now).ok().unwrap());
        let refusal = Response { wait: asked, ..Response::of(429, "") };
        let [pause, .., last] = under_way.map(|request| buckets.end(request, Some(&refusal), now, chance).unwrap());
        let least = asked.unwrap_or_default().clamp(Duration::from_secs(1), Duration::from_hours(87_600));
        prop_assert!(pause == last && (least..=least * 5 / 4).contains(&(pause - now)), "{:?}", pause - now);
        prop_assert!(buckets.start(Class::Token, now).is_ok(), "another bucket");
        prop_assert_eq!(buckets.start(Class::Other, now + least / 2).err(), Some(Wait::Pause(pause)));
        prop_assert!(buckets.start(Class::Other, pause).is_ok());
        prop_assert_eq!(buckets.start(Class::Other, pause).err(), Some(Wait::FirstResponse));
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_days_is_told_in_full() {
    let days = Duration::from_hours(72);
    let budget = Budget::new(Limits { max_requests_per_second: None, quota_share: 1.0 });
    let deadline = Instant::now() + Duration::from_mins(20);
    let refusal = Response { wait: Some(days), ..Response::of(429, "") };
    budget.admit(Class::Other, deadline).await.ok().unwrap().settle(&refusal);
    let TooLong(told) = budget.admit(Class::Other, deadline).await.err().unwrap();
    assert!((days..=days + Duration::from_mins(1)).contains(&told), "{told:?}");
}

#[test]
fn bucket_of_one_without_a_reset_gives_one_a_second() {
    for quota_share in [0.8, 1.0] {
        let mut buckets = Buckets::new(Limits { max_requests_per_second: None, quota_share });
        let start = Instant::now();
        let mut now = start;
        for _ in 0..60 {
            let request = loop {
                match buckets.start(Class::Other, now) {
                    Ok(request) => break request,
                    Err(Wait::Reset(end)) => {
                        assert!(buckets.is_used_up(Class::Other, now) && end > now);
                        now = end;
                    }
                    Err(other) => panic!("{other:?}"),
                }
            };
            assert!(!buckets.is_used_up(Class::Token, now), "another bucket");
            buckets.end(request, Some(&answer(200, 1, 0)), now, 0.5);
        }
        assert_eq!(now - start, Duration::from_secs(59));
    }
}

#[test]
fn lists_share_the_bucket_until_told_another_limit() {
    for (limit, is_apart) in [(10, false), (5, true)] {
        let (mut buckets, now) = fresh();
        let other = buckets.start(Class::Other, now).ok().unwrap();
        assert_eq!(buckets.start(Class::ClientLists, now).err(), Some(Wait::FirstResponse));
        buckets.end(other, Some(&answer(200, 10, 1)), now, 0.5);
        let list = buckets.start(Class::ClientLists, now).ok().unwrap();
        assert!(buckets.start(Class::Other, now).is_err(), "the list takes what is left");
        buckets.end(list, Some(&answer(200, limit, 0)), now, 0.5);
        assert!(buckets.start(Class::ClientLists, now).is_err());
        assert_eq!(buckets.start(Class::Other, now).is_ok(), is_apart);
    }
}

#[tokio::test(start_paused = true)]
async fn requests_start_in_order_of_arrival() {
    let budget = Budget::new(Limits { max_requests_per_second: Some(10.0), quota_share: 1.0 });
    let (order, start) = (Mutex::new(Vec::new()), Instant::now());
    let send = async |number: usize| {
        drop(budget.admit(Class::Other, start + Duration::from_secs(5)).await.ok().unwrap());
        order.lock().unwrap().push(number);
    };
    let impatient = tokio::time::timeout(Duration::from_millis(150), send(9));
    let (.., gone) = tokio::join!(send(0), send(1), send(2), send(3), send(4), impatient);
    assert_eq!((order.lock().unwrap().as_slice(), gone.is_err()), ([0, 1, 2, 3, 4].as_slice(), true));
    assert_eq!(budget.spending(), Spending { requests: 5, waited_ms: 1_000 });
}

/// A bucket of the service: its size, the tokens that come in a second, and whether they come second by second.
type Plan = (u32, f64, bool);

/// How many requests a run sends at once, how many hundredths of a second each travels at most, and a seed.
type Load = (u32, u32, u64);

fn published() -> impl Strategy<Value = Plan> {
    let (slow, fast) = (100.0 / 60.0, 150.0 / 60.0);
    prop::sample::select(vec![
        (2, 2.0, false),
        (10, 2.0, false),
        (50, 16.0, false),
        (50, 50.0, false),
        (5, slow, true),
        (10, fast, true),
    ])
}

fn load() -> impl Strategy<Value = Load> {
    (1..20_u32, 0..10_u32, any::<u64>())
}

const REQUESTS: u32 = 80;

struct Run {
    buckets: Buckets,
    waiting: u32,
    under_way: u32,
    refused: u32,
    /// When its last response came, in hundredths of a second, and the least that was left after one of its requests.
    end: u32,
    least: u32,
}

/// A request of a run, when it arrives, when its response comes back, and that response.
type Flight = (usize, UnderWay, u32, u32, Option<Response>);

/// One request to a bucket with `tokens`, which were counted at the time `at`.
fn serve((size, rate, by_second): Plan, (tokens, at): &mut (f64, f64), now: f64) -> Response {
    let passed = if by_second { now.floor() - at.floor() } else { now - *at };
    (*tokens, *at) = ((*tokens + rate * passed + 1e-9).min(size.into()), now);
    let status = if *tokens < 1.0 { 429 } else { 200 };
    *tokens -= if status == 200 { 1.0 } else { 0.0 };
    let next = (1.0 - tokens.fract()) / rate;
    let reset = if by_second { now.floor() + next.ceil() } else { (now + next).ceil() };
    let [reset, date, wait] = [reset, now.floor(), reset - now].map(|time| Some(Duration::from_secs_f64(time)));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the size")]
    let quota = Some(Quota { limit: size, remaining: *tokens as u32, reset });
    Response { wait, date, quota, ..Response::of(status, "") }
}

/// Runs with these shares, side by side. The number is how often a visitor who asks once a second is refused in a row.
fn simulate(plan: Plan, shares: &[f64], is_visited: bool, (parallel, latency, seed): Load) -> (Vec<Run>, u32) {
    let (mut rng, start) = (Rng::with_seed(seed), Instant::now());
    let unix = 1_000.0 + rng.f64();
    let mut bucket = (f64::from(plan.0), unix);
    let run = |quota_share: &f64| {
        let buckets = Buckets::new(Limits { max_requests_per_second: None, quota_share: *quota_share });
        Run { buckets, waiting: REQUESTS, under_way: 0, refused: 0, end: 0, least: plan.0 }
    };
    let mut runs: Vec<_> = shares.iter().map(run).collect();
    let (mut flights, mut row, mut most): (Vec<Flight>, u32, u32) = (Vec::new(), 0, 0);
    let shift = rng.u32(0..100);
    for tick in 0.. {
        let (now, there) = (start + Duration::from_millis(10) * tick, unix + f64::from(tick) / 100.0);
        if is_visited && tick % 100 == shift {
            row = if serve(plan, &mut bucket, there).status == 429 { row + 1 } else { 0 };
            most = most.max(row);
        }
        for (.., answer) in flights.iter_mut().filter(|flight| flight.2 == tick) {
            *answer = Some(serve(plan, &mut bucket, there));
        }
        for (number, request, .., answer) in flights.extract_if(.., |flight| flight.3 == tick) {
            let (run, left) = (&mut runs[number], answer.as_ref().unwrap().quota.unwrap().remaining);
            let refused = u32::from(run.buckets.end(request, answer.as_ref(), now, rng.f64()).is_some());
            (run.waiting, run.refused) = (run.waiting + refused, run.refused + refused);
            (run.under_way, run.end, run.least) = (run.under_way - 1, tick, run.least.min(left));
        }
        for (number, run) in runs.iter_mut().enumerate() {
            while run.waiting > 0 && run.under_way < parallel {
                let Ok(request) = run.buckets.start(Class::Other, now) else { break };
                (run.waiting, run.under_way) = (run.waiting - 1, run.under_way + 1);
                let arrival = tick + 1 + rng.u32(0..=latency);
                flights.push((number, request, arrival, arrival + rng.u32(0..=latency), None));
            }
        }
        if flights.is_empty() && runs.iter().all(|run| run.waiting == 0) {
            break;
        }
    }
    (runs, most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn run_alone_is_not_refused_and_keeps_pace(plan in published(), load in load(), share in prop::sample::select(vec![0.8, 1.0])) {
        let without = simulate((REQUESTS, 1.0, false), &[1.0], false, load).0[0].end;
        let Run { end, refused, least, .. } = simulate(plan, &[share], false, load).0[0];
        let dictated = 100.0 * f64::from(REQUESTS.saturating_sub(plan.0)) / plan.1;
        // The reserve of a bucket of 2 leaves it half of its rate.
        let most = if share < 1.0 { 2.5 } else { 1.25 } * dictated + f64::from(without) + 100.0;
        prop_assert!(f64::from(end) <= most, "{end}, {dictated}, {without}");
        prop_assert_eq!(refused, 0);
        prop_assert!(share >= 1.0 || least >= (plan.0 / 5).max(1), "{least} were left");
    }

    #[test]
    fn visitor_is_never_refused_twice_in_a_row(plan in published(), load in load()) {
        prop_assert!(simulate(plan, &[0.8], true, load).1 < 2);
    }

    #[test]
    fn two_runs_share_the_bucket(plan in published(), load in load()) {
        let (runs, _) = simulate(plan, &[0.8, 0.8], false, load);
        let (first, second) = (runs[0].end, runs[1].end);
        prop_assert!(first.max(second) <= first.min(second) * 3 / 2 + 200, "{first} and {second}");
    }
}
