//! Ends the process.

use std::future::pending;
use std::io;
use std::time::Duration;

use nix::unistd::{Pid, getppid};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How often to check that the parent process lives. Linux can signal the end of a parent, but does so when the
/// *thread* that started the process ends, and Go moves its work between threads.
const PARENT_CHECK: Duration = Duration::from_millis(500);

/// What ends the process, apart from a call of the host.
pub(super) struct Lifetime {
    /// Always caught. Ctrl-C reaches the whole process group, and Terraform still needs its plugins until it ends. It
    /// calls `StopProvider` for that.
    interrupt: Signal,
    terminate: Signal,
    watch: Watch,
}

enum Watch {
    /// If Terraform was killed, nothing else ends this process.
    Parent(Pid),
    /// Ctrl-C is meant for this process.
    Terminal,
}

impl Lifetime {
    /// Ends when the parent process ends.
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

    /// Returns when the process must end, and cancels the token.
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
