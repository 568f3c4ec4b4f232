//! A record of what a test writes to its tenants, to compare two builds of the provider; see `tests/bodies.sh`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use terraform_provider_auth0::emulator::LoggedRequest;

thread_local! {
    /// The test that this thread runs.
    static TRIAL: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Names the test that this thread runs from here on.
pub(crate) fn begin_trial(name: &str) {
    TRIAL.set(Some(name.to_owned()));
}

/// The writes to one tenant. They are appended to the file of the test when the tenant ends.
pub(super) struct Recording {
    file: PathBuf,
    lines: Vec<String>,
    failed: BTreeSet<String>,
}

impl Recording {
    /// Only if `RECORD_BODIES` names a folder. A thread that runs no test itself, as for a sample of faults, records nothing.
    #[expect(clippy::disallowed_methods, reason = "a test program is told by the environment what it is to do")]
    pub(super) fn start() -> Option<Self> {
        let folder = std::env::var_os("RECORD_BODIES").filter(|folder| !folder.is_empty())?;
        let trial = TRIAL.with_borrow(Clone::clone)?;
        Some(Self {
            file: PathBuf::from(folder).join(format!("{trial}.jsonl")),
            lines: Vec::new(),
            failed: BTreeSet::new(),
        })
    }

    /// Takes the writes among requests. How often one is repeated depends on time: without an answer or with an error of the
    /// service it counts once, with a refusal for the rate limit not at all.
    pub(super) fn add(&mut self, requests: &[LoggedRequest]) {
        let api = requests.iter().filter(|request| request.path.starts_with("/api/v2/"));
        for write in api.filter(|request| request.method != "GET" && request.status != Some(429)) {
            let body = write.body.as_ref().map(stable);
            let line = json!({ "method": write.method, "path": stable_text(&write.path), "body": body }).to_string();
            if write.status.is_some_and(|status| status < 500) || self.failed.insert(line.clone()) {
                self.lines.push(line);
            }
        }
    }
}

impl Drop for Recording {
    /// Sorted, because Terraform works on several objects at once.
    fn drop(&mut self) {
        if self.lines.is_empty() {
            return;
        }
        self.lines.sort_unstable();
        fs::create_dir_all(self.file.parent().unwrap()).unwrap();
        let mut file = OpenOptions::new().create(true).append(true).open(&self.file).unwrap();
        file.write_all((self.lines.join("\n") + "\n").as_bytes()).unwrap();
    }
}

/// A body without what is different in every run.
fn stable(value: &Value) -> Value {
    match value {
        Value::String(text) => stable_text(text).into(),
        Value::Array(items) => {
            let mut list: Vec<_> = items.iter().map(stable).collect();
            // A set comes in the order of its ids.
            if list != *items {
                list.sort_by_key(Value::to_string);
            }
            list.into()
        }
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.iter().map(|(name, value)| (name.clone(), stable(value))).collect();
            Map::from_iter(members).into()
        }
        _ => value.clone(),
    }
}

fn stable_text(text: &str) -> String {
    if text.parse::<Timestamp>().is_ok() {
        return "{time}".to_owned();
    }
    if text.starts_with("-----BEGIN ") {
        return "{pem}".to_owned();
    }
    let mut parts = text.split("127.0.0.1:");
    let mut stable = words(parts.next().unwrap_or_default());
    for part in parts {
        stable += "{domain}";
        stable += &words(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    stable
}

/// The text with ids and secrets, which the emulator makes up, replaced by what they are.
fn words(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let words = text.split_inclusive(|c| !is_part(c)).map(|word| {
        let name = word.trim_end_matches(|c| !is_part(c));
        let separator = &word[name.len()..];
        format!("{}{separator}", kind(name).unwrap_or(name))
    });
    words.collect()
}

/// What a word is, judged by its shape.
fn kind(word: &str) -> Option<&'static str> {
    let (prefix, rest) = word.split_once('_').unwrap_or(("", word));
    let is_id = match (prefix, rest.len()) {
        ("cgr" | "org", 16) | ("cred" | "tpc", 22) | ("", 32) => rest.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        ("", 24) => rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
        _ => false,
    };
    if is_id { Some("{id}") } else { (word.len() == 64).then_some("{secret}") }
}
