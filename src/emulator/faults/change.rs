//! A fault with which the tenant does or answers something else: JSON merge patches on a request and on its answer.
//!
//! <https://www.rfc-editor.org/rfc/rfc7396>

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What is merged into the body of a request before it is handled, and into the real answer after it had its effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// For the request. The log keeps what was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Map<String, Value>>,
    /// For the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Map<String, Value>>,
}

/// The body after the patch; `None` where it stays as it is, because it is no JSON.
pub(crate) fn merged(body: &[u8], patch: &Map<String, Value>) -> Option<Vec<u8>> {
    let mut document = serde_json::from_slice(body).ok()?;
    merge(&mut document, patch);
    Some(document.to_string().into_bytes())
}

fn merge(target: &mut Value, patch: &Map<String, Value>) {
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else { return };
    for (name, value) in patch {
        match value {
            Value::Null => drop(members.remove(name)),
            Value::Object(patch) => merge(members.entry(name).or_insert(Value::Null), patch),
            value => drop(members.insert(name.clone(), value.clone())),
        }
    }
}

/// Whether a body is JSON that has these members, and in lists at least these elements.
pub(crate) fn has_members(body: &[u8], wanted: &Map<String, Value>) -> bool {
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else { return false };
    holds(&body, wanted)
}

fn holds(members: &Map<String, Value>, wanted: &Map<String, Value>) -> bool {
    wanted.iter().all(|(name, wanted)| members.get(name).is_some_and(|value| contains(value, wanted)))
}

fn contains(value: &Value, wanted: &Value) -> bool {
    match (value, wanted) {
        (Value::Object(members), Value::Object(wanted)) => holds(members, wanted),
        (Value::Array(elements), Value::Array(wanted)) => {
            wanted.iter().all(|wanted| elements.iter().any(|element| contains(element, wanted)))
        }
        (value, wanted) => value == wanted,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    fn patched(document: &Value, patch: Value) -> Value {
        let body = merged(document.to_string().as_bytes(), &object(patch)).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    /// Those examples of RFC 7396, appendix A, in which the patch is an object.
    #[test]
    fn merges_as_in_the_examples_of_the_rfc() {
        for (document, patch, result) in [
            (json!({ "a": "b" }), json!({ "a": "c" }), json!({ "a": "c" })),
            (json!({ "a": "b" }), json!({ "b": "c" }), json!({ "a": "b", "b": "c" })),
            (json!({ "a": "b" }), json!({ "a": null }), json!({})),
            (json!({ "a": "b", "b": "c" }), json!({ "a": null }), json!({ "b": "c" })),
            (json!({ "a": ["b"] }), json!({ "a": "c" }), json!({ "a": "c" })),
            (json!({ "a": "c" }), json!({ "a": ["b"] }), json!({ "a": ["b"] })),
            (json!({ "a": { "b": "c" } }), json!({ "a": { "b": "d", "c": null } }), json!({ "a": { "b": "d" } })),
            (json!({ "a": [{ "b": "c" }] }), json!({ "a": [1] }), json!({ "a": [1] })),
            (json!({ "e": null }), json!({ "a": 1 }), json!({ "e": null, "a": 1 })),
            (json!([1, 2]), json!({ "a": "b", "c": null }), json!({ "a": "b" })),
            (json!({}), json!({ "a": { "bb": { "ccc": null } } }), json!({ "a": { "bb": {} } })),
        ] {
            assert_eq!(patched(&document, patch.clone()), result, "{document} {patch}");
        }
        assert_eq!(merged(b"", &object(json!({ "a": 1 }))), None);
        assert_eq!(merged(b"a=1", &object(json!({ "a": 1 }))), None);
    }

    #[test]
    fn recognises_what_a_body_contains() {
        let body = json!({ "allow_all_scopes": false, "scope": ["read", "write"], "a": { "b": 1, "c": null } });
        let body = body.to_string();
        let has = |wanted: Value| has_members(body.as_bytes(), &object(wanted));
        for wanted in [
            json!({}),
            json!({ "allow_all_scopes": false }),
            json!({ "scope": [] }),
            json!({ "scope": ["write"] }),
            json!({ "a": { "c": null } }),
        ] {
            assert!(has(wanted.clone()), "{wanted}");
        }
        for wanted in [
            json!({ "allow_all_scopes": null }),
            json!({ "scope": ["delete"] }),
            json!({ "scope": "write" }),
            json!({ "a": { "d": null } }),
        ] {
            assert!(!has(wanted.clone()), "{wanted}");
        }
        assert!(!has_members(b"allow_all_scopes=false", &Map::new()));
    }
}
