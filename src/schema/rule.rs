//! Rules for configured values, with one text for the check and the documentation.

use crate::{
    diagnostic::Path,
    value::{Dynamic, Number},
};

/// A rule for the value of one attribute. Null and unknown values satisfy every rule.
#[derive(Debug, Clone, Copy)]
pub enum Rule {
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// Text of this many characters, both ends included.
    Length(usize, usize),
    /// A whole number in this range, both ends included.
    Range(i64, i64),
    /// A collection of this many elements, both ends included.
    Items(usize, usize),
    /// Every element of a list, set or map satisfies the rule.
    Each(&'static Rule),
    /// Every key of a map satisfies the rule.
    Keys(&'static Rule),
    /// Text in a form that a function checks, with a description of the form.
    Form(&'static str, fn(&str) -> bool),
    /// A number that a function checks, with a description of the range.
    Amount(&'static str, fn(&Number) -> bool),
}

impl Rule {
    /// The rule as the end of "must be …".
    #[must_use]
    pub fn demand(&self) -> String {
        match self {
            Self::OneOf(texts) => {
                let quoted: Vec<_> = texts.iter().map(|text| format!("`{text}`")).collect();
                match quoted.as_slice() {
                    [only] => only.clone(),
                    _ => format!("one of {}", quoted.join(", ")),
                }
            }
            Self::Length(0, max) => format!("at most {max} characters long"),
            Self::Length(min, usize::MAX) => format!("at least {} long", plural(*min, "character")),
            Self::Length(min, max) => format!("{min} to {max} characters long"),
            Self::Range(min, i64::MAX) => format!("a whole number of at least {min}"),
            Self::Range(min, max) => format!("a whole number from {min} to {max}"),
            Self::Items(0, max) => format!("at most {}", plural(*max, "element")),
            Self::Items(min, usize::MAX) => format!("at least {}", plural(*min, "element")),
            Self::Items(min, max) => format!("{min} to {max} elements"),
            Self::Each(rule) | Self::Keys(rule) => rule.demand(),
            Self::Form(demand, _) | Self::Amount(demand, _) => (*demand).to_owned(),
        }
    }

    /// The rule as a sentence of the documentation.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Items(..) => format!("Must have {}.", self.demand()),
            Self::Each(rule) => format!("Each element must be {}.", rule.demand()),
            Self::Keys(rule) => format!("Each key must be {}.", rule.demand()),
            rule => format!("Must be {}.", rule.demand()),
        }
    }

    /// The first place at or below `path` where `value` breaks the rule, with a sentence about it.
    #[must_use]
    pub fn violation(&self, value: &Dynamic, path: &Path) -> Option<(Path, String)> {
        match (self, value) {
            (Self::Each(rule), Dynamic::List(elements)) => {
                elements.iter().enumerate().find_map(|(index, element)| rule.violation(element, &path.index(index)))
            }
            (Self::Each(rule), Dynamic::Set(elements)) => {
                elements.iter().find_map(|element| rule.violation(element, path))
            }
            (Self::Each(rule), Dynamic::Map(elements)) => {
                elements.iter().find_map(|(key, element)| rule.violation(element, &path.key(&**key)))
            }
            (Self::Keys(rule), Dynamic::Map(elements)) => elements.keys().find_map(|key| {
                let (_, sentence) = rule.violation(&Dynamic::String(key.clone()), path)?;
                Some((path.key(&**key), format!("The key: {sentence}")))
            }),
            (rule, value) => {
                (!rule.holds(value)).then(|| (path.clone(), format!("{} must be {}.", shown(value), rule.demand())))
            }
        }
    }

    fn holds(&self, value: &Dynamic) -> bool {
        match (self, value) {
            (Self::OneOf(texts), Dynamic::String(text)) => texts.contains(&text.as_str()),
            (Self::Length(min, max), Dynamic::String(text)) => (*min..=*max).contains(&text.chars().count()),
            (Self::Range(min, max), Dynamic::Number(number)) => {
                number.as_i64().is_some_and(|number| (*min..=*max).contains(&number))
            }
            (Self::Items(min, max), Dynamic::List(elements) | Dynamic::Set(elements)) => {
                (*min..=*max).contains(&elements.len())
            }
            (Self::Items(min, max), Dynamic::Map(elements)) => (*min..=*max).contains(&elements.len()),
            (Self::Form(_, is_form), Dynamic::String(text)) => is_form(text),
            (Self::Amount(_, is_amount), Dynamic::Number(number)) => is_amount(number),
            _ => true,
        }
    }
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The invalid value, short enough for a message. Attributes with rules contain no secrets, and callers do not show
/// sensitive ones.
fn shown(value: &Dynamic) -> String {
    const LONGEST: usize = 60;
    match value {
        Dynamic::String(text) if text.chars().count() > LONGEST => {
            let start: String = text.chars().take(LONGEST).collect();
            format!("The value \"{start}…\" ({} characters)", text.chars().count())
        }
        Dynamic::String(text) => format!("The value {text:?}"),
        Dynamic::Number(number) => format!("The value {}", number.shown()),
        Dynamic::List(elements) | Dynamic::Set(elements) => {
            format!("The collection has {} and", plural(elements.len(), "element"))
        }
        Dynamic::Map(elements) => format!("The map has {} and", plural(elements.len(), "element")),
        _ => "The value".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLOURS: Rule = Rule::OneOf(&["red", "blue"]);

    #[test]
    fn an_element_is_named_by_its_place() {
        let value = Dynamic::List(vec!["red".into(), "green".into()]);
        let (path, sentence) = Rule::Each(&COLOURS).violation(&value, &Path::from("c")).unwrap();
        assert_eq!(path.to_string(), "c[1]");
        assert_eq!(sentence, "The value \"green\" must be one of `red`, `blue`.");
    }

    #[test]
    fn keys_are_checked_like_values() {
        let value = Dynamic::Map([("long".to_owned(), "x".into())].into());
        let (path, sentence) = Rule::Keys(&Rule::Length(1, 3)).violation(&value, &Path::from("m")).unwrap();
        assert_eq!(path.to_string(), "m[\"long\"]");
        assert_eq!(sentence, "The key: The value \"long\" must be 1 to 3 characters long.");
    }

    #[test]
    fn unknown_and_null_satisfy_every_rule() {
        for rule in [COLOURS, Rule::Length(1, 2), Rule::Range(1, 2), Rule::Items(1, 2), Rule::Each(&COLOURS)] {
            for value in [Dynamic::Null, Dynamic::Unknown, Dynamic::List(vec![Dynamic::Unknown])] {
                assert_eq!(rule.violation(&value, &Path::root()), None, "{rule:?} of {value:?}");
            }
        }
    }

    #[test]
    fn bounds_are_inclusive() {
        let number = |n: i64| Dynamic::Number(n.into());
        assert!(Rule::Range(1, 5).holds(&number(1)) && Rule::Range(1, 5).holds(&number(5)));
        assert!(!Rule::Range(1, 5).holds(&number(0)) && !Rule::Range(1, 5).holds(&number(6)));
        assert!(!Rule::Range(1, 5).holds(&Dynamic::Number("1.5".parse().unwrap())));
        assert!(Rule::Length(0, 2).holds(&"äö".into()), "characters, not bytes");
    }
}
