//! `corner_thing`: a create in two steps, a sensitive and a deprecated attribute, reads that wait or go wrong, and no import.

use terraform_provider_auth0::diagnostic::{Diagnostic, Diagnostics};
use terraform_provider_auth0::framework::{Cx, Failed, Resource};
use terraform_provider_auth0::model;
use terraform_provider_auth0::schema::{COMPUTED, OPTIONAL, REQUIRED};
use terraform_provider_auth0::value::Value;

use super::store::Store;

model! {
    /// A thing.
    pub(crate) struct Thing {
        /// Its name.
        id: Value<String> = COMPUTED.keep_prior(),
        /// What is in it. `half` is not written in full.
        content: Value<String> = REQUIRED.sensitive(),
        /// An older word for the content.
        text: Value<String> = OPTIONAL.deprecated("Say `content` instead."),
        /// What a read does beside reading: `panic`, `wait` for a stop, or go on `together` with others.
        behaviour: Value<String> = OPTIONAL,
    }
}

pub(crate) struct ThingResource;

impl Resource<Store> for ThingResource {
    const NAME: &'static str = "corner_thing";
    type Model = Thing;

    async fn create(&self, cx: &Cx<Store>, plan: Thing) -> Result<Thing, Failed<Thing>> {
        let made = Thing { id: Value::Known(cx.client.make("thing")), ..plan };
        if made.content.as_str() == Some("half") {
            return Err(Failed::saving(made, Diagnostic::error("Half Done", "The second step failed.")));
        }
        Ok(made)
    }

    async fn read(&self, cx: &Cx<Store>, prior: Thing) -> Result<Option<Thing>, Diagnostics> {
        match prior.behaviour.as_str() {
            Some("panic") => panic!("told to"),
            Some("wait") => {
                cx.stop.cancelled().await;
                return Err(Diagnostic::error("Interrupted", "A stop was asked for.").into());
            }
            Some("together") => {
                cx.client.together.wait().await;
            }
            _ => {}
        }
        Ok(cx.client.has(prior.id.as_str()).then_some(prior))
    }

    async fn update(&self, _: &Cx<Store>, _: Thing, plan: Thing) -> Result<Thing, Failed<Thing>> {
        Ok(plan)
    }

    async fn delete(&self, cx: &Cx<Store>, prior: Thing) -> Result<(), Diagnostics> {
        cx.client.remove(prior.id.as_str());
        Ok(())
    }
}
