//! Rules across attributes, for checks that a schema cannot express.
//!
//! An unknown value may turn out either way, so it breaks no rule.

use crate::{
    diagnostic::{Diagnostic, Path},
    value::Value,
};

/// Whether the configuration has an attribute.
#[derive(Debug, Clone)]
pub struct Given {
    path: Path,
    value: Value<()>,
}

/// The attribute at `path`, which has `value`.
pub fn given<T>(path: impl Into<Path>, value: &Value<T>) -> Given {
    let value = match value {
        Value::Known(_) => Value::Known(()),
        Value::Null => Value::Null,
        Value::Unknown => Value::Unknown,
    };
    Given { path: path.into(), value }
}

/// At most one of them may be set.
#[must_use]
pub fn conflicting(attributes: &[Given]) -> Option<Diagnostic> {
    let second = attributes.iter().filter(|given| given.value.known().is_some()).nth(1)?;
    Some(invalid(&second.path, format!("Only one of {} can be set. Remove the others.", names(attributes))))
}

/// At least one of them must be set.
fn at_least_one_of(attributes: &[Given]) -> Option<Diagnostic> {
    let first = attributes.first().filter(|_| attributes.iter().all(|given| given.value.is_null()))?;
    Some(invalid(&first.path, format!("Set one of {}.", names(attributes))))
}

/// Exactly one of them must be set.
#[must_use]
pub fn exactly_one_of(attributes: &[Given]) -> Option<Diagnostic> {
    conflicting(attributes).or_else(|| at_least_one_of(attributes))
}

fn invalid(path: &Path, detail: String) -> Diagnostic {
    Diagnostic::error("Invalid Combination of Attributes", detail).at(path.clone())
}

fn names(attributes: &[Given]) -> String {
    let names: Vec<_> = attributes.iter().map(|given| format!("`{}`", given.path)).collect();
    match names.as_slice() {
        [names @ .., last] if !names.is_empty() => format!("{} and {last}", names.join(", ")),
        names => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: Value<i64> = Value::Known(1);
    const NULL: Value<i64> = Value::Null;
    const UNKNOWN: Value<i64> = Value::Unknown;

    fn told(rule: fn(&[Given]) -> Option<Diagnostic>, values: [Value<i64>; 3]) -> String {
        let names = ["a", "b", "c"].into_iter();
        let attributes: Vec<_> = names.zip(&values).map(|(name, value)| given(name, value)).collect();
        rule(&attributes).map(|found| format!("{}: {}", found.path.unwrap(), found.detail)).unwrap_or_default()
    }

    #[test]
    fn one_too_many_is_named() {
        for rule in [conflicting, exactly_one_of] {
            let expected = "c: Only one of `a`, `b` and `c` can be set. Remove the others.";
            assert_eq!(told(rule, [KNOWN, UNKNOWN, KNOWN]), expected);
            assert_eq!(told(rule, [NULL, KNOWN, UNKNOWN]), "");
        }
        assert_eq!(told(conflicting, [NULL, NULL, NULL]), "");
    }

    #[test]
    fn none_at_all_is_too_few() {
        for rule in [at_least_one_of, exactly_one_of] {
            assert_eq!(told(rule, [NULL, NULL, NULL]), "a: Set one of `a`, `b` and `c`.");
            assert_eq!(told(rule, [NULL, UNKNOWN, NULL]), "");
        }
        assert_eq!(told(at_least_one_of, [KNOWN, KNOWN, NULL]), "");
    }
}
