//! A provider with one resource type, `auth0_thing`, that asks nobody.

use std::collections::HashMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tf_provider::schema::{Attribute, AttributeConstraint, AttributeType, Block, Description, Schema};
use tf_provider::value::{ValueEmpty, ValueString};
use tf_provider::{AttributePath, Diagnostics, DynamicDataSource, DynamicResource, Provider, Resource, map, serve};

#[derive(Serialize, Deserialize)]
struct State<'a> {
    #[serde(borrow = "'a")]
    id: ValueString<'a>,
    #[serde(borrow = "'a")]
    name: ValueString<'a>,
}

struct Thing;

fn attribute(description: &'static str, constraint: AttributeConstraint) -> Attribute {
    Attribute {
        attr_type: AttributeType::String,
        description: Description::plain(description),
        constraint,
        ..Default::default()
    }
}

#[async_trait]
impl Resource for Thing {
    type State<'a> = State<'a>;
    type PrivateState<'a> = ValueEmpty;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        let attributes = map! {
            "id" => attribute("Its name.", AttributeConstraint::Computed),
            "name" => attribute("What it is called.", AttributeConstraint::Required),
        };
        Some(Schema { version: 0, block: Block { attributes, ..Default::default() } })
    }

    async fn read<'a>(
        &self,
        _: &mut Diagnostics,
        state: State<'a>,
        private: ValueEmpty,
        _: ValueEmpty,
    ) -> Option<(State<'a>, ValueEmpty)> {
        Some((state, private))
    }

    async fn plan_create<'a>(
        &self,
        _: &mut Diagnostics,
        proposed: State<'a>,
        _: State<'a>,
        _: ValueEmpty,
    ) -> Option<(State<'a>, ValueEmpty)> {
        Some((State { id: ValueString::Unknown, ..proposed }, ValueEmpty::default()))
    }

    async fn plan_update<'a>(
        &self,
        _: &mut Diagnostics,
        _: State<'a>,
        proposed: State<'a>,
        _: State<'a>,
        private: ValueEmpty,
        _: ValueEmpty,
    ) -> Option<(State<'a>, ValueEmpty, Vec<AttributePath>)> {
        Some((proposed, private, Vec::new()))
    }

    async fn plan_destroy<'a>(
        &self,
        _: &mut Diagnostics,
        _: State<'a>,
        private: ValueEmpty,
        _: ValueEmpty,
    ) -> Option<ValueEmpty> {
        Some(private)
    }

    async fn create<'a>(
        &self,
        _: &mut Diagnostics,
        planned: State<'a>,
        _: State<'a>,
        private: ValueEmpty,
        _: ValueEmpty,
    ) -> Option<(State<'a>, ValueEmpty)> {
        Some((State { id: planned.name.clone(), ..planned }, private))
    }

    async fn update<'a>(
        &self,
        _: &mut Diagnostics,
        _: State<'a>,
        planned: State<'a>,
        _: State<'a>,
        private: ValueEmpty,
        _: ValueEmpty,
    ) -> Option<(State<'a>, ValueEmpty)> {
        Some((planned, private))
    }

    async fn destroy<'a>(&self, _: &mut Diagnostics, _: State<'a>, _: ValueEmpty, _: ValueEmpty) -> Option<()> {
        Some(())
    }
}

struct NoOp;

#[async_trait]
impl Provider for NoOp {
    type Config<'a> = ValueEmpty;
    type MetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(Schema { version: 0, block: Block::default() })
    }

    async fn validate<'a>(&self, _: &mut Diagnostics, _: ValueEmpty) -> Option<()> {
        Some(())
    }

    async fn configure<'a>(&self, _: &mut Diagnostics, _: String, _: ValueEmpty) -> Option<()> {
        Some(())
    }

    fn get_resources(&self, _: &mut Diagnostics) -> Option<HashMap<String, Box<dyn DynamicResource>>> {
        Some(map! { "thing" => Thing })
    }

    fn get_data_sources(&self, _: &mut Diagnostics) -> Option<HashMap<String, Box<dyn DynamicDataSource>>> {
        Some(map! {})
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    serve("auth0", NoOp).await
}
