//! A stream without messages until the process ends.

use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio_stream::Stream;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::Status;

/// Stays open without messages. Ends when the token is cancelled, so that an open stream does not delay the exit.
pub(super) struct PendingStream<T> {
    end: Pin<Box<WaitForCancellationFutureOwned>>,
    item: PhantomData<fn() -> T>,
}

impl<T> PendingStream<T> {
    pub(super) fn until(end: &CancellationToken) -> Self {
        Self { end: Box::pin(end.clone().cancelled_owned()), item: PhantomData }
    }
}

impl<T> Stream for PendingStream<T> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.end.as_mut().poll(cx).map(|()| None)
    }
}
