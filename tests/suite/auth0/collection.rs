//! Reads of several objects at once, which a list may answer.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use terraform_provider_auth0::auth0::{Error, Flaw, Object, Seen, Session};
use tokio::time::{self, Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use super::server::{Reply, Server, chained, json, page, page_of};
use super::{CLIENTS, client, client_with_token, read, session};

const NOT_FOUND: &str = r#"{"statusCode":404,"error":"Not Found","message":"The client does not exist"}"#;

fn entry(id: &str, name: &str) -> String {
    format!(r#"{{"client_id":"{id}","name":"{name}"}}"#)
}

/// A server with a list, and with objects of these names.
async fn serve(list: impl IntoIterator<Item = Reply>, objects: &[(&str, &str)]) -> Server {
    let mut server = Server::start([]).await.at("/api/v2/clients", list);
    for (id, name) in objects {
        server = server.at(&format!("/api/v2/clients/{id}"), [json(200, &entry(id, name))]);
    }
    server
}

/// An object that is known by the name `n`. The name `?` says nothing, and the name `!` cannot be read.
fn known(object: &Object) -> Result<Seen<String>, Flaw> {
    let name = object["name"].as_str().unwrap();
    match name {
        "!" => Err(Flaw { path: "name".to_owned(), reason: "expected a name".to_owned() }),
        name => Ok(Seen { value: name.to_owned(), same: (name != "?").then_some(name == "n") }),
    }
}

async fn read_known(session: &Session, id: &str) -> Option<String> {
    session.api(&CLIENTS, &[]).read(id, known).await.unwrap()
}

/// The objects that were read singly, in the order of their ids.
fn singles(server: &Server) -> Vec<String> {
    let asked = server.requests().into_iter().map(|request| request.target);
    let mut ids: Vec<_> =
        asked.filter_map(|target| Some(target.strip_prefix("/api/v2/clients/")?.to_owned())).collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn one_object_is_read_singly_and_two_by_a_list() {
    let server = serve([], &[("a", "n")]).await;
    assert!(read(&session(&client(&server.url())), "a").await.unwrap().is_some());
    assert_eq!(server.asked(), ["GET /api/v2/clients/a"]);

    // The first read waits for company.
    let server = serve([page("clients", &[entry("a", "n"), entry("b", "n")])], &[]).await;
    let session = session(&client(&server.url()));
    let (one, other) = tokio::join!(read(&session, "a"), read(&session, "b"));
    assert!(one.unwrap().is_some() && other.unwrap().is_some());
    assert_eq!((server.requests().len(), singles(&server).len()), (1, 0));
}

#[tokio::test]
async fn few_requests_are_made_one_object_after_another() {
    // Five pages: at most 2·min(n, 5) + 1 requests for n objects.
    let all: Vec<_> = (0..500).map(|number| entry(&format!("c{number}"), "n")).collect();
    let pages: Vec<_> = all.chunks(100).map(|page| page_of(500, "clients", page)).collect();
    let server = serve(pages, &[]).await;
    let ids: Vec<_> = [499, 498, 497, 496, 495, 494, 493].iter().map(|number| format!("c{number}")).collect();
    let server =
        ids.iter().fold(server, |server, id| server.at(&format!("/api/v2/clients/{id}"), [json(200, &entry(id, "n"))]));
    let session = session(&client(&server.url()));
    for (n, id) in ids.iter().enumerate().map(|(index, id)| (index + 1, id)) {
        assert!(read_known(&session, id).await.is_some());
        let asked = server.requests().len();
        assert!(asked <= 2 * n.min(5) + 1, "{asked} requests for {n} objects");
    }
}

#[tokio::test]
async fn an_object_of_a_known_list_is_not_waited_for() {
    let list: Vec<_> = (0..100).map(|number| entry(&format!("c{number}"), "n")).collect();
    let server = serve([page("clients", &list)], &[]).await;
    let session = session(&client(&server.url()));
    tokio::join!(read_known(&session, "c0"), read_known(&session, "c1"));
    time::pause();
    let start = Instant::now();
    for number in 2..100 {
        read_known(&session, &format!("c{number}")).await.unwrap();
    }
    assert_eq!((start.elapsed(), server.requests().len()), (Duration::ZERO, 1));
}

#[tokio::test]
async fn a_list_may_confirm_but_never_surprise() {
    let list = [entry("a", "n"), entry("b", "?"), entry("c", "old"), entry("d", "other"), entry("e", "!")];
    let server = serve([page("clients", &list)], &[("c", "n"), ("d", "new"), ("e", "n")]).await;
    let server = server.at("/api/v2/clients/f", [json(404, NOT_FOUND)]);
    let session = session(&client(&server.url()));
    let read = |id| read_known(&session, id);
    let seen = tokio::join!(read("a"), read("b"), read("c"), read("d"), read("e"), read("f"));
    let name = |name: &str| Some(name.to_owned());
    assert_eq!(seen, (name("n"), name("?"), name("n"), name("new"), name("n"), None));
    assert_eq!(singles(&server), ["c", "d", "e", "f"], "those that differ, cannot be read or are missing");
    // What was read singly is known.
    assert_eq!((read("d").await, read("f").await, server.requests().len()), (name("new"), None, 5));
}

#[tokio::test]
async fn a_list_that_was_right_is_not_trusted_later() {
    let same = page("clients", &[entry("a", "n"), entry("b", "n"), entry("c", "n")]);
    let late = page("clients", &[entry("a", "old"), entry("b", "old"), entry("c", "old")]);
    let server = serve([same, late.clone(), late], &[]).await;
    let server = ["a", "b", "c"].into_iter().fold(server, |server, id| {
        server.at(&format!("/api/v2/clients/{id}"), [json(200, &entry(id, "n")), json(200, &entry(id, "new"))])
    });
    let session = session(&client(&server.url()));
    let read_all = || async {
        let read = |id| read_known(&session, id);
        tokio::join!(read("a"), read("b"), read("c"))
    };
    Box::pin(read_all()).await;
    assert_eq!(singles(&server).len(), 0);
    for (times, name) in [(1, "n"), (2, "new")] {
        session.api(&CLIENTS, &[]).delete("gone").await.unwrap_err();
        let expected = Some(name.to_owned());
        assert_eq!(Box::pin(read_all()).await, (expected.clone(), expected.clone(), expected));
        assert_eq!(singles(&server).iter().filter(|id| *id != "gone").count(), 3 * times, "each of them, each time");
    }
}

#[tokio::test]
async fn a_list_that_contradicts_itself_is_not_used() {
    let many: Vec<_> = (0..100).map(|number| entry(&format!("c{number}"), "n")).collect();
    let (first, second) = (page_of(102, "clients", &many), page_of(102, "clients", &[entry("x", "n")]));
    let rest = [entry("x", "n"), entry("y", "n")];
    let chain = [chained("clients", &many, Some("c99")), chained("clients", &rest, None)];
    let contradiction = [first.clone(), second.clone()];
    for (list, expected) in [
        ([&contradiction[..], &chain[..]].concat(), vec![]),
        ([&contradiction[..], &[first.clone(), first.clone()]].concat(), vec!["x", "y"]),
        // No number of pages is beyond belief.
        (vec![json(200, &format!(r#"{{"total":{},"limit":1,"clients":[]}}"#, u64::MAX))], vec!["x", "y"]),
        (vec![page_of(3, "clients", &rest[..1])], vec!["y"]),
        (vec![json(403, r#"{"statusCode":403,"error":"Forbidden","message":"no"}"#); 2], vec!["x", "y"]),
    ] {
        let server = serve(list, &[("x", "n"), ("y", "n")]).await;
        let session = session(&client(&server.url()));
        let (x, y) = tokio::join!(read_known(&session, "x"), read_known(&session, "y"));
        assert!(x.is_some() && y.is_some());
        assert_eq!(singles(&server), expected);
    }
}

#[tokio::test]
async fn readers_of_an_object_share_a_response_and_no_error() {
    let server = serve([], &[("a", "n")]).await;
    let client = client(&server.url());
    let session = session(&client);
    let seen = tokio::join!(read(&session, "a"), read(&session, "a"), read(&session, "a"));
    assert!(seen.0.unwrap().is_some() && seen.1.unwrap().is_some() && seen.2.unwrap().is_some());
    assert_eq!(server.requests().len(), 1);

    let server = Server::start([json(418, "no"), json(200, &entry("a", "n"))]).await;
    let session = self::session(&self::client(&server.url()));
    let (one, other) = tokio::join!(read(&session, "a"), read(&session, "a"));
    assert!(one.is_ok() != other.is_ok(), "the other one asks again: {one:?} {other:?}");
}

#[tokio::test]
async fn next_reader_reads_list_if_first_is_stopped() {
    let list = [entry("c", "n"), entry("d", "n")];
    let server = serve([Reply::Hang, page("clients", &list)], &[]).await;
    let (stop, client) = (CancellationToken::new(), client_with_token(&server.url()));
    let stopped = client.within(&stop, Instant::now() + Duration::from_mins(1));
    let readers = ["a", "b"].map(|id| {
        let session = stopped.clone();
        tokio::spawn(async move { read(&session, id).await })
    });
    while server.requests().is_empty() {
        sleep(Duration::from_millis(5)).await;
    }
    let session = session(&client);
    let other = tokio::spawn(async move { read_known(&session, "c").await });
    sleep(Duration::from_millis(50)).await;
    assert_eq!(server.requests().len(), 1, "it waits for the list");
    stop.cancel();
    assert!(other.await.unwrap().is_some());
    for reader in readers {
        assert!(matches!(reader.await.unwrap(), Err(Error::Cancelled { .. })));
    }
    assert_eq!((server.requests().len(), singles(&server).len()), (2, 0));
}

/// Keeps the messages of a log, with all of their fields.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber> Layer<S> for Log {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

#[tokio::test]
async fn a_property_that_lists_show_differently_is_logged() {
    let log = Log::default();
    // With one subscriber alone, the thread that reaches a record first decides for all whether it is of interest. Tests in
    // other threads have no subscriber.
    let _another = tracing::Dispatch::new(tracing_subscriber::registry());
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(log.clone()));
    let list = [entry("a", "old"), entry("b", "old"), entry("c", "n")];
    let server = serve([page("clients", &list)], &[("a", "n")]).await;
    let described = r#"{"client_id":"b","name":"n","description":"d"}"#;
    let server = server.at("/api/v2/clients/b", [json(200, described)]);
    let session = session(&client(&server.url()));
    tokio::join!(read_known(&session, "a"), read_known(&session, "b"), read_known(&session, "c"));
    let lines = log.0.lock().unwrap().clone();
    let mut lines: Vec<_> = lines.iter().filter(|line| line.contains("different values")).collect();
    lines.sort();
    let line = |property| {
        format!(
            "INFO message=a list and the object itself show different values of this property collection=\"clients\" \
             property=\"{property}\""
        )
    };
    assert_eq!(lines, [&line("description"), &line("name")]);
}
