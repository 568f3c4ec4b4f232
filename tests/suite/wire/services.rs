//! go-plugin's services beside the provider.

use std::time::Duration;

use terraform_provider_auth0::protocol::wire::health::HealthCheckRequest;
use terraform_provider_auth0::protocol::wire::health::health_check_response::ServingStatus;
use terraform_provider_auth0::protocol::wire::health::health_client::HealthClient;
use terraform_provider_auth0::protocol::wire::plugin::grpc_broker_client::GrpcBrokerClient;
use terraform_provider_auth0::protocol::wire::plugin::grpc_controller_client::GrpcControllerClient;
use terraform_provider_auth0::protocol::wire::plugin::grpc_stdio_client::GrpcStdioClient;
use terraform_provider_auth0::protocol::wire::plugin::{ConnInfo, Empty, StdioData};
use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;
use tonic::{Code, Streaming};

use crate::support::client::{plain, provider};
use crate::support::plugin::{Finished, Launch, Plugin};

/// How long a stream has to be silent to count as silent.
const A_WHILE: Duration = Duration::from_millis(200);

#[tokio::test]
async fn item_021_the_stdio_stream_stays_open_and_silent() {
    let plugin = Launch::new().env("TF_LOG", "trace").start().await;
    let channel = plain(&plugin.handshake).await;
    let mut stdio = stdio(&channel).await;
    provider(channel).get_provider_schema(wire::get_provider_schema::Request {}).await.unwrap();
    timeout(A_WHILE, stdio.message()).await.expect_err("neither data nor an end");
}

#[tokio::test]
async fn item_022_broker_stream_stays_open() {
    let plugin = Launch::new().start().await;
    let channel = plain(&plugin.handshake).await;
    let (sender, mut stream) = broker(&channel).await;
    // More than a flow-control window holds.
    for service_id in 0..64 {
        let offer = ConnInfo { service_id, address: "x".repeat(64 << 10), ..ConnInfo::default() };
        sender.send(offer).await.unwrap();
    }
    timeout(A_WHILE, stream.message()).await.expect_err("neither data nor an end");
    provider(channel).stop_provider(wire::stop_provider::Request {}).await.unwrap();
}

#[tokio::test]
async fn item_023_the_plugin_is_healthy() {
    let plugin = Launch::new().start().await;
    let mut health = HealthClient::new(plain(&plugin.handshake).await);
    for service in ["plugin", ""] {
        let request = HealthCheckRequest { service: service.to_owned() };
        assert_eq!(health.check(request.clone()).await.unwrap().into_inner().status(), ServingStatus::Serving);
        let mut watch = health.watch(request).await.unwrap().into_inner();
        assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    }
    let unknown = HealthCheckRequest { service: "other".to_owned() };
    assert_eq!(health.check(unknown).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn item_024_shutdown_ends_process_with_open_streams() {
    let plugin = Launch::new().start().await;
    let channel = plain(&plugin.handshake).await;
    let _stdio = stdio(&channel).await;
    let _broker = broker(&channel).await;
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.expect("an answer before the end");
    let finished = timeout(Duration::from_secs(1), plugin.finish()).await.expect("a second is plenty");
    assert!(finished.is_clean(), "{finished:?}");
}

#[tokio::test]
async fn item_024_shutdown_does_not_wait_for_clients() {
    let plugin = Launch::new().start().await;
    let idle = plain(&plugin.handshake).await;
    let _stdio = stdio(&idle).await;
    let _silent = crate::support::client::dial(&plugin.handshake).await.unwrap();
    let finished = timeout(Duration::from_secs(1), shut_down(plugin)).await.expect("a second is plenty");
    assert!(finished.is_clean(), "{finished:?}");
}

/// Ends a process without TLS as Terraform does.
pub(crate) async fn shut_down(plugin: Plugin) -> Finished {
    let channel = plain(&plugin.handshake).await;
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.expect("an answer before the end");
    plugin.finish().await
}

async fn stdio(channel: &Channel) -> Streaming<StdioData> {
    GrpcStdioClient::new(channel.clone()).stream_stdio(()).await.unwrap().into_inner()
}

async fn broker(channel: &Channel) -> (mpsc::Sender<ConnInfo>, Streaming<ConnInfo>) {
    let (sender, receiver) = mpsc::channel(1);
    let stream = GrpcBrokerClient::new(channel.clone()).start_stream(ReceiverStream::new(receiver)).await.unwrap();
    (sender, stream.into_inner())
}
