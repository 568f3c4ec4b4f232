//! `plugin.GRPCStdio`: open while the process lives, and empty, because Terraform warns about any message.

use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::pending_stream::PendingStream;
use super::wire::plugin::{StdioData, grpc_stdio_server::GrpcStdio};

pub(super) struct Stdio {
    pub(super) end: CancellationToken,
}

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    type StreamStdioStream = PendingStream<StdioData>;

    async fn stream_stdio(&self, _: Request<()>) -> Result<Response<Self::StreamStdioStream>, Status> {
        Ok(Response::new(PendingStream::until(&self.end)))
    }
}
