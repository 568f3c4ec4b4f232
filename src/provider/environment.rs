//! Environment variables, for what the `provider` block leaves out.

/// Maps the name of a variable to its value.
pub(super) type Environment = dyn Fn(&str) -> Option<String>;

/// The environment of this process. An empty variable counts as absent, because CI systems set variables empty.
#[expect(clippy::disallowed_methods, reason = "this is the one place where the provider reads its environment")]
pub(super) fn process() -> Box<Environment> {
    Box::new(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}
