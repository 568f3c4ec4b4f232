//! The rate limits of Auth0's plans.
//!
//! `tests/rate-limits.sh` does the same with 100 applications and 100 grants, looks at the time, and prints what it counts. Timed
//! tests are no part of `cargo test`.

use std::process::{Child, Output, Stdio};
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
    refusals_stay_rare_on_enterprise_nonproduction,
    refusals_stay_rare_on_free,
    refusals_stay_rare_on_self_service,
    reserve_is_left_to_others,
    visitor_is_not_refused_twice_on_nonproduction,
    visitor_is_not_refused_twice_on_free,
    two_runs_on_one_tenant_end_together,
    ctrl_c_ends_the_wait_for_the_rate_limit,
    a_setting_bounds_requests_per_second,
    a_long_wait_is_in_the_log_with_its_reason,
    absurd_limits_are_refused_at_their_line,
    the_next_run_uses_the_token_of_the_last,
];

const APPLY: [&str; 3] = ["apply", "-auto-approve", "-input=false"];
const REFRESH: [&str; 3] = ["plan", "-input=false", "-detailed-exitcode"];

/// A bucket, and what comes back in a second.
type Bucket = (f64, f64);

/// How many applications, and grants, the long runs are about.
fn many() -> Option<usize> {
    number("RATE_LIMITED_PAIRS").map(|count| usize::try_from(count).unwrap())
}

/// A workspace on a tenant with rate limits. Without a share, the provider has its default.
fn limited(plan: Plan, share: &str, count: usize) -> Workspace {
    let terraform = Workspace::on(Tenant::start_on(plan));
    terraform.env("AUTH0_QUOTA_SHARE", share);
    terraform.config(&pairs(count));
    terraform
}

/// What a command took. Only requests of the Management API count.
struct Figures {
    time: Duration,
    requests: u32,
    refused: u32,
}

/// Runs a command that has to succeed, and with few refusals: one in a hundred, and the first of each process, which cannot know
/// that the last run has left the bucket empty.
fn timed(terraform: &Workspace, arguments: &[&str]) -> Figures {
    let start = Instant::now();
    terraform.run(arguments).success();
    let time = start.elapsed();
    let log = terraform.tenant.logged();
    let count = |path: &str, status: Option<u16>| {
        let is_counted = |status_there| status.is_none() || status_there == status;
        let counted = log.iter().filter(|request| request.path.starts_with(path) && is_counted(request.status));
        u32::try_from(counted.count()).unwrap()
    };
    let (requests, refused, processes) = (count("/api/", None), count("/api/", Some(429)), count("/oauth/token", None));
    assert!(refused <= requests / 100 + processes, "{refused} of {requests} are refused in {processes} processes");
    Figures { time, requests, refused }
}

/// When requests of the Management API were made, in seconds.
fn times(terraform: &Workspace) -> Vec<f64> {
    let log = terraform.tenant.logged();
    let api = log.iter().filter(|request| request.path.starts_with("/api/"));
    api.map(|request| Duration::from_millis(request.at_ms).as_secs_f64()).collect()
}

/// Applies and refreshes; in a long run also looks at the time that it takes.
fn assert_refusals_are_rare(plan: Plan, (mut burst, rate): Bucket, count: usize) {
    let (limited, unlimited) = (limited(plan, "1", count), limited(Plan::Unlimited, "1", count));
    for command in [APPLY, REFRESH] {
        let Figures { time, requests, refused } = timed(&limited, &command);
        if many().is_some() {
            let wall = timed(&unlimited, &command).time;
            let dictated = Duration::from_secs_f64((f64::from(requests) - burst).max(0.0) / rate);
            let bar = dictated.mul_f64(1.25) + wall;
            note(&format!(
                "{plan:?}, {count} + {count}, {}: {requests} requests, {refused} refused, {time:.1?}; \
                 dictated {dictated:.1?}, {wall:.1?} without limits, bar {bar:.1?}",
                command[0]
            ));
            assert!(time <= bar, "{time:?} for {requests} requests; {bar:?} is the bar");
        }
        // The first command leaves the bucket empty.
        burst = 0.0;
    }
}

#[expect(clippy::print_stderr, reason = "the figures are the result of the long run")]
fn note(text: &str) {
    if many().is_some() {
        eprintln!("{text}");
    }
}

fn refusals_stay_rare_on_enterprise_nonproduction() {
    assert_refusals_are_rare(Plan::EnterpriseNonproduction, (10.0, 2.0), many().unwrap_or(10));
}

fn refusals_stay_rare_on_free() {
    assert_refusals_are_rare(Plan::Free, (2.0, 2.0), many().map_or(4, |_| 10));
}

fn refusals_stay_rare_on_self_service() {
    assert_refusals_are_rare(Plan::SelfService, (10.0, 2.5), many().unwrap_or(10));
}

fn reserve_is_left_to_others() {
    let free = many().map_or(2, |_| 10);
    for (plan, count, (burst, rate), reserve) in [
        (Plan::EnterpriseNonproduction, many().unwrap_or(10), (10.0_f64, 2.0), 2.0),
        (Plan::Free, free, (2.0, 2.0), 1.0),
    ] {
        let terraform = limited(plan, "", count);
        let Figures { time, requests, refused } = timed(&terraform, &APPLY);
        note(&format!(
            "{plan:?}, {count} + {count}, default share: {requests} requests, {refused} refused, {time:.1?}"
        ));
        let times = times(&terraform);
        let (mut left, mut last) = (burst, times[0]);
        for at in times {
            left = burst.min(left + (at - last) * rate) - 1.0;
            last = at;
            // The tenant logs a request a moment before it counts it.
            assert!(left >= reserve - 0.2, "{left} are left");
        }
    }
}

/// Starts a command beside others. What it prints would fill a pipe that nothing reads.
fn start(terraform: &Workspace, arguments: &[&str]) -> Child {
    terraform.command(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[track_caller]
fn assert_success(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// While a run uses its default share, another client asks once a second.
fn assert_visitor_is_not_refused_twice(plan: Plan, count: usize) {
    let terraform = limited(plan, "", count);
    let tenant = &terraform.tenant;
    tenant.token();
    for command in [APPLY, REFRESH] {
        let mut child = start(&terraform, &command);
        let statuses = tenant.read_each_second("clients/nobody", || child.try_wait().unwrap().is_none());
        assert_success(&child.wait_with_output().unwrap());
        let refused = statuses.iter().filter(|status| **status == 429).count();
        note(&format!(
            "{plan:?}, {count} + {count}, {}: {refused} of {} requests of the visitor are refused",
            command[0],
            statuses.len()
        ));
        assert!(!statuses.windows(2).any(|pair| pair == [429; 2]), "{statuses:?}");
    }
}

fn visitor_is_not_refused_twice_on_nonproduction() {
    assert_visitor_is_not_refused_twice(Plan::EnterpriseNonproduction, many().unwrap_or(8));
}

fn visitor_is_not_refused_twice_on_free() {
    assert_visitor_is_not_refused_twice(Plan::Free, many().map_or(2, |_| 10));
}

fn two_runs_on_one_tenant_end_together() {
    let count = many().unwrap_or(5);
    let first = limited(Plan::EnterpriseNonproduction, "", count);
    let second = Workspace::new();
    second.point_at(&first.tenant);
    second.config(&pairs(count).replace("client ${", "other ${"));
    let begin = Instant::now();
    let (ended, ends) = mpsc::channel();
    for terraform in [&first, &second] {
        let (child, ended) = (start(terraform, &APPLY), ended.clone());
        thread::spawn(move || ended.send((child.wait_with_output().unwrap(), begin.elapsed())));
    }
    let created = || first.tenant.logged().iter().filter(|request| request.status == Some(201)).count();
    let [sooner, later] = [(); 2].map(|()| {
        let (output, time) = ends.recv().unwrap();
        assert_success(&output);
        (time, created())
    });
    let refused = first.tenant.logged().iter().filter(|request| request.status == Some(429)).count();
    let (times, of_later) = ([sooner.0, later.0], sooner.1 - 2 * count);
    note(&format!("two runs at once, {count} + {count} each, end after {times:.1?}; {refused} requests are refused"));
    // The first in the full bucket is ahead by what it holds.
    assert!(of_later >= count / 2, "when one run has made all of its {}, the other has made {of_later}", 2 * count);
    assert!(many().is_none() || later.0 <= sooner.0.mul_f64(1.5), "{times:?}");
    assert_eq!(later.1, 4 * count);
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
