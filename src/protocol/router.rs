//! All gRPC services of the process, behind one HTTP/2 endpoint.

use std::convert::Infallible;
use std::task::{Context, Poll};

use tokio_util::sync::CancellationToken;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, http};

use super::broker::Broker;
use super::controller::Controller;
use super::health::Health;
use super::service::Service;
use super::stdio::Stdio;
use super::wire::health::health_server::{self, HealthServer};
use super::wire::plugin::grpc_broker_server::{self, GrpcBrokerServer};
use super::wire::plugin::grpc_controller_server::{self, GrpcControllerServer};
use super::wire::plugin::grpc_stdio_server::{self, GrpcStdioServer};
use super::wire::tfplugin6::provider_server::{self, ProviderServer};
use crate::framework::{Provider, Server};

/// Values of large configurations exceed gRPC's usual 4 MiB. Go's providers allow the same size.
const MESSAGE_LIMIT: usize = 256 << 20;

/// Dispatches by service name.
pub struct Router<P: Provider> {
    provider: ProviderServer<Service<P>>,
    controller: GrpcControllerServer<Controller>,
    stdio: GrpcStdioServer<Stdio>,
    broker: GrpcBrokerServer<Broker>,
    health: HealthServer<Health>,
}

impl<P: Provider> Router<P> {
    /// Serves `server` until `end` is cancelled, by the host or for another reason.
    pub fn new(server: Server<P>, end: CancellationToken) -> Self {
        Self {
            provider: ProviderServer::new(Service::new(server))
                .max_decoding_message_size(MESSAGE_LIMIT)
                .max_encoding_message_size(MESSAGE_LIMIT),
            controller: GrpcControllerServer::new(Controller { end: end.clone() }),
            stdio: GrpcStdioServer::new(Stdio { end: end.clone() }),
            broker: GrpcBrokerServer::new(Broker { end: end.clone() }),
            health: HealthServer::new(Health { end }),
        }
    }
}

/// All connections share the services. (A derived impl would need a provider that can be cloned.)
impl<P: Provider> Clone for Router<P> {
    fn clone(&self) -> Self {
        Self {
            provider: self.provider.clone(),
            controller: self.controller.clone(),
            stdio: self.stdio.clone(),
            broker: self.broker.clone(),
            health: self.health.clone(),
        }
    }
}

impl<P: Provider> tower_service::Service<http::Request<Body>> for Router<P> {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        // The path is `/SERVICE/METHOD`.
        match request.uri().path().split('/').nth(1) {
            Some(provider_server::SERVICE_NAME) => self.provider.call(request),
            Some(grpc_controller_server::SERVICE_NAME) => self.controller.call(request),
            Some(grpc_stdio_server::SERVICE_NAME) => self.stdio.call(request),
            Some(grpc_broker_server::SERVICE_NAME) => self.broker.call(request),
            Some(health_server::SERVICE_NAME) => self.health.call(request),
            _ => Box::pin(async { Ok(Status::unimplemented("no such service").into_http()) }),
        }
    }
}
