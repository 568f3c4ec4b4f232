//! The lifecycle as Terraform drives it, over a resource whose service is a script.

use std::{collections::BTreeSet, time::Duration};

use bytes::Bytes;

use super::*;
use crate::{
    framework::{DataSource, Failed, Resource},
    model,
    schema::{COMPUTED, Default, OPTIONAL, REQUIRED},
    value::Value,
};

model! {
    /// Where things live.
    pub(super) struct Config {
        /// The host.
        host: Value<String> = OPTIONAL,
    }
}

model! {
    /// A thing.
    pub(super) struct Thing {
        /// Id.
        id: Value<String> = COMPUTED.keep_prior(),
        /// Name. It says what the service does: see `Things`.
        name: Value<String> = REQUIRED,
        /// Note.
        note: Value<String> = OPTIONAL,
        /// Tags.
        tags: Value<BTreeSet<String>> = OPTIONAL.default(Default::Strings(&["a"])),
    }
}

struct Things;

/// The host that a provider was configured for.
#[derive(Clone)]
struct Host(String);

impl Provider for Things {
    const ADDRESS: &'static str = "registry.terraform.io/test/things";
    const VERSION: &'static str = "1.2.3";
    type Config = Config;
    type Client = Host;

    fn registry(&self) -> Registry<Host> {
        Registry::new().resource(Things).data_source(Things)
    }

    fn validate(&self, _config: &Config) -> Diagnostics {
        Diagnostics::new()
    }

    fn configure(&self, config: Config, _terraform_version: &str) -> Result<Configured<Host>, Diagnostics> {
        Ok(match config.host {
            Value::Unknown => Configured::Unknown,
            host => Configured::Ready(Host(host.into_known().unwrap_or_default())),
        })
    }

    fn origin(client: &Host) -> String {
        client.0.clone()
    }
}

fn oops(summary: &str) -> Diagnostics {
    Diagnostic::error(summary, "").into()
}

impl Things {
    /// The response of a service that clears empty notes.
    fn answer(thing: Thing) -> Thing {
        Thing {
            id: Value::Known("7".to_owned()),
            note: thing.note.into_known().filter(|n| !n.is_empty()).into(),
            ..thing
        }
    }
}

impl Resource<Host> for Things {
    const NAME: &'static str = "things_thing";
    type Model = Thing;

    async fn create(&self, cx: &Cx<Host>, plan: Thing) -> Result<Thing, Failed<Thing>> {
        match plan.name.as_str() {
            Some("half done") => Err(Failed::saving(Thing { id: Value::Known("7".to_owned()), ..plan }, oops("half"))),
            Some("refused") => Err(oops("refused").into()),
            Some("forgetful") => Ok(plan),
            Some("slow") => {
                cx.stop.cancelled().await;
                Err(oops("stopped").into())
            }
            _ => Ok(Self::answer(plan)),
        }
    }

    async fn read(&self, cx: &Cx<Host>, prior: Thing) -> Result<Option<Thing>, Diagnostics> {
        Ok((cx.client.0 == "home").then(|| Self::answer(prior)))
    }

    async fn update(&self, _cx: &Cx<Host>, _prior: Thing, plan: Thing) -> Result<Thing, Failed<Thing>> {
        if plan.name.as_str() == Some("refused") { Err(oops("refused").into()) } else { Ok(Self::answer(plan)) }
    }

    async fn delete(&self, _cx: &Cx<Host>, prior: Thing) -> Result<(), Diagnostics> {
        if prior.name.as_str() == Some("kept") { Err(oops("kept")) } else { Ok(()) }
    }
}

impl DataSource<Host> for Things {
    const NAME: &'static str = "things_thing";
    type Model = Thing;

    async fn read(&self, _cx: &Cx<Host>, config: Thing) -> Result<Thing, Diagnostics> {
        Ok(Self::answer(config))
    }
}

fn server(host: &str) -> Server<Things> {
    let server = Server::new(Things);
    configure(&server, host.into());
    server
}

fn configure(server: &Server<Things>, host: Dynamic) {
    let config = Dynamic::Map([("host".to_owned(), host)].into());
    let config = encode(&config, &server.schemas.provider);
    let request = ConfigureRequest { terraform_version: "1.11.4".to_owned(), config };
    assert_eq!(server.configure(&request), Diagnostics::new());
}

fn schema() -> Schema {
    Schema::of::<Thing>(0)
}

fn thing(id: Dynamic, name: &str, note: Dynamic) -> Encoded {
    let tags = Dynamic::set(vec!["a".into()]);
    let entries = [("id", id), ("name", name.into()), ("note", note), ("tags", tags)];
    let map = entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    encode(&Dynamic::Map(map), &schema())
}

fn null() -> Encoded {
    Encoded::default()
}

fn decoded(state: Option<Encoded>) -> Dynamic {
    decode(&state.expect("a state"), &schema()).unwrap()
}

async fn apply(server: &Server<Things>, prior: Encoded, planned: Encoded, private: &Bytes) -> ApplyResponse {
    let request = ApplyRequest {
        type_name: "things_thing".to_owned(),
        prior_state: prior,
        config: planned.clone(),
        planned_state: planned,
        planned_private: private.clone(),
    };
    server.apply_resource_change(request).await
}

async fn read(server: &Server<Things>, state: Encoded, private: &Bytes) -> ReadResponse {
    let type_name = "things_thing".to_owned();
    server.read_resource(ReadRequest { type_name, current_state: state, private: private.clone() }).await
}

fn summaries(diagnostics: &Diagnostics) -> Vec<&str> {
    diagnostics.iter().map(|diagnostic| diagnostic.summary.as_str()).collect()
}

#[tokio::test]
async fn a_create_resolves_everything_and_remembers_where() {
    let server = server("home");
    let created = apply(&server, null(), thing(Dynamic::Unknown, "x", "".into()), &Bytes::new()).await;
    assert!(created.diagnostics.is_empty());
    let state = decoded(created.new_state);
    assert_eq!(state.attribute("id"), &"7".into());
    assert_eq!(state.attribute("note"), &"".into(), "the user's spelling of nothing");
    assert_eq!(created.private, r#"{"origin":"home"}"#);
}

#[tokio::test]
async fn a_half_done_create_is_in_the_state() {
    let created =
        apply(&server("home"), null(), thing(Dynamic::Unknown, "half done", Dynamic::Unknown), &Bytes::new()).await;
    assert_eq!(summaries(&created.diagnostics), ["half"]);
    let state = decoded(created.new_state);
    assert_eq!((state.attribute("id"), state.attribute("note")), (&"7".into(), &Dynamic::Null));
}

#[tokio::test]
async fn a_refused_create_leaves_nothing() {
    let created =
        apply(&server("home"), null(), thing(Dynamic::Unknown, "refused", Dynamic::Null), &Bytes::new()).await;
    assert_eq!(summaries(&created.diagnostics), ["refused"]);
    assert_eq!(decoded(created.new_state), Dynamic::Null);
}

#[tokio::test]
async fn unknown_result_is_a_bug_and_keeps_object() {
    let created =
        apply(&server("home"), null(), thing(Dynamic::Unknown, "forgetful", Dynamic::Null), &Bytes::new()).await;
    assert_eq!(summaries(&created.diagnostics), ["Provider Bug"]);
    assert_eq!(decoded(created.new_state).attribute("name"), &"forgetful".into());
}

#[tokio::test]
async fn a_failed_update_and_a_failed_delete_keep_what_was() {
    let server = server("home");
    let prior = thing("7".into(), "kept", Dynamic::Null);
    let updated = apply(&server, prior.clone(), thing("7".into(), "refused", Dynamic::Null), &Bytes::new()).await;
    assert_eq!(summaries(&updated.diagnostics), ["refused"]);
    assert_eq!(decoded(updated.new_state), decoded(Some(prior.clone())));
    let deleted = apply(&server, prior.clone(), null(), &Bytes::new()).await;
    assert_eq!(summaries(&deleted.diagnostics), ["kept"]);
    assert_eq!(decoded(deleted.new_state), decoded(Some(prior)));
}

#[tokio::test]
async fn an_object_is_only_gone_where_it_was_last_seen() {
    let server = server("elsewhere");
    let state = thing("7".into(), "x", Dynamic::Null);
    let gone = read(&server, state.clone(), &r#"{"origin":"elsewhere"}"#.into()).await;
    assert_eq!((decoded(gone.new_state), gone.diagnostics), (Dynamic::Null, Diagnostics::new()));

    let private = Bytes::from(r#"{"origin":"home"}"#);
    let moved = read(&server, state.clone(), &private).await;
    let diagnostic = moved.diagnostics.iter().next().unwrap();
    assert!(diagnostic.detail.contains("home") && diagnostic.detail.contains("elsewhere"), "{diagnostic:?}");
    assert_eq!((decoded(moved.new_state), moved.private), (decoded(Some(state.clone())), private.clone()));

    let deleted = apply(&server, state.clone(), null(), &private).await;
    assert!(deleted.diagnostics.has_errors(), "nothing is deleted on another system");
    assert_eq!((decoded(deleted.new_state), deleted.private), (decoded(Some(state)), private));
}

#[tokio::test]
async fn object_found_in_another_tenant_belongs_there() {
    let found = read(&server("home"), thing("7".into(), "x", Dynamic::Null), &r#"{"origin":"old name"}"#.into()).await;
    assert!(found.diagnostics.is_empty());
    assert_eq!(found.private, r#"{"origin":"home"}"#);
}

#[tokio::test]
async fn sends_nothing_while_configuration_is_unknown() {
    let server = server("home");
    configure(&server, Dynamic::Unknown);
    let state = thing("7".into(), "x", "kept as it is".into());
    let same = read(&server, state.clone(), &r#"{"origin":"home"}"#.into()).await;
    assert_eq!((decoded(same.new_state), same.private), (decoded(Some(state)), r#"{"origin":"home"}"#.into()));
    let looked_up =
        DataSourceRequest { type_name: "things_thing".to_owned(), config: thing(Dynamic::Null, "x", Dynamic::Null) };
    let looked_up = server.read_data_source(looked_up).await;
    assert_eq!(summaries(&looked_up.diagnostics), ["Provider Configuration Not Known Yet"]);
}

#[tokio::test]
async fn an_unconfigured_provider_says_so() {
    let answer = read(&Server::new(Things), thing("7".into(), "x", Dynamic::Null), &Bytes::new()).await;
    assert_eq!(summaries(&answer.diagnostics), ["Provider Not Configured"]);
}

#[tokio::test(start_paused = true)]
async fn stop_wakes_what_runs_and_spares_what_comes_after() {
    let server = std::sync::Arc::new(server("home"));
    let running = tokio::spawn({
        let server = server.clone();
        async move { apply(&server, null(), thing(Dynamic::Unknown, "slow", Dynamic::Null), &Bytes::new()).await }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.stop();
    assert_eq!(summaries(&running.await.unwrap().diagnostics), ["stopped"]);
    server.stop();
    let after = apply(&server, null(), thing(Dynamic::Unknown, "x", Dynamic::Null), &Bytes::new()).await;
    assert!(after.diagnostics.is_empty());
}

#[test]
fn a_destroy_plans_null_and_keeps_the_private_data() {
    let request = PlanRequest {
        type_name: "things_thing".to_owned(),
        prior_state: thing("7".into(), "x", Dynamic::Null),
        proposed_new_state: null(),
        config: null(),
        prior_private: "p".into(),
    };
    let planned = server("home").plan_resource_change(&request);
    assert_eq!((decoded(planned.planned_state), planned.planned_private), (Dynamic::Null, "p".into()));
    assert!(planned.diagnostics.is_empty());
}

#[test]
fn state_is_read_leniently_and_old_state_refused() {
    let upgrade = |json: &'static str, flatmap| {
        let type_name = "things_thing".to_owned();
        server("home").upgrade_resource_state(&UpgradeRequest { type_name, version: 0, json: json.into(), flatmap })
    };
    let upgraded = upgrade(r#"{"id": 7, "name": "x", "gone": true}"#, false);
    assert!(upgraded.diagnostics.is_empty());
    assert_eq!(decoded(upgraded.upgraded_state).attribute("id"), &"7".into());
    assert_eq!(summaries(&upgrade("", true).diagnostics), ["State Too Old"]);
    let wrong = upgrade(r#"{"tags": {}}"#, false);
    assert_eq!(wrong.diagnostics.iter().next().unwrap().path, Some("tags".into()));
}

#[tokio::test]
async fn unknown_types_and_missing_imports_are_errors() {
    let server = server("home");
    assert_eq!(summaries(&server.validate_resource_config("things_x", &null(), true)), ["Unknown resource type"]);
    assert_eq!(summaries(&server.validate_data_source_config("things_x", &null())), ["Unknown data source type"]);
    let import = |id: &str| ImportRequest { type_name: "things_thing".to_owned(), id: id.to_owned() };
    let imported = server.import_resource_state(import("7")).await;
    assert_eq!(summaries(&imported.diagnostics), ["Resource Import Not Supported"]);
    assert_eq!(summaries(&server.import_resource_state(import("")).await.diagnostics), ["Invalid Import ID"]);
}

#[test]
fn malformed_values_are_errors_with_a_path() {
    let bytes = [0x81, 0xa2, b'i', b'd', 0xc3];
    let config = Encoded { msgpack: bytes.to_vec().into(), json: Bytes::new() };
    let diagnostics = server("home").validate_resource_config("things_thing", &config, true);
    assert_eq!(diagnostics.iter().next().unwrap().path, Some("id".into()));
}
