//! The main job, watched: an application and its permissions come into being, work, change and go away again.
//!
//! `cargo run --release --example quickstart` tells the story on an offline tenant that it starts itself;
//! `cargo run --release --example quickstart -- --tenant` tells it on the tenant of `AUTH0_DOMAIN`, with the credentials of
//! the environment. What it makes, it removes again, also when it fails or is interrupted.

#[path = "quickstart/binaries.rs"]
mod binaries;
#[path = "quickstart/emulator.rs"]
mod emulator;
#[path = "quickstart/interrupt.rs"]
mod interrupt;
#[path = "quickstart/narrator.rs"]
mod narrator;
#[path = "quickstart/plan.rs"]
mod plan;
#[path = "quickstart/story.rs"]
mod story;
#[path = "quickstart/tenant.rs"]
mod tenant;
#[path = "quickstart/terraform.rs"]
mod terraform;
#[path = "quickstart/workspace.rs"]
mod workspace;

use std::error::Error;
use std::process::ExitCode;

use binaries::Binaries;
use emulator::Emulator;
use interrupt::{Interrupt, Interrupted};
use narrator::Narrator;
use tenant::Tenant;
use terraform::Terraform;
use workspace::{Workspace, inherited};

/// Whatever may go wrong; it is told, not handled.
type Failure = Box<dyn Error>;

const USAGE: &str = "\
Usage: cargo run --release --example quickstart [-- --tenant]

  --tenant   use the tenant of AUTH0_DOMAIN with the credentials of the environment (AUTH0_CLIENT_ID and
             AUTH0_CLIENT_SECRET, or AUTH0_API_TOKEN) instead of an offline tenant";

/// Nothing was started, since what the story needs is missing.
const CANNOT_START: u8 = 2;
/// The shell's code for a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let narrator = Narrator::new();
    let on_real_tenant = match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => false,
        [flag] if flag == "--tenant" => true,
        _ => {
            narrator.problem(USAGE);
            return CANNOT_START.into();
        }
    };
    let terraform = match Terraform::find() {
        Ok(terraform) => terraform,
        Err(missing) => {
            narrator.problem(&missing.to_string());
            return CANNOT_START.into();
        }
    };
    match run(&narrator, &terraform, on_real_tenant).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            narrator.problem(&failure.to_string());
            if failure.is::<Interrupted>() { INTERRUPTED.into() } else { ExitCode::FAILURE }
        }
    }
}

/// Sets the scene, lets the story be told, and clears up whatever came of it.
async fn run(narrator: &Narrator, terraform: &Terraform, on_real_tenant: bool) -> Result<(), Failure> {
    narrator.title("A machine-to-machine client for Auth0, from nothing to its first API call");
    narrator.say(&format!("Driven by {terraform}."));

    let real = on_real_tenant.then(|| Tenant::new(inherited("AUTH0_"))).transpose()?;
    narrator.chapter("Build the provider and the emulator");
    narrator.say("It compiles the first time, which takes a few minutes.");
    let binaries = Binaries::build().await?;

    let interrupt = Interrupt::listen()?;
    narrator.chapter("Find a tenant");
    let (emulator, tenant) = if let Some(tenant) = real {
        narrator.say(&format!("A real one: {}.", tenant.url()));
        (None, tenant)
    } else {
        let (emulator, tenant) = Emulator::start(&binaries.emulator).await?;
        narrator.say(&format!("An offline one, started for this story: {}.", tenant.url()));
        (Some(emulator), tenant)
    };

    let workspace = Workspace::create(terraform, &binaries.provider, &tenant, &interrupt)?;
    let told = story::tell(narrator, &workspace, &tenant).await;
    let cleared = workspace.clear(narrator).await;
    let stopped = match emulator {
        Some(emulator) => emulator.stop().await,
        None => Ok(()),
    };
    match (told, cleared.and(stopped)) {
        // What is left behind has to be told in any case.
        (Err(failure), Err(left)) => Err(format!("{failure}\n\n{left}").into()),
        (told, cleared) => told.and(cleared),
    }
}
