//! `deletion_protection`: an object that is not deleted by mistake.
//!
//! What counts is the state, not the configuration: with the block of a resource goes the line that protects it.

use crate::{
    diagnostic::{Diagnostic, Diagnostics, Path},
    framework::Plan,
    value::Value,
};

/// An object that may be protected.
pub(super) struct Protected<'a> {
    /// The kind of object, for people.
    pub(super) object: &'static str,
    /// Its id.
    pub(super) id: &'a str,
    /// Its `deletion_protection`.
    pub(super) protection: Value<bool>,
}

impl Protected<'_> {
    /// Refuses a plan that would delete it, be it to put another in its place.
    pub(super) fn check_plan<M>(&self, plan: &mut Plan<M>) {
        if self.protection != Value::Known(true) {
            return;
        }
        let replacing = plan.requires_replace.first().cloned();
        if plan.state.is_none() {
            plan.diagnostics.push(self.deletion("This plan deletes it."));
        } else if let Some(path) = replacing {
            plan.diagnostics.push(self.replacement(path));
        }
    }

    /// Refuses the deletion itself: there are replacements that no plan tells of, such as `-replace`.
    pub(super) fn check_deletion(&self) -> Result<(), Diagnostics> {
        if self.protection == Value::Known(true) {
            return Err(self.deletion("Nothing was deleted.").into());
        }
        Ok(())
    }

    fn replacement(&self, path: Path) -> Diagnostic {
        let why = format!("Changing `{path}` replaces the {}.", self.object);
        self.refusal(&why).at(path)
    }

    /// A refusal that may be about an object which no configuration changes any more: Terraform replaces what is tainted
    /// without an update, and has no address for what is deposed. It does not tell a provider which is the case.
    fn deletion(&self, why: &str) -> Diagnostic {
        let refusal = self.refusal(why);
        let detail = format!(
            "{} If it is tainted, first run `terraform untaint ADDRESS`. If it is deposed, because \
             `create_before_destroy` replaced it, delete it in Auth0. The next refresh then removes it from the state.",
            refusal.detail
        );
        Diagnostic { detail, ..refusal }
    }

    fn refusal(&self, why: &str) -> Diagnostic {
        let Self { object, id, .. } = self;
        let detail = format!(
            "The {object} `{id}` has `deletion_protection = true`. {why} To delete it, first apply \
             `deletion_protection = false`."
        );
        Diagnostic::error("Deletion Protection", detail)
    }
}
