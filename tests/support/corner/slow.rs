//! `corner_slow`: operations that take their time.

use std::time::Duration;

use terraform_provider_auth0::diagnostic::{Diagnostic, Diagnostics};
use terraform_provider_auth0::framework::{Cx, Failed, Resource, Timeouts};
use terraform_provider_auth0::model;
use terraform_provider_auth0::schema::{COMPUTED, OPTIONAL};
use terraform_provider_auth0::value::{Dynamic, Value};
use tokio::time::{sleep, sleep_until};

use super::store::Store;

model! {
    /// An object that takes its time.
    pub(crate) struct Slow {
        /// Its name.
        id: Value<String> = COMPUTED.keep_prior(),
        /// How many seconds a create takes after the object exists.
        create: Value<i64> = OPTIONAL,
        /// How many seconds a read takes.
        read: Value<i64> = OPTIONAL,
        /// How many seconds an update takes.
        update: Value<i64> = OPTIONAL,
        /// How many seconds a delete takes.
        delete: Value<i64> = OPTIONAL,
        /// How often it was updated.
        updates: Value<i64> = COMPUTED,
        /// How long operations may take.
        timeouts: Value<Timeouts> = OPTIONAL.local(),
    }
}

/// Lets the time pass, until the operation has to give up.
async fn work(cx: &Cx<Store>, seconds: Value<i64>) -> Result<(), Diagnostic> {
    let needed = Duration::from_secs(seconds.into_known().unwrap_or_default().try_into().unwrap());
    tokio::select! {
        () = sleep(needed) => Ok(()),
        () = cx.stop.cancelled() => Err(Diagnostic::error("Interrupted", "A stop was asked for.")),
        () = sleep_until(cx.deadline) => Err(Diagnostic::error("Out of Time", "The service is still busy.")),
    }
}

pub(crate) struct SlowResource;

impl Resource<Store> for SlowResource {
    const NAME: &'static str = "corner_slow";
    type Model = Slow;

    async fn create(&self, cx: &Cx<Store>, plan: Slow) -> Result<Slow, Failed<Slow>> {
        let made = Slow { id: Value::Known(cx.client.make("slow")), updates: Value::Known(0), ..plan };
        match work(cx, made.create).await {
            Ok(()) => Ok(made),
            Err(error) => Err(Failed::saving(made, error)),
        }
    }

    async fn read(&self, cx: &Cx<Store>, prior: Slow) -> Result<Option<Slow>, Diagnostics> {
        work(cx, prior.read).await?;
        Ok(cx.client.has(prior.id.as_str()).then_some(prior))
    }

    async fn update(&self, cx: &Cx<Store>, prior: Slow, plan: Slow) -> Result<Slow, Failed<Slow>> {
        work(cx, plan.update).await?;
        Ok(Slow { updates: prior.updates.map(|updates| updates + 1), ..plan })
    }

    async fn delete(&self, cx: &Cx<Store>, prior: Slow) -> Result<(), Diagnostics> {
        work(cx, prior.delete).await?;
        cx.client.remove(prior.id.as_str());
        Ok(())
    }

    async fn import(&self, _: &Cx<Store>, id: &str) -> Result<Slow, Diagnostics> {
        let none = Value::Null;
        let timeouts = Value::from_dynamic(Dynamic::Null, &"timeouts".into()).unwrap();
        let id = Value::Known(id.to_owned());
        Ok(Slow { id, create: none, read: none, update: none, delete: none, updates: Value::Known(0), timeouts })
    }
}
