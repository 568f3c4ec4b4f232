//! Answers with random foreign text in every string: what reaches a user or a log is visible text of bounded length, and shows
//! nothing that was sent in secret.

mod tenant;

use std::collections::BTreeSet;

use serde_json::Value;
use terraform_provider_auth0::protocol::wire::tfplugin6 as wire;
use terraform_provider_auth0::schema::Schema;
use terraform_provider_auth0::value::Dynamic;
use tokio::task::JoinSet;
use wire::invoke_action::event::Type;

use self::tenant::{AFTER_BREAK, Hostile};
use super::host::{CLIENT, Change, GRANT, Host, encode, object, resource, schemas};
use crate::support::key;
use crate::support::plugin::Launch;

/// Processes, each with a tenant and answers of its own.
const RUNS: u64 = 12;

/// Maximum characters of a line.
const LONGEST: usize = 2_000;

/// Objects that the tenant really has.
struct Existing {
    client_id: String,
    grant_id: String,
}

/// What a user or a log has seen.
#[derive(Default)]
struct Told {
    texts: Vec<String>,
    log: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_reaches_a_message_or_the_log_as_it_is() {
    let mut runs = JoinSet::new();
    (0..RUNS).for_each(|seed| drop(runs.spawn(run(seed))));
    let (mut texts, mut hidden, mut pasted, mut problems) = (0, 0, 0, Vec::new());
    while let Some(run) = runs.join_next().await {
        let (seed, told, secrets) = run.unwrap();
        let values = told.log.lines().flat_map(|line| {
            assert!(line.chars().count() <= LONGEST, "run {seed}: a record of {} characters", line.chars().count());
            strings(&serde_json::from_str(line).unwrap_or_else(|error| panic!("run {seed}: {error}: {line}")))
        });
        for text in told.texts.iter().cloned().chain(values) {
            problems.extend(check(&text, &secrets).err().map(|problem| format!("run {seed}: {problem}: {text:?}")));
        }
        texts += told.texts.len();
        hidden += told.texts.iter().filter(|text| text.contains("(sensitive value)")).count();
        pasted += told.texts.iter().map(|text| blocks(text)).sum::<usize>();
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    assert!(texts > 100 && hidden > 20 && pasted > 0, "{texts} messages, {hidden} with secrets, {pasted} blocks");
}

/// Everything that a user can do, with a tenant that spoils its answers.
async fn run(seed: u64) -> (u64, Told, BTreeSet<String>) {
    let tenant = Hostile::start(seed).await;
    let existing = tenant.fill().await;
    let mut told = Told::default();
    let mut host = Host::of(Launch::new().env("TF_LOG", "trace")).await;
    configure(&mut host, &tenant, seed).await;
    resources(&mut host, &tenant, &existing, &mut told).await;
    others(&mut host, &tenant, &existing, &mut told).await;
    told.log = host.stop().await;
    (seed, told, tenant.secrets())
}

async fn configure(host: &mut Host, tenant: &Hostile, seed: u64) {
    let schema = &schemas().provider;
    let mut config: Vec<(&str, Dynamic)> =
        vec![("domain", tenant.url().into()), ("audience", tenant.audience().as_str().into())];
    let client_id = tenant.emulator().client_id();
    match seed % 8 {
        0 => config.push(("client_assertion", key::assertion(client_id, tenant.url(), 0).as_str().into())),
        1 => config.push(("api_token", tenant.token().await.as_str().into())),
        _ => config
            .extend([("client_id", client_id.into()), ("client_secret", tenant.emulator().client_secret().into())]),
    }
    let request = wire::configure_provider::Request {
        terraform_version: "1.11.4".to_owned(),
        config: Some(encode(schema, &object(schema, &config))),
        ..Default::default()
    };
    assert_eq!(host.client.configure_provider(request).await.unwrap().into_inner().diagnostics, []);
}

/// Creates, reads, changes, deletes and imports.
async fn resources(host: &mut Host, tenant: &Hostile, existing: &Existing, told: &mut Told) {
    let audience = tenant.audience();
    let supplied = [
        ("name", "old".into()),
        ("client_secret_wo", "my own s3cret of 100% + \"signs\"".into()),
        ("client_secret_wo_version", Dynamic::Number(2_i64.into())),
    ];
    let id: Dynamic = existing.client_id.as_str().into();
    let client = object(resource(CLIENT), &[("id", id.clone()), ("client_id", id.clone()), ("name", "older".into())]);
    let configured = [("client_id", id.clone()), ("audience", audience.as_str().into())];
    let grant = object(resource(GRANT), &[&configured[..], &[("id", existing.grant_id.as_str().into())]].concat());
    let all = Dynamic::Bool(true);
    let wider = object(resource(GRANT), &[&configured[..], &[("allow_all_scopes", all)]].concat());
    let changes = [
        (CLIENT, Dynamic::Null, object(resource(CLIENT), &supplied)),
        (GRANT, Dynamic::Null, object(resource(GRANT), &configured)),
        (CLIENT, client.clone(), object(resource(CLIENT), &supplied)),
        (GRANT, grant.clone(), wider),
        (CLIENT, client.clone(), Dynamic::Null),
        (GRANT, grant.clone(), Dynamic::Null),
    ];
    for (type_name, prior, config) in changes {
        let change = Change { type_name, prior, config, private: Vec::new() };
        let planned = host.plan(&change).await;
        told.hear(planned.diagnostics.clone());
        told.hear(host.apply(&change, &planned).await.diagnostics);
    }
    for (type_name, state) in [(CLIENT, client), (GRANT, grant)] {
        let current_state = Some(encode(resource(type_name), &state));
        let type_name = type_name.to_owned();
        let request = wire::read_resource::Request { type_name, current_state, ..Default::default() };
        told.hear(host.client.read_resource(request).await.unwrap().into_inner().diagnostics);
    }
    let key = format!("{}::{audience}", existing.client_id);
    for (type_name, id) in [(CLIENT, &existing.client_id), (GRANT, &existing.grant_id), (GRANT, &key)] {
        let (type_name, id) = (type_name.to_owned(), id.clone());
        let request = wire::import_resource_state::Request { type_name, id, ..Default::default() };
        told.hear(host.client.import_resource_state(request).await.unwrap().into_inner().diagnostics);
    }
}

/// Data sources, ephemeral resources and the action.
async fn others(host: &mut Host, tenant: &Hostile, existing: &Existing, told: &mut Told) {
    let (id, audience) = (Dynamic::from(existing.client_id.as_str()), tenant.audience());
    let looked_up: [(&str, &str, Dynamic); 5] = [
        (CLIENT, "client_id", id.clone()),
        (CLIENT, "name", "old".into()),
        ("auth0_client_grants", "client_id", id.clone()),
        ("auth0_resource_server", "identifier", audience.as_str().into()),
        ("auth0_resource_server", "id", "6a0f3c".into()),
    ];
    for (type_name, argument, value) in looked_up {
        let config = Some(of(&schemas().data_sources[type_name], &[(argument, value)]));
        let request = wire::read_data_source::Request { type_name: type_name.to_owned(), config, ..Default::default() };
        told.hear(host.client.read_data_source(request).await.unwrap().into_inner().diagnostics);
    }
    let proof = [
        ("client_id", id.clone()),
        ("client_secret", "a-guess-at-the-secret".into()),
        ("audience", audience.as_str().into()),
    ];
    for (type_name, arguments) in [("auth0_client_secret", &proof[..1]), ("auth0_access_token", &proof[..])] {
        let config = Some(of(&schemas().ephemeral_resources[type_name], arguments));
        let request =
            wire::open_ephemeral_resource::Request { type_name: type_name.to_owned(), config, ..Default::default() };
        told.hear(host.client.open_ephemeral_resource(request).await.unwrap().into_inner().diagnostics);
    }
    let action = "auth0_rotate_client_secret";
    let config = Some(of(&schemas().actions[action], &[("client_id", id)]));
    let request = wire::invoke_action::Request { action_type: action.to_owned(), config, ..Default::default() };
    let mut events = host.client.invoke_action(request).await.unwrap().into_inner();
    while let Some(event) = events.message().await.unwrap() {
        match event.r#type.unwrap() {
            Type::Progress(progress) => told.texts.push(progress.message),
            Type::Completed(completed) => told.hear(completed.diagnostics),
        }
    }
}

fn of(schema: &Schema, arguments: &[(&str, Dynamic)]) -> wire::DynamicValue {
    encode(schema, &object(schema, arguments))
}

impl Told {
    fn hear(&mut self, diagnostics: Vec<wire::Diagnostic>) {
        use wire::attribute_path::step::Selector;
        for wire::Diagnostic { summary, detail, attribute, .. } in diagnostics {
            self.texts.extend([summary, detail]);
            let steps = attribute.into_iter().flat_map(|path| path.steps);
            self.texts.extend(steps.filter_map(|step| match step.selector? {
                Selector::AttributeName(name) | Selector::ElementKeyString(name) => Some(name),
                Selector::ElementKeyInt(_) => None,
            }));
        }
    }
}

/// Every string in a record.
fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(elements) => elements.iter().flat_map(strings).collect(),
        Value::Object(entries) => entries.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

/// What is wrong with a text.
fn check(text: &str, secrets: &BTreeSet<String>) -> Result<(), String> {
    if let Some(bad) = text.chars().find(|character| *character != '\n' && is_unfit(*character)) {
        return Err(format!("the character {bad:?}"));
    }
    if text.lines().skip(1).any(|line| line.starts_with(AFTER_BREAK)) {
        return Err("a foreign line break".to_owned());
    }
    if let Some(long) = text.lines().map(|line| line.chars().count()).find(|length| *length > LONGEST) {
        return Err(format!("a line of {long} characters"));
    }
    let readings = [text.to_owned(), unescaped(text), unescaped(&unescaped(text)), percent_decoded(text)];
    let is_shown = |secret: &String| readings.iter().any(|reading| reading.contains(&**secret));
    if let Some(secret) = secrets.iter().find(|secret| is_shown(secret)) {
        return Err(format!("the secret {secret:?}"));
    }
    Ok(())
}

/// Controls, and what changes the direction of text or shows nothing.
fn is_unfit(character: char) -> bool {
    let invisible = ['\u{61c}', '\u{ad}', '\u{feff}', '\u{2028}', '\u{2029}'];
    let ranges = ['\u{200b}'..='\u{200f}', '\u{202a}'..='\u{202e}', '\u{2060}'..='\u{206f}', '\u{e0000}'..='\u{e0fff}'];
    character.is_control() || invisible.contains(&character) || ranges.iter().any(|range| range.contains(&character))
}

/// Without the escapes of JSON.
fn unescaped(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let digits = after.strip_prefix('u').and_then(|after| after.get(..4));
        let unit = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        let length = if let Some(unit) = unit {
            plain.push(unit);
            5
        } else {
            let character = after.chars().next();
            plain.extend(character);
            character.map_or(0, char::len_utf8)
        };
        rest = &after[length..];
    }
    plain + rest
}

/// Without the escapes of a form.
fn percent_decoded(text: &str) -> String {
    let value = text.replace('&', "%26");
    let pairs = url::form_urlencoded::parse(value.as_bytes()).map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().concat()
}

/// The number of blocks to paste. Each of them is a whole one.
fn blocks(text: &str) -> usize {
    let blocks = text.split("import {\n").skip(1);
    blocks
        .map(|rest| {
            let lines: Vec<_> = rest.lines().take(3).collect();
            let [to, id, "}"] = lines.as_slice() else { panic!("no block: {rest}") };
            assert!(["  to = auth0_m2m_client.NAME", "  to = auth0_client_grant.NAME"].contains(to), "{to}");
            let id = id.strip_prefix("  id = \"").and_then(|id| id.strip_suffix('"')).unwrap_or_else(|| panic!("{id}"));
            assert!(is_string(id), "{id}");
        })
        .count()
}

/// Whether this is the inside of one string without templates.
fn is_string(inside: &str) -> bool {
    let mut rest = inside.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '"' => return false,
            '\\' if !rest.next().is_some_and(|escaped| "nrt\"\\uU".contains(escaped)) => return false,
            '$' | '%' if rest.peek() == Some(&'{') => return false,
            _ => {}
        }
    }
    true
}
