//! A host that drives the provider's process as Terraform does, one call at a time.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use terraform_provider_auth0::emulator::Emulator;
use terraform_provider_auth0::framework::{Schemas, Server};
use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use terraform_provider_auth0::protocol::wire::tfplugin6::provider_client::ProviderClient;
use terraform_provider_auth0::provider::Auth0;
use terraform_provider_auth0::schema::Schema;
use terraform_provider_auth0::value::{Dynamic, Encoded, Type};
use tonic::transport::Channel;

use crate::support::client::{plain, provider};
use crate::support::plugin::{Launch, Plugin};
use crate::wire::services::shut_down;

pub(crate) const CLIENT: &str = "auth0_m2m_client";
pub(crate) const GRANT: &str = "auth0_client_grant";

/// A provider process, asked for nothing yet.
pub(crate) struct Host {
    pub(crate) client: ProviderClient<Channel>,
    process: Plugin,
}

impl Host {
    pub(crate) async fn start() -> Self {
        Self::of(Launch::new()).await
    }

    pub(crate) async fn of(launch: Launch) -> Self {
        let process = launch.start().await;
        let client = provider(plain(&process.handshake).await);
        Self { client, process }
    }

    /// Ends the process, and answers its log.
    pub(crate) async fn stop(self) -> String {
        shut_down(self.process).await.stderr
    }

    /// A process that is configured for this tenant.
    pub(crate) async fn on(emulator: &Emulator) -> Self {
        let mut host = Self::start().await;
        host.configure(emulator).await;
        host
    }

    pub(crate) async fn configure(&mut self, emulator: &Emulator) {
        let config = [
            ("domain", emulator.url().into()),
            ("client_id", emulator.client_id().into()),
            ("client_secret", emulator.client_secret().into()),
        ];
        let request = wire::configure_provider::Request {
            terraform_version: "1.11.4".to_owned(),
            config: Some(encode(&schemas().provider, &object(&schemas().provider, &config))),
            ..Default::default()
        };
        assert_eq!(self.client.configure_provider(request).await.unwrap().into_inner().diagnostics, []);
    }

    pub(crate) async fn schema(&mut self) -> wire::get_provider_schema::Response {
        self.client.get_provider_schema(wire::get_provider_schema::Request {}).await.unwrap().into_inner()
    }

    pub(crate) async fn upgrade(&mut self, type_name: &str, json: &str) -> wire::upgrade_resource_state::Response {
        let request = wire::upgrade_resource_state::Request {
            type_name: type_name.to_owned(),
            raw_state: Some(wire::RawState { json: json.to_owned().into(), flatmap: BTreeMap::new() }),
            version: 0,
        };
        self.client.upgrade_resource_state(request).await.unwrap().into_inner()
    }

    pub(crate) async fn plan(&mut self, change: &Change) -> wire::plan_resource_change::Response {
        self.client.plan_resource_change(change.request()).await.unwrap().into_inner()
    }

    pub(crate) async fn apply(
        &mut self,
        change: &Change,
        planned: &wire::plan_resource_change::Response,
    ) -> wire::apply_resource_change::Response {
        let Change { type_name, prior, config, private } = change;
        let schema = resource(type_name);
        let request = wire::apply_resource_change::Request {
            type_name: (*type_name).to_owned(),
            prior_state: Some(encode(schema, prior)),
            planned_state: planned.planned_state.clone(),
            config: Some(encode(schema, config)),
            planned_private: if planned.planned_private.is_empty() {
                private.clone().into()
            } else {
                planned.planned_private.clone()
            },
            ..Default::default()
        };
        self.client.apply_resource_change(request).await.unwrap().into_inner()
    }

    /// Plans and applies a create, and answers the new object with the provider's own data about it.
    pub(crate) async fn create(&mut self, type_name: &'static str, config: Dynamic) -> (Dynamic, Vec<u8>) {
        let change = Change::create(type_name, config);
        let planned = self.plan(&change).await;
        assert_eq!(planned.diagnostics, []);
        let applied = self.apply(&change, &planned).await;
        assert_eq!(applied.diagnostics, []);
        (decode(type_name, applied.new_state), applied.private.to_vec())
    }
}

/// What Terraform asks to be planned.
#[derive(Clone)]
pub(crate) struct Change {
    pub(crate) type_name: &'static str,
    pub(crate) prior: Dynamic,
    /// Null to destroy.
    pub(crate) config: Dynamic,
    pub(crate) private: Vec<u8>,
}

impl Change {
    pub(crate) fn create(type_name: &'static str, config: Dynamic) -> Self {
        Self { type_name, prior: Dynamic::Null, config, private: Vec::new() }
    }

    fn request(&self) -> wire::plan_resource_change::Request {
        let Self { type_name, prior, config, private } = self;
        let schema = resource(type_name);
        wire::plan_resource_change::Request {
            type_name: (*type_name).to_owned(),
            prior_state: Some(encode(schema, prior)),
            proposed_new_state: Some(encode(schema, &proposed(schema, prior, config))),
            config: Some(encode(schema, config)),
            prior_private: private.clone().into(),
            ..Default::default()
        }
    }
}

/// Terraform's own merge: what is configured, and the prior value of computed attributes that are not.
fn proposed(schema: &Schema, prior: &Dynamic, config: &Dynamic) -> Dynamic {
    let Dynamic::Map(configured) = config else { return Dynamic::Null };
    let attributes = schema.attributes.iter().map(|attribute| {
        let (name, value) = (attribute.name, &configured[attribute.name]);
        let kept = *value == Dynamic::Null && attribute.behaviour.is_computed() && *prior != Dynamic::Null;
        (name.to_owned(), if kept { prior.attribute(name).clone() } else { value.clone() })
    });
    Dynamic::Map(attributes.collect())
}

/// The provider's schemas, as it builds them.
pub(crate) fn schemas() -> &'static Schemas {
    static SERVER: LazyLock<Server<Auth0>> = LazyLock::new(|| Server::new(Auth0));
    SERVER.schemas()
}

pub(crate) fn resource(type_name: &str) -> &'static Schema {
    &schemas().resources[type_name]
}

/// An object of the schema with these attributes; the others are null.
pub(crate) fn object(schema: &Schema, attributes: &[(&str, Dynamic)]) -> Dynamic {
    let Type::Object(types) = schema.ty() else { panic!("a schema is an object") };
    let mut object: BTreeMap<_, _> = types.keys().map(|name| (name.clone(), Dynamic::Null)).collect();
    for (name, value) in attributes {
        *object.get_mut(*name).expect("an attribute of the schema") = value.clone();
    }
    Dynamic::Map(object)
}

pub(crate) fn encode(schema: &Schema, value: &Dynamic) -> wire::DynamicValue {
    Encoded::encode(value, schema.ty()).into()
}

pub(crate) fn decode(type_name: &str, value: Option<wire::DynamicValue>) -> Dynamic {
    let wire::DynamicValue { msgpack, json } = value.unwrap_or_default();
    Encoded { msgpack, json }.decode(resource(type_name).ty()).unwrap()
}
