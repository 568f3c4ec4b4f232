//! Deferring a decision is something that Terraform has to allow, and that is not needed.

use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use terraform_provider_auth0::value::Dynamic;

use super::host::{configured, encode, object};

const VALUE: &str = "corner_value";

#[tokio::test]
async fn item_114_nothing_is_ever_deferred() {
    let mut client = configured().await;
    let allowing = |deferral_allowed| wire::ClientCapabilities { deferral_allowed, ..Default::default() };
    for client_capabilities in [None, Some(allowing(false)), Some(allowing(true))] {
        let type_name = VALUE.to_owned();
        let everything_unknown = object(VALUE, &[("text", Dynamic::Unknown), ("any", Dynamic::Unknown)]);
        let config = Some(encode(VALUE, &everything_unknown));
        let plan = wire::plan_resource_change::Request {
            type_name: type_name.clone(),
            proposed_new_state: config.clone(),
            config: config.clone(),
            client_capabilities,
            ..Default::default()
        };
        let plan = client.plan_resource_change(plan).await.unwrap().into_inner();
        assert_eq!((plan.deferred, plan.diagnostics), (None, vec![]));

        let current_state = Some(encode(VALUE, &object(VALUE, &[("id", "object-1".into())])));
        let read = wire::read_resource::Request {
            type_name: type_name.clone(),
            current_state,
            client_capabilities,
            ..Default::default()
        };
        let read = client.read_resource(read).await.unwrap().into_inner();
        assert_eq!((read.deferred, read.diagnostics), (None, vec![]));

        let id = "object-1".to_owned();
        let import = wire::import_resource_state::Request {
            type_name: type_name.clone(),
            id,
            client_capabilities,
            ..Default::default()
        };
        let import = client.import_resource_state(import).await.unwrap().into_inner();
        assert_eq!((import.deferred, import.diagnostics), (None, vec![]));

        let read = wire::read_data_source::Request {
            type_name: type_name.clone(),
            config: config.clone(),
            client_capabilities,
            ..Default::default()
        };
        assert_eq!(client.read_data_source(read).await.unwrap().into_inner().deferred, None);
        let open = wire::open_ephemeral_resource::Request { type_name, config, client_capabilities };
        assert_eq!(client.open_ephemeral_resource(open).await.unwrap().into_inner().deferred, None);
    }
}
