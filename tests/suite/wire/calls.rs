//! Provider calls: concurrency, size, and unsupported calls.

use std::collections::BTreeMap;

use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use terraform_provider_auth0::protocol::wire::tfplugin6::diagnostic::Severity;
use terraform_provider_auth0::protocol::wire::tfplugin6::provider_client::ProviderClient;
use tokio::task::JoinSet;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Code, Request};
use tonic_prost::ProstCodec;

use crate::corner::host;
use crate::support::client::{plain, provider};
use crate::support::corner::store::TOGETHER;
use crate::support::plugin::{Launch, Plugin};

/// A type that no provider has.
const OTHER: &str = "auth0_other";

#[tokio::test]
async fn item_028_stop_responds_at_once() {
    let client = host::configured().await;
    for _ in 0..2 {
        let waiting = tokio::spawn({
            let mut client = client.clone();
            async move { client.read_resource(host::read("wait")).await.unwrap().into_inner() }
        });
        let mut client = client.clone();
        client.read_resource(host::read("nothing")).await.unwrap();
        let answer = client.stop_provider(wire::stop_provider::Request {}).await.unwrap().into_inner();
        assert_eq!(answer.error, "");
        let interrupted = waiting.await.unwrap();
        assert_eq!(interrupted.diagnostics[0].summary, "Interrupted");
        assert_eq!(interrupted.new_state, Some(host::thing("wait")), "what Terraform knew is what it keeps");
    }
}

#[tokio::test]
async fn item_029_calls_do_not_wait_for_each_other() {
    let client = host::configured().await;
    let read = |behaviour: &'static str| {
        let mut client = client.clone();
        async move { client.read_resource(host::read(behaviour)).await.unwrap().into_inner() }
    };
    let mut together = JoinSet::new();
    for _ in 1..TOGETHER {
        together.spawn(read("together"));
    }
    assert_eq!(read("nothing").await.diagnostics, []);
    together.spawn(read("together"));
    for answer in together.join_all().await {
        assert_eq!(answer.diagnostics, []);
    }
}

#[tokio::test]
async fn item_030_large_states_pass_in_both_directions() {
    let mut client = host::configured().await;
    let payload = "x".repeat(20 << 20);
    let json = format!(r#"{{"behaviour":"nothing","content":"{payload}"}}"#).into();
    let request = wire::upgrade_resource_state::Request {
        type_name: host::THING.to_owned(),
        raw_state: Some(wire::RawState { json, flatmap: BTreeMap::new() }),
        version: 0,
    };
    let answer = client.upgrade_resource_state(request).await.unwrap().into_inner();
    assert_eq!(answer.diagnostics, []);
    assert!(answer.upgraded_state.unwrap().msgpack.len() > 20 << 20);
}

#[tokio::test]
async fn item_030_the_schema_fits_what_terraform_takes() {
    let (_plugin, client) = client().await;
    let mut client = client.max_decoding_message_size(64 << 20);
    client.get_provider_schema(wire::get_provider_schema::Request {}).await.unwrap();
}

#[tokio::test]
async fn item_033_a_call_that_does_not_exist_is_unimplemented() {
    let plugin = Launch::new().start().await;
    let channel = plain(&plugin.handshake).await;
    for path in ["/tfplugin6.Provider/Imagine", "/tfplugin5.Provider/GetSchema", "/"] {
        let status = raw(&channel, path, wire::stop_provider::Request {}).await.unwrap_err();
        assert_eq!(status.code(), Code::Unimplemented, "{path}");
    }
    raw(&channel, "/tfplugin6.Provider/StopProvider", wire::stop_provider::Request {}).await.unwrap();
}

#[tokio::test]
async fn item_033_an_unknown_type_is_refused_by_name_in_every_call() {
    let (_plugin, mut client) = client().await;
    macro_rules! refusals {
        ($($rpc:ident)*) => {
            vec![$({
                let mut request = wire::$rpc::Request::default();
                request.type_name.push_str(OTHER);
                (stringify!($rpc), client.$rpc(request).await.unwrap().into_inner().diagnostics)
            }),*]
        };
    }
    let mut refusals = refusals!(
        validate_resource_config upgrade_resource_state upgrade_resource_identity read_resource plan_resource_change
        apply_resource_change import_resource_state generate_resource_config
        validate_data_resource_config read_data_source
        validate_ephemeral_resource_config open_ephemeral_resource renew_ephemeral_resource close_ephemeral_resource
        validate_list_resource_config validate_action_config
        configure_state_store lock_state unlock_state get_states delete_state
    );

    let request = wire::plan_action::Request { action_type: OTHER.to_owned(), ..Default::default() };
    refusals.push(("plan_action", client.plan_action(request).await.unwrap().into_inner().diagnostics));
    let request = wire::validate_state_store::Request { type_name: OTHER.to_owned(), ..Default::default() };
    let answer = client.validate_state_store_config(request).await.unwrap().into_inner();
    refusals.push(("validate_state_store_config", answer.diagnostics));
    let meta = Some(wire::RequestChunkMeta { type_name: OTHER.to_owned(), ..Default::default() });
    let chunk = wire::write_state_bytes::RequestChunk { meta, ..Default::default() };
    let answer = client.write_state_bytes(tokio_stream::once(chunk)).await.unwrap().into_inner();
    refusals.push(("write_state_bytes", answer.diagnostics));

    let request = wire::list_resource::Request { type_name: OTHER.to_owned(), ..Default::default() };
    let mut events = client.list_resource(request).await.unwrap().into_inner();
    refusals.push(("list_resource", events.message().await.unwrap().unwrap().diagnostic));
    assert_eq!(events.message().await.unwrap(), None);
    let request = wire::read_state_bytes::Request { type_name: OTHER.to_owned(), ..Default::default() };
    let mut events = client.read_state_bytes(request).await.unwrap().into_inner();
    refusals.push(("read_state_bytes", events.message().await.unwrap().unwrap().diagnostics));
    assert_eq!(events.message().await.unwrap(), None);

    for (rpc, diagnostics) in refusals {
        assert_eq!(diagnostics.len(), 1, "{rpc}");
        assert_eq!(diagnostics[0].severity(), Severity::Error, "{rpc}");
        assert!(diagnostics[0].detail.contains(OTHER), "{rpc}: {}", diagnostics[0].detail);
    }
}

#[tokio::test]
async fn item_033_an_unknown_action_completes_once_with_an_error() {
    use wire::invoke_action::event::Type;

    let (_plugin, mut client) = client().await;
    let request = wire::invoke_action::Request { action_type: OTHER.to_owned(), ..Default::default() };
    let mut events = client.invoke_action(request).await.unwrap().into_inner();
    let Some(Type::Completed(completed)) = events.message().await.unwrap().unwrap().r#type else {
        panic!("the first event is not the completion");
    };
    assert!(completed.diagnostics[0].detail.contains(OTHER));
    assert_eq!(events.message().await.unwrap(), None);
}

#[tokio::test]
async fn item_033_an_unknown_function_is_a_function_error() {
    let (_plugin, mut client) = client().await;
    let request = wire::call_function::Request { name: "other".to_owned(), arguments: vec![] };
    let error = client.call_function(request).await.unwrap().into_inner().error.unwrap();
    assert!(error.text.contains("other"));
    assert_eq!(error.function_argument, None);
}

#[tokio::test]
async fn item_033_unsupported_lists_are_empty() {
    let (_plugin, mut client) = client().await;
    let functions = client.get_functions(wire::get_functions::Request {}).await.unwrap().into_inner();
    assert_eq!(functions, wire::get_functions::Response::default());
    let request = wire::get_resource_identity_schemas::Request {};
    let identities = client.get_resource_identity_schemas(request).await.unwrap().into_inner();
    assert_eq!(identities, wire::get_resource_identity_schemas::Response::default());
}

#[tokio::test]
async fn item_033_refuses_move_and_names_its_source() {
    let (_plugin, mut client) = client().await;
    let request = wire::move_resource_state::Request {
        source_provider_address: "registry.terraform.io/hashicorp/random".to_owned(),
        source_type_name: "random_pet".to_owned(),
        source_schema_version: 41,
        target_type_name: OTHER.to_owned(),
        ..Default::default()
    };
    let answer = client.move_resource_state(request).await.unwrap().into_inner();
    assert_eq!(answer.target_state, None);
    for part in ["registry.terraform.io/hashicorp/random", "random_pet", "41"] {
        assert!(answer.diagnostics[0].detail.contains(part), "{part}: {}", answer.diagnostics[0].detail);
    }
}

/// `ValidateResourceConfig.Request` as it may be one day.
#[derive(Clone, PartialEq, prost::Message)]
struct NewerRequest {
    #[prost(string, tag = "1")]
    type_name: String,
    #[prost(message, optional, tag = "2")]
    config: Option<wire::DynamicValue>,
    #[prost(string, tag = "900")]
    new_text: String,
    #[prost(uint64, tag = "901")]
    new_number: u64,
}

#[tokio::test]
async fn item_034_accepts_newer_and_older_clients() {
    let mut client = host::configured().await;
    let config = host::encode(host::THING, &host::object(host::THING, &[("content", "x".into())]));
    let old = wire::validate_resource_config::Request {
        type_name: host::THING.to_owned(),
        config: Some(config),
        client_capabilities: None,
    };
    assert_eq!(client.validate_resource_config(old).await.unwrap().into_inner().diagnostics, []);

    let plugin = Launch::new().start().await;
    let channel = plain(&plugin.handshake).await;
    let newer =
        NewerRequest { type_name: OTHER.to_owned(), config: None, new_text: "hello".to_owned(), new_number: u64::MAX };
    let answer = raw(&channel, "/tfplugin6.Provider/ValidateResourceConfig", newer).await.unwrap();
    assert!(answer.diagnostics[0].detail.contains(OTHER));
}

async fn client() -> (Plugin, ProviderClient<Channel>) {
    let plugin = Launch::new().start().await;
    let client = provider(plain(&plugin.handshake).await);
    (plugin, client)
}

/// A call by its path, with any message.
async fn raw<M: prost::Message + 'static>(
    channel: &Channel,
    path: &'static str,
    message: M,
) -> Result<wire::validate_resource_config::Response, tonic::Status> {
    let mut grpc = Grpc::new(channel.clone());
    grpc.ready().await.unwrap();
    let codec = ProstCodec::<M, wire::validate_resource_config::Response>::default();
    grpc.unary(Request::new(message), PathAndQuery::from_static(path), codec).await.map(tonic::Response::into_inner)
}
