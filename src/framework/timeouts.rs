//! How long each operation on an object may take.
//!
//! A resource offers it with one line of its model: `timeouts: Value<Timeouts> = OPTIONAL.local()`. The lifecycle does the
//! rest: what is configured, or what the state says where there is no configuration, becomes the deadline of the call.

use std::time::Duration;

use tokio::time::Instant;

use super::{Cx, DEFAULT_TIMEOUT};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, Path, Severity},
    model,
    schema::{OPTIONAL, Schema, duration, duration::DURATION},
    value::Dynamic,
};

model! {
    /// How long operations may take.
    pub struct Timeouts {
        /// How long a create may take; `20m` when left out.
        create: Value<String> = OPTIONAL.rules(&[DURATION]),
        /// How long a read may take; `20m` when left out.
        read: Value<String> = OPTIONAL.rules(&[DURATION]),
        /// How long an update may take; `20m` when left out.
        update: Value<String> = OPTIONAL.rules(&[DURATION]),
        /// How long a delete may take; `20m` when left out.
        delete: Value<String> = OPTIONAL.rules(&[DURATION]),
    }
}

const NAME: &str = "timeouts";

/// What is done to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Create,
    Read,
    Update,
    Delete,
}

impl Operation {
    const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// How long it may take by what `object` says.
    fn limit(self, object: &Dynamic) -> Duration {
        match object.attribute(NAME).attribute(self.name()) {
            Dynamic::String(text) => duration::parse(text).unwrap_or(DEFAULT_TIMEOUT),
            _ => DEFAULT_TIMEOUT,
        }
    }

    /// The call, bounded by what `object` says of this operation.
    pub(super) fn bound<C>(self, cx: Cx<C>, object: &Dynamic) -> Cx<C> {
        cx.within(self.limit(object))
    }

    /// What went wrong in it; if its time was over, with what would give it more.
    pub(super) fn explain<C>(self, schema: &Schema, cx: &Cx<C>, object: &Dynamic, found: Diagnostics) -> Diagnostics {
        let offered = schema.attributes.iter().any(|attribute| attribute.name == NAME);
        if !offered || Instant::now() < cx.deadline {
            return found;
        }
        let name = self.name();
        let seconds = self.limit(object).as_secs();
        let more = format!("The {name} had {seconds} s. Allow it more with `{NAME}.{name}`.");
        let explain = |found: Diagnostic| match found.severity {
            Severity::Error => Diagnostic {
                detail: format!("{} {more}", found.detail).trim_start().to_owned(),
                path: found.path.or_else(|| Some(Path::from(NAME).attribute(name))),
                ..found
            },
            Severity::Warning => found,
        };
        found.into_iter().map(explain).collect()
    }
}
