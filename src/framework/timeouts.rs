//! Time limits for each operation on an object.
//!
//! A resource offers them with one line of its model: `timeouts: Value<Timeouts> = OPTIONAL.local()`. The lifecycle
//! does the rest: the configured limit becomes the deadline of the call. Without configuration, the limit in the state
//! counts.

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
        /// How long a create may take. Default: `20m`.
        create: Value<String> = OPTIONAL.rules(&[DURATION]),
        /// How long a read may take. Default: `20m`.
        read: Value<String> = OPTIONAL.rules(&[DURATION]),
        /// How long an update may take. Default: `20m`.
        update: Value<String> = OPTIONAL.rules(&[DURATION]),
        /// How long a delete may take. Default: `20m`.
        delete: Value<String> = OPTIONAL.rules(&[DURATION]),
    }
}

const NAME: &str = "timeouts";

/// An operation on an object.
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

    /// Its time limit in `object`.
    fn limit(self, object: &Dynamic) -> Duration {
        match object.attribute(NAME).attribute(self.name()) {
            Dynamic::String(text) => duration::parse(text).unwrap_or(DEFAULT_TIMEOUT),
            _ => DEFAULT_TIMEOUT,
        }
    }

    /// The call, with the time limit in `object`.
    pub(super) fn bound<C>(self, cx: Cx<C>, object: &Dynamic) -> Cx<C> {
        cx.within(self.limit(object))
    }

    /// The diagnostics of a call. If it ran out of time, they say how to allow more.
    pub(super) fn explain<C>(self, schema: &Schema, cx: &Cx<C>, object: &Dynamic, found: Diagnostics) -> Diagnostics {
        if !schema.attributes.iter().any(|attribute| attribute.name == NAME) {
            return found;
        }
        let is_over = Instant::now() >= cx.deadline;
        let name = self.name();
        let seconds = self.limit(object).as_secs();
        let more = format!("The {name} had {seconds} s. To allow more time, set `{NAME}.{name}`.");
        let explain = |found: Diagnostic| match found.severity {
            Severity::Error if is_over || found.out_of_time => Diagnostic {
                detail: format!("{} {more}", found.detail).trim_start().to_owned(),
                path: found.path.or_else(|| Some(Path::from(NAME).attribute(name))),
                ..found
            },
            _ => found,
        };
        found.into_iter().map(explain).collect()
    }
}

#[cfg(test)]
mod tests {
    use tokio_util::sync::CancellationToken;

    use super::*;

    model! {
        /// With timeouts.
        struct Patient {
            /// Timeouts.
            timeouts: Value<Timeouts> = OPTIONAL.local(),
        }
    }

    model! {
        /// Without.
        struct Hasty {
            /// Note.
            note: Value<String> = OPTIONAL,
        }
    }

    fn object(operation: &str, timeout: &str) -> Dynamic {
        let timeouts = Dynamic::Map([(operation.to_owned(), timeout.into())].into());
        Dynamic::Map([(NAME.to_owned(), timeouts)].into())
    }

    #[test]
    fn what_is_not_configured_takes_as_long_as_anywhere() {
        assert_eq!(Operation::Create.limit(&object("create", "90s")), Duration::from_secs(90));
        for object in [object("update", "90s"), object("create", "soon"), Dynamic::Null] {
            assert_eq!(Operation::Create.limit(&object), DEFAULT_TIMEOUT, "{object:?}");
        }
    }

    /// The message for an error after this many seconds of a create with a limit of ten.
    async fn told_after<M: crate::schema::Model>(seconds: u64) -> Diagnostic {
        told_of::<M>(seconds, Diagnostic::error("Failed", "Why.")).await
    }

    async fn told_of<M: crate::schema::Model>(seconds: u64, found: Diagnostic) -> Diagnostic {
        let object = object("create", "10s");
        let cx = Operation::Create.bound(Cx::new((), CancellationToken::new()), &object);
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        let told = Operation::Create.explain(&Schema::of::<M>(0), &cx, &object, found.into());
        told.into_iter().next().expect("an error")
    }

    #[tokio::test(start_paused = true)]
    async fn only_lack_of_time_suggests_a_longer_timeout() {
        let late = told_after::<Patient>(10).await;
        assert_eq!(late.detail, "Why. The create had 10 s. To allow more time, set `timeouts.create`.");
        assert_eq!(late.path.map(|path| path.to_string()).as_deref(), Some("timeouts.create"));
        assert_eq!(told_after::<Patient>(9).await, Diagnostic::error("Failed", "Why."));
        let hurried = Diagnostic { out_of_time: true, ..Diagnostic::error("Failed", "Why.") };
        let told = told_of::<Patient>(9, hurried.clone()).await;
        assert_eq!(
            told.detail, "Why. The create had 10 s. To allow more time, set `timeouts.create`.",
            "a wait was not begun"
        );
        assert_eq!(told_of::<Hasty>(9, hurried.clone()).await, hurried);
        assert_eq!(told_after::<Hasty>(10).await, Diagnostic::error("Failed", "Why."), "there is nothing to raise");
    }
}
