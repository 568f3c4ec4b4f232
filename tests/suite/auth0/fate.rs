//! Creations whose answer is lost: taken over, repeated, or an error that tells where to look.
//!
//! Two lists that are three seconds apart decide, so what can be seen side by side is.

use std::time::Duration;

use secrecy::SecretString;
use terraform_provider_auth0::auth0::client_grants::{Created, NewClientGrant};
use terraform_provider_auth0::auth0::clients;
use terraform_provider_auth0::auth0::{Client, Credentials, Error, TransportError};
use tokio::time::{self, Instant};
use tokio_util::sync::CancellationToken;

use super::server::{NO_CLIENTS, Reply, Server, json};
use super::{CLIENT, SECRET, assert_secret_free, client, new_client, session, settings};

const FORBIDDEN: &str = r#"{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:clients","errorCode":"insufficient_scope"}"#;
const UNAVAILABLE: &str = r#"{"statusCode":503,"error":"Service Unavailable","message":"try later"}"#;
const GRANT: &str = r#"{"id":"cgr_1","client_id":"abc","audience":"a","scope":["s"]}"#;

/// What comes of the creation, with all its settings.
const CREATED: &str = r#"{"client_id":"abc","name":"n","grant_types":["client_credentials"]}"#;
const OTHER: &str = r#"{"client_id":"abc","name":"n","description":"x","grant_types":["client_credentials"]}"#;

/// A list of applications named `n`.
fn list(ids: &[&str]) -> Reply {
    let clients: Vec<_> = ids.iter().map(|id| CREATED.replace("abc", id)).collect();
    page("clients", &clients)
}

fn page(collection: &str, objects: &[impl AsRef<str>]) -> Reply {
    let (total, objects): (_, Vec<_>) = (objects.len(), objects.iter().map(AsRef::as_ref).collect());
    json(200, &format!(r#"{{"total":{total},"start":0,"limit":100,"{collection}":[{}]}}"#, objects.join(",")))
}

/// Creates an application where the service answers like this, and the lists are these.
async fn create(
    answers: impl IntoIterator<Item = Reply>,
    lists: impl IntoIterator<Item = Reply>,
) -> (Result<clients::Client, Error>, Server) {
    let server = Server::start(answers).await.lists(lists);
    let mut settings = settings(&server.url(), Credentials::Token(SecretString::from(SECRET)));
    settings.request_timeout = Duration::from_millis(500);
    let session = Client::new(settings).unwrap().within(&CancellationToken::new(), in_a_minute());
    (session.clients().create(&new_client()).await, server)
}

fn in_a_minute() -> Instant {
    Instant::now() + Duration::from_mins(1)
}

fn unknown(outcome: Result<clients::Client, Error>) -> (Error, Vec<String>, Option<Error>) {
    let error = outcome.unwrap_err();
    assert_secret_free(&error);
    let Error::UnknownFate { cause, candidates, unseen } = error else { panic!("{error}") };
    (*cause, candidates, unseen.map(|error| *error))
}

#[tokio::test]
async fn what_was_created_is_taken_over_whatever_became_of_the_answer() {
    let lost = |reply| create([reply], [list(&["old"]), list(&["old", "abc"]), list(&["old", "abc"])]);
    let (dropped, silent, failed, foreign, cut) = tokio::join!(
        lost(Reply::Drop),
        lost(Reply::Hang),
        lost(json(503, UNAVAILABLE)),
        lost(json(500, "<html>s3cret</html>")),
        lost(json(201, r#"{"client_id":"ab"#)),
    );
    for (outcome, server) in [dropped, silent, failed, foreign, cut] {
        assert_eq!(outcome.unwrap().client_id, "abc");
        assert_eq!(server.requests().len(), 1, "nothing was sent again");
        let lists = server.list_requests();
        // Three seconds where they are sent; a busy machine may let the first one wait on its way.
        assert!(lists[2].at - lists[1].at >= Duration::from_secs(2));
    }
}

#[tokio::test]
async fn what_was_not_created_is_sent_again_and_what_may_have_been_is_not() {
    let late = create([Reply::Drop], [json(200, NO_CLIENTS), json(200, NO_CLIENTS), list(&["abc"])]);
    let hidden = r#"{"client_id":"abc","name":"n","description":"seen by itself only"}"#;
    let confirmed =
        create([Reply::Drop, json(200, CREATED)], [list(&[]), page("clients", &[hidden]), page("clients", &[hidden])]);
    let gone = json(404, r#"{"statusCode":404,"error":"Not Found","message":"The client does not exist"}"#);
    let vanished = create([Reply::Drop, gone, json(201, CLIENT)], [list(&[]), list(&["other"]), list(&[])]);
    let (absent, late, confirmed, vanished, several, changed) = tokio::join!(
        create([Reply::Drop, json(201, CLIENT)], []),
        late,
        confirmed,
        vanished,
        create([Reply::Drop], [list(&["old"]), list(&["old", "a", "b"]), list(&["old", "a", "b"])]),
        create([Reply::Drop, json(200, hidden)], [list(&[]), page("clients", &[hidden]), page("clients", &[hidden])]),
    );
    let posts = |server: &Server| server.requests().iter().filter(|request| request.method == "POST").count();
    for ((outcome, server), expected) in [(absent, 2), (late, 1), (confirmed, 1), (vanished, 2)] {
        assert_eq!((outcome.unwrap().client_id.as_str(), posts(&server)), ("abc", expected));
    }
    for ((outcome, server), expected) in [(several, vec!["a", "b"]), (changed, vec!["abc"])] {
        let (cause, candidates, unseen) = unknown(outcome);
        assert!(matches!(cause, Error::Transport { cause: TransportError::Broken(_), .. }), "{cause}");
        assert!(unseen.is_none());
        assert_eq!((candidates, posts(&server)), (expected.into_iter().map(str::to_owned).collect(), 1));
    }
}

#[tokio::test]
async fn past_a_thousand_what_is_new_is_told_by_a_list_that_begins_as_before() {
    let numbered = |numbers: std::ops::Range<u32>| -> Vec<String> {
        numbers.map(|number| format!(r#"{{"client_id":"c{number}","name":"o"}}"#)).collect()
    };
    let first = numbered(0..100).join(",");
    let counted = || json(200, &format!(r#"{{"total":1001,"start":0,"limit":100,"clients":[{first}]}}"#));
    let chained = |clients: &[String]| json(200, &format!(r#"{{"clients":[{}]}}"#, clients.join(",")));
    let in_order = [numbered(0..1001), vec![CREATED.to_owned()]].concat();
    let elsewhere = |client: &str| [vec![client.to_owned()], numbered(0..1001)].concat();
    let search = |list: &[String], answers: &[Reply]| {
        let answers = [&[Reply::Drop], answers].concat();
        create(answers, [counted(), counted(), chained(list), counted(), chained(list)])
    };
    let unreadable = elsewhere(&CREATED.replace(r#"["client_credentials"]"#, "3"));
    let (found, listed, by_itself, unread, other) = tokio::join!(
        search(&in_order, &[]),
        search(&elsewhere(CREATED), &[]),
        search(&elsewhere(OTHER), &[json(200, CREATED)]),
        search(&unreadable, &[json(200, CREATED)]),
        search(&elsewhere(OTHER), &[json(200, OTHER), json(201, CLIENT)]),
    );
    assert_eq!(found.0.unwrap().client_id, "abc");
    for (doubtful, asked) in [(listed, 1), (by_itself, 2), (unread, 2)] {
        assert_eq!((unknown(doubtful.0).1, doubtful.1.requests().len()), (vec!["abc".to_owned()], asked));
    }
    assert!(other.0.is_ok(), "one of other settings that is not surely new is not it");
}

#[tokio::test]
async fn where_the_scopes_hide_settings_a_new_namesake_is_not_taken_over() {
    let summary = r#"{"client_id":"abc","name":"n"}"#;
    let lists = [list(&[]), page("clients", &[summary]), page("clients", &[summary])];
    let (outcome, server) = create([Reply::Drop, json(200, summary)], lists).await;
    assert_eq!((unknown(outcome).1, server.requests().len()), (vec!["abc".to_owned()], 2));
}

#[tokio::test]
async fn a_service_that_keeps_failing_is_asked_three_times_if_nothing_comes_of_it() {
    let (outcome, server) = create([(); 3].map(|()| json(503, UNAVAILABLE)), []).await;
    let error = outcome.unwrap_err();
    assert!(matches!(&error, Error::Api(refusal) if refusal.status == 503), "{error}");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn where_lists_are_refused_a_creation_is_tried_but_a_lost_one_not_repeated() {
    // Each list is asked for again without leaving out fields.
    let forbidden = |times| vec![json(403, FORBIDDEN); times];
    let (outcome, server) = create([json(201, CLIENT)], forbidden(2)).await;
    assert_eq!((outcome.unwrap().client_id.as_str(), server.list_requests().len()), ("abc", 2));

    let before = [vec![list(&[])], forbidden(2)].concat();
    for (lists, asked) in [(forbidden(2), 2), (before, 3)] {
        let (outcome, server) = create([Reply::Drop, json(201, CLIENT)], lists).await;
        let (_, candidates, unseen) = unknown(outcome);
        assert!(candidates.is_empty() && unseen.as_ref().is_some_and(Error::is_forbidden), "{unseen:?}");
        assert_eq!((server.requests().len(), server.list_requests().len()), (1, asked));
    }
}

#[tokio::test]
async fn where_the_service_does_not_work_no_creation_is_begun() {
    let (outcome, server) = create([json(201, CLIENT)], [json(502, "<html>"), list(&[])]).await;
    assert!(outcome.is_ok(), "a list is asked for again");
    assert_eq!(server.list_requests().len(), 2);
    let (outcome, server) = create([json(201, CLIENT)], [json(404, "<html>")]).await;
    assert!(matches!(outcome, Err(Error::Foreign { status: 404, .. })), "{outcome:?}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn what_was_there_before_is_read_once_for_all_creations() {
    let server = Server::start([json(201, CLIENT), json(201, CLIENT), json(201, CLIENT)]).await;
    let session = session(&client(&server.url()));
    let (clients, new) = (session.clients(), new_client());
    let (one, other) = tokio::join!(clients.create(&new), clients.create(&new));
    assert!(one.is_ok() && other.is_ok());
    clients.create(&new).await.unwrap();
    assert_eq!(server.list_requests().len(), 1);
    let query = server.list_requests()[0].target.clone();
    assert!(query.contains("page=0&per_page=100&include_totals=true"), "{query}");
}

#[tokio::test]
async fn equal_creations_that_are_lost_at_once_share_out_what_there_is_and_wait_for_one_another() {
    let found = list(&["a", "b"]);
    let server = Server::start([Reply::Drop, Reply::Drop, json(201, CLIENT)]).await;
    let server = server.lists([list(&[]), found.clone(), found.clone(), found.clone(), found]);
    let client = client(&server.url());
    let one = || async {
        let session = client.within(&CancellationToken::new(), in_a_minute());
        session.clients().create(&new_client()).await.unwrap().client_id
    };
    let late = async {
        while server.list_requests().len() < 2 {
            time::sleep(Duration::from_millis(5)).await;
        }
        one().await
    };
    let (first, second, third) = tokio::join!(one(), one(), late);
    let mut taken = [first.as_str(), second.as_str()];
    taken.sort_unstable();
    assert_eq!((taken, third.as_str()), (["a", "b"], "abc"));
    assert_eq!(server.requests().len(), 3);
    let last_list = server.list_requests().last().unwrap().at;
    assert!(server.requests()[2].at > last_list, "the third was not sent before the others had been found");
    assert!(server.list_requests().len() <= 4, "lists are read for all who look");
}

#[tokio::test]
async fn stopping_ends_the_search_and_what_it_left_behind_is_taken_over_by_no_other() {
    let server = Server::start([Reply::Drop, Reply::Drop]).await;
    let server = server.lists([list(&[]), list(&[]), list(&["abc"]), list(&["abc"])]);
    let stop = CancellationToken::new();
    let client = client(&server.url());
    let session = client.within(&stop, in_a_minute());
    let creation = tokio::spawn(async move { session.clients().create(&new_client()).await });
    while server.list_requests().len() < 2 {
        time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    let (_, candidates, unseen) = unknown(creation.await.unwrap());
    assert!(candidates.is_empty() && matches!(unseen, Some(Error::Cancelled { .. })), "{unseen:?}");

    let session = client.within(&CancellationToken::new(), in_a_minute());
    let (_, candidates, _) = unknown(session.clients().create(&new_client()).await);
    assert_eq!(candidates, ["abc"]);
}

fn new_grant() -> NewClientGrant {
    let (audience, client_id) = ("a".to_owned(), Some("abc".to_owned()));
    NewClientGrant { audience, client_id, scope: Some(vec!["s".to_owned()]), ..NewClientGrant::default() }
}

async fn grant(answers: impl IntoIterator<Item = Reply>) -> (Result<Created, Error>, Vec<String>) {
    let server = Server::start(answers).await;
    let created = session(&client(&server.url())).client_grants().create(&new_grant()).await;
    (created, server.requests().into_iter().map(|request| request.method).collect())
}

#[tokio::test]
async fn a_lost_grant_is_found_by_its_key_or_sent_again() {
    let conflict = || json(409, r#"{"statusCode":409,"error":"Conflict","message":"exists"}"#);
    let none = || page("client_grants", &[] as &[&str]);
    let some = || page("client_grants", &[GRANT]);
    let itself = || json(200, GRANT);
    let gone = || json(404, r#"{"statusCode":404,"error":"Not Found","message":"Grant not found"}"#);
    let strange = GRANT.replace("[\"s\"]", "[]");
    let other = || page("client_grants", &[strange.as_str()]);
    let (found, absent, unlisted, foreign, refused, late) = tokio::join!(
        grant([Reply::Drop, some(), itself()]),
        grant([json(503, UNAVAILABLE), none(), none(), json(201, GRANT)]),
        grant([Reply::Drop, none(), none(), conflict(), some(), itself()]),
        grant([Reply::Drop, other(), json(200, &strange), conflict(), other(), json(200, &strange)]),
        grant([Reply::Drop, json(403, FORBIDDEN)]),
        grant([Reply::Drop, some(), gone(), none(), json(201, GRANT)]),
    );
    assert!(matches!(&found.0, Ok(Created::Found(grant)) if grant.id == "cgr_1"), "{found:?}");
    assert_eq!(found.1, ["POST", "GET", "GET"]);
    assert!(matches!(&absent.0, Ok(Created::Now(grant)) if grant.id == "cgr_1"), "{absent:?}");
    assert_eq!(absent.1, ["POST", "GET", "GET", "POST"]);
    assert!(matches!(&unlisted.0, Ok(Created::Found(grant)) if grant.id == "cgr_1"), "{unlisted:?}");
    assert_eq!(unlisted.1, ["POST", "GET", "GET", "POST", "GET", "GET"]);
    assert!(matches!(&foreign.0, Err(error) if error.is_conflict()), "{foreign:?}");
    assert!(matches!(&refused.0, Err(Error::UnknownFate { unseen: Some(_), .. })), "{refused:?}");
    assert_eq!(refused.1, ["POST", "GET"], "nothing is sent again where nothing can be seen");
    assert!(matches!(&late.0, Ok(Created::Now(_))), "one that a late list shows is not taken over: {late:?}");
}
