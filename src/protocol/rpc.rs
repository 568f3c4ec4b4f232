//! Surrounds every call with a span, which names it in each log record, and catches panics.

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::Instant;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{Response, Status};
use tracing::{Instrument as _, Span, field::Empty};

use super::error_response::ErrorResponse;
use super::panic;
use crate::diagnostic::Diagnostic;

/// A call that has arrived.
pub(super) struct Call {
    rpc: &'static str,
    span: Span,
}

impl Call {
    /// The same fields as in Go's providers, so that one filter finds the records of both.
    pub(super) fn new(rpc: &'static str, provider: &'static str) -> Self {
        let span = tracing::error_span!(
            "call",
            tf_rpc = rpc,
            tf_req_id = %format_args!("{:032x}", fastrand::u128(..)),
            tf_provider_addr = provider,
            tf_proto_version = "6.10",
            tf_resource_type = Empty,
            tf_data_source_type = Empty,
            tf_ephemeral_resource_type = Empty,
            tf_action_type = Empty,
        );
        Self { rpc, span }
    }

    /// The call is about a resource of this type.
    pub(super) fn resource(self, type_name: &str) -> Self {
        self.span.record("tf_resource_type", type_name);
        self
    }

    /// The call is about a data source of this type.
    pub(super) fn data_source(self, type_name: &str) -> Self {
        self.span.record("tf_data_source_type", type_name);
        self
    }

    /// The call is about an ephemeral resource of this type.
    pub(super) fn ephemeral_resource(self, type_name: &str) -> Self {
        self.span.record("tf_ephemeral_resource_type", type_name);
        self
    }

    /// The call is about an action of this type.
    pub(super) fn action(self, type_name: &str) -> Self {
        self.span.record("tf_action_type", type_name);
        self
    }

    /// Runs the call. If it panics, only this call fails.
    pub(super) async fn answer<R: ErrorResponse>(self, work: impl Future<Output = R>) -> Result<Response<R>, Status> {
        Ok(Response::new(self.finish(work).await))
    }

    /// Runs a call whose response is a stream of events and a last message. It finishes even if no client listens.
    pub(super) fn stream<E, F>(self, work: impl FnOnce(Sender<E>) -> F) -> Response<Events<E>>
    where
        E: ErrorResponse + Send + 'static,
        F: Future<Output = E> + Send + 'static,
    {
        let (sender, receiver) = unbounded_channel();
        let last = Sender(sender.clone());
        let work = work(Sender(sender));
        tokio::spawn(async move { last.send(self.finish(work).await) });
        Response::new(UnboundedReceiverStream::new(receiver))
    }

    async fn finish<R: ErrorResponse>(self, work: impl Future<Output = R>) -> R {
        let answer = async {
            let start = Instant::now();
            tracing::trace!("Call received");
            let answer = panic::caught(work).await.unwrap_or_else(|message| R::refuse(bug(self.rpc, &message)));
            tracing::trace!(tf_req_duration_ms = start.elapsed().as_millis(), "Call answered");
            answer
        };
        answer.instrument(self.span).await
    }
}

/// The stream of a call's events.
pub(super) type Events<E> = UnboundedReceiverStream<Result<E, Status>>;

/// Where a call sends its events.
pub(super) struct Sender<E>(UnboundedSender<Result<E, Status>>);

impl<E> Sender<E> {
    /// If the client is gone, nothing needs to be sent.
    pub(super) fn send(&self, event: E) {
        let _ = self.0.send(Ok(event));
    }
}

fn bug(rpc: &str, message: &str) -> Diagnostic {
    Diagnostic::error(
        "Provider bug",
        format!(
            "{rpc} failed unexpectedly: {message}\n\n\
             This is a bug in the provider. Please report it with the log of TF_LOG_PROVIDER=ERROR."
        ),
    )
}
