//! Terraform's plan in a few lines.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::narrator::Narrator;

/// A plan as `terraform show -json` gives it.
#[derive(Deserialize)]
pub(crate) struct Plan {
    #[serde(default)]
    resource_changes: Vec<ResourceChange>,
}

#[derive(Deserialize)]
struct ResourceChange {
    address: String,
    change: Change,
}

#[derive(Deserialize)]
struct Change {
    actions: Vec<String>,
    before: Value,
    after: Value,
}

impl Plan {
    pub(crate) fn read(json: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(json)
    }

    /// Each object that would change: all that is known of a new one, the differences of another.
    pub(crate) fn tell(&self, narrator: &Narrator) {
        for ResourceChange { address, change } in &self.resource_changes {
            let sign = change.sign();
            if sign == " " {
                continue;
            }
            narrator.change(sign, address);
            for line in differences("", &change.before, &change.after) {
                narrator.say(&format!("      {line}"));
            }
        }
    }
}

impl Change {
    fn sign(&self) -> &'static str {
        let actions: Vec<_> = self.actions.iter().map(String::as_str).collect();
        match actions.as_slice() {
            ["create"] => "+",
            ["update"] => "~",
            ["delete"] => "-",
            ["no-op" | "read"] => " ",
            _ => "±",
        }
    }
}

/// The attributes that differ, with the way to each, such as `jwt_configuration.alg`. An object that goes has none.
fn differences(path: &str, before: &Value, after: &Value) -> Vec<String> {
    let empty = Map::new();
    match (before, after) {
        _ if before == after => Vec::new(),
        (Value::Object(_) | Value::Null, Value::Object(after)) => {
            let before = before.as_object().unwrap_or(&empty);
            let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
            let of = |object: &Map<String, Value>, name: &String| object.get(name).cloned().unwrap_or_default();
            names
                .into_iter()
                .flat_map(|name| {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    differences(&path, &of(before, name), &of(after, name))
                })
                .collect()
        }
        _ if path.is_empty() => Vec::new(),
        (Value::Null, after) => vec![format!("{path} = {after}")],
        (before, after) => vec![format!("{path} = {before} → {after}")],
    }
}
