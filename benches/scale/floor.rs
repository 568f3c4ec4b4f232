//! The no-op provider: the schema of the real one, served by the same framework, and nobody is asked. What a command takes
//! with it, Terraform and the protocol take.

use std::marker::PhantomData;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use terraform_provider_auth0::diagnostic::{Diagnostics, Path};
use terraform_provider_auth0::framework::{Configured, Cx, Failed, Provider, Registry, Resource, Schemas, Server};
use terraform_provider_auth0::model;
use terraform_provider_auth0::provider::Auth0;
use terraform_provider_auth0::schema::{Attribute, COMPUTED, Model, REQUIRED};
use terraform_provider_auth0::value::{DecodeError, Dynamic};

/// See the module.
pub(crate) struct Floor;

/// What there is to talk to.
#[derive(Clone)]
pub(crate) struct Nobody;

impl Provider for Floor {
    const ADDRESS: &'static str = Auth0::ADDRESS;
    const VERSION: &'static str = Auth0::VERSION;
    type Config = Whole<Block>;
    type Client = Nobody;

    fn registry(&self) -> Registry<Nobody> {
        Registry::new()
            .resource(NoOp::<Whole<M2mClient>>(PhantomData))
            .resource(NoOp::<Whole<ClientGrant>>(PhantomData))
            .resource(NoOp::<Thing>(PhantomData))
    }

    fn validate(&self, _: &Whole<Block>) -> Diagnostics {
        Diagnostics::new()
    }

    fn configure(&self, _: Whole<Block>, _: &str) -> Result<Configured<Nobody>, Diagnostics> {
        Ok(Configured::Ready(Nobody))
    }

    fn origin(_: &Nobody) -> String {
        "nobody".to_owned()
    }
}

/// Part of the real provider's schema.
pub(crate) trait Part: Send + Sync + 'static {
    fn attributes(schemas: &Schemas) -> Vec<Attribute>;
}

pub(crate) struct Block;

impl Part for Block {
    fn attributes(schemas: &Schemas) -> Vec<Attribute> {
        schemas.provider.attributes.clone()
    }
}

/// One of the real provider's resource types.
pub(crate) trait Type: Send + Sync + 'static {
    const NAME: &'static str;
}

impl<T: Type> Part for T {
    fn attributes(schemas: &Schemas) -> Vec<Attribute> {
        schemas.resources[T::NAME].attributes.clone()
    }
}

pub(crate) struct M2mClient;

impl Type for M2mClient {
    const NAME: &'static str = "auth0_m2m_client";
}

pub(crate) struct ClientGrant;

impl Type for ClientGrant {
    const NAME: &'static str = "auth0_client_grant";
}

/// A value as it is, of the type that a part of the schema describes.
pub(crate) struct Whole<P>(Dynamic, PhantomData<P>);

impl<P> Clone for Whole<P> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<P: Part> Model for Whole<P> {
    const DESCRIPTION: &'static str = "";

    fn attributes() -> &'static [Attribute] {
        static REAL: LazyLock<Server<Auth0>> = LazyLock::new(|| Server::new(Auth0));
        // A static cannot be generic, and the attributes are asked for once.
        P::attributes(REAL.schemas()).leak()
    }

    fn from_dynamic(object: Dynamic, _: &Path) -> Result<Self, DecodeError> {
        Ok(Self(object, PhantomData))
    }

    fn into_dynamic(self) -> Dynamic {
        self.0
    }
}

model! {
    /// The smallest resource that there can be, as the provider in `benches/tf-provider` has it too.
    pub(crate) struct Thing {
        /// Its name.
        id: Value<String> = COMPUTED.keep_prior(),
        /// What it is called.
        name: Value<String> = REQUIRED,
    }
}

/// A resource type of this name.
pub(crate) trait Named: Model {
    const NAME: &'static str;
}

impl<T: Type> Named for Whole<T> {
    const NAME: &'static str = T::NAME;
}

impl Named for Thing {
    const NAME: &'static str = "auth0_thing";
}

/// What is planned comes true, and what was is.
struct NoOp<M>(PhantomData<M>);

impl<M: Named> Resource<Nobody> for NoOp<M> {
    const NAME: &'static str = M::NAME;
    type Model = M;

    async fn create(&self, _: &Cx<Nobody>, plan: M) -> Result<M, Failed<M>> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        // As long as a client id.
        let id = Dynamic::String(format!("{:032}", MADE.fetch_add(1, Ordering::Relaxed)));
        let Dynamic::Map(mut attributes) = plan.into_dynamic() else { unreachable!("an object was planned") };
        for (name, value) in &mut attributes {
            if *value == Dynamic::Unknown {
                *value = if name.starts_with("is_") { Dynamic::Bool(false) } else { id.clone() };
            }
        }
        Ok(M::from_dynamic(Dynamic::Map(attributes), &Path::root()).expect("it was encoded just now"))
    }

    async fn read(&self, _: &Cx<Nobody>, prior: M) -> Result<Option<M>, Diagnostics> {
        Ok(Some(prior))
    }

    async fn update(&self, _: &Cx<Nobody>, _: M, plan: M) -> Result<M, Failed<M>> {
        Ok(plan)
    }

    async fn delete(&self, _: &Cx<Nobody>, _: M) -> Result<(), Diagnostics> {
        Ok(())
    }
}
