//! What the provider costs: start, size, memory and requests. `cargo bench --bench footprint`; figures in
//! `contributing/benchmarks.md`.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints its table, and ends where it cannot measure"
)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P521_SHA512};
use tokio::time::Instant;

use process::{Usage, megabytes};
use support::terraform::cli::{OLDEST, unavailable};
use support::terraform::{PROVIDER, Workspace};

#[path = "support/process.rs"]
#[expect(dead_code, reason = "other benchmarks use the rest")]
mod process;

/// What the benchmark uses of what all tests share.
#[path = "../tests/support"]
#[expect(dead_code, reason = "the acceptance tests use the rest")]
mod support {
    pub(crate) mod tenant;
    pub(crate) mod terraform;
}

const STARTS: usize = 101;
/// Clients, and grants, of the plan.
const PAIRS: usize = 100;

fn main() {
    if let Some(reason) = unavailable(OLDEST) {
        println!("nothing is measured: {reason}");
        return;
    }
    let start = start();
    let size = fs::metadata(PROVIDER).unwrap().len();
    let plan = plan();
    let version = String::from_utf8(Command::new("terraform").arg("version").output().unwrap().stdout).unwrap();
    println!("| figure | measured | bar |");
    println!("|---|---|---|");
    println!("| exec to handshake line, median of {STARTS} | {:.2} ms | 3 ms |", start.as_secs_f64() * 1e3);
    println!("| provider binary, stripped | {:.2} MB | 8 MB |", megabytes(size));
    println!("| peak memory, plan over {PAIRS} + {PAIRS} | {:.2} MB | 15 MB |", megabytes(plan.usage.peak));
    println!("| requests of that plan, token included | {} | |", plan.requests);
    println!("| wall time of that plan | {:.2} s | |", plan.usage.wall.as_secs_f64());
    println!("\n{}", version.lines().next().unwrap_or_default());
}

/// How long it takes from `exec` to the handshake line, as under Terraform: with a certificate to be pinned.
fn start() -> Duration {
    let certificate = certificate();
    let mut times: Vec<_> = (0..STARTS)
        .map(|_| {
            let begin = Instant::now();
            let mut process = Command::new(PROVIDER)
                .env("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
                .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
                .env("PLUGIN_CLIENT_CERT", &certificate)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut line = String::new();
            BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
            let time = begin.elapsed();
            assert!(line.starts_with("1|6|"), "{line:?}");
            terminate(&mut process);
            time
        })
        .collect();
    times.sort_unstable();
    times[STARTS / 2]
}

/// The kind of certificate that Terraform makes for each process.
fn certificate() -> String {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap();
    let certificate = CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, certificate.der());
    format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n")
}

/// Asks the process to end, so that it takes its socket with it.
fn terminate(process: &mut Child) {
    let pid = nix::unistd::Pid::from_raw(process.id().try_into().unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
    process.wait().unwrap();
}

struct PlanFigures {
    usage: Usage,
    requests: usize,
}

/// A plan over clients and grants that are as they should be.
fn plan() -> PlanFigures {
    let terraform = Workspace::new();
    terraform.config(&format!(
        r#"
        resource "auth0_m2m_client" "a" {{
          count = {PAIRS}
          name  = "client-${{count.index}}"
        }}

        resource "auth0_client_grant" "a" {{
          count     = {PAIRS}
          client_id = auth0_m2m_client.a[count.index].client_id
          audience  = var.management_api
          scopes    = ["read:users"]
        }}
        "#
    ));
    terraform.apply();
    terraform.tenant.forget_requests();
    let mut plan = terraform.command(&["plan", "-input=false", "-detailed-exitcode"]);
    let (status, usage) = process::run(plan.stdout(Stdio::null()).stderr(Stdio::null()), Path::new(PROVIDER));
    assert_eq!(status.code(), Some(0), "the plan is empty");
    PlanFigures { usage, requests: terraform.tenant.requests().len() }
}
