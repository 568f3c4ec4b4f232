//! `deletion_protection` prevents deletes by mistake.
//!
//! The state counts, not the configuration: when a block is removed, its protection is removed with it.

use crate::{
    diagnostic::{Diagnostic, Diagnostics, Path},
    foreign,
    framework::Plan,
    value::Value,
};

/// An object with a `deletion_protection`.
pub(super) struct Protected<'a> {
    /// The kind of object, for messages.
    pub(super) object: &'static str,
    /// Its id.
    pub(super) id: &'a str,
    /// Its `deletion_protection`.
    pub(super) protection: Value<bool>,
}

impl Protected<'_> {
    /// Refuses a plan that deletes or replaces the object.
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

    /// Refuses the delete itself, because some replacements have no plan, such as `-replace`.
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

    /// A refusal that may be about a tainted or a deposed object. Changing the configuration does not help then:
    /// Terraform replaces a tainted object without an update, and a deposed object has no address. Terraform does not
    /// tell the provider which case it is.
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
            "The {object} `{}` has `deletion_protection = true`. {why} To delete it, first apply \
             `deletion_protection = false`.",
            foreign::name(id)
        );
        Diagnostic::error("Deletion Protection", detail)
    }
}
