//! Validation without a tenant, and configuration for one after another.

use terraform_provider_auth0::emulator::Emulator;
use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use terraform_provider_auth0::schema::Schema;
use terraform_provider_auth0::value::Dynamic;

use super::host::{CLIENT, GRANT, Host, encode, object, resource, schemas};

#[tokio::test]
async fn item_073_validation_passes_unknown_values() {
    let mut host = Host::start().await;
    let unknown = |schema: &Schema| {
        let settable = schema
            .attributes
            .iter()
            .filter(|attribute| attribute.behaviour.is_required() || attribute.behaviour.is_optional());
        let attributes: Vec<_> = settable.map(|attribute| (attribute.name, Dynamic::Unknown)).collect();
        Some(encode(schema, &object(schema, &attributes)))
    };
    for type_name in [CLIENT, GRANT] {
        let request = wire::validate_resource_config::Request {
            type_name: type_name.to_owned(),
            config: unknown(resource(type_name)),
            ..Default::default()
        };
        let answer = host.client.validate_resource_config(request).await.unwrap().into_inner();
        assert_eq!(answer.diagnostics, [], "{type_name}");
    }
    let request = wire::validate_data_resource_config::Request {
        type_name: CLIENT.to_owned(),
        config: unknown(&schemas().data_sources[CLIENT]),
    };
    assert_eq!(host.client.validate_data_resource_config(request).await.unwrap().into_inner().diagnostics, []);
    for (type_name, schema) in &schemas().ephemeral_resources {
        let (type_name, config) = ((*type_name).to_owned(), unknown(schema));
        let request = wire::validate_ephemeral_resource_config::Request { type_name, config };
        let answer = host.client.validate_ephemeral_resource_config(request).await.unwrap().into_inner();
        assert_eq!(answer.diagnostics, []);
    }
    for (type_name, schema) in &schemas().actions {
        let (type_name, config) = ((*type_name).to_owned(), unknown(schema));
        let request = wire::validate_action_config::Request { type_name, config };
        assert_eq!(host.client.validate_action_config(request).await.unwrap().into_inner().diagnostics, []);
    }
    let request = wire::validate_provider_config::Request { config: unknown(&schemas().provider) };
    assert_eq!(host.client.validate_provider_config(request).await.unwrap().into_inner().diagnostics, []);
}

#[tokio::test]
async fn item_077_the_last_configuration_counts() {
    let (one, other) = (Emulator::start(), Emulator::start());
    let mut host = Host::on(&one).await;
    host.configure(&other).await;
    host.create(CLIENT, object(resource(CLIENT), &[("name", "a".into())])).await;
    assert!(one.requests().is_empty());
    let asked: Vec<_> = other.requests().into_iter().map(|request| (request.method, request.path)).collect();
    assert!(asked.contains(&("POST".to_owned(), "/api/v2/clients".to_owned())), "{asked:?}");
}
