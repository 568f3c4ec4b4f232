//! Ctrl-C, heard instead of obeyed, so that everything can be cleared up first.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Mutex;

/// Listens for SIGINT and SIGTERM. One that arrives while nobody waits is kept.
pub(crate) struct Interrupt(Mutex<(Signal, Signal)>);

/// The user wants the story to end.
#[derive(Debug, thiserror::Error)]
#[error("Interrupted.")]
pub(crate) struct Interrupted;

impl Interrupt {
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self(Mutex::new((signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?))))
    }

    /// Waits for the next one.
    pub(crate) async fn heard(&self) {
        let (interrupt, terminate) = &mut *self.0.lock().await;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}
