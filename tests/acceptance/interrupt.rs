//! Ctrl-C while the provider waits: for the rate limit, or for an answer that does not come. Terraform then asks it to stop,
//! and how long the calls that wait go on from there is in the provider's log.

use std::time::Duration;

use terraform_provider_auth0::emulator::Action;

use crate::lifecycle::SMALL;
use crate::lists::pairs;
use crate::support::terraform::{Run, Workspace};

super::trials![
    a_refresh_ends_at_once_and_the_state_stays,
    interrupt_ends_refresh_and_keeps_state,
    interrupt_ends_update_and_keeps_prior_state,
    interrupt_ends_destroy_and_keeps_the_rest,
    a_wait_for_a_token_ends_at_once,
];

const CLIENT: &str = "auth0_m2m_client.a";
const GRANT: &str = "auth0_client_grant.a";
const APPLY: [&str; 3] = ["apply", "-auto-approve", "-input=false"];
/// While `apply` plans, Terraform keeps an interrupt to itself; `plan` hands it on.
const PLAN: [&str; 2] = ["plan", "-input=false"];

/// What "at once" is.
pub(crate) const AT_ONCE: Duration = Duration::from_secs(1);

/// Longer than any test takes.
const STALLED: u64 = 600_000;

/// Runs a command, presses Ctrl-C as soon as the tenant has been asked `request` so many times, and looks at how long after
/// the stop the provider still worked on calls.
#[track_caller]
pub(crate) fn interrupt(terraform: &Workspace, arguments: &[&str], request: &str, times: usize, most: Duration) -> Run {
    terraform.log_at("trace");
    let run = terraform.run_interrupted(arguments, request, times).failure();
    assert!(run.stdout.contains("Interrupt received"), "{run:?}");
    let log = terraform.log();
    let calls: Vec<_> = log.lines().filter(|line| line.contains(" provider.terraform-provider-auth0: Call ")).collect();
    let stop = calls.iter().position(|line| line.contains("Call received") && line.contains("tf_rpc=StopProvider"));
    let stop = stop.expect("the provider was told to stop");
    let waited = |line: &&&str| line.contains("Call answered") && !line.contains("tf_rpc=StopProvider");
    let last = calls[stop..].iter().rfind(waited).expect("a call was waiting");
    let took = time(last).saturating_sub(time(calls[stop]));
    assert!(took <= most, "{took:?} after it was told to stop: {last}");
    run
}

/// The time of day of a line of the log, which begins like `2026-01-31T12:00:00.000Z`.
fn time(line: &str) -> Duration {
    let (_, time) = line.split_once('T').expect("a time");
    let parts = time[..12].split(':').map(|part| part.parse::<f64>().expect("a number"));
    Duration::from_secs_f64(parts.fold(0.0, |time, part| time * 60.0 + part))
}

fn applied() -> Workspace {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    terraform.apply();
    terraform
}

fn a_refresh_ends_at_once_and_the_state_stays() {
    let terraform = applied();
    let before = terraform.state_file();
    terraform.tenant.spoil("GET", "/api/v2/clients/*", Action::delay_ms(STALLED));
    interrupt(&terraform, &PLAN, "GET /api/v2/clients/{id}", 1, AT_ONCE);
    assert_eq!(terraform.state_file(), before);
    terraform.assert_empty_plan();
}

fn interrupt_ends_refresh_and_keeps_state() {
    let terraform = Workspace::new();
    terraform.config(&pairs(3));
    terraform.apply();
    let before = terraform.state_file();
    terraform.tenant.spoil("GET", "/api/v2/clients", Action::delay_ms(STALLED));
    interrupt(&terraform, &PLAN, "GET /api/v2/clients", 1, AT_ONCE);
    assert_eq!(terraform.state_file(), before);
    terraform.assert_empty_plan();
}

fn interrupt_ends_update_and_keeps_prior_state() {
    let terraform = applied();
    terraform.config(&SMALL.replace("name = \"a\"", "name = \"b\""));
    terraform.tenant.spoil("PATCH", "/api/v2/clients/*", Action::delay_ms(STALLED));
    let run = interrupt(&terraform, &APPLY, "PATCH /api/v2/clients/{id}", 1, AT_ONCE);
    run.assert_says(&["Cannot update the client", "interrupted before it was finished"]);
    assert_eq!(terraform.text(CLIENT, "name"), "a");
    terraform.apply();
    assert_eq!(terraform.text(CLIENT, "name"), "b");
}

fn interrupt_ends_destroy_and_keeps_the_rest() {
    let terraform = applied();
    terraform.tenant.spoil("DELETE", "/api/v2/clients/*", Action::delay_ms(STALLED));
    let destroy = ["destroy", "-auto-approve", "-input=false"];
    let run = interrupt(&terraform, &destroy, "DELETE /api/v2/clients/{id}", 1, AT_ONCE);
    run.assert_says(&["Cannot delete the client", "interrupted before it was finished"]);
    assert_eq!(terraform.addresses(), [CLIENT], "{GRANT} is gone already");
    terraform.destroy();
}

fn a_wait_for_a_token_ends_at_once() {
    let terraform = Workspace::new();
    terraform.config(SMALL);
    terraform.tenant.spoil("POST", "/oauth/token", Action::delay_ms(STALLED));
    interrupt(&terraform, &APPLY, "POST /oauth/token", 1, AT_ONCE);
    assert!(terraform.addresses().is_empty());
    terraform.apply();
}
