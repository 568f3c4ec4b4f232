//! The page about the API of the emulator is made from the emulator's OpenAPI document.
#![expect(clippy::unwrap_used, reason = "an unexpected description ends the test")]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value};
use terraform_provider_auth0::emulator::Emulator;

use crate::golden::{assert_golden, difference};

const PAGE: &str = "contributing/emulator-api.md";

/// Parts of the API by the beginning of their paths.
const GROUPS: [(&str, &str); 4] = [
    ("Management API", "/api/v2/"),
    ("Tokens", "/oauth/"),
    ("Description of the issuer", "/.well-known/"),
    ("Control interface", "/_emulator/"),
];

#[test]
fn api_page_is_generated_from_the_contracts() {
    let document = Emulator::openapi();
    assert_golden(&difference(PAGE, &Page::of(&document).render()).into_iter().collect::<Vec<_>>());
}

/// A page in the making. `sections` lists the definitions with their own section, in the order in which they were mentioned.
struct Page<'a> {
    document: &'a Value,
    sections: Vec<String>,
    /// Definitions that are described once and linked from everywhere else.
    separate: BTreeSet<String>,
}

/// A schema and all schemas that it is made of, the nearest first.
type Parts<'a> = Vec<&'a Map<String, Value>>;

impl<'a> Page<'a> {
    fn of(document: &'a Value) -> Self {
        let mut separate = BTreeSet::new();
        for (user, schema) in object(&document["components"]["schemas"]) {
            references(schema, &mut |name| {
                let used = &document["components"]["schemas"][name];
                let is_foreign = name.split('.').next() != user.split('.').next();
                if is_foreign && used["description"].is_string() && used["properties"].is_object() {
                    separate.insert(name.to_owned());
                }
            });
        }
        references(&document["paths"], &mut |name| separate.extend([name.to_owned()]));
        Self { document, sections: Vec::new(), separate }
    }

    fn render(mut self) -> String {
        let (error, oauth_error) = (self.link("errors.management"), self.link("errors.oauth"));
        let mut page = format!(
            "# API of the emulator\n\n\
             <!-- Generated from the list of endpoints and the contracts in src/emulator; do not edit. -->\n\n\
             Every endpoint of [`auth0-emulator`](emulator.md). The emulator checks every request against this page, and\n\
             development builds check every response. Unknown query parameters and unknown properties at the top of a body\n\
             are refused. A refused request gets {error}, or {oauth_error} at the token endpoint.\n\
             `GET /_emulator/openapi.json` returns the same as an OpenAPI document.\n",
        );
        for (title, prefix) in GROUPS {
            writeln!(page, "\n## {title}").unwrap();
            for (path, methods) in object(&self.document["paths"]).filter(|(path, _)| path.starts_with(prefix)) {
                for (method, operation) in object(methods) {
                    page.push_str(&self.endpoint(method, path, operation));
                }
            }
        }
        page.push_str("\n## Bodies\n");
        let mut described = 0;
        while let Some(name) = self.sections.get(described).cloned() {
            page.push_str(&self.section(&name));
            described += 1;
        }
        page
    }

    fn endpoint(&mut self, method: &str, path: &str, operation: &'a Value) -> String {
        let mut text = format!("\n### `{} {path}`\n\n", method.to_uppercase());
        let scopes: Vec<_> =
            array(&operation["security"]).filter_map(|way| way["token"][0].as_str()).map(code).collect();
        match scopes.len() {
            0 => text.push_str("Needs no token.\n"),
            1 => writeln!(text, "Needs the scope {}.", scopes[0]).unwrap(),
            _ => writeln!(text, "Needs one of the scopes {}.", scopes.join(", ")).unwrap(),
        }
        let query: Vec<_> = array(&operation["parameters"]).filter(|parameter| parameter["in"] == "query").collect();
        if !query.is_empty() {
            text.push_str("\n| query parameter | value |\n|---|---|\n");
        }
        for parameter in query {
            let value = if parameter["x-not-imitated"] == true {
                "not imitated".to_owned()
            } else if parameter["explode"] == false {
                format!("separated by commas: {}", choices(array(&parameter["schema"]["items"]["examples"])))
            } else {
                self.value(&self.parts(&parameter["schema"]))
            };
            writeln!(text, "| {} | {value} |", code(parameter["name"].as_str().unwrap())).unwrap();
        }
        if let Some(content) = operation["requestBody"]["content"].as_object() {
            let types: Vec<_> = content.keys().map(|name| code(name)).collect();
            let body = self.mentioned(&content["application/json"]["schema"]);
            writeln!(text, "\nTakes {body} as {}.", types.join(" or ")).unwrap();
        }
        let (status, success) = object(&operation["responses"]).find(|(status, _)| *status != "default").unwrap();
        let body = match &success["content"]["application/json"]["schema"] {
            Value::Null => "no body".to_owned(),
            schema => self.mentioned(schema),
        };
        writeln!(text, "\nResponds {status} with {body}.").unwrap();
        text
    }

    /// A definition with all its properties, those of parts of it with dots.
    fn section(&mut self, name: &str) -> String {
        let definition = &self.document["components"]["schemas"][name];
        let parts = self.parts(definition);
        let mut text =
            format!("\n### {name}\n\n{}.\n", keyword(&parts, "description").and_then(Value::as_str).unwrap_or(name));
        let mut rows = Vec::new();
        self.properties(&parts, "", &mut rows);
        if rows.is_empty() {
            let value = self.value(&parts);
            writeln!(text, "\nValue: {value}.").unwrap();
        } else {
            text.push_str("\n| property | what it is | value |\n|---|---|---|\n");
        }
        text.extend(rows);
        text
    }

    fn properties(&mut self, parts: &Parts<'a>, prefix: &str, rows: &mut Vec<String>) {
        let required: BTreeSet<_> = parts
            .iter()
            .flat_map(|part| part.get("required").into_iter().flat_map(array))
            .filter_map(Value::as_str)
            .collect();
        let names: BTreeSet<_> =
            parts.iter().filter_map(|part| part.get("properties")).flat_map(object).map(|(name, _)| name).collect();
        for name in names {
            let own: Parts<'a> = parts
                .iter()
                .filter_map(|part| part.get("properties")?.get(name))
                .flat_map(|schema| self.parts(schema))
                .collect();
            let path = format!("{prefix}{name}");
            let what = keyword(&own, "description").and_then(Value::as_str).unwrap_or_default();
            let must = if required.contains(name.as_str()) { "required; " } else { "" };
            let value = self.value(&own);
            rows.push(format!("| {} | {what} | {must}{value} |\n", code(&path)));
            if self.elsewhere(&own).is_none() {
                self.properties(&own, &format!("{path}."), rows);
            }
            if let Some(item) = keyword(&own, "items") {
                let item = self.parts(item);
                if self.elsewhere(&item).is_none() && keyword(&item, "allOf").is_none() {
                    self.properties(&item, &format!("{path}[]."), rows);
                }
            }
        }
    }

    /// What a value may be.
    fn value(&mut self, parts: &Parts<'a>) -> String {
        if let Some(name) = self.elsewhere(parts) {
            return if nullable(parts) { format!("{} or null", self.link(&name)) } else { self.link(&name) };
        }
        let kind = match keyword(parts, "enum") {
            Some(values) => choices(array(values).filter(|value| !value.is_null())),
            None => types(parts).join(" or ").replace("array", "list"),
        };
        let mut said = vec![if nullable(parts) { format!("{kind} or null") } else { kind }];
        for (minimum, maximum, unit) in [
            ("minimum", "maximum", ""),
            ("minLength", "maxLength", " characters"),
            ("minItems", "maxItems", " items"),
            ("minProperties", "maxProperties", " properties"),
        ] {
            said.extend(range(keyword(parts, minimum), keyword(parts, maximum), unit));
        }
        for name in ["pattern", "format"] {
            said.extend(keyword(parts, name).and_then(Value::as_str).map(|rule| format!("{name} {}", code(rule))));
        }
        if let Some(names) = keyword(parts, "propertyNames") {
            said.push(format!("names: {}", self.value(&vec![names.as_object().unwrap()])));
        }
        if let Some(items) = keyword(parts, "items").filter(|_| types(parts) == ["array"]) {
            let items = self.parts(items);
            let comma = if said.len() > 1 { "," } else { "" };
            return format!("{}{comma} of: {}", said.join(", "), self.value(&items));
        }
        said.join(", ")
    }

    /// The definition of the value, if it has its own section.
    fn elsewhere(&self, parts: &Parts<'a>) -> Option<String> {
        let mut names = parts.iter().filter_map(|part| part.get("$ref")).map(name_in);
        names.find(|name| self.separate.contains(*name)).map(str::to_owned)
    }

    fn mentioned(&mut self, schema: &Value) -> String {
        self.link(name_in(&schema["$ref"]))
    }

    fn link(&mut self, name: &str) -> String {
        if !self.sections.iter().any(|known| known == name) {
            self.sections.push(name.to_owned());
        }
        format!("[{name}](#{})", name.replace('.', ""))
    }

    fn parts(&self, schema: &'a Value) -> Parts<'a> {
        let Some(members) = schema.as_object() else { return Vec::new() };
        let mut parts = vec![members];
        if let Some(reference) = members.get("$ref") {
            parts.extend(self.parts(&self.document["components"]["schemas"][name_in(reference)]));
        }
        for part in ["allOf", "anyOf"].iter().filter_map(|name| members.get(*name)).flat_map(array) {
            parts.extend(self.parts(part));
        }
        parts
    }
}

/// Calls `found` with the name of every referenced definition.
fn references(schema: &Value, found: &mut dyn FnMut(&str)) {
    match schema {
        Value::Object(members) => members.iter().for_each(|(name, member)| match member {
            Value::String(_) if name == "$ref" => found(name_in(member)),
            _ => references(member, found),
        }),
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

fn name_in(reference: &Value) -> &str {
    reference.as_str().and_then(|reference| reference.rsplit('/').next()).expect("references are texts with a name")
}

fn keyword<'a>(parts: &Parts<'a>, name: &str) -> Option<&'a Value> {
    parts.iter().find_map(|part| part.get(name))
}

/// The types of a value, without null.
fn types<'a>(parts: &Parts<'a>) -> Vec<&'a str> {
    match parts.iter().filter_map(|part| part.get("type")).find(|kind| *kind != "null") {
        None => vec!["anything"],
        Some(Value::String(kind)) => vec![kind],
        Some(kinds) => array(kinds).filter_map(Value::as_str).filter(|kind| *kind != "null").collect(),
    }
}

/// Whether null is one of the alternatives, or every type allows it.
fn nullable(parts: &Parts<'_>) -> bool {
    let takes_null = |kind: &Value| kind == "null" || array(kind).any(|kind| kind == "null");
    let typed: Vec<bool> = parts.iter().filter_map(|part| part.get("type")).map(takes_null).collect();
    let any = parts.iter().any(|part| part.contains_key("anyOf"));
    typed.contains(&true) && (any || !typed.contains(&false))
}

fn range(minimum: Option<&Value>, maximum: Option<&Value>, unit: &str) -> Option<String> {
    match (minimum, maximum) {
        (None, None) => None,
        (Some(minimum), None) if *minimum == 1 && !unit.is_empty() => Some("not empty".to_owned()),
        (Some(minimum), None) => Some(format!("at least {minimum}{unit}")),
        (None, Some(maximum)) => Some(format!("at most {maximum}{unit}")),
        (Some(minimum), Some(maximum)) => Some(format!("{minimum} to {maximum}{unit}")),
    }
}

fn choices<'a>(values: impl Iterator<Item = &'a Value>) -> String {
    let values: Vec<_> =
        values.map(|value| code(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))).collect();
    values.join(", ")
}

/// As code, also in a table.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
