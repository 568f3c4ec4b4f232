//! The rate limits of Auth0's plans.
//!
//! `tests/rate-limits.sh` does the same with 100 applications and 100 grants, and looks at the time. Timed tests are no part of
//! `cargo test`.

use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::json;
use terraform_provider_auth0::emulator::{Action, Plan};
use tokio::time::Instant;

use crate::interrupt::{AT_ONCE, interrupt};
use crate::lists::pairs;
use crate::pairs::number;
use crate::support::tenant::Tenant;
use crate::support::terraform::Workspace;

super::trials![
    enterprise_nonproduction_refuses_nothing,
    free_refuses_nothing,
    self_service_refuses_nothing,
    others_keep_a_fifth_by_default,
    two_runs_on_one_tenant_both_finish,
    ctrl_c_ends_the_wait_for_the_rate_limit,
    a_setting_bounds_requests_per_second,
    a_long_wait_is_in_the_log_with_its_reason,
    absurd_limits_are_refused_at_their_line,
    the_next_run_uses_the_token_of_the_last,
];

const APPLY: [&str; 3] = ["apply", "-auto-approve", "-input=false"];

/// A bucket, and what comes back in a second.
type Bucket = (f64, f64);

/// How many applications, and grants, the long runs are about.
fn many() -> Option<usize> {
    number("RATE_LIMITED_PAIRS").map(|count| usize::try_from(count).unwrap())
}

/// A workspace on a tenant with rate limits, all of which the provider may use.
fn limited(plan: Plan, share: &str, count: usize) -> Workspace {
    let terraform = Workspace::on(Tenant::start_on(plan));
    terraform.env("AUTH0_QUOTA_SHARE", share);
    terraform.config(&pairs(count));
    terraform
}

/// Runs a command that has to succeed without a refusal after the first answer, which alone can tell that the bucket is empty
/// from the run before. How long it took, and how many requests of the Management API it made.
fn timed(terraform: &Workspace, arguments: &[&str]) -> (Duration, u32) {
    let start = Instant::now();
    terraform.run(arguments).success();
    let time = start.elapsed();
    let log = terraform.tenant.logged();
    let api = log.iter().filter(|request| request.path.starts_with("/api/"));
    let refused: Vec<_> = api.skip(1).filter(|request| request.status == Some(429)).collect();
    assert!(refused.is_empty(), "{refused:?}");
    (time, times(terraform).len().try_into().unwrap())
}

/// When requests of the Management API were made, in seconds.
fn times(terraform: &Workspace) -> Vec<f64> {
    let log = terraform.tenant.logged();
    let api = log.iter().filter(|request| request.path.starts_with("/api/"));
    api.map(|request| Duration::from_millis(request.at_ms).as_secs_f64()).collect()
}

/// Applies and plans; in a long run also looks at the time that it takes.
fn assert_nothing_is_refused(plan: Plan, (mut burst, rate): Bucket, count: usize, is_timed: bool) {
    let (limited, unlimited) = (limited(plan, "1", count), limited(Plan::Unlimited, "1", count));
    for command in [APPLY.as_slice(), &["plan", "-input=false", "-detailed-exitcode"]] {
        let (time, requests) = timed(&limited, command);
        if is_timed {
            let (wall, _) = timed(&unlimited, command);
            let dictated = Duration::from_secs_f64((f64::from(requests) - burst).max(0.0) / rate);
            note(&format!(
                "{plan:?}, {command:?}: {requests} requests, {time:.1?}; dictated {dictated:.1?}, {wall:.1?} without"
            ));
            assert!(time <= dictated.mul_f64(1.15) + wall, "{time:?} for {requests} requests, {wall:?} without limits");
        }
        // The first command leaves the bucket empty.
        burst = 0.0;
    }
}

#[expect(clippy::print_stderr, reason = "the figures are for whoever started the long run")]
fn note(text: &str) {
    eprintln!("{text}");
}

fn enterprise_nonproduction_refuses_nothing() {
    assert_nothing_is_refused(Plan::EnterpriseNonproduction, (10.0, 2.0), many().unwrap_or(10), many().is_some());
}

fn free_refuses_nothing() {
    let count = if many().is_some() { 10 } else { 4 };
    assert_nothing_is_refused(Plan::Free, (2.0, 2.0), count, many().is_some());
}

fn self_service_refuses_nothing() {
    assert_nothing_is_refused(Plan::SelfService, (10.0, 2.5), many().unwrap_or(10), many().is_some());
}

fn others_keep_a_fifth_by_default() {
    let (burst, rate) = (10.0, 2.0);
    let terraform = limited(Plan::EnterpriseNonproduction, "", many().unwrap_or(10));
    let (time, requests) = timed(&terraform, &APPLY);
    note(&format!("the default share: {requests} requests in {time:.1?}"));
    let times = times(&terraform);
    let most = times.iter().enumerate().map(|(i, start)| times[i..].iter().filter(|at| **at <= start + 60.0).count());
    let most = f64::from(u32::try_from(most.max().unwrap()).unwrap());
    assert!(most <= 0.85 * (burst + 60.0 * rate), "{most} requests in a minute");
    let (mut left, mut last) = (burst, times[0]);
    for at in times {
        left = burst.min(left + (at - last) * rate) - 1.0;
        last = at;
        assert!(left >= 1.0, "the last token was taken");
    }
}

fn two_runs_on_one_tenant_both_finish() {
    let count = many().map_or(5, |many| many / 5);
    let first = limited(Plan::EnterpriseNonproduction, "1", count);
    let second = Workspace::new();
    second.point_at(&first.tenant);
    second.env("AUTH0_QUOTA_SHARE", "1");
    second.config(&pairs(count).replace("client ${", "other ${"));
    let start = Instant::now();
    let (ended, ends) = mpsc::channel();
    for terraform in [&first, &second] {
        let child = terraform.command(&APPLY).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let ended = ended.clone();
        thread::spawn(move || ended.send((child.wait_with_output().unwrap(), start.elapsed())));
    }
    let created = || first.tenant.logged().iter().filter(|request| request.status == Some(201)).count();
    let mut of_slower = 0;
    for number in 0..2 {
        let (output, time) = ends.recv().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        if number == 0 {
            of_slower = created() - 2 * count;
        }
        note(&format!("one of two runs with {count} + {count} ended after {time:.1?}"));
    }
    assert!(of_slower >= count / 2, "when one run had made all of its {}, the other had made {of_slower}", 2 * count);
    assert_eq!(created(), 4 * count);
    assert_eq!((first.addresses().len(), second.addresses().len()), (2 * count, 2 * count));
}

fn ctrl_c_ends_the_wait_for_the_rate_limit() {
    let terraform = Workspace::new();
    terraform.config("resource \"auth0_m2m_client\" \"a\" {\n  count = 3\n  name = \"a\"\n}\n");
    let refusal =
        json!({ "statusCode": 429, "error": "Too Many Requests", "message": "Global limit has been reached" });
    let action = Action::answer(429, refusal, &[("retry-after", "600")]);
    terraform.tenant.spoil_after(1, "POST", "/api/v2/clients", action);
    let apply = [APPLY.as_slice(), &["-parallelism=1"]].concat();
    let interrupted = interrupt(&terraform, &apply, "POST /api/v2/clients", 2, AT_ONCE);
    interrupted.assert_says(&["interrupted before it was finished"]);
    assert_eq!(terraform.addresses().len(), 1, "what was made before is in the state");
    terraform.apply();
    assert_eq!(terraform.tenant.clients("a").len(), 3);
}

fn a_setting_bounds_requests_per_second() {
    let terraform = limited(Plan::Unlimited, "1", 4);
    terraform.env("AUTH0_MAX_REQUESTS_PER_SECOND", "10");
    timed(&terraform, &APPLY);
    let times = times(&terraform);
    let least = f64::from(u32::try_from(times.len() - 1).unwrap()) / 10.0;
    let all = times.last().unwrap() - times[0];
    assert!(all >= least - 0.1, "{} requests in {all} s", times.len());
}

fn a_long_wait_is_in_the_log_with_its_reason() {
    let terraform = limited(Plan::Unlimited, "1", 0);
    terraform.config(r#"resource "auth0_m2m_client" "a" { name = "a" }"#);
    terraform.env("AUTH0_MAX_REQUESTS_PER_SECOND", "0.15");
    terraform.env("TF_LOG_PROVIDER", "info");
    terraform.env("TF_LOG_PATH", terraform.path("terraform.log").to_str().unwrap());
    timed(&terraform, &APPLY);
    let log = terraform.log();
    let told: Vec<_> = log.lines().filter(|line| line.contains("a request waits for the rate limit")).collect();
    assert_eq!(told.len(), 2, "a look at what there is, and the creation: {told:?}");
    for part in ["[INFO]", "wait_ms=6", "`max_requests_per_second` is reached", "tf_rpc=ApplyResourceChange"] {
        assert!(told.iter().all(|told| told.contains(part)), "{part} is not in {told:?}");
    }
}

fn absurd_limits_are_refused_at_their_line() {
    for (argument, demand) in [
        ("quota_share = 1.5", "a number from `0.01` to `1`"),
        ("quota_share = 0", "a number from `0.01` to `1`"),
        ("max_requests_per_second = -1", "a number from `0.01` to `1000`"),
    ] {
        let terraform = Workspace::new();
        terraform.config(&format!("provider \"auth0\" {{\n  {argument}\n}}\n{}", pairs(1)));
        terraform.fail_to_plan().assert_one_error(&["main.tf line 2", argument, demand]);
        assert!(terraform.tenant.requests().is_empty());
    }
}

fn the_next_run_uses_the_token_of_the_last() {
    let terraform = Workspace::new();
    terraform.env("XDG_CACHE_HOME", terraform.path("cache").to_str().unwrap());
    terraform.env("AUTH0_TOKEN_CACHE", "true");
    terraform.config(&pairs(1));
    let tokens = |requests: &[String]| requests.iter().filter(|request| *request == "POST /oauth/token").count();
    let run = terraform.try_apply(&[]).success();
    assert_eq!(tokens(&run.requests), 1, "{run:?}");
    let run = terraform.run(&["plan", "-input=false", "-detailed-exitcode"]).success();
    assert_eq!(tokens(&run.requests), 0, "{run:?}");

    // Without the argument, nothing of it is left to others.
    let elsewhere = Workspace::on(terraform.tenant.copy());
    elsewhere.env("XDG_CACHE_HOME", elsewhere.path("cache").to_str().unwrap());
    elsewhere.run(&["plan", "-input=false"]).success();
    assert!(!elsewhere.path("cache").exists());
}
