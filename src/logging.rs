//! The log: one JSON record per line on standard error, in the form from which Terraform reads level and fields.
//!
//! Terraform reads a plugin's standard error line by line and recognizes the records of hclog. It is strict: a record
//! becomes plain text if its time does not have exactly six digits after the second, or if its line is longer than 64
//! KiB. A message or level that is not a string crashes Terraform. A terminal shows the texts of a record as they are, so
//! they are made fit for one, and a record is much shorter than it could be.

use std::fmt::{self, Write as _};
use std::io::Write as _;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, Scope};

use crate::foreign;

/// The variables with the level, the most specific first.
const VARIABLES: [&str; 3] = ["TF_LOG_PROVIDER_AUTH0", "TF_LOG_PROVIDER", "TF_LOG"];

/// The target of the provider's own records. Other crates log only from WARN on: their traces contain headers, and
/// headers contain tokens.
const OURS: &str = env!("CARGO_CRATE_NAME");

/// Maximum characters of all texts in a record. With names and punctuation, a line has at most 2,000.
const ROOM: usize = 1_500;
/// Maximum characters of one text, so that there is room for others.
const LONGEST: usize = 1_000;

/// Starts the log with the level from the environment. By default, nothing is logged.
pub fn init() {
    #[expect(clippy::disallowed_methods, reason = "this is where the level of the log is read")]
    let value = VARIABLES.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    let level = value.map_or(LevelFilter::OFF, |value| level(&value));
    if level != LevelFilter::OFF {
        let subscriber = tracing_subscriber::registry().with(Records { level, write: to_stderr });
        // Only a second start in one process can fail, and its records go to the same log.
        let _ = tracing::subscriber::set_global_default(subscriber);
    }
}

/// Terraform's names. Like in Terraform, an unknown name means TRACE.
fn level(value: &str) -> LevelFilter {
    match value.to_ascii_uppercase().as_str() {
        "OFF" => LevelFilter::OFF,
        "ERROR" => LevelFilter::ERROR,
        "WARN" => LevelFilter::WARN,
        "INFO" => LevelFilter::INFO,
        "DEBUG" => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    }
}

fn to_stderr(line: &str) {
    // Standard error may be closed, so ignore a failure.
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// Turns events into records.
struct Records<W> {
    level: LevelFilter,
    write: W,
}

impl<S, W> Layer<S> for Records<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Fn(&str) + 'static,
{
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        let limit = if is_ours(metadata) { self.level } else { self.level.min(LevelFilter::WARN) };
        *metadata.level() <= limit
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut pairs = Pairs::default();
            attributes.record(&mut pairs);
            span.extensions_mut().insert(pairs);
        }
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(pairs) = span.extensions_mut().get_mut::<Pairs>()
        {
            record.record(pairs);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut pairs = Pairs::default();
        for span in context.event_scope(event).into_iter().flat_map(Scope::from_root) {
            if let Some(outer) = span.extensions().get::<Pairs>() {
                pairs.0.extend(outer.0.clone());
            }
        }
        event.record(&mut pairs);
        (self.write)(&line(event.metadata(), pairs, OffsetDateTime::now_utc()));
    }
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().split("::").next() == Some(OURS)
}

fn line(metadata: &Metadata<'_>, Pairs(mut pairs): Pairs, now: OffsetDateTime) -> String {
    let mut room = ROOM;
    let message = match pairs.remove("message") {
        Some(Value::String(message)) => message,
        other => other.map(|value| value.to_string()).unwrap_or_default(),
    };
    let mut record = Map::new();
    record.insert("@level".into(), name(*metadata.level()).into());
    record.insert("@message".into(), cut(&message, &mut room).into());
    record.insert("@module".into(), module(metadata).into());
    record.insert("@timestamp".into(), timestamp(now).into());
    for (key, value) in pairs {
        let value = match value {
            Value::String(text) => cut(&text, &mut room).into(),
            short => short,
        };
        record.insert(key, value);
    }
    format!("{}\n", Value::Object(record))
}

/// As much of the text as fits when it is escaped.
fn cut(text: &str, room: &mut usize) -> String {
    let (mut text, mut used, most) = (foreign::lines(text), 0, LONGEST.min(*room));
    for (position, character) in text.char_indices() {
        used += match character {
            '"' | '\\' => 2,
            '\0'..='\x1f' => "\\u0000".len(),
            _ => 1,
        };
        if used > most {
            *room -= most;
            text.truncate(position);
            text.push('…');
            return text;
        }
    }
    *room -= used;
    text
}

fn name(level: Level) -> &'static str {
    match level {
        Level::TRACE => "trace",
        Level::DEBUG => "debug",
        Level::INFO => "info",
        Level::WARN => "warn",
        Level::ERROR => "error",
    }
}

/// `provider.auth0.transport` for what comes from `auth0/transport.rs`.
fn module(metadata: &Metadata<'_>) -> String {
    match metadata.target().strip_prefix(OURS) {
        Some(below) => format!("provider{}", below.replace("::", ".")),
        None => metadata.target().replace("::", "."),
    }
}

/// Go's layout `2006-01-02T15:04:05.000000Z07:00`.
fn timestamp(now: OffsetDateTime) -> String {
    let (date, time) = (now.date(), now.time());
    format!("{date}T{:02}:{:02}:{:02}.{:06}Z", time.hour(), time.minute(), time.second(), time.microsecond())
}

/// The fields of a span or an event.
#[derive(Default)]
struct Pairs(Map<String, Value>);

impl Pairs {
    fn insert(&mut self, field: &Field, value: Value) {
        // The record itself uses names with an `@`.
        if !field.name().starts_with('@') {
            self.0.insert(field.name().to_owned(), value);
        }
    }
}

impl Visit for Pairs {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = String::new();
        // Writing to a string fails only if the value's own formatting fails. Keep what it has written.
        let _ = write!(text, "{value:?}");
        self.insert(field, text.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, json!(value));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// The lines that `work` logs at `level`.
    fn logged(level: LevelFilter, work: impl FnOnce()) -> Vec<String> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&lines);
        let write = move |line: &str| sink.lock().unwrap().push(line.to_owned());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(Records { level, write }), work);
        std::mem::take(&mut *lines.lock().unwrap())
    }

    fn record(line: &str) -> Map<String, Value> {
        assert!(line.ends_with('\n') && line.matches('\n').count() == 1, "{line:?}");
        serde_json::from_str(line).unwrap()
    }

    #[test]
    fn a_record_holds_the_fields_of_its_spans_and_its_own() {
        let lines = logged(LevelFilter::TRACE, || {
            let span = tracing::error_span!("call", tf_rpc = "ReadResource", tf_resource_type = tracing::field::Empty);
            span.record("tf_resource_type", "auth0_client");
            span.in_scope(|| tracing::info!(attempt = 2, again = true, "line one\nline two"));
        });
        let record = record(&lines[0]);
        assert_eq!(record["@level"], "info");
        assert_eq!(record["@message"], "line one\nline two");
        assert_eq!(record["@module"], "provider.logging.tests");
        assert_eq!(record["tf_rpc"], "ReadResource");
        assert_eq!(record["tf_resource_type"], "auth0_client");
        assert_eq!(record["attempt"], 2);
        assert_eq!(record["again"], true);
    }

    #[test]
    fn message_and_level_are_strings_whatever_is_logged() {
        let lines = logged(LevelFilter::TRACE, || tracing::error!(message = 5, "@level" = 3, "@message" = true));
        let record = record(&lines[0]);
        assert_eq!(record["@level"], "error");
        assert_eq!(record["@message"], "5");
    }

    #[test]
    fn times_have_six_digits_after_the_second() {
        let time = OffsetDateTime::from_unix_timestamp_nanos(1_700_000_000_000_042_999).unwrap();
        assert_eq!(timestamp(time), "2023-11-14T22:13:20.000042Z");
    }

    #[test]
    fn long_values_are_cut_before_the_line_is() {
        let long = "\u{1}ü\"".repeat(40_000);
        let lines = logged(LevelFilter::TRACE, || tracing::error!(a = %long, b = %long, c = %long, "{long}"));
        assert!(lines[0].chars().count() < 2_000, "{}", lines[0].len());
        let record = record(&lines[0]);
        assert!(record["@message"].as_str().unwrap().ends_with('…'));
        assert!(record["a"].as_str().unwrap().chars().count() > 200);
        assert_eq!(record["b"], "…");
    }

    #[test]
    fn a_record_shows_no_secret_and_moves_no_cursor() {
        foreign::conceal("the-token-of-this-record");
        let lines = logged(LevelFilter::TRACE, || {
            let span = tracing::error_span!("call", name = "\u{202e}the-token-of-this-record");
            span.in_scope(
                || tracing::warn!(target: "reqwest", cause = ?"\u{9b}", "\u{1b}[2J the-token-of-this-record"),
            );
        });
        let record = record(&lines[0]);
        assert_eq!(record["@message"], format!("\\u001b[2J {}", foreign::HIDDEN));
        assert_eq!(record["name"], format!("\\u202e{}", foreign::HIDDEN));
        assert!(lines[0].trim_end().chars().all(foreign::is_fit), "{}", lines[0]);
    }

    #[test]
    fn other_crates_are_heard_from_warnings_on() {
        let lines = logged(LevelFilter::TRACE, || {
            tracing::trace!(target: "h2::codec", "authorization: Bearer abc");
            tracing::debug!(target: "terraform_provider_auth0_other", "not ours either");
            tracing::warn!(target: "reqwest::connect", "kept");
        });
        assert_eq!(lines.len(), 1);
        assert_eq!(record(&lines[0])["@module"], "reqwest.connect");
        assert!(logged(LevelFilter::ERROR, || tracing::warn!(target: "reqwest", "too low")).is_empty());
    }

    #[test]
    fn levels_are_terraforms() {
        assert_eq!(level("info"), LevelFilter::INFO);
        assert_eq!(level("JSON"), LevelFilter::TRACE);
        assert_eq!(level("Off"), LevelFilter::OFF);
        assert_eq!(level("2"), LevelFilter::TRACE);
    }
}
