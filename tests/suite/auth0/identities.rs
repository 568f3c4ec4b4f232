//! Responses about another object than the one that was asked for, and ids that no later request could name.
//!
//! Neither is ever taken for the object, whatever its area and whatever the operation.

use serde_json::{Value, json};
use terraform_provider_auth0::auth0::{Area, Body, Error, Object, Seen};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use std::time::Duration;

use super::server::{Reply, Server, json as answer, page};
use super::{CLIENT_GRANTS, CLIENTS, CREDENTIALS, RESOURCE_SERVERS, believed, client, object, read, session, shown};

/// Every area, with the ids of the parents of its objects.
const AREAS: [(&Area, &[&str]); 4] =
    [(&CLIENTS, &[]), (&CLIENT_GRANTS, &[]), (&CREDENTIALS, &["abc"]), (&RESOURCE_SERVERS, &[])];

/// Ids that a later request could not name.
fn unusable() -> Vec<String> {
    ["", ".", "..", "a\nb", "a\r", "\u{0}", "a\u{7f}", "a\u{9b}b"]
        .map(str::to_owned)
        .into_iter()
        .chain(["x".repeat(1_025), "x".repeat(1 << 20)])
        .collect()
}

/// An object of any area, by its id. It has every key of every area.
fn named(id: &str) -> String {
    let object = json!({
        "id": id, "client_id": id, "identifier": id, "name": "n", "audience": "a", "scope": [], "client_secret": "s3cret",
    });
    object.to_string()
}

/// The place of a flaw in a response.
fn place(error: &Error) -> Option<&str> {
    match error {
        Error::Decode { path, .. } => Some(path),
        _ => None,
    }
}

#[tokio::test]
async fn another_object_is_never_the_one_asked_for() {
    for (area, parents) in AREAS {
        let another = |status| answer(status, &named("other"));
        let server = Server::start([another(200), another(200), another(200)]).await;
        let session = session(&client(&server.url()));
        let api = session.api(area, parents);
        let errors = [
            api.read("mine", believed).await.unwrap_err(),
            api.read_singly("mine", shown).await.unwrap_err(),
            api.update("mine", &Body::default(), shown).await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(place(&error), Some(area.key), "{:?}: {error}", area.path);
            assert!(!error.is_refusal(), "an update may have had its effect");
        }
    }
    // A reader among many, whose object the list lacks.
    let server = Server::start([]).await.at("/api/v2/clients", [page("clients", &[named("a"), named("b")])]);
    let server = server.at("/api/v2/clients/mine", [answer(200, &named("a"))]);
    let session = session(&client(&server.url()));
    let (mine, a) = tokio::join!(read(&session, "mine"), read(&session, "a"));
    assert_eq!((place(&mine.unwrap_err()), a.unwrap().unwrap()["client_id"].as_str()), (Some("client_id"), Some("a")));
}

#[tokio::test]
async fn a_secret_of_another_application_is_not_handed_over() {
    let without_id = r#"{"client_secret":"s3cret"}"#;
    let server = Server::start(
        [&named("other"), &named("other"), without_id, without_id, &named("mine"), &named("mine")]
            .map(|body| answer(200, body)),
    )
    .await;
    let session = session(&client(&server.url()));
    let clients = session.api(&CLIENTS, &[]);
    for _ in ["another", "of nobody"] {
        let errors = [clients.secret("mine").await.unwrap_err(), clients.rotate_secret("mine").await.unwrap_err()];
        for error in errors {
            assert_eq!(place(&error), Some("client_id"), "{error}");
            super::assert_secret_free(&error);
        }
    }
    assert!(clients.secret("mine").await.unwrap().is_some());
    clients.rotate_secret("mine").await.unwrap();
}

#[tokio::test]
async fn credentials_of_another_application_or_id_are_not_taken() {
    let other = named("other");
    let server = Server::start([&other, &other].map(|body| answer(200, body))).await;
    let session = session(&client(&server.url()));
    let clients = session.api(&CLIENTS, &[]);
    let changed = clients.change_expiry("mine", "cred_1", &Body::default()).await.unwrap_err();
    assert_eq!(place(&changed), Some("id"), "{changed}");
    let slots = clients.slots("mine").await.unwrap_err();
    assert_eq!(place(&slots), Some("client_id"), "{slots}");
    for id in unusable() {
        let list = format!("[{}]", named(&id));
        let server = Server::start([answer(200, &list)]).await;
        let read = self::session(&client(&server.url())).api(&CLIENTS, &[]).credentials("mine").await;
        assert!(place(&read.unwrap_err()).is_some(), "{:?}", id.get(..9));
    }
    // A new credential that no request can name, or that was there before, is looked for.
    for answered in ["..", "cred_old"] {
        let all = format!("[{},{}]", named("cred_old"), named("cred_new"));
        let server = Server::start([answer(201, &named(answered)), answer(200, &all)]).await;
        let session = self::session(&client(&server.url()));
        let clients = session.api(&CLIENTS, &[]);
        let added = clients.add_credential("mine", &Body::default(), &["cred_old".to_owned()], |_| true).await;
        assert_eq!(added.unwrap()["id"], "cred_new", "{answered}");
    }
}

#[tokio::test]
async fn an_api_goes_by_its_identifier_and_its_id() {
    let api = json!({"id": "66f0", "identifier": "https://caf\u{e9}", "name": "n"}).to_string();
    let server = Server::start([&api, &api, &api, &api].map(|body| answer(200, body))).await;
    let session = session(&client(&server.url()));
    let apis = session.api(&RESOURCE_SERVERS, &[]);
    for id in ["66f0", "https://caf\u{e9}", "https://cafe\u{301}"] {
        assert!(apis.read_singly(id, shown).await.unwrap().is_some(), "{id}");
    }
    assert_eq!(place(&apis.read_singly("https://cafe", shown).await.unwrap_err()), Some("identifier"));
}

/// Creates a grant if the service answers like this.
async fn create_grant(answers: impl IntoIterator<Item = Reply>) -> (Result<Object, Error>, Vec<String>) {
    let server = Server::start(answers).await;
    let client = client(&server.url());
    let session = client.within(&CancellationToken::new(), Instant::now() + Duration::from_mins(1));
    let new = json!({"client_id": "abc", "audience": "a", "subject_type": "client", "scope": ["s"]});
    let new: Body = object(&new).into();
    let view = |object: &Object| Ok(Seen { same: Some(object["client_id"] == "abc"), ..believed(object)? });
    let created = session.api(&CLIENT_GRANTS, &[]).create(&new, view).await;
    (created.map(|created| created.value), server.asked())
}

fn grant(id: &str, changed: &Value) -> String {
    let mut grant = object(&json!({"id": id, "client_id": "abc", "audience": "a", "scope": ["s"]}));
    grant.extend(object(changed));
    Value::from(grant).to_string()
}

#[tokio::test]
async fn a_create_answered_with_another_grant_is_looked_for() {
    let other = [
        json!({"client_id": "other"}),
        json!({"audience": "b"}),
        json!({"client_id": null, "default_for": "third_party_clients"}),
        json!({"subject_type": "user"}),
    ];
    let mine = grant("cgr_1", &json!({}));
    for other in other {
        let other = grant("cgr_2", &other);
        // A service that ignores filters lists the other one as well.
        let listed = page("client_grants", &[&other, &mine]);
        let (created, asked) = create_grant([answer(201, &other), listed, answer(200, &mine)]).await;
        assert_eq!(created.as_ref().ok().map(|grant| &grant["id"]), Some(&json!("cgr_1")), "{other}: {created:?}");
        assert!(asked[2].ends_with("/cgr_1"), "{other}: {asked:?}");
    }
}

/// Creates an application if the service answers like this and the lists are these.
async fn create_clients(
    answers: impl IntoIterator<Item = Reply>,
    lists: impl IntoIterator<Item = Reply>,
    count: usize,
) -> Vec<Result<Object, Error>> {
    let server = Server::start(answers).await.lists(lists);
    let client = client(&server.url());
    let session = client.within(&CancellationToken::new(), Instant::now() + Duration::from_mins(1));
    let mut created = Vec::new();
    for number in 0..count {
        let new: Body = object(&json!({"name": format!("n{number}")})).into();
        let view = |object: &Object| Ok(Seen { same: Some(true), ..believed(object)? });
        created.push(session.api(&CLIENTS, &[]).create(&new, view).await.map(|created| created.value));
    }
    created
}

fn application(id: &str, name: &str) -> String {
    json!({"client_id": id, "name": name}).to_string()
}

#[tokio::test]
async fn a_create_answered_with_an_old_application_is_looked_for() {
    let (old, new, third) = (application("old", "n0"), application("new", "n0"), application("third", "n1"));
    let clients = |clients: &[&str]| page("clients", clients);
    let lists = [clients(&[&old]), clients(&[&old, &new]), clients(&[&old, &new])];
    let more = [clients(&[&old, &new, &third]), clients(&[&old, &new, &third])];
    // The second create is answered with what the first one made.
    let answers = [answer(201, &old), answer(201, &new)];
    let created = create_clients(answers, [&lists[..], &more[..]].concat(), 2).await;
    let ids: Vec<_> = created.into_iter().map(|created| created.unwrap()["client_id"].clone()).collect();
    assert_eq!(ids, ["new", "third"]);
}

#[tokio::test]
async fn an_id_that_no_path_can_name_is_not_taken() {
    for id in unusable() {
        for (area, parents) in AREAS {
            let server = Server::start([answer(200, &named(&id))]).await;
            let session = session(&client(&server.url()));
            let api = session.api(area, parents);
            let error = api.update("mine", &Body::default(), shown).await.unwrap_err();
            assert_eq!(place(&error), Some(area.key), "{:?}: {error}", area.path);
            let error = api.read_singly(&id, shown).await.unwrap_err();
            assert!(matches!(error, Error::InvalidId { .. }), "{error}");
            assert_eq!(server.requests().len(), 1, "nothing is asked for by such an id");
        }
        // A list with such an object cannot be read.
        let server = Server::start([page("clients", &[named("a"), named(&id)])]).await;
        let error = super::list(&session(&client(&server.url()))).await.unwrap_err();
        assert_eq!(place(&error), Some("clients[1].client_id"), "{error}");
    }
}

#[tokio::test]
async fn a_create_answered_with_an_unusable_id_has_an_unknown_fate() {
    let creates = unusable().into_iter().map(|id| async move {
        let strange = application(&id, "n0");
        let empty = page("clients", &[] as &[&str]);
        let mine = page("clients", &[application("new", "n0")]);
        let found = create_clients([answer(201, &strange)], [empty.clone(), mine.clone(), mine], 1);
        let unknown = create_clients([answer(201, &strange)], [empty, page("clients", &[&strange])], 1);
        let (found, unknown) = tokio::join!(found, unknown);
        assert_eq!(found[0].as_ref().unwrap()["client_id"], "new");
        assert!(matches!(&unknown[0], Err(Error::UnknownFate { unseen: Some(_), .. })), "{unknown:?}");

        let strange = grant(&id, &json!({}));
        let mine = grant("cgr_1", &json!({}));
        let (created, _) =
            create_grant([answer(201, &strange), page("client_grants", &[&mine]), answer(200, &mine)]).await;
        assert_eq!(created.unwrap()["id"], "cgr_1");
    });
    futures_util::future::join_all(creates).await;
}
