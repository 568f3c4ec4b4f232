//! Creates of applications whose response is lost: taken over, repeated, or an error that says where to look.
//!
//! Two lists that are three seconds apart decide, so the cases of a test run side by side.

use std::time::Duration;

use secrecy::SecretString;
use terraform_provider_auth0::auth0::{Client, Credentials, Error, Flaw, Object, Seen, TransportError};
use tokio::time::{self, Instant};
use tokio_util::sync::CancellationToken;

use super::server::{Reply, Server, chained, json, page, page_of};
use super::{CLIENT, CLIENTS, SECRET, assert_secret_free, client, new_client, object, settings};

const FORBIDDEN: &str = r#"{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:clients","errorCode":"insufficient_scope"}"#;
const UNAVAILABLE: &str = r#"{"statusCode":503,"error":"Service Unavailable","message":"try later"}"#;
const NOT_FOUND: &str = r#"{"statusCode":404,"error":"Not Found","message":"The client does not exist"}"#;

/// What comes of the create, with all its settings.
const CREATED: &str = r#"{"client_id":"abc","name":"n","grant_types":["client_credentials"]}"#;
const OTHER: &str = r#"{"client_id":"abc","name":"n","description":"x","grant_types":["client_credentials"]}"#;
/// What a token without the scopes sees of either.
const SUMMARY: &str = r#"{"client_id":"abc","name":"n"}"#;
const UNREADABLE: &str = r#"{"client_id":"abc","name":"n","grant_types":3}"#;

/// An application without a description is what comes of the create.
fn wanted(object: &Object) -> Result<Seen<String>, Flaw> {
    let same = match object.get("grant_types") {
        None => None,
        Some(types) if types.is_array() => Some(!object.contains_key("description")),
        Some(_) => return Err(Flaw { path: "grant_types".to_owned(), reason: "expected a list".to_owned() }),
    };
    Ok(Seen { value: object["client_id"].as_str().unwrap().to_owned(), same })
}

/// A list of applications named `n`.
fn list(ids: &[&str]) -> Reply {
    let clients: Vec<_> = ids.iter().map(|id| CREATED.replace("abc", id)).collect();
    page("clients", &clients)
}

/// Creates an application if the service answers like this and the lists are these.
async fn create(
    answers: impl IntoIterator<Item = Reply>,
    lists: impl IntoIterator<Item = Reply>,
) -> (Result<String, Error>, Server) {
    let server = Server::start(answers).await.lists(lists);
    let mut settings = settings(&server.url(), Credentials::Token(SecretString::from(SECRET)));
    settings.request_timeout = Duration::from_millis(500);
    let outcome = create_with(&Client::new(settings).unwrap(), &CancellationToken::new()).await;
    (outcome, server)
}

async fn create_with(client: &Client, stop: &CancellationToken) -> Result<String, Error> {
    let session = client.within(stop, Instant::now() + Duration::from_mins(1));
    Ok(session.api(&CLIENTS, &[]).create(&new_client(), wanted).await?.value)
}

fn unknown<T: std::fmt::Debug>(outcome: Result<T, Error>) -> (Error, Vec<String>, Option<Error>) {
    let error = outcome.unwrap_err();
    assert_secret_free(&error);
    let Error::UnknownFate { cause, candidates, unseen } = error else { panic!("{error}") };
    (*cause, candidates, unseen.map(|error| *error))
}

fn posts(server: &Server) -> usize {
    server.requests().iter().filter(|request| request.method == "POST").count()
}

#[tokio::test]
async fn an_object_is_taken_over_however_a_response_is_lost() {
    let lost = |reply| create([reply], [list(&["old"]), list(&["old", "abc"]), list(&["old", "abc"])]);
    let (dropped, silent, failed, foreign, cut) = tokio::join!(
        lost(Reply::Drop),
        lost(Reply::Hang),
        lost(json(503, UNAVAILABLE)),
        lost(json(500, "<html>s3cret</html>")),
        lost(json(201, r#"{"client_id":"ab"#)),
    );
    for (outcome, server) in [dropped, silent, failed, foreign, cut] {
        assert_eq!(outcome.unwrap(), "abc");
        assert_eq!(server.requests().len(), 1, "nothing was sent again");
        let lists = server.list_requests();
        // Three seconds where they are sent; a busy machine may let the first one wait on its way.
        assert!(lists[2].at - lists[1].at >= Duration::from_secs(2));
    }
}

#[tokio::test]
async fn a_create_is_sent_again_only_if_nothing_came_of_it() {
    let other = |answers: &[Reply]| {
        create([&[Reply::Drop], answers].concat(), [list(&[]), page("clients", &[OTHER]), page("clients", &[OTHER])])
    };
    let (absent, late, confirmed, vanished, several, changed) = tokio::join!(
        create([Reply::Drop, json(201, CLIENT)], []),
        create([Reply::Drop], [list(&[]), list(&[]), list(&["abc"])]),
        other(&[json(200, CREATED)]),
        create([Reply::Drop, json(404, NOT_FOUND), json(201, CLIENT)], [list(&[]), list(&["other"]), list(&[])]),
        create([Reply::Drop], [list(&["old"]), list(&["old", "a", "b"]), list(&["old", "a", "b"])]),
        other(&[json(200, OTHER)]),
    );
    for ((outcome, server), expected) in [(absent, 2), (late, 1), (confirmed, 1), (vanished, 2)] {
        assert_eq!((outcome.unwrap().as_str(), posts(&server)), ("abc", expected));
    }
    for ((outcome, server), expected) in [(several, vec!["a", "b"]), (changed, vec!["abc"])] {
        let (cause, candidates, unseen) = unknown(outcome);
        assert!(matches!(cause, Error::Transport { cause: TransportError::Broken(_), .. }), "{cause}");
        assert!(unseen.is_none());
        assert_eq!((candidates, posts(&server)), (expected.into_iter().map(str::to_owned).collect(), 1));
    }
}

#[tokio::test]
async fn a_look_alike_of_unknown_age_is_not_taken_over() {
    let numbered: Vec<_> = (0..101).map(|number| format!(r#"{{"client_id":"c{number:03}","name":"o"}}"#)).collect();
    // The first page does not show all that was there, wherever the look-alike stands afterwards.
    let before = || page_of(101, "clients", &numbered[..100]);
    let search = |extra: &[&str], answers: &[Reply]| {
        let rest: Vec<_> = numbered[100..].iter().map(String::as_str).chain(extra.iter().copied()).collect();
        let total = 100 + rest.len();
        let both = [page_of(total, "clients", &numbered[..100]), page_of(total, "clients", &rest)];
        create([&[Reply::Drop], answers].concat(), [&[before()], &both[..], &both[..]].concat())
    };
    let (listed, alone, hidden, unreadable, other, absent) = tokio::join!(
        search(&[CREATED], &[]),
        search(&[OTHER], &[json(200, CREATED)]),
        search(&[SUMMARY], &[json(200, SUMMARY)]),
        search(&[UNREADABLE], &[json(200, UNREADABLE)]),
        search(&[OTHER], &[json(200, OTHER), json(201, CLIENT)]),
        search(&[], &[json(201, CLIENT)]),
    );
    for (doubtful, asked) in [(listed, 1), (alone, 2), (hidden, 2), (unreadable, 2)] {
        let (_, candidates, unseen) = unknown(doubtful.0);
        assert!(unseen.is_none());
        assert_eq!((candidates, doubtful.1.requests().len()), (vec!["abc".to_owned()], asked));
    }
    assert_eq!((other.0.unwrap().as_str(), posts(&other.1)), ("abc", 2), "one of other settings is not it");
    assert_eq!((absent.0.unwrap().as_str(), posts(&absent.1)), ("abc", 2), "none is in two lists");
}

#[tokio::test]
async fn a_namesake_of_unknown_settings_is_not_taken_over() {
    let search = |shown: &'static str| {
        let lists = [list(&[]), page("clients", &[shown]), page("clients", &[shown])];
        create([Reply::Drop, json(200, shown)], lists)
    };
    for (outcome, server) in <[_; 2]>::from(tokio::join!(search(SUMMARY), search(UNREADABLE))) {
        assert_eq!((unknown(outcome).1, server.requests().len()), (vec!["abc".to_owned()], 2));
    }
}

#[tokio::test]
async fn a_list_that_contradicts_itself_decides_nothing() {
    let contradiction = || page_of(3, "clients", &[CREATED]);
    let all = [CREATED, r#"{"client_id":"x"}"#, r#"{"client_id":"y"}"#];
    let (by_checkpoints, undecided) = tokio::join!(
        create([Reply::Drop], [list(&[]), contradiction(), chained("clients", &all, None), page("clients", &all)]),
        create([Reply::Drop], [list(&[]), contradiction(), contradiction(), contradiction()]),
    );
    assert_eq!(by_checkpoints.0.unwrap(), "abc");
    let (_, candidates, unseen) = unknown(undecided.0);
    assert!(candidates.is_empty() && matches!(unseen, Some(Error::Decode { .. })), "{unseen:?}");
    assert_eq!(posts(&undecided.1), 1);
}

#[tokio::test]
async fn a_list_with_more_than_it_says_proves_no_age() {
    // The first page says that it has all, and shows more.
    let before = page_of(1, "clients", &[CREATED.replace("abc", "x"), CREATED.replace("abc", "y")]);
    let after = || list(&["abc", "x", "y"]);
    let (outcome, server) = create([Reply::Drop], [before, after(), after()]).await;
    assert_eq!((unknown(outcome).1, posts(&server)), (vec!["abc".to_owned()], 1));
}

#[tokio::test]
async fn a_long_list_that_ends_early_proves_no_absence() {
    let numbered: Vec<_> = (0..1_000).map(|number| format!(r#"{{"client_id":"c{number}","name":"o"}}"#)).collect();
    let first = || page_of(1_001, "clients", &numbered[..100]);
    let ends_early = [first(), chained("clients", &numbered, None), first()];
    let lists = [&[first()], &ends_early[..], &ends_early[..]].concat();
    let (outcome, server) = create([Reply::Drop, json(201, CLIENT)], lists).await;
    let (_, candidates, unseen) = unknown(outcome);
    assert!(candidates.is_empty() && matches!(unseen, Some(Error::Decode { .. })), "{unseen:?}");
    assert_eq!(posts(&server), 1);
}

#[tokio::test]
async fn lost_creates_share_their_lists() {
    const CREATES: usize = 8;
    let server = Server::start(vec![Reply::Drop; CREATES]).await;
    let found: Vec<_> = (0..CREATES)
        .map(|id| CREATED.replace("abc", &id.to_string()).replace("\"n\"", &format!("\"n{id}\"")))
        .collect();
    let late = || Reply::Late(Duration::from_millis(500), Box::new(page("clients", &found)));
    let server = server.lists([vec![list(&[])], (0..2 * CREATES).map(|_| late()).collect()].concat());
    let client = client(&server.url());
    let session = client.within(&CancellationToken::new(), Instant::now() + Duration::from_mins(1));
    let all = (0..CREATES).map(|id| {
        let session = session.clone();
        async move {
            let new = object(&serde_json::json!({"name": format!("n{id}")})).into();
            session.api(&CLIENTS, &[]).create(&new, wanted).await.unwrap().value
        }
    });
    let created = futures_util::future::join_all(all).await;
    assert_eq!(created, (0..CREATES).map(|id| id.to_string()).collect::<Vec<_>>());
    // One before, and two each time: one that began too early for the last of them, and one for all of them.
    let lists = server.list_requests().len();
    assert!(lists <= 6, "{lists} lists for {CREATES} creates");
}

#[tokio::test]
async fn a_created_object_that_cannot_be_read_may_exist() {
    let lists = [list(&[]), page("clients", &[UNREADABLE]), page("clients", &[UNREADABLE])];
    let (outcome, server) = create([json(201, UNREADABLE), json(200, UNREADABLE)], lists).await;
    let (cause, candidates, _) = unknown(outcome);
    assert!(matches!(&cause, Error::Decode { path, .. } if path == "grant_types"), "{cause}");
    assert_eq!((candidates, posts(&server)), (vec!["abc".to_owned()], 1));
}

#[tokio::test]
async fn a_failing_service_is_asked_to_create_three_times() {
    let (outcome, server) = create([(); 3].map(|()| json(503, UNAVAILABLE)), []).await;
    let error = outcome.unwrap_err();
    assert!(matches!(&error, Error::Api(refusal) if refusal.status == 503), "{error}");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_lost_create_is_not_repeated_if_lists_are_refused() {
    // Each list is asked for again without leaving out fields.
    let forbidden = |times| vec![json(403, FORBIDDEN); times];
    let (outcome, server) = create([json(201, CLIENT)], forbidden(2)).await;
    assert_eq!((outcome.unwrap().as_str(), server.list_requests().len()), ("abc", 2));

    let before = [vec![list(&[])], forbidden(2)].concat();
    for (lists, asked) in [(forbidden(2), 2), (before, 3)] {
        let (outcome, server) = create([Reply::Drop, json(201, CLIENT)], lists).await;
        let (_, candidates, unseen) = unknown(outcome);
        assert!(candidates.is_empty() && unseen.as_ref().is_some_and(Error::is_forbidden), "{unseen:?}");
        assert_eq!((server.requests().len(), server.list_requests().len()), (1, asked));
    }
}

#[tokio::test]
async fn no_create_is_begun_if_the_service_fails() {
    let (outcome, server) = create([json(201, CLIENT)], [json(502, "<html>"), list(&[])]).await;
    assert!(outcome.is_ok(), "a list is asked for again");
    assert_eq!(server.list_requests().len(), 2);
    let (outcome, server) = create([json(201, CLIENT)], [json(404, "<html>")]).await;
    assert!(matches!(outcome, Err(Error::Foreign { status: 404, .. })), "{outcome:?}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn the_list_before_the_first_create_is_read_once() {
    let server = Server::start(["a", "b", "c"].map(|id| json(201, &CREATED.replace("abc", id)))).await;
    let (client, stop) = (client(&server.url()), CancellationToken::new());
    let (one, other) = tokio::join!(create_with(&client, &stop), create_with(&client, &stop));
    assert!(one.is_ok() && other.is_ok());
    create_with(&client, &stop).await.unwrap();
    assert_eq!(server.list_requests().len(), 1);
    let query = server.list_requests()[0].target.clone();
    assert!(query.contains("page=0&per_page=100&include_totals=true"), "{query}");
}

#[tokio::test]
async fn creates_of_one_name_go_one_after_another() {
    let (one, both) = (list(&["a"]), list(&["a", "b"]));
    let server = Server::start([Reply::Drop, Reply::Drop, json(201, CLIENT)]).await;
    let server = server.lists([list(&[]), one.clone(), one, both.clone(), both]);
    let (client, stop) = (client(&server.url()), CancellationToken::new());
    let create = || async { create_with(&client, &stop).await.unwrap() };
    let mut created: Vec<_> = <[_; 3]>::from(tokio::join!(create(), create(), create())).into();
    created.sort();
    assert_eq!(created, ["a", "abc", "b"]);
    let (posts, lists) = (server.requests(), server.list_requests());
    assert_eq!((posts.len(), lists.len()), (3, 5));
    assert!(posts[1].at > lists[2].at && posts[2].at > lists[4].at, "the one before was found first");
}

#[tokio::test]
async fn a_stopped_create_leaves_its_object_to_no_other() {
    let server = Server::start([Reply::Drop, Reply::Drop]).await;
    let server = server.lists([list(&[]), list(&[]), list(&["abc"]), list(&["abc"])]);
    let stop = CancellationToken::new();
    let client = client(&server.url());
    let stopped = (client.clone(), stop.clone());
    let create = tokio::spawn(async move { create_with(&stopped.0, &stopped.1).await });
    while server.list_requests().len() < 2 {
        time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    let (_, candidates, unseen) = unknown(create.await.unwrap());
    assert!(candidates.is_empty() && matches!(unseen, Some(Error::Cancelled { .. })), "{unseen:?}");

    let (_, candidates, _) = unknown(create_with(&client, &CancellationToken::new()).await);
    assert_eq!(candidates, ["abc"]);
}
