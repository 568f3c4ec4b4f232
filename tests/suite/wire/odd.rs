//! A provider that behaves as no real one should, served within the test's own process.

use std::sync::Arc;

use terraform_provider_auth0::diagnostic::{Diagnostic, Diagnostics};
use terraform_provider_auth0::framework::{Configured, Cx, Failed, Provider, Registry, Resource, Server};
use terraform_provider_auth0::model;
use terraform_provider_auth0::protocol::Router;
use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use terraform_provider_auth0::protocol::wire::tfplugin6::provider_client::ProviderClient;
use terraform_provider_auth0::schema::{OPTIONAL, REQUIRED, Schema};
use terraform_provider_auth0::value::{Dynamic, Encoded, Value};
use tokio::net::UnixStream;
use tokio::sync::Barrier;
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;

use crate::support::client;

/// The one resource type of the odd provider.
pub(crate) const THING: &str = "odd_thing";

/// How many reads have to be under way for one that behaves `together` to end.
pub(crate) const TOGETHER: usize = 10;

model! {
    /// Does what it is told.
    pub(crate) struct Thing {
        /// What a read does: `nothing`, `panic`, `wait` for a stop, or go on `together` with others.
        behaviour: Value<String> = REQUIRED,
        /// Anything.
        payload: Value<String> = OPTIONAL,
    }
}

model! {
    /// Nothing to configure.
    pub(crate) struct Config {
        /// Nothing.
        nothing: Value<String> = OPTIONAL,
    }
}

pub(crate) struct Odd;

impl Provider for Odd {
    const ADDRESS: &'static str = "registry.terraform.io/test/odd";
    const VERSION: &'static str = "0.0.0";
    type Config = Config;
    type Client = Arc<Barrier>;

    fn registry(&self) -> Registry<Self::Client> {
        Registry::new().resource(ThingResource)
    }

    fn validate(&self, _: &Config) -> Diagnostics {
        Diagnostics::new()
    }

    fn configure(&self, _: Config, _: &str) -> Result<Configured<Self::Client>, Diagnostics> {
        Ok(Configured::Ready(Arc::new(Barrier::new(TOGETHER))))
    }

    fn origin(_: &Self::Client) -> String {
        String::new()
    }
}

struct ThingResource;

impl Resource<Arc<Barrier>> for ThingResource {
    const NAME: &'static str = THING;
    type Model = Thing;

    async fn create(&self, _: &Cx<Arc<Barrier>>, plan: Thing) -> Result<Thing, Failed<Thing>> {
        Ok(plan)
    }

    async fn read(&self, cx: &Cx<Arc<Barrier>>, prior: Thing) -> Result<Option<Thing>, Diagnostics> {
        let Value::Known(behaviour) = &prior.behaviour else { return Ok(None) };
        match behaviour.as_str() {
            "panic" => panic!("told to"),
            "wait" => {
                cx.stop.cancelled().await;
                return Err(Diagnostic::error("Interrupted", "A stop was asked for.").into());
            }
            "together" => {
                cx.client.wait().await;
            }
            _ => {}
        }
        Ok(Some(prior))
    }

    async fn update(&self, _: &Cx<Arc<Barrier>>, _: Thing, plan: Thing) -> Result<Thing, Failed<Thing>> {
        Ok(plan)
    }

    async fn delete(&self, _: &Cx<Arc<Barrier>>, _: Thing) -> Result<(), Diagnostics> {
        Ok(())
    }
}

/// A client of the odd provider, which is configured.
pub(crate) async fn configured() -> ProviderClient<Channel> {
    let (here, there) = UnixStream::pair().unwrap();
    let router = Router::new(Server::new(Odd), CancellationToken::new());
    let connections = tokio_stream::once(Ok::<_, std::io::Error>(there));
    tokio::spawn(tonic::transport::Server::builder().serve_with_incoming(router, connections));
    let mut client = client::provider(client::channel(here).await.unwrap());
    client.configure_provider(wire::configure_provider::Request::default()).await.unwrap();
    client
}

/// The state of a thing that behaves like this when it is read.
pub(crate) fn thing(behaviour: &str) -> wire::DynamicValue {
    let object = [("behaviour".to_owned(), behaviour.into()), ("payload".to_owned(), Dynamic::Null)];
    let encoded = Encoded::encode(&Dynamic::Map(object.into()), Schema::of::<Thing>(0).ty());
    wire::DynamicValue { msgpack: encoded.msgpack, json: encoded.json }
}

/// Reads a thing that behaves like this.
pub(crate) fn read(behaviour: &str) -> wire::read_resource::Request {
    wire::read_resource::Request {
        type_name: THING.to_owned(),
        current_state: Some(thing(behaviour)),
        ..wire::read_resource::Request::default()
    }
}
