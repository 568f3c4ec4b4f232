//! The provider as a process, started the way a go-plugin host starts it.
//!
//! `Launch::new()` is Terraform without TLS; `.secured_by(&identity)` is Terraform as it is. `start` expects the handshake
//! line, `fail` expects none.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::identity::Identity;

/// The binary under test.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_terraform-provider-auth0");

/// What Terraform puts into `TF_PLUGIN_MAGIC_COOKIE`.
pub(crate) const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// Far longer than anything takes, and far shorter than a hanging build.
const PATIENCE: Duration = Duration::from_secs(10);

/// A process about to be started. It has a temporary directory of its own, to see what it leaves behind.
pub(crate) struct Launch {
    command: Command,
    temp: TempDir,
}

impl Launch {
    /// As Terraform starts it when told not to use TLS.
    pub(crate) fn new() -> Self {
        Self::of(BINARY)
            .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
            .env("PLUGIN_MIN_PORT", "10000")
            .env("PLUGIN_MAX_PORT", "25000")
            .env("PLUGIN_PROTOCOL_VERSIONS", "6,5")
    }

    /// As a person starts it, with nothing of the environment that could matter.
    pub(crate) fn by_hand(arguments: &[&str]) -> Self {
        let mut launch = Self::of(BINARY);
        launch.command.args(arguments);
        launch
    }

    /// Any program, with nothing of the environment that could matter to a provider.
    pub(crate) fn of(program: impl AsRef<OsStr>) -> Self {
        let temp = tempfile::tempdir().unwrap();
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if ["TF_", "PLUGIN_", "AUTH0_"].iter().any(|prefix| text.starts_with(prefix)) {
                command.env_remove(&name);
            }
        }
        command.env("TMPDIR", temp.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.kill_on_drop(true);
        Self { command, temp }
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn arguments(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn stdin(mut self, stdin: impl Into<Stdio>) -> Self {
        self.command.stdin(stdin);
        self
    }

    /// As Terraform starts it: only the holder of `identity` may connect.
    pub(crate) fn secured_by(self, identity: &Identity) -> Self {
        self.env("PLUGIN_CLIENT_CERT", &identity.pem)
    }

    /// Starts it and waits for the handshake line.
    pub(crate) async fn start(self) -> Plugin {
        let mut plugin = self.spawn();
        let line = plugin.line().await;
        plugin.handshake = Handshake::parse(&line);
        plugin
    }

    /// Starts it; what it prints is still to be read.
    pub(crate) fn spawn(mut self) -> Plugin {
        let mut child = self.command.spawn().expect("the program can be started");
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let stderr = tokio::spawn(async move {
            let mut text = String::new();
            stderr.read_to_string(&mut text).await.unwrap();
            text
        });
        Plugin { child, stdout, stderr, temp: self.temp, handshake: Handshake::default() }
    }

    /// Runs it to its end, which has to come by itself.
    pub(crate) async fn finish(self) -> Finished {
        self.spawn().finish().await
    }
}

/// A running process.
pub(crate) struct Plugin {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: JoinHandle<String>,
    temp: TempDir,
    pub(crate) handshake: Handshake,
}

impl Plugin {
    /// The next line on standard output, without its end.
    pub(crate) async fn line(&mut self) -> String {
        let mut line = String::new();
        timeout(PATIENCE, self.stdout.read_line(&mut line)).await.expect("a line in time").unwrap();
        assert!(line.ends_with('\n'), "standard output ended: {line:?}");
        line.pop();
        line
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("the process is not waited for yet")
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid().try_into().unwrap()), signal).unwrap();
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Its temporary directory.
    pub(crate) fn temp(&self) -> &Path {
        self.temp.path()
    }

    /// Waits for its end, which has to come by itself.
    pub(crate) async fn finish(mut self) -> Finished {
        let mut stdout = String::new();
        timeout(PATIENCE, self.stdout.read_to_string(&mut stdout)).await.expect("an end in time").unwrap();
        let status = timeout(PATIENCE, self.child.wait()).await.expect("an end in time").unwrap();
        let stderr = timeout(PATIENCE, self.stderr).await.expect("an end in time").unwrap();
        Finished { status, stdout, stderr, left_behind: entries(self.temp.path()) }
    }
}

/// A process that has ended.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    /// What was not read before.
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) left_behind: Vec<PathBuf>,
}

impl Finished {
    /// It ended with code 0 and took its files with it.
    pub(crate) fn is_clean(&self) -> bool {
        self.status.success() && self.left_behind.is_empty()
    }

    /// It refused to start: code 1, an explanation with `word` in it, nothing on standard output, no files.
    #[track_caller]
    pub(crate) fn assert_refused(&self, word: &str) {
        assert_eq!(self.status.code(), Some(1), "{self:?}");
        assert!(self.stderr.contains(word), "{word:?} is not in {:?}", self.stderr);
        assert_eq!(self.stdout, "");
        assert!(self.left_behind.is_empty());
    }
}

/// go-plugin's handshake line.
#[derive(Debug, Default)]
pub(crate) struct Handshake {
    pub(crate) fields: Vec<String>,
}

impl Handshake {
    pub(crate) fn parse(line: &str) -> Self {
        let fields: Vec<_> = line.split('|').map(str::to_owned).collect();
        assert!((6..=7).contains(&fields.len()), "no handshake: {line:?}");
        Self { fields }
    }

    pub(crate) fn network(&self) -> &str {
        &self.fields[2]
    }

    pub(crate) fn address(&self) -> &str {
        &self.fields[3]
    }

    /// The server's certificate, if it uses TLS.
    pub(crate) fn certificate(&self) -> Option<Vec<u8>> {
        let field = &self.fields[5];
        (!field.is_empty()).then(|| STANDARD_NO_PAD.decode(field).expect("base64 without padding"))
    }
}

/// Waits until `condition` holds.
pub(crate) async fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let wait = async {
        while !condition() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("never happened: {what}"));
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect()
}
