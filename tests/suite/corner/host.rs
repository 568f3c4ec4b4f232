//! A host of the corner-case provider, which is served within the test's own process.

use std::collections::BTreeMap;

use terraform_provider_auth0::framework::{Schemas, Server};
use terraform_provider_auth0::protocol::Router;
use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use terraform_provider_auth0::protocol::wire::tfplugin6::provider_client::ProviderClient;
use terraform_provider_auth0::schema::{Schema, blocks};
use terraform_provider_auth0::value::{Dynamic, Encoded};
use tokio::net::UnixStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;

use crate::support::client;
use crate::support::corner::Corner;

/// The type of a thing.
pub(crate) const THING: &str = "corner_thing";

/// A client of the provider, which is configured.
pub(crate) async fn configured() -> ProviderClient<Channel> {
    configured_with(Dynamic::Null).await
}

/// The same, with a passphrase that may not be known yet.
pub(crate) async fn configured_with(passphrase: Dynamic) -> ProviderClient<Channel> {
    let (here, there) = UnixStream::pair().unwrap();
    let router = Router::new(Server::new(Corner), CancellationToken::new());
    let connections = tokio_stream::once(Ok::<_, std::io::Error>(there));
    tokio::spawn(tonic::transport::Server::builder().serve_with_incoming(router, connections));
    let mut client = client::provider(client::channel(here).await.unwrap());
    let server = Server::new(Corner);
    let schema = &server.schemas().provider;
    let config = Encoded::encode(&object_of(schema, &[("passphrase", passphrase)]), schema.ty());
    let request = wire::configure_provider::Request { config: Some(config.into()), ..Default::default() };
    client.configure_provider(request).await.unwrap();
    client
}

/// The schema of a type.
pub(crate) fn schema(type_name: &str) -> Schema {
    let server = Server::new(Corner);
    let Schemas { resources, .. } = server.schemas();
    resources[type_name].clone()
}

/// An object of the type with these attributes; the others are null.
pub(crate) fn object(type_name: &str, attributes: &[(&str, Dynamic)]) -> Dynamic {
    object_of(&schema(type_name), attributes)
}

/// The same for any schema.
pub(crate) fn object_of(schema: &Schema, attributes: &[(&str, Dynamic)]) -> Dynamic {
    let mut object: BTreeMap<_, _> =
        schema.attributes.iter().map(|attribute| (attribute.name.to_owned(), Dynamic::Null)).collect();
    for (name, value) in attributes {
        *object.get_mut(*name).expect("an attribute of the schema") = value.clone();
    }
    blocks::with_absent(&schema.attributes, Dynamic::Map(object))
}

pub(crate) fn encode(type_name: &str, value: &Dynamic) -> wire::DynamicValue {
    Encoded::encode(value, schema(type_name).ty()).into()
}

#[track_caller]
pub(crate) fn decode(type_name: &str, value: Option<wire::DynamicValue>) -> Dynamic {
    let wire::DynamicValue { msgpack, json } = value.unwrap_or_default();
    Encoded { msgpack, json }.decode(schema(type_name).ty()).unwrap()
}

/// Asks for the plan of a change to `config`; without a prior state it is a create.
pub(crate) async fn planned(
    client: &mut ProviderClient<Channel>,
    type_name: &str,
    prior_state: Option<wire::DynamicValue>,
    config: wire::DynamicValue,
) -> wire::plan_resource_change::Response {
    let request = wire::plan_resource_change::Request {
        type_name: type_name.to_owned(),
        prior_state,
        proposed_new_state: Some(config.clone()),
        config: Some(config),
        ..Default::default()
    };
    client.plan_resource_change(request).await.unwrap().into_inner()
}

/// The state of a thing that behaves like this when it is read.
pub(crate) fn thing(behaviour: &str) -> wire::DynamicValue {
    let attributes = [("id", "thing-1".into()), ("content", "x".into()), ("behaviour", behaviour.into())];
    encode(THING, &object(THING, &attributes))
}

/// Reads a thing that behaves like this.
pub(crate) fn read(behaviour: &str) -> wire::read_resource::Request {
    wire::read_resource::Request {
        type_name: THING.to_owned(),
        current_state: Some(thing(behaviour)),
        ..wire::read_resource::Request::default()
    }
}
