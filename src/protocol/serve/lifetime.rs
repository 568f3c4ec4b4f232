//! How long the process lives.

use std::future::pending;
use std::io;
use std::time::Duration;

use nix::unistd::{Pid, getppid};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How often to look whether the parent is still there. Linux can signal a parent's death, but it does so when the
/// *thread* that started the process ends, and Go moves its work between threads at will.
const PARENT_CHECK: Duration = Duration::from_millis(500);

/// What ends the process, apart from the host asking for it.
pub(super) struct Lifetime {
    /// Caught in any case. Ctrl-C reaches the whole process group, and while Terraform winds down it still needs its
    /// plugins; it tells them with `StopProvider`.
    interrupt: Signal,
    terminate: Signal,
    watch: Watch,
}

enum Watch {
    /// If Terraform is killed, nobody is left to end this process.
    Parent(Pid),
    /// Ctrl-C is meant for this process.
    Terminal,
}

impl Lifetime {
    /// Ends with the process that started this one.
    pub(super) fn of_parent() -> io::Result<Self> {
        Self::new(Watch::Parent(getppid()))
    }

    /// Ends with Ctrl-C.
    pub(super) fn of_terminal() -> io::Result<Self> {
        Self::new(Watch::Terminal)
    }

    fn new(watch: Watch) -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())?, watch })
    }

    /// Returns when the process is to end, and makes sure that everybody knows.
    pub(super) async fn over(mut self, end: &CancellationToken) {
        tokio::select! {
            () = end.cancelled() => {}
            _ = self.terminate.recv() => {}
            () = async {
                match self.watch {
                    Watch::Parent(parent) => parent_gone(parent).await,
                    Watch::Terminal => if self.interrupt.recv().await.is_none() { pending().await },
                }
            } => {}
        }
        end.cancel();
    }
}

async fn parent_gone(parent: Pid) {
    while getppid() == parent {
        tokio::time::sleep(PARENT_CHECK).await;
    }
    tracing::warn!("Terraform has ended, so the provider ends too");
}
