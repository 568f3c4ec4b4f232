//! `plugin.GRPCController`: how the host ends the process.

use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::wire::plugin::{Empty, grpc_controller_server::GrpcController};

pub(super) struct Controller {
    pub(super) end: CancellationToken,
}

#[tonic::async_trait]
impl GrpcController for Controller {
    /// Responds at once. The host waits two seconds for the process to end, and then kills it.
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        self.end.cancel();
        Ok(Response::new(Empty {}))
    }
}
