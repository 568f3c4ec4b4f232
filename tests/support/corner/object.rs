//! Resources of which only the model matters.

use std::marker::PhantomData;

use terraform_provider_auth0::diagnostic::{Diagnostics, Path};
use terraform_provider_auth0::framework::{Cx, Failed, ModifyPlan, OldState, Resource};
use terraform_provider_auth0::schema::Model;
use terraform_provider_auth0::value::{Dynamic, Value};

use super::store::Store;

/// A model whose objects come and go like any other.
pub(crate) trait Object: Model + Clone {
    const NAME: &'static str;
    const VERSION: i64 = 0;
    /// What it does to a plan, if anything.
    const MODIFY_PLAN: Option<ModifyPlan<Store, Self>> = None;

    fn id(&mut self) -> &mut Value<String>;

    /// What the service makes of what is planned.
    #[must_use]
    fn made(self) -> Self {
        self
    }

    /// How the service shows it later.
    #[must_use]
    fn seen(self) -> Self {
        self
    }

    fn validate(&self) -> Diagnostics {
        Diagnostics::new()
    }

    fn upgrade(state: &OldState) -> Result<Self, Diagnostics> {
        panic!("there is no version {}", state.version)
    }
}

/// The resource of such objects.
pub(crate) struct Objects<O>(PhantomData<fn() -> O>);

impl<O> Objects<O> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<O: Object> Resource<Store> for Objects<O> {
    const NAME: &'static str = O::NAME;
    const VERSION: i64 = O::VERSION;
    type Model = O;
    const MODIFY_PLAN: Option<ModifyPlan<Store, O>> = O::MODIFY_PLAN;

    fn validate(&self, config: &O) -> Diagnostics {
        config.validate()
    }

    fn upgrade(&self, state: &OldState) -> Result<O, Diagnostics> {
        O::upgrade(state)
    }

    async fn create(&self, cx: &Cx<Store>, mut plan: O) -> Result<O, Failed<O>> {
        *plan.id() = Value::Known(cx.client.make("object"));
        Ok(plan.made().seen())
    }

    async fn read(&self, cx: &Cx<Store>, mut prior: O) -> Result<Option<O>, Diagnostics> {
        Ok(cx.client.has(prior.id().as_str()).then(|| prior.seen()))
    }

    async fn update(&self, _: &Cx<Store>, _: O, plan: O) -> Result<O, Failed<O>> {
        Ok(plan.made().seen())
    }

    async fn delete(&self, cx: &Cx<Store>, mut prior: O) -> Result<(), Diagnostics> {
        cx.client.remove(prior.id().as_str());
        Ok(())
    }

    async fn import(&self, _: &Cx<Store>, id: &str) -> Result<O, Diagnostics> {
        let mut stub = O::from_dynamic(Dynamic::Null, &Path::root()).unwrap();
        *stub.id() = Value::Known(id.to_owned());
        Ok(stub)
    }
}

/// A random number, unknown before the create.
pub(crate) fn drawn(serial: Value<i64>) -> Value<i64> {
    if serial.is_unknown() { Value::Known(fastrand::u32(..).into()) } else { serial }
}
