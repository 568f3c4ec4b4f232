//! `corner_rule`: rules across attributes, and plans that say more than the schema does.

use terraform_provider_auth0::diagnostic::{Diagnostic, Diagnostics};
use terraform_provider_auth0::framework::{ModifyPlan, Plan};
use terraform_provider_auth0::model;
use terraform_provider_auth0::schema::combination::{conflicting, exactly_one_of, given};
use terraform_provider_auth0::schema::{COMPUTED, Default, OPTIONAL};
use terraform_provider_auth0::value::Value;

use super::object::Object;
use super::store::Store;

model! {
    /// An object with rules of its own.
    pub(crate) struct Ruled {
        /// Its name.
        id: Value<String> = COMPUTED.keep_prior(),
        /// Conflicts with `b`.
        a: Value<String> = OPTIONAL,
        /// Conflicts with `a`.
        b: Value<String> = OPTIONAL,
        /// Either this or `name`.
        number: Value<i64> = OPTIONAL,
        /// Either this or `number`.
        name: Value<String> = OPTIONAL,
        /// Can grow, but to shrink it takes a new object.
        size: Value<i64> = OPTIONAL,
        /// The name in large letters, known as soon as the name is.
        title: Value<String> = COMPUTED,
        /// Whether a destroy is refused.
        guarded: Value<bool> = OPTIONAL.default(Default::Bool(false)),
    }
}

impl Object for Ruled {
    const NAME: &'static str = "corner_rule";
    const MODIFY_PLAN: Option<ModifyPlan<Store, Self>> = Some(modify_plan);

    fn id(&mut self) -> &mut Value<String> {
        &mut self.id
    }

    fn made(self) -> Self {
        Self { title: title(&self.name), ..self }
    }

    fn validate(&self) -> Diagnostics {
        let found = [
            conflicting(&[given("a", &self.a), given("b", &self.b)]),
            exactly_one_of(&[given("number", &self.number), given("name", &self.name)]),
        ];
        found.into_iter().flatten().collect()
    }
}

fn modify_plan(_store: Option<&Store>, prior: Option<&Ruled>, plan: &mut Plan<Ruled>) {
    let Some(planned) = &mut plan.state else {
        plan.diagnostics.push(if prior.is_some_and(|prior| prior.guarded.known() == Some(&true)) {
            Diagnostic::error("Guarded", "The object is guarded.").at("guarded")
        } else {
            Diagnostic::warning("Gone for Good", "Nothing brings the object back.")
        });
        return;
    };
    if !planned.name.is_unknown() && planned.title.is_unknown() {
        planned.title = title(&planned.name);
    }
    if prior.is_some_and(|prior| prior.size.known() > planned.size.known()) {
        plan.requires_replace.push("size".into());
    }
}

fn title(name: &Value<String>) -> Value<String> {
    Value::Known(name.as_str().unwrap_or_default().to_uppercase())
}
