//! Panics: one inside a call is that call's error, any other is the end of the process and told the way Terraform reads.

use std::any::Any;
use std::backtrace::Backtrace;
use std::future::{Future, poll_fn};
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// Runs a future; a panic inside becomes its message.
pub(super) async fn caught<F: Future>(future: F) -> Result<F::Output, String> {
    let mut future = pin!(future);
    // A future that panicked is never polled again: `caught` is ready with the error, and drops it.
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(payload) => Poll::Ready(Err(text(payload.as_ref()).to_owned())),
    })
    .await
}

/// Reports panics from now on as [`report`] says.
pub(super) fn install_hook() {
    std::panic::set_hook(Box::new(report));
}

/// Calls are served in tasks, whose panics are caught, by [`caught`] or by the runtime; so a panic outside of a task is
/// the one that ends the process. Terraform recognises a Go plugin's last words: from a line that starts with `panic: `
/// on, it keeps what follows and shows it to the practitioner as the plugin's stack trace.
fn report(panic: &PanicHookInfo<'_>) {
    let message = text(panic.payload());
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let backtrace = Backtrace::force_capture();
    if tokio::task::try_id().is_some() {
        tracing::error!(place, %backtrace, "panic: {message}");
    } else {
        // Standard error may be gone; there is nobody left to tell.
        let _ = write!(std::io::stderr(), "panic: {message}\n\n{place}\n{backtrace}\n");
    }
}

fn text(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_after_an_await_is_caught_with_its_message() {
        let order = async |stock: u8| {
            tokio::task::yield_now().await;
            stock.checked_sub(1).unwrap_or_else(|| panic!("out of {}", "cheese"))
        };
        assert_eq!(caught(order(0)).await, Err("out of cheese".to_owned()));
    }

    #[tokio::test]
    async fn what_does_not_panic_passes_through() {
        assert_eq!(caught(async { 7 }).await, Ok(7));
    }
}
