//! The property of a request that Auth0 complains about.

use std::fmt;

/// Place in a request body, such as `jwt_configuration.alg` or `grant_types[0]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyPath(Vec<PropertyStep>);

/// One step of the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PropertyStep {
    /// Property of an object.
    Name(String),
    /// Element of an array.
    Index(usize),
}

impl PropertyPath {
    /// The steps, outermost first; there is at least one.
    #[must_use]
    pub fn steps(&self) -> &[PropertyStep] {
        &self.0
    }

    /// Finds the property in a message of the form `Payload validation error: '<detail>' on property <path>
    /// (<description>).`. Everything after the detail may be missing, and the detail may name a property below the
    /// path.
    pub(super) fn in_message(message: &str) -> Option<Self> {
        let place = message.rsplit_once("' on property ").map(|(_, rest)| {
            let text = rest.split_once(" (").map_or_else(|| rest.strip_suffix('.').unwrap_or(rest), |(path, _)| path);
            text.split('.').map(steps_of).collect::<Option<Vec<_>>>()
        });
        let mut steps = place.map_or(Some(Vec::new()), |steps| Some(steps?.concat()))?;
        let named = NAMING.iter().find_map(|phrase| message.split_once(phrase)).map(|(_, names)| names);
        if let Some(name) = named.and_then(|names| names.split(['\'', ',']).next()).filter(|name| !name.is_empty()) {
            steps.push(PropertyStep::Name(name.to_owned()));
        }
        (!steps.is_empty()).then_some(Self(steps))
    }
}

/// Phrases before names of properties in Auth0's messages.
const NAMING: [&str; 2] = ["'Additional properties not allowed: ", "'Missing required property: "];

/// Reads `name`, `name[0]`, `name[0][1]`.
fn steps_of(segment: &str) -> Option<Vec<PropertyStep>> {
    let mut parts = segment.split('[');
    let name = parts.next().filter(|name| !name.is_empty())?;
    let mut steps = vec![PropertyStep::Name(name.to_owned())];
    for part in parts {
        steps.push(PropertyStep::Index(part.strip_suffix(']')?.parse().ok()?));
    }
    Some(steps)
}

impl fmt::Display for PropertyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                PropertyStep::Name(name) if position == 0 => f.write_str(name)?,
                PropertyStep::Name(name) => write!(f, ".{name}")?,
                PropertyStep::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(message: &str) -> Option<String> {
        PropertyPath::in_message(message).map(|path| path.to_string())
    }

    #[test]
    fn a_property_that_the_detail_names_is_found() {
        assert_eq!(
            found("Payload validation error: 'Additional properties not allowed: audience,client_id'."),
            Some("audience".to_owned())
        );
        assert_eq!(
            found("Payload validation error: 'Missing required property: flows' on property default_organization."),
            Some("default_organization.flows".to_owned())
        );
        assert_eq!(found("Invalid grant types: x"), None);
    }

    #[test]
    fn finds_property_with_or_without_description() {
        for (message, expected) in [
            (
                "Payload validation error: 'Array items are not unique (indexes 0 and 1)' on property rule.match.auth0_managed.",
                "rule.match.auth0_managed",
            ),
            (
                "Payload validation error: 'Expected type string but found type integer' on property name (Name of the client (min length: 1)).",
                "name",
            ),
            ("Payload validation error: 'Too long' on property grant_types[2].", "grant_types[2]"),
            ("Payload validation error: 'x' on property a.b[0][1].c (d).", "a.b[0][1].c"),
        ] {
            assert_eq!(found(message).as_deref(), Some(expected), "{message}");
        }
    }

    #[test]
    fn other_messages_name_no_property() {
        for message in [
            "The client does not exist",
            "Payload validation error: 'Additional properties not allowed: '.",
            "Payload validation error: 'x' on property .",
            "Payload validation error: 'x' on property a[b].",
            "",
        ] {
            assert_eq!(found(message), None, "{message}");
        }
    }
}
