//! Values that a schema describes, and the ways in which they go wrong.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::pool::Pool;

const ODD_TEXTS: [&str; 9] = [
    "",
    " ",
    "\u{0}",
    "\u{202e}olleh",
    "a\u{301}\u{fffd}\u{10ffff}",
    "😀",
    "<script>",
    "../../etc/passwd",
    "%00%ff%zz",
];

/// Without these a request that fits its contract is refused for other reasons.
const HELPFUL: [&str; 3] = ["client_id", "organization_usage", "pem"];

pub(super) struct Values<'a> {
    pub schemas: &'a Map<String, Value>,
    pub pool: &'a Pool,
    pub rng: &'a mut Rng,
}

/// A schema with everything that it refers to, side by side.
type Parts<'a> = Vec<&'a Map<String, Value>>;

impl Values<'_> {
    /// A value that fits the schema, or nearly so; `name` is that of the property.
    pub(super) fn fitting(&mut self, schema: &Value, name: &str) -> Value {
        if let Some(known) = self.pool.known(name, self.rng)
            && self.rng.u8(0..12) > 0
        {
            return known;
        }
        let schemas = self.schemas;
        let mut parts = Vec::new();
        collect(schemas, schema, &mut parts);
        if let Some(options) = all(&parts, "anyOf").next().and_then(Value::as_array) {
            let option = self.rng.choice(options).unwrap();
            return self.fitting(option, name);
        }
        if let Some(values) = all(&parts, "enum").last().and_then(Value::as_array) {
            return self.rng.choice(values).unwrap().clone();
        }
        let kind = match all(&parts, "type").next() {
            Some(Value::Array(kinds)) => self.rng.choice(kinds).and_then(Value::as_str).unwrap(),
            Some(Value::String(kind)) => kind,
            _ => "object",
        };
        match kind {
            "object" => self.object(&parts),
            "array" => self.array(&parts, name),
            "string" => self.text(&parts).into(),
            "integer" => {
                let (minimum, maximum) = (number(&parts, "minimum").unwrap_or(0), number(&parts, "maximum"));
                self.rng.u64(minimum..=maximum.unwrap_or(minimum + 100_000)).into()
            }
            "boolean" => self.rng.bool().into(),
            _ => Value::Null,
        }
    }

    fn object(&mut self, parts: &Parts<'_>) -> Value {
        let required: Vec<&str> = all(parts, "required")
            .flat_map(|names| names.as_array().into_iter().flatten())
            .filter_map(Value::as_str)
            .collect();
        let properties: Vec<(&String, &Value)> =
            all(parts, "properties").filter_map(Value::as_object).flatten().collect();
        let odds = *self.rng.choice(&[0, 0, 3, 10, 40]).unwrap();
        let mut object = Map::new();
        for (name, schema) in &properties {
            let odds = if HELPFUL.contains(&name.as_str()) { 60 } else { odds };
            if required.contains(&name.as_str()) || self.rng.u8(0..100) < odds {
                object.insert((*name).clone(), self.fitting(schema, name));
            }
        }
        let minimum = number(parts, "minProperties").unwrap_or(0);
        for _ in 0..3 {
            if (object.len() as u64) < minimum && !properties.is_empty() {
                let (name, schema) = *self.rng.choice(&properties).unwrap();
                object.insert(name.clone(), self.fitting(schema, name));
            }
        }
        while number(parts, "maxProperties").is_some_and(|maximum| object.len() as u64 > maximum) {
            let first = object.keys().next().cloned().unwrap_or_default();
            object.remove(&first);
        }
        if let Some(free) = all(parts, "additionalProperties").find(|schema| schema.is_object()) {
            for _ in 0..self.rng.u8(0..4) {
                let name = format!("key {}", self.rng.u8(0..12));
                object.insert(name, self.fitting(free, ""));
            }
        }
        object.into()
    }

    fn array(&mut self, parts: &Parts<'_>, name: &str) -> Value {
        let minimum = number(parts, "minItems").unwrap_or(0);
        let count = self.rng.u64(minimum..=number(parts, "maxItems").unwrap_or(u64::MAX).min(minimum + 3));
        let anything = json!({ "type": "object" });
        let item = all(parts, "items").next().unwrap_or(&anything);
        let item_name = if name == "grant_types" { "grant_type" } else { name };
        let mut items: Vec<Value> = (0..count).map(|_| self.fitting(item, item_name)).collect();
        if self.rng.u8(0..10) > 0 {
            items.sort_by_key(Value::to_string);
            items.dedup();
        }
        items.into()
    }

    fn text(&mut self, parts: &Parts<'_>) -> String {
        let format = all(parts, "format").next().and_then(Value::as_str).unwrap_or_default();
        let known = |pool: &Pool, rng: &mut Rng, name: &str| pool.known(name, rng)?.as_str().map(str::to_owned);
        let found = match format {
            "credential-id" => known(self.pool, self.rng, "credential"),
            "client-grant-id" => known(self.pool, self.rng, "grant_id"),
            "organization-id" => known(self.pool, self.rng, "organization_id"),
            "date-time" => {
                self.rng.choice(["2031-01-02T03:04:05Z", "2026-01-02T03:04:05.678901+02:00"]).map(str::to_owned)
            }
            "url" | "uri-or-empty" | "https-uri-or-empty" => {
                self.rng.choice(["https://example.com/x", ""]).map(str::to_owned)
            }
            _ => None,
        };
        found.unwrap_or_else(|| {
            let minimum = usize::try_from(number(parts, "minLength").unwrap_or(1).max(1)).unwrap();
            let length = minimum + self.rng.usize(0..4);
            std::iter::repeat_with(|| *self.rng.choice(&['a', 'b', 'c', 'd']).unwrap()).take(length).collect()
        })
    }

    /// Breaks a value in one place.
    pub(super) fn spoil(&mut self, value: &mut Value) {
        match value {
            Value::Object(members) if !members.is_empty() && self.rng.u8(0..4) > 0 => {
                let place = self.rng.usize(0..members.len());
                let name = members.keys().nth(place).unwrap().clone();
                match self.rng.u8(0..8) {
                    0 => drop(members.remove(&name)),
                    1 => {
                        members.insert(self.odd_text().to_owned(), json!(1));
                    }
                    _ => self.spoil(&mut members[&name]),
                }
            }
            Value::Array(items) if !items.is_empty() && self.rng.u8(0..4) > 0 => {
                let place = self.rng.usize(0..items.len());
                match self.rng.u8(0..8) {
                    0 => items.push(items[place].clone()),
                    1 => drop(items.remove(place)),
                    _ => self.spoil(&mut items[place]),
                }
            }
            _ => *value = self.odd(),
        }
    }

    /// A value that is hardly ever right.
    pub(super) fn odd(&mut self) -> Value {
        match self.rng.u8(0..10) {
            0 => Value::Null,
            1 => json!(i64::MIN),
            2 => json!(u64::MAX),
            3 => json!(1e308),
            4 => json!(-0.5),
            5 => (0..100)
                .fold(json!(0), |inner, depth| if depth % 2 == 0 { json!([inner]) } else { json!({ "a": inner }) }),
            6 => "x".repeat(5_000).into(),
            7 => json!([{}, [], "", null]),
            8 => json!({ "a": 1 }),
            _ => self.odd_text().into(),
        }
    }

    pub(super) fn odd_text(&mut self) -> &'static str {
        self.pick(&ODD_TEXTS)
    }

    /// One of several texts.
    pub(super) fn pick(&mut self, texts: &[&'static str]) -> &'static str {
        self.rng.choice(texts).unwrap()
    }
}

fn collect<'s>(schemas: &'s Map<String, Value>, schema: &'s Value, parts: &mut Parts<'s>) {
    let Some(members) = schema.as_object() else { return };
    parts.push(members);
    if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
        collect(schemas, &schemas[reference.rsplit('/').next().unwrap()], parts);
    }
    for part in members.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        collect(schemas, part, parts);
    }
}

/// What the parts say for a keyword, the nearest first.
fn all<'s>(parts: &Parts<'s>, keyword: &'static str) -> impl Iterator<Item = &'s Value> {
    parts.iter().filter_map(move |part| part.get(keyword))
}

fn number(parts: &Parts<'_>, keyword: &'static str) -> Option<u64> {
    all(parts, keyword).next()?.as_u64()
}
