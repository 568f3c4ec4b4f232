//! The process: Terraform starts it, finds it by one line on standard output, and ends it with a call.

mod arguments;
mod connection;
mod environment;
mod error;
mod handshake;
mod lifetime;
mod listener;
mod private_folder;
mod reattach;
mod tls;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use tokio::runtime;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use self::arguments::{Mode, USAGE};
use self::environment::Environment;
use self::error::StartError;
use self::handshake::Handshake;
use self::lifetime::Lifetime;
use self::listener::Listener;
use self::reattach::Reattach;
use self::tls::Tls;
use super::panic;
use super::router::Router;
use crate::framework::{Provider, Server};
use crate::logging;

/// How long running calls may take after the end of the process was requested. None runs if Terraform requests the end,
/// so this is the time for that response to arrive. Terraform kills the process after two seconds.
const GRACE: Duration = Duration::from_millis(100);

/// Runs the provider with the command line of the process, until it ends.
pub fn run<P: Provider>(provider: P) -> ExitCode {
    run_with(provider, std::env::args_os().skip(1))
}

/// [`run`] with these arguments instead of the process's own.
pub fn run_with<P: Provider>(provider: P, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    panic::install_hook();
    logging::init();
    let mode = match Mode::parse(arguments) {
        Ok(mode) => mode,
        Err(argument) => {
            complain(&format!("Unexpected argument {argument:?}\n\n{USAGE}"));
            return ExitCode::from(2);
        }
    };
    let outcome = match mode {
        Mode::Plugin => run_server(serve_terraform(provider)),
        Mode::Debug => run_server(serve_anyone(provider)),
        Mode::Version => say(&format!("terraform-provider-auth0 {}\n", P::VERSION)),
        Mode::Help => say(USAGE),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// One thread is enough: Terraform itself takes most of the time of a plan.
fn run_server(serving: impl Future<Output = Result<(), StartError>>) -> Result<(), StartError> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(serving);
    // A host name look-up may still block a thread, but nothing waits for it.
    runtime.shutdown_background();
    outcome
}

/// Plugin mode: one host, which authenticates with the cookie and with its certificate.
async fn serve_terraform<P: Provider>(provider: P) -> Result<(), StartError> {
    #[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
    let environment = Environment::read(|name| std::env::var_os(name))?;
    if !environment.under_terraform {
        return Err(StartError::NotUnderTerraform);
    }
    let lifetime = Lifetime::of_parent()?;
    let tls = environment.client_certificate.as_deref().map(Tls::for_client).transpose()?;
    let listener = Listener::bind(&environment.endpoint).await?;
    let handshake = Handshake {
        address: listener.address(),
        certificate: tls.as_ref().map(|tls| &tls.certificate),
        multiplex_asked: environment.multiplex,
    };
    say(&format!("{handshake}\n"))?;
    listener.sweep();
    serve(provider, listener, tls, lifetime).await
}

/// Debug mode: any number of hosts, one after another or at once. Only this user can reach the socket.
async fn serve_anyone<P: Provider>(provider: P) -> Result<(), StartError> {
    let lifetime = Lifetime::of_terminal()?;
    let listener = Listener::bind(&environment::Endpoint::Unix { directory: None, group: None }).await?;
    say(&Reattach { provider: P::ADDRESS, address: listener.address() }.to_string())?;
    listener.sweep();
    serve(provider, listener, None, lifetime).await
}

async fn serve<P: Provider>(
    provider: P,
    listener: Listener,
    tls: Option<Tls>,
    lifetime: Lifetime,
) -> Result<(), StartError> {
    let end = CancellationToken::new();
    let (sender, connections) = mpsc::channel(1);
    tokio::select! {
        never = connection::accept(&listener, tls.map(|tls| tls.config), sender) => match never {},
        served = tonic::transport::Server::builder().serve_with_incoming_shutdown(
            Router::new(Server::new(provider), end.clone()),
            ReceiverStream::new(connections),
            end.cancelled(),
        ) => served.map_err(io::Error::other)?,
        () = async {
            lifetime.over(&end).await;
            tokio::time::sleep(GRACE).await;
        } => {}
    }
    Ok(())
}

/// Standard output is for the handshake line, or for the output of an option.
fn say(text: &str) -> Result<(), StartError> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    Ok(stdout.flush()?)
}

fn complain(text: &str) {
    // Standard error may be closed, so ignore a failure.
    let _ = writeln!(io::stderr(), "{text}");
}
