//! Faults on demand: rules that spoil the answers to chosen requests.

mod change;

use std::collections::BTreeMap;

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use self::change::Change;
use self::change::has_members;
pub(crate) use self::change::merged;
use super::glob;

/// A rule: what happens to which requests, and how often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Method of the requests, `*` for any.
    pub method: String,
    /// Pattern of their paths; `*` stands for any text, slashes included. The query plays no part.
    pub path: String,
    /// What their bodies contain: JSON objects with these members, and in lists at least these elements. Other members play
    /// no part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Map<String, Value>>,
    /// How many of them pass before the rule takes hold.
    #[serde(default)]
    pub skip: u32,
    /// How many of them it then applies to.
    #[serde(default = "once")]
    pub times: u32,
    /// What happens.
    pub action: Action,
}

/// What happens to a request that a rule applies to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "an action is {\"status\": NUMBER} with \"body\" and \"headers\" if need be, {\"delay_ms\": NUMBER}, \
                 {\"drop\": \"before\"}, {\"drop\": \"after\"}, {\"truncate\": NUMBER}, or {\"request\": OBJECT} or \
                 {\"response\": OBJECT} or both"
)]
pub enum Action {
    /// This answer is given instead of the real one; nothing is done.
    Answer(Substitute),
    /// The request is handled after a pause.
    Delay(Delay),
    /// The connection is closed without an answer.
    Drop(Drop),
    /// The body of the real answer is cut off.
    Truncate(Truncate),
    /// Something else is done, or the real answer shows something else.
    Change(Change),
}

/// An answer in place of the real one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Substitute {
    /// Status code.
    pub status: u16,
    /// A string is sent as it is, anything else as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Headers of the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

/// A pause before the request is handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delay {
    /// Length of the pause.
    pub delay_ms: u64,
}

/// A connection closed without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drop {
    /// Before or after the request had its effect.
    pub drop: Moment,
}

/// When a connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Moment {
    /// Before the effect.
    Before,
    /// After the effect.
    After,
}

/// A body cut off, with a `Content-Length` that fits what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Truncate {
    /// How many bytes are left.
    pub truncate: usize,
}

impl Fault {
    /// A rule for the next request with this method to a path that fits the pattern.
    #[must_use]
    pub fn new(method: &str, path: &str, action: Action) -> Self {
        Self { method: method.to_owned(), path: path.to_owned(), body: None, skip: 0, times: 1, action }
    }

    /// Applies only to requests whose bodies are JSON that contains this.
    ///
    /// # Panics
    /// When this is not an object.
    #[must_use]
    pub fn body(self, body: Value) -> Self {
        Self { body: Some(object(body)), ..self }
    }

    /// Lets this many requests pass first.
    #[must_use]
    pub fn skip(self, skip: u32) -> Self {
        Self { skip, ..self }
    }

    /// Applies to this many requests instead of one.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    /// Whether there can be requests for the rule, and the action can be carried out.
    pub(crate) fn validate(&self) -> Result<(), String> {
        if !METHODS.contains(&self.method.as_str()) {
            return Err(format!("{:?} is not a method; name one of {}", self.method, METHODS.join(", ")));
        }
        if !self.path.starts_with(['/', '*']) || self.path.contains('?') {
            return Err(format!("{:?} fits no path: paths begin with a slash, and have no query", self.path));
        }
        if matches!(&self.action, Action::Change(Change { request: None, response: None })) {
            return Err("the action is empty: name what happens, such as {\"status\": 503}".to_owned());
        }
        let Action::Answer(Substitute { status, headers, .. }) = &self.action else { return Ok(()) };
        if !(200..=599).contains(status) {
            return Err(format!("{status} is not the status of an answer"));
        }
        for (name, value) in headers {
            let parsed = HeaderName::try_from(name).map_err(|_| format!("{name:?} is not the name of a header"))?;
            if parsed == CONTENT_LENGTH || parsed == TRANSFER_ENCODING {
                return Err(format!(
                    "{name:?} follows from the body; to cut an answer off, use \"truncate\" or \"drop\""
                ));
            }
            HeaderValue::try_from(value).map_err(|_| format!("{value:?} is not the value of a header"))?;
        }
        Ok(())
    }

    fn applies_to(&self, method: &str, path: &str, body: &[u8]) -> bool {
        (self.method == "*" || self.method == method)
            && glob::matches(&self.path, path)
            && self.body.as_ref().is_none_or(|wanted| has_members(body, wanted))
    }
}

impl Action {
    /// A status without a body instead of the real answer.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::Answer(Substitute { status, body: None, headers: BTreeMap::new() })
    }

    /// A status with a body and headers instead of the real answer.
    #[must_use]
    pub fn answer(status: u16, body: Value, headers: &[(&str, &str)]) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self::Answer(Substitute { status, body: Some(body), headers })
    }

    /// A pause.
    #[must_use]
    pub fn delay_ms(delay_ms: u64) -> Self {
        Self::Delay(Delay { delay_ms })
    }

    /// A closed connection, without effect.
    #[must_use]
    pub fn drop_before() -> Self {
        Self::Drop(Drop { drop: Moment::Before })
    }

    /// A closed connection, after the effect.
    #[must_use]
    pub fn drop_after() -> Self {
        Self::Drop(Drop { drop: Moment::After })
    }

    /// A body cut off after this many bytes.
    #[must_use]
    pub fn truncate(truncate: usize) -> Self {
        Self::Truncate(Truncate { truncate })
    }

    /// A merge patch on the body of the request, so that something else than what was sent takes effect.
    ///
    /// # Panics
    /// When the patch is not an object.
    #[must_use]
    pub fn change_request(patch: Value) -> Self {
        Self::Change(Change { request: Some(object(patch)), response: None })
    }

    /// A merge patch on the real answer, after the effect.
    ///
    /// # Panics
    /// When the patch is not an object.
    #[must_use]
    pub fn change_response(patch: Value) -> Self {
        Self::Change(Change { request: None, response: Some(object(patch)) })
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is not an object"),
    }
}

/// What the method of a rule may be.
const METHODS: [&str; 8] = ["*", "GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"];

fn once() -> u32 {
    1
}

/// The rules in force, in the order they were given.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The rules with what is left of their counts.
    pub(crate) fn rules(&self) -> &[Fault] {
        &self.0
    }

    /// What happens to this request. Every rule that fits and still lets requests pass counts it;
    /// the first that fits and takes hold applies.
    pub(crate) fn next_action(&mut self, method: &str, path: &str, body: &[u8]) -> Option<Action> {
        for fault in self.0.iter_mut().filter(|fault| fault.times > 0 && fault.applies_to(method, path, body)) {
            if fault.skip > 0 {
                fault.skip -= 1;
            } else {
                fault.times -= 1;
                return Some(fault.action.clone());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_skips_applies_and_is_used_up() {
        let mut faults = Faults::default();
        faults.add(Fault::new("GET", "/a*", Action::status(500)).skip(1).times(2));
        let struck: Vec<bool> = (0..5).map(|_| faults.next_action("GET", "/abc", b"").is_some()).collect();
        assert_eq!(struck, [false, true, true, false, false]);
        assert_eq!(faults.next_action("POST", "/abc", b""), None);
    }

    #[test]
    fn the_first_rule_that_takes_hold_applies() {
        let mut faults = Faults::default();
        faults.add(Fault::new("*", "*", Action::status(500)).skip(1));
        faults.add(Fault::new("GET", "*", Action::delay_ms(5)));
        assert_eq!(faults.next_action("GET", "/", b""), Some(Action::delay_ms(5)));
        assert_eq!(faults.next_action("GET", "/", b""), Some(Action::status(500)));
    }

    #[test]
    fn a_rule_with_a_body_counts_no_other_requests() {
        let mut faults = Faults::default();
        let body = json!({ "allow_all_scopes": false, "scope": ["a"] });
        faults.add(Fault::new("PATCH", "*", Action::status(400)).body(body).skip(1));
        for (body, strikes) in [
            (&b"{\"allow_all_scopes\":false,\"scope\":[]}"[..], false),
            (b"", false),
            (b"{\"allow_all_scopes\":false,\"scope\":[\"b\",\"a\"]}", false),
            (b"{\"allow_all_scopes\":false,\"scope\":[\"a\"],\"x\":1}", true),
        ] {
            assert_eq!(faults.next_action("PATCH", "/", body).is_some(), strikes, "{}", body.escape_ascii());
        }
    }

    #[test]
    fn rules_are_read_from_json() {
        let rule = |action: Value| json!({ "method": "GET", "path": "/*", "action": action });
        let action = |of: Value| serde_json::from_value::<Fault>(rule(of)).map(|fault| fault.action).ok();
        assert_eq!(action(json!({ "status": 503 })), Some(Action::status(503)));
        assert_eq!(action(json!({ "delay_ms": 5 })), Some(Action::delay_ms(5)));
        assert_eq!(action(json!({ "drop": "before" })), Some(Action::drop_before()));
        assert_eq!(action(json!({ "drop": "after" })), Some(Action::drop_after()));
        assert_eq!(action(json!({ "truncate": 9 })), Some(Action::truncate(9)));
        let patch = json!({ "a": 1 });
        assert_eq!(action(json!({ "request": patch })), Some(Action::change_request(patch.clone())));
        assert_eq!(action(json!({ "response": patch })), Some(Action::change_response(patch)));
        assert_eq!(action(json!({ "response": [] })), None);
        assert_eq!(action(json!({ "drop": "later" })), None);
        assert_eq!(action(json!({ "status": 503, "truncate": 9 })), None);
    }
}
