//! What the provider says about itself.

use std::collections::BTreeSet;

use serde_json::Value;
use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use terraform_provider_auth0::value::Dynamic;

use super::host::{CLIENT, Change, Host, decode, object, resource};

#[tokio::test]
async fn item_048_the_schema_is_always_the_same_and_needs_nothing() {
    let mut host = Host::start().await;
    let first = host.schema().await;
    assert_eq!(first.diagnostics, []);
    assert_eq!(host.schema().await, first);
    assert_eq!(Host::start().await.schema().await, first);
}

#[tokio::test]
async fn item_050_its_abilities_are_those_that_it_has() {
    let mut host = Host::start().await;
    let abilities = wire::ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: true,
        generate_resource_config: false,
    };
    assert_eq!(host.schema().await.server_capabilities, Some(abilities));
    let metadata = host.client.get_metadata(wire::get_metadata::Request {}).await.unwrap().into_inner();
    assert_eq!(metadata.server_capabilities, Some(abilities));
}

#[tokio::test]
async fn item_051_the_metadata_list_what_the_schema_describes() {
    let mut host = Host::start().await;
    let schema = host.schema().await;
    let metadata = host.client.get_metadata(wire::get_metadata::Request {}).await.unwrap().into_inner();
    let listed: Vec<_> = metadata.resources.iter().map(|resource| &resource.type_name).collect();
    assert_eq!(listed, schema.resource_schemas.keys().collect::<Vec<_>>());
    let listed: Vec<_> = metadata.data_sources.iter().map(|source| &source.type_name).collect();
    assert_eq!(listed, schema.data_source_schemas.keys().collect::<Vec<_>>());
    let listed: Vec<_> = metadata.ephemeral_resources.iter().map(|ephemeral| &ephemeral.type_name).collect();
    assert_eq!(listed, schema.ephemeral_resource_schemas.keys().collect::<Vec<_>>());
    assert!(listed.len() >= 2);
    let listed: Vec<_> = metadata.actions.iter().map(|action| &action.type_name).collect();
    assert_eq!(listed, schema.action_schemas.keys().collect::<Vec<_>>());
    assert_eq!(listed, ["auth0_rotate_client_secret"]);
    let functions = host.client.get_functions(wire::get_functions::Request {}).await.unwrap().into_inner();
    assert_eq!(functions.functions, schema.functions);
    assert_eq!(metadata.functions.len(), schema.functions.len());
}

#[tokio::test]
async fn item_052_every_attribute_is_one_that_terraform_accepts() {
    for (owner, attribute) in attributes(&Host::start().await.schema().await) {
        let name = format!("{owner}.{}", attribute.name);
        assert_ne!(attribute.required, attribute.optional || attribute.computed, "{name}");
        assert_ne!(attribute.r#type.is_empty(), attribute.nested_type.is_none(), "{name}");
        assert!(!(attribute.write_only && attribute.computed), "{name}");
        let is_dynamic = attribute.r#type.windows(7).any(|word| word == b"dynamic");
        assert!(!is_dynamic || name == "ephemeral auth0_access_token.claims", "{name}");
        let is_elsewhere =
            owner.starts_with("ephemeral ") || owner.starts_with("action ") || owner.starts_with("data ");
        assert!(!(attribute.write_only && is_elsewhere), "{name}");
        let reserved = ["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];
        assert!(owner.contains('.') || !reserved.contains(&attribute.name.as_str()), "{name}");
        assert!(attribute.deprecation_message.is_empty() || attribute.deprecated, "{name}");
    }
}

#[tokio::test]
async fn item_053_types_are_type_constraints_and_blocks_are_there() {
    let schema = Host::start().await.schema().await;
    for (owner, schema) in schemas(&schema) {
        assert!(schema.block.is_some(), "{owner}");
    }
    for (owner, attribute) in attributes(&schema).into_iter().filter(|(_, each)| each.nested_type.is_none()) {
        let constraint: Value = serde_json::from_slice(&attribute.r#type).unwrap();
        assert!(is_type_constraint(&constraint), "{owner}.{}: {constraint}", attribute.name);
    }
}

#[tokio::test]
async fn item_054_calls_work_without_schema_request() {
    assert_upgrades_and_plans(&mut Host::start().await).await;
}

#[tokio::test]
async fn item_055_to_ask_for_the_schema_twice_changes_nothing() {
    let mut host = Host::start().await;
    host.schema().await;
    host.schema().await;
    assert_upgrades_and_plans(&mut host).await;
}

async fn assert_upgrades_and_plans(host: &mut Host) {
    let upgraded = host.upgrade(CLIENT, r#"{"id":"c","name":"a"}"#).await;
    assert_eq!(upgraded.diagnostics, []);
    assert_eq!(decode(CLIENT, upgraded.upgraded_state).attribute("name"), &"a".into());
    let planned = host.plan(&Change::create(CLIENT, object(resource(CLIENT), &[("name", "a".into())]))).await;
    assert_eq!(planned.diagnostics, []);
    assert_eq!(decode(CLIENT, planned.planned_state).attribute("id"), &Dynamic::Unknown);
}

/// Every schema, with what it is of.
fn schemas(response: &wire::get_provider_schema::Response) -> Vec<(String, &wire::Schema)> {
    let provider = [("provider".to_owned(), response.provider.as_ref().unwrap())];
    let resources = response.resource_schemas.iter().map(|(name, schema)| (name.clone(), schema));
    let data_sources = response.data_source_schemas.iter().map(|(name, schema)| (format!("data {name}"), schema));
    let ephemeral = response.ephemeral_resource_schemas.iter();
    let ephemeral = ephemeral.map(|(name, schema)| (format!("ephemeral {name}"), schema));
    let actions = response.action_schemas.iter();
    let actions = actions.map(|(name, action)| (format!("action {name}"), action.schema.as_ref().unwrap()));
    provider.into_iter().chain(resources).chain(data_sources).chain(ephemeral).chain(actions).collect()
}

/// Every attribute, also of nested objects, with what it is of.
fn attributes(response: &wire::get_provider_schema::Response) -> Vec<(String, &wire::schema::Attribute)> {
    let mut found = Vec::new();
    for (owner, schema) in schemas(response) {
        descend(&owner, &schema.block.as_ref().unwrap().attributes, &mut found);
    }
    assert!(found.len() > 10);
    found
}

fn descend<'a>(
    owner: &str,
    attributes: &'a [wire::schema::Attribute],
    found: &mut Vec<(String, &'a wire::schema::Attribute)>,
) {
    let names: BTreeSet<_> = attributes.iter().map(|attribute| &attribute.name).collect();
    assert_eq!(names.len(), attributes.len(), "{owner} has a name twice");
    for attribute in attributes {
        found.push((owner.to_owned(), attribute));
        if let Some(nested) = &attribute.nested_type {
            descend(&format!("{owner}.{}", attribute.name), &nested.attributes, found);
        }
    }
}

/// As cty writes them: a name, or a pair of a collection's name and what is in it.
fn is_type_constraint(value: &Value) -> bool {
    match value {
        Value::String(name) => ["bool", "dynamic", "number", "string"].contains(&name.as_str()),
        Value::Array(pair) => match pair.as_slice() {
            [Value::String(kind), Value::Object(attributes)] => {
                kind == "object" && attributes.values().all(is_type_constraint)
            }
            [Value::String(kind), element] => {
                ["list", "set", "map"].contains(&kind.as_str()) && is_type_constraint(element)
            }
            _ => false,
        },
        _ => false,
    }
}
