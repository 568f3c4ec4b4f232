//! `auth0-emulator`: an offline Auth0 tenant in one process.

use std::fs;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use terraform_provider_auth0::emulator::{AllowedHost, Emulator, Plan};
use tokio::signal::unix::{SignalKind, signal};

/// An offline Auth0 tenant: the Management API and the token endpoint for machine-to-machine applications.
///
/// When the emulator accepts connections, it prints a JSON object with `url`, `domain`, `client_id`, `client_secret`
/// and `ca_file` in the first line of standard output. That application has every scope of the Management API.
/// `/_emulator` has the log of requests, faults on demand and the whole state.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Address to listen at; port 0 picks a free port
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4010")]
    listen: SocketAddr,

    /// Also answer requests for this host, such as the name of a service container; can be given several times
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<AllowedHost>,

    /// Serve https; `ca_file` in the first line of output names the certificate to trust
    #[arg(long)]
    tls: bool,

    /// With --tls: also serve http at this address; `http_url` in the first line names it
    #[arg(long, value_name = "ADDRESS:PORT", requires = "tls")]
    http: Option<SocketAddr>,

    /// Stop the clock at this time, such as 2026-01-31T12:00:00Z
    #[arg(long, value_name = "TIME")]
    clock: Option<jiff::Timestamp>,

    /// Generate the same IDs and secrets in every run with this number
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// Start with the tenant in this file, in the form of `GET /_emulator/state`
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// Keep the tenant in this file, and start with it if the file exists; with --tls, keep the authority as well
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,

    /// Milliseconds to wait before each response
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,

    /// Milliseconds until lists show a write
    #[arg(long, value_name = "MS", default_value_t = 0)]
    eventual: u64,

    /// Rate limits of this Auth0 plan
    #[arg(long, value_enum, default_value_t)]
    plan: Plan,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("auth0-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> io::Result<()> {
    let mut builder = Emulator::builder()
        .listen(arguments.listen)
        .tls(arguments.tls)
        .latency(Duration::from_millis(arguments.latency))
        .eventual(Duration::from_millis(arguments.eventual))
        .plan(arguments.plan);
    for host in &arguments.allow_host {
        builder = builder.allow_host(host.clone());
    }
    if let Some(address) = arguments.http {
        builder = builder.http(address);
    }
    if let Some(time) = arguments.clock {
        builder = builder.clock(time);
    }
    if let Some(seed) = arguments.seed {
        builder = builder.seed(seed);
    }
    if let Some(file) = &arguments.state {
        builder = builder.state(serde_json::from_slice(&fs::read(file)?)?);
    }
    if let Some(file) = &arguments.data {
        builder = builder.data(file);
    }
    let emulator = builder.try_start()?;
    for warning in emulator.warnings() {
        eprintln!("auth0-emulator: warning: {warning}");
    }
    writeln!(io::stdout(), "{}", emulator.announcement())?;
    until_told_to_stop()
}

/// Waits for SIGTERM or SIGINT, so that the emulator can clean up.
fn until_told_to_stop() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        Ok(())
    })
}
