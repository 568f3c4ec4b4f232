//! Query strings: which parameters an endpoint takes, and what they may be.

use std::collections::BTreeSet;

use url::form_urlencoded;

use super::api_error::ApiError;
use super::paging::Paging;

/// A parameter that an endpoint takes.
pub(crate) struct Parameter {
    pub name: &'static str,
    pub kind: Kind,
}

/// What a parameter may be.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Flag,
    Number {
        minimum: u64,
        maximum: u64,
    },
    Text,
    /// So many characters.
    Limited {
        minimum: usize,
        maximum: usize,
    },
    /// May occur several times, each with a shortest length.
    Several {
        maximum: usize,
        shortest: usize,
    },
    /// Several, separated by commas, from this set.
    Names(fn() -> BTreeSet<String>),
    OneOf(&'static [&'static str]),
    /// Auth0 has it, the emulator has not.
    NotImitated,
}

impl Parameter {
    pub(crate) const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind }
    }

    fn check(&self, value: &str) -> Result<(), ApiError> {
        let name = self.name;
        match self.kind {
            Kind::Text => Ok(()),
            Kind::Limited { minimum, maximum } => check_length(name, value, minimum, maximum),
            Kind::Several { shortest, .. } => check_length(name, value, shortest, usize::MAX),
            Kind::Flag if matches!(value, "true" | "false") => Ok(()),
            Kind::Flag => bad(&format!("Expected type boolean but found type string' on property {name}")),
            Kind::Number { minimum, maximum } => match value.parse::<u64>() {
                Err(_) => bad(&format!("Expected type integer but found type string' on property {name}")),
                Ok(number) if number < minimum => {
                    bad(&format!("Value {number} is less than minimum {minimum}' on property {name}"))
                }
                Ok(number) if number > maximum => {
                    bad(&format!("Value {number} is greater than maximum {maximum}' on property {name}"))
                }
                Ok(_) => Ok(()),
            },
            Kind::OneOf(values) if values.contains(&value) => Ok(()),
            Kind::OneOf(_) => bad(&format!("No enum match for: {value}' on property {name}")),
            Kind::Names(known) => {
                let known = known();
                match value.split(',').find(|name| !known.contains(*name)) {
                    Some(stranger) => bad(&format!("No enum match for: {stranger}' on property {name}")),
                    None => Ok(()),
                }
            }
            Kind::NotImitated => Err(ApiError::not_imitated(format_args!("the query parameter {name}"))),
        }
    }
}

fn check_length(name: &str, value: &str, minimum: usize, maximum: usize) -> Result<(), ApiError> {
    match value.chars().count() {
        short if short < minimum => {
            bad(&format!("String is too short ({short} chars), minimum {minimum}' on property {name}"))
        }
        long if long > maximum => {
            bad(&format!("String is too long ({long} chars), maximum {maximum}' on property {name}"))
        }
        _ => Ok(()),
    }
}

fn bad(detail: &str) -> Result<(), ApiError> {
    Err(ApiError::bad_query(format_args!("'{detail}")))
}

/// The parameters of a request, all of them known and well-formed.
#[derive(Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(text: &str, parameters: &[Parameter]) -> Result<Self, ApiError> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        let strangers: Vec<&str> = pairs
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| parameters.iter().all(|parameter| parameter.name != *name))
            .collect();
        if !strangers.is_empty() {
            let names = strangers.join(",");
            return Err(ApiError::bad_query(format_args!("'Additional properties not allowed: {names}'")));
        }
        for (name, value) in &pairs {
            for parameter in parameters.iter().filter(|parameter| parameter.name == name) {
                parameter.check(value)?;
            }
        }
        let query = Self(pairs);
        for Parameter { name, kind } in parameters {
            if let Kind::Several { maximum, .. } = kind
                && let count = query.all(name).count()
                && count > *maximum
            {
                bad(&format!("Array is too long ({count}), maximum {maximum}' on property {name}"))?;
            }
        }
        Ok(query)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.text(name).map(|value| value == "true")
    }

    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.parse().ok()
    }

    pub(crate) fn paging(&self) -> Paging {
        Paging {
            page: self.number("page"),
            per_page: self.number("per_page"),
            include_totals: self.flag("include_totals").unwrap_or(false),
            from: self.text("from").map(str::to_owned),
            take: self.number("take"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAMETERS: &[Parameter] = &[
        Parameter::new("per_page", Kind::Number { minimum: 1, maximum: 100 }),
        Parameter::new("is_global", Kind::Flag),
        Parameter::new("external_client_id", Kind::Limited { minimum: 1, maximum: 120 }),
        Parameter::new("q", Kind::NotImitated),
    ];

    fn complaint(text: &str) -> String {
        match Query::parse(text, PARAMETERS).unwrap_err() {
            ApiError::Management { message, .. } => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn known_parameters_are_read() {
        let query = Query::parse("per_page=7&is_global=false", PARAMETERS).unwrap();
        assert_eq!((query.number("per_page"), query.flag("is_global")), (Some(7), Some(false)));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(complaint("x=1&y=2"), "Query validation error: 'Additional properties not allowed: x,y'.");
        let text = complaint("per_page=101");
        assert_eq!(text, "Query validation error: 'Value 101 is greater than maximum 100' on property per_page.");
        assert_eq!(
            complaint("is_global=yes"),
            "Query validation error: 'Expected type boolean but found type string' on property is_global."
        );
        assert_eq!(
            complaint("external_client_id="),
            "Query validation error: 'String is too short (0 chars), minimum 1' on property external_client_id."
        );
        assert_eq!(complaint("q=x"), "auth0-emulator does not imitate the query parameter q");
    }
}
