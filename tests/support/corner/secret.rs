//! `corner_secret`: a place to keep secrets, which never minds what Terraform must not see.
//!
//! What is write-only comes back from every function here, so that a test shows who takes it out.

use std::collections::BTreeMap;

use terraform_provider_auth0::diagnostic::Diagnostics;
use terraform_provider_auth0::framework::{Cx, Failed, OldState, Resource};
use terraform_provider_auth0::model;
use terraform_provider_auth0::schema::{COMPUTED, OPTIONAL};
use terraform_provider_auth0::value::Value;

use super::store::Store;

model! {
    /// A secret.
    pub(crate) struct Secret {
        /// Its name.
        id: Value<String> = COMPUTED.keep_prior(),
        /// What it is for. `refused` is not written, and `half` not in full.
        purpose: Value<String> = OPTIONAL,
        /// The secret, for those who do not mind.
        value: Value<String> = OPTIONAL.sensitive(),
        /// The secret.
        value_wo: Value<String> = OPTIONAL.write_only(),
        /// Raised when the secret is another one.
        value_wo_version: Value<i64> = OPTIONAL,
        /// Another.
        spare: Value<Part> = OPTIONAL,
        /// Others in order.
        parts: Value<Vec<Part>> = OPTIONAL,
        /// Others by name.
        named: Value<BTreeMap<String, Part>> = OPTIONAL,
        /// How many letters all of them have.
        letters: Value<i64> = COMPUTED,
    }
}

model! {
    /// A part of a secret.
    pub(crate) struct Part {
        /// What it is called.
        label: Value<String> = OPTIONAL,
        /// The secret of this part.
        value_wo: Value<String> = OPTIONAL.write_only(),
        /// What the store says of it.
        seal: Value<String> = COMPUTED,
    }
}

impl Secret {
    /// Everything secret, in one text.
    fn text(&self) -> String {
        let parts = self.spare.known().into_iter().chain(self.parts.known().into_iter().flatten());
        let parts = parts.chain(self.named.known().into_iter().flat_map(BTreeMap::values));
        let values = [&self.value, &self.value_wo].into_iter().chain(parts.map(|part| &part.value_wo));
        values.filter_map(Value::as_str).collect::<Vec<_>>().join(",")
    }

    fn kept(self, cx: &Cx<Store>) -> Self {
        let text = self.text();
        cx.client.write(self.id.as_str().unwrap(), &text);
        let letters = Value::Known(text.len().try_into().unwrap());
        Self {
            letters,
            spare: self.spare.map(Part::sealed),
            parts: self.parts.map(|parts| parts.into_iter().map(Part::sealed).collect()),
            named: self.named.map(|parts| parts.into_iter().map(|(name, part)| (name, part.sealed())).collect()),
            ..self
        }
    }
}

impl Part {
    fn sealed(self) -> Self {
        Self { seal: Value::Known("wax".to_owned()), ..self }
    }
}

pub(crate) struct SecretResource;

impl Resource<Store> for SecretResource {
    const NAME: &'static str = "corner_secret";
    const VERSION: i64 = 1;
    type Model = Secret;

    fn upgrade(&self, state: &OldState) -> Result<Secret, Diagnostics> {
        let old: Secret = state.read()?;
        Ok(Secret { value: Value::Null, value_wo: old.value, ..Secret::default() })
    }

    async fn create(&self, cx: &Cx<Store>, plan: Secret) -> Result<Secret, Failed<Secret>> {
        let purpose = plan.purpose.as_str().map(str::to_owned);
        if purpose.as_deref() == Some("refused") {
            return Err(super::problem("Refused").into());
        }
        let made = Secret { id: Value::Known(cx.client.make("secret")), ..plan }.kept(cx);
        if purpose.as_deref() == Some("half") { Err(Failed::saving(made, super::problem("Half"))) } else { Ok(made) }
    }

    async fn read(&self, cx: &Cx<Store>, prior: Secret) -> Result<Option<Secret>, Diagnostics> {
        if prior.purpose.as_str() == Some("illegible") {
            return Err(super::problem("Illegible").into());
        }
        let text = cx.client.read(prior.id.as_str());
        Ok(text.map(|text| Secret { value_wo: Value::Known(text), ..prior }))
    }

    async fn update(&self, cx: &Cx<Store>, prior: Secret, plan: Secret) -> Result<Secret, Failed<Secret>> {
        match plan.purpose.as_str() {
            Some("refused") => Err(Failed::saving(prior, super::problem("Refused"))),
            _ => Ok(plan.kept(cx)),
        }
    }

    async fn delete(&self, cx: &Cx<Store>, prior: Secret) -> Result<(), Diagnostics> {
        cx.client.remove(prior.id.as_str());
        Ok(())
    }

    async fn import(&self, cx: &Cx<Store>, id: &str) -> Result<Secret, Diagnostics> {
        let value_wo = cx.client.read(Some(id)).into();
        Ok(Secret { id: Value::Known(id.to_owned()), value_wo, letters: Value::Known(0), ..Secret::default() })
    }
}
