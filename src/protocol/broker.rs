//! `plugin.GRPCBroker`: open while the process lives. A provider has no further connections to offer.

use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

use super::pending_stream::PendingStream;
use super::wire::plugin::{ConnInfo, grpc_broker_server::GrpcBroker};

pub(super) struct Broker {
    pub(super) end: CancellationToken,
}

#[tonic::async_trait]
impl GrpcBroker for Broker {
    type StartStreamStream = PendingStream<ConnInfo>;

    async fn start_stream(
        &self,
        request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<Self::StartStreamStream>, Status> {
        let mut offers = request.into_inner();
        // Unread messages would fill the connection's flow-control window.
        tokio::spawn(async move { while let Ok(Some(_)) = offers.message().await {} });
        Ok(Response::new(PendingStream::until(&self.end)))
    }
}
