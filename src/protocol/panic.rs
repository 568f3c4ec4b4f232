//! Panics: inside a call, the call fails. Elsewhere, the process ends with a message in a form that Terraform
//! recognizes.

use std::any::Any;
use std::backtrace::Backtrace;
use std::future::{Future, poll_fn};
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use crate::foreign;

/// Runs a future. A panic inside becomes its message.
pub(super) async fn caught<F: Future>(future: F) -> Result<F::Output, String> {
    let mut future = pin!(future);
    // A future that panicked is never polled again: `caught` returns the error and drops it.
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(payload) => Poll::Ready(Err(text(payload.as_ref()).to_owned())),
    })
    .await
}

/// Reports panics from now on with [`report`].
pub(super) fn install_hook() {
    std::panic::set_hook(Box::new(report));
}

/// Calls run in tasks, and [`caught`] or the runtime catches their panics. So a panic outside of a task ends the
/// process. Terraform recognizes the last words of a Go plugin: it shows everything from a line that starts with
/// `panic: ` as the plugin's stack trace.
fn report(panic: &PanicHookInfo<'_>) {
    let message = text(panic.payload());
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let backtrace = Backtrace::force_capture();
    if tokio::task::try_id().is_some() {
        tracing::error!(place, "panic: {message}");
        // A record is short, and a backtrace is not.
        backtrace.to_string().lines().for_each(|line| tracing::error!("{line}"));
    } else {
        let message = foreign::lines(message);
        // Standard error may be closed, so ignore a failure.
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
