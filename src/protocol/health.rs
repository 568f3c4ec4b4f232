//! `grpc.health.v1.Health`, which go-plugin's `Ping` calls.

use tokio_stream::adapters::Chain;
use tokio_stream::{Once, StreamExt as _};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::pending_stream::PendingStream;
use super::wire::health::health_check_response::ServingStatus;
use super::wire::health::{HealthCheckRequest, HealthCheckResponse, health_server};

pub(super) struct Health {
    pub(super) end: CancellationToken,
}

#[tonic::async_trait]
impl health_server::Health for Health {
    type WatchStream = Chain<Once<Result<HealthCheckResponse, Status>>, PendingStream<HealthCheckResponse>>;

    async fn check(&self, request: Request<HealthCheckRequest>) -> Result<Response<HealthCheckResponse>, Status> {
        match status(&request.get_ref().service) {
            ServingStatus::ServiceUnknown => Err(Status::not_found("unknown service")),
            known => Ok(Response::new(known.into())),
        }
    }

    async fn watch(&self, request: Request<HealthCheckRequest>) -> Result<Response<Self::WatchStream>, Status> {
        let now = status(&request.get_ref().service).into();
        Ok(Response::new(tokio_stream::once(Ok(now)).chain(PendingStream::until(&self.end))))
    }
}

/// go-plugin calls every plugin's service `plugin`; the empty name means the server as a whole.
fn status(service: &str) -> ServingStatus {
    match service {
        "" | "plugin" => ServingStatus::Serving,
        _ => ServingStatus::ServiceUnknown,
    }
}

impl From<ServingStatus> for HealthCheckResponse {
    fn from(status: ServingStatus) -> Self {
        Self { status: status.into() }
    }
}
