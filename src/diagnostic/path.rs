//! The place of a value inside a configuration or a state.

use std::fmt;

/// One step of a path.
///
/// The protocol has no step for an element of a set (`AttributePath` in `tfplugin6.proto`), so a path ends at the set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Into an attribute of an object.
    Attribute(String),
    /// Into a nested block. Terraform finds it differently than an attribute.
    Block(String),
    /// Into an element of a map.
    Key(String),
    /// Into an element of a list.
    Index(i64),
}

/// Steps from the root of a block to a value. Empty is the root itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(Vec<Step>);

impl Path {
    /// The block itself.
    #[must_use]
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// The attribute `name` below this place.
    #[must_use]
    pub fn attribute(&self, name: impl Into<String>) -> Self {
        self.then(Step::Attribute(name.into()))
    }

    /// The nested block, or the blocks, of the type `name` below this place.
    #[must_use]
    pub fn block(&self, name: impl Into<String>) -> Self {
        self.then(Step::Block(name.into()))
    }

    /// The map element `key` below this place.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Self {
        self.then(Step::Key(key.into()))
    }

    /// The list element `index` below this place.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.then(Step::Index(i64::try_from(index).unwrap_or(i64::MAX)))
    }

    /// The steps in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    fn then(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

/// The attribute of that name at the root.
impl From<&str> for Path {
    fn from(attribute: &str) -> Self {
        Self::root().attribute(attribute)
    }
}

impl From<Vec<Step>> for Path {
    fn from(steps: Vec<Step>) -> Self {
        Self(steps)
    }
}

/// As Terraform writes it: `jwt_configuration.alg`, `client_metadata["team"]`, `credentials[0].pem`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) | Step::Block(name) if position == 0 => write!(f, "{name}")?,
                Step::Attribute(name) | Step::Block(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_in_terraform() {
        let path = Path::from("a").attribute("b").index(2).key("k").block("c");
        assert_eq!(path.to_string(), r#"a.b[2]["k"].c"#);
        assert_eq!(path.steps().len(), 5);
    }
}
