//! Ephemeral resources, as Terraform calls for them.

use std::time::{Duration, SystemTime};

use terraform_provider_auth0::framework::Server;
use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use terraform_provider_auth0::schema::Schema;
use terraform_provider_auth0::value::{Dynamic, Encoded};
use tonic::transport::Channel;
use wire::provider_client::ProviderClient;

use super::host::{self, configured};
use crate::support::corner::{Corner, lease::TOKEN};

const LEASE: &str = "corner_lease";

fn schema() -> Schema {
    Server::new(Corner).schemas().ephemeral_resources[LEASE].clone()
}

fn config(attributes: &[(&str, Dynamic)]) -> wire::DynamicValue {
    let schema = schema();
    let value = host::object_of(&schema, attributes);
    Encoded::encode(&value, schema.ty()).into()
}

fn decode(value: Option<wire::DynamicValue>) -> Dynamic {
    let wire::DynamicValue { msgpack, json } = value.expect("a result");
    Encoded { msgpack, json }.decode(schema().ty()).unwrap()
}

async fn open(
    client: &mut ProviderClient<Channel>,
    attributes: &[(&str, Dynamic)],
) -> wire::open_ephemeral_resource::Response {
    let config = Some(config(attributes));
    let type_name = LEASE.to_owned();
    let request = wire::validate_ephemeral_resource_config::Request { type_name, config: config.clone() };
    let told = client.validate_ephemeral_resource_config(request).await.unwrap().into_inner();
    assert_eq!(told.diagnostics, []);
    let request = wire::open_ephemeral_resource::Request { type_name: LEASE.to_owned(), config, ..Default::default() };
    client.open_ephemeral_resource(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn item_110_what_is_opened_has_its_arguments_and_its_results() {
    let mut client = configured().await;
    let renew_after = Dynamic::Number(60_000_i64.into());
    let arguments = [("purpose", "x".into()), ("passphrase", "open sesame".into()), ("renew_after", renew_after)];
    let answer = open(&mut client, &arguments).await;
    assert_eq!((answer.diagnostics, answer.deferred), (vec![], None));
    let result = decode(answer.result);
    for (name, value) in &arguments {
        assert_eq!(result.attribute(name), value, "an argument comes back as it was, a secret too");
    }
    assert_eq!(result.attribute("token"), &TOKEN.into());
    let renew_at = answer.renew_at.unwrap();
    let since = Duration::new(renew_at.seconds.try_into().unwrap(), renew_at.nanos.try_into().unwrap());
    let ahead = (SystemTime::UNIX_EPOCH + since).duration_since(SystemTime::now()).unwrap();
    assert!(ahead > Duration::from_secs(50) && ahead <= Duration::from_mins(1), "{ahead:?}");
}

#[tokio::test]
async fn item_110_renewals_and_close_get_their_data() {
    let mut client = configured().await;
    let renew_after = Dynamic::Number(1_i64.into());
    let opened = open(&mut client, &[("purpose", "x".into()), ("renew_after", renew_after)]).await;
    assert_eq!(opened.private.as_deref(), Some(&b"opened 1"[..]));
    let mut private = opened.private.clone();
    for _ in 0..2 {
        let request = wire::renew_ephemeral_resource::Request { type_name: LEASE.to_owned(), private };
        let renewed = client.renew_ephemeral_resource(request).await.unwrap().into_inner();
        assert_eq!(renewed.diagnostics, []);
        assert!(renewed.renew_at.is_some());
        assert_eq!(renewed.private.as_deref(), Some(&b"renewed 1"[..]));
        private = renewed.private;
    }
    let request = wire::close_ephemeral_resource::Request { type_name: LEASE.to_owned(), private: opened.private };
    assert_eq!(client.close_ephemeral_resource(request).await.unwrap().into_inner().diagnostics, []);
}

#[tokio::test]
async fn item_110_failed_open_is_an_error() {
    let mut client = configured().await;
    for (purpose, summary) in [("refused", "Refused"), ("unfinished", "Provider Bug")] {
        let answer = open(&mut client, &[("purpose", purpose.into())]).await;
        assert_eq!(answer.diagnostics[0].summary, summary);
        assert_eq!((answer.result, answer.renew_at), (None, None));
    }
    let config = Some(config(&[("purpose", "forbidden".into())]));
    let request = wire::validate_ephemeral_resource_config::Request { type_name: LEASE.to_owned(), config };
    let told = client.validate_ephemeral_resource_config(request).await.unwrap().into_inner();
    assert_eq!(told.diagnostics[0].summary, "Forbidden");
}

#[tokio::test]
async fn item_114_open_is_deferred_only_if_allowed() {
    let mut client = host::configured_with(Dynamic::Unknown).await;
    for deferral_allowed in [false, true] {
        let request = wire::open_ephemeral_resource::Request {
            type_name: LEASE.to_owned(),
            config: Some(config(&[("purpose", "x".into())])),
            client_capabilities: Some(wire::ClientCapabilities { deferral_allowed, ..Default::default() }),
        };
        let answer = client.open_ephemeral_resource(request).await.unwrap().into_inner();
        assert_eq!(answer.diagnostics, []);
        let reason = answer.deferred.map(|deferred| deferred.reason());
        assert_eq!(reason, deferral_allowed.then_some(wire::deferred::Reason::ProviderConfigUnknown));
        let result = decode(answer.result);
        assert_eq!((result.attribute("purpose"), result.attribute("token")), (&"x".into(), &Dynamic::Unknown));
    }
    let request = wire::close_ephemeral_resource::Request { type_name: LEASE.to_owned(), private: None };
    assert_eq!(client.close_ephemeral_resource(request).await.unwrap().into_inner().diagnostics, []);
}
