//! Broken rules in the words of z-schema, the validator that the service's messages come from.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::Violation;

/// In bodies with more parts than this, only the first violation is looked for: all of them could take a thousand times the
/// memory of the body.
const MANY: usize = 10_000;

/// The violation to report; of several the outermost, and an unknown property only if nothing else is wrong.
/// (A failed branch of the schema leaves properties behind that merely look unknown: those come last of all.)
pub(super) fn first_violation(validator: &Validator, document: &Value, body: &Value) -> Option<Violation> {
    let mut errors = errors(validator, body);
    errors.sort_by_key(|error| (strangeness(error), error.instance_path().as_str().matches('/').count()));
    let error = errors.into_iter().next()?;
    let detail = detail(&error);
    let property = property_path(error.instance_path().as_str(), body);
    let description = property.as_ref().and_then(|_| description(document, error.schema_path().as_str()));
    Some(Violation { detail, property, description })
}

fn errors<'b>(validator: &'b Validator, body: &'b Value) -> Vec<ValidationError<'b>> {
    if has_more_parts(body, &mut MANY.clone()) {
        return validator.validate(body).err().into_iter().collect();
    }
    validator.iter_errors(body).collect()
}

/// Whether a value has more parts than are left to count.
fn has_more_parts(value: &Value, left: &mut usize) -> bool {
    let Some(rest) = left.checked_sub(1) else { return true };
    *left = rest;
    match value {
        Value::Array(items) => items.iter().any(|item| has_more_parts(item, left)),
        Value::Object(members) => members.values().any(|member| has_more_parts(member, left)),
        _ => false,
    }
}

/// How likely it is that this is not what is wrong.
fn strangeness(error: &ValidationError<'_>) -> u8 {
    match error.kind() {
        Kind::UnevaluatedProperties { .. } => 2,
        Kind::AdditionalProperties { .. } => 1,
        _ => 0,
    }
}

fn detail(error: &ValidationError<'_>) -> String {
    let value = error.instance();
    match error.kind() {
        Kind::Type { kind } => format!("Expected type {} but found type {}", expected(kind), type_name(value)),
        Kind::Enum { .. } => format!("No enum match for: {}", bare(value)),
        Kind::Required { property } => format!("Missing required property: {}", bare(property)),
        Kind::Format { format } => format!("Object didn't pass validation for format {format}: {}", bare(value)),
        Kind::Pattern { pattern } => format!("String does not match pattern {pattern}: {}", bare(value)),
        Kind::MinLength { limit } => format!("String is too short ({} chars), minimum {limit}", length(value)),
        Kind::MaxLength { limit } => format!("String is too long ({} chars), maximum {limit}", length(value)),
        Kind::Minimum { limit } => format!("Value {value} is less than minimum {limit}"),
        Kind::Maximum { limit } => format!("Value {value} is greater than maximum {limit}"),
        Kind::MinItems { limit } => format!("Array is too short ({}), minimum {limit}", length(value)),
        Kind::MaxItems { limit } => format!("Array is too long ({}), maximum {limit}", length(value)),
        Kind::MinProperties { limit } => format!("Too few properties defined ({}), minimum {limit}", length(value)),
        Kind::MaxProperties { limit } => format!("Too many properties defined ({}), maximum {limit}", length(value)),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            format!("Additional properties not allowed: {}", unexpected.join(","))
        }
        Kind::FalseSchema => "Unexpected value".to_owned(),
        Kind::UniqueItems => match twins(value) {
            Some((one, other)) => format!("Array items are not unique (indexes {one} and {other})"),
            None => error.to_string(),
        },
        Kind::AnyOf { context } => {
            first_of(context).unwrap_or_else(|| "Data does not match any schemas from 'anyOf'".into())
        }
        Kind::PropertyNames { error } => detail(error),
        _ => error.to_string(),
    }
}

/// Every alternative here is "null, or this": what is wrong with "this" says more than "neither".
fn first_of(alternatives: &[Vec<ValidationError<'static>>]) -> Option<String> {
    alternatives.last()?.first().map(detail)
}

/// The first two places of an array that hold the same; not of a very long one, where that takes minutes.
fn twins(value: &Value) -> Option<(usize, usize)> {
    let items = value.as_array().filter(|items| items.len() <= MANY)?;
    let twin = |(place, item)| Some((items[..place].iter().position(|earlier| earlier == item)?, place));
    items.iter().enumerate().find_map(twin)
}

fn expected(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(name) => name.to_string(),
        TypeKind::Multiple(names) => names.iter().map(|name| name.to_string()).collect::<Vec<_>>().join(","),
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    }
}

/// Strings without their quotes, anything else as JSON.
fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `/a/b/0` as `a.b[0]`; `None` for the body itself.
fn property_path(pointer: &str, body: &Value) -> Option<String> {
    let mut path = String::new();
    let mut value = body;
    for token in pointer.split('/').skip(1).map(unescaped) {
        if value.is_array() {
            path.extend(["[", &token, "]"]);
        } else {
            path.push_str(if path.is_empty() { "" } else { "." });
            path.push_str(&token);
        }
        value = value.get(&token).or_else(|| value.get(token.parse::<usize>().ok()?)).unwrap_or(&Value::Null);
    }
    (!path.is_empty()).then_some(path)
}

/// The description nearest to the rule that failed, following references on the way to it.
fn description(document: &Value, schema_path: &str) -> Option<String> {
    let (mut schema, mut found) = (document, None);
    for token in schema_path.split('/').skip(1).map(unescaped) {
        schema = match schema.get(&token) {
            Some(Value::String(reference)) if token == "$ref" => document.pointer(reference.strip_prefix('#')?)?,
            Some(next) => next,
            None => schema.get(token.parse::<usize>().ok()?)?,
        };
        if let Some(text) = schema.get("description").and_then(Value::as_str) {
            found = Some(text.to_owned());
        }
    }
    found
}

fn unescaped(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_violation_is_enough_in_a_large_body() {
        let schema = json!({ "items": { "required": ["value"] }, "uniqueItems": true });
        let validator = jsonschema::validator_for(&schema).unwrap();
        let body = |count| json!((0..count).map(|number| json!({ "number": number })).collect::<Vec<_>>());
        let (small, large) = (body(100), body(MANY));
        assert_eq!((errors(&validator, &small).len(), errors(&validator, &large).len()), (100, 1));
        let first = first_violation(&validator, &schema, &large).unwrap();
        assert_eq!(
            (first.detail.as_str(), first.property.as_deref()),
            ("Missing required property: value", Some("[0]"))
        );
    }

    #[test]
    fn twins_are_not_looked_for_among_very_many() {
        let schema = json!({ "uniqueItems": true });
        let validator = jsonschema::validator_for(&schema).unwrap();
        let detail = |count: usize| {
            let mut numbers: Vec<_> = (0..count).collect();
            numbers.push(count - 1);
            first_violation(&validator, &schema, &json!(numbers)).unwrap().detail
        };
        assert_eq!(detail(3), "Array items are not unique (indexes 2 and 3)");
        assert!(detail(2 * MANY).contains("non-unique"), "{}", detail(2 * MANY));
    }
}
