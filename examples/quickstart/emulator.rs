//! The offline tenant: the emulator as a process of its own.

use std::path::Path;
use std::process::Stdio;

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::Failure;
use super::tenant::Tenant;

/// A running emulator. It ends with this program at the latest.
pub(crate) struct Emulator(Child);

/// The line that it prints when it accepts connections.
#[derive(Deserialize)]
struct Ready {
    url: String,
    client_id: String,
    client_secret: String,
}

impl Emulator {
    /// Starts it on a free port.
    pub(crate) async fn start(program: &Path) -> Result<(Self, Tenant), Failure> {
        let mut child = Command::new(program)
            .args(["--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // Ctrl-C is for the story alone: without a tenant nothing could be cleared up.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let mut stdout = BufReader::new(child.stdout.take().ok_or("the emulator has no standard output")?);
        let mut line = String::new();
        stdout.read_line(&mut line).await?;
        let Ready { url, client_id, client_secret } =
            serde_json::from_str(&line).map_err(|_| "the emulator did not start; see above")?;
        let variables = [("AUTH0_DOMAIN", url), ("AUTH0_CLIENT_ID", client_id), ("AUTH0_CLIENT_SECRET", client_secret)];
        let tenant = Tenant::new(variables.map(|(name, value)| (name.to_owned(), value)).into())?;
        Ok((Self(child), tenant))
    }

    pub(crate) async fn stop(mut self) -> Result<(), Failure> {
        Ok(self.0.kill().await?)
    }
}
