//! The variables that stand in for what the `provider` block leaves out.

/// Where values come from that the configuration does not have: a variable's name to its value.
pub(super) type Environment = dyn Fn(&str) -> Option<String>;

/// The environment of this process. An empty variable counts as absent, since that is how CI systems spell it.
#[expect(clippy::disallowed_methods, reason = "this is the one place where the provider reads its environment")]
pub(super) fn process() -> Box<Environment> {
    Box::new(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}
