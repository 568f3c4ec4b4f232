//! What the operations on the objects of an area ask for, and what they make of the responses.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};
use terraform_provider_auth0::auth0::{Body, Client, Credentials, Error, Flaw, Object, SecretView};

use super::server::{Reply, Server, json, page, throttled};
use super::{
    CLIENT, CLIENT_GRANTS, CLIENTS, CREDENTIALS, SECRET, assert_secret_free, believed, client, list, object, read,
    read_singly, session, settings, shown,
};

const NOT_FOUND: &str = r#"{"statusCode":404,"error":"Not Found","message":"The client does not exist"}"#;
const FORBIDDEN: &str = r#"{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:client_keys","errorCode":"insufficient_scope"}"#;

#[tokio::test]
async fn only_the_management_api_says_that_objects_are_gone() {
    let server = Server::start([json(404, NOT_FOUND), json(404, NOT_FOUND), json(404, "<html>proxy</html>")]).await;
    let session = session(&client(&server.url()));
    assert_eq!(read(&session, "abc").await.unwrap(), None);
    session.api(&CLIENTS, &[]).delete("abc").await.unwrap();
    assert!(matches!(read(&session, "abc").await, Err(Error::Foreign { status: 404, .. })));
}

#[tokio::test]
async fn an_empty_id_never_reads_the_list() {
    let server = Server::start([]).await;
    let session = session(&client(&server.url()));
    assert!(matches!(read(&session, "").await, Err(Error::InvalidId { .. })));
    assert!(matches!(read_singly(&session, "").await, Err(Error::InvalidId { .. })));
    assert!(matches!(session.api(&CLIENT_GRANTS, &[]).delete("..").await, Err(Error::InvalidId { .. })));
    let of_nobody = session.api(&CREDENTIALS, &[""]);
    assert!(matches!(of_nobody.read("cred_1", believed).await, Err(Error::InvalidId { .. })));
    assert!(matches!(of_nobody.list(&[], |_| Ok(Some(()))).await, Err(Error::InvalidId { .. })));
    assert!(server.requests().is_empty() && server.token_requests().is_empty());
}

#[tokio::test]
async fn objects_of_an_object_are_below_it() {
    let credential = r#"{"id":"cred_1","name":"k"}"#;
    let of = |id: &str| format!("/api/v2/clients/{id}/credentials");
    let server =
        Server::start([json(201, credential), json(200, credential), json(200, credential), json(204, "")]).await;
    let server = server.at(&of("abc"), [json(201, credential), page("credentials", &[credential])]);
    let session = session(&client(&server.url()));
    let credentials = session.api(&CREDENTIALS, &["abc"]);
    let new: Body = object(&json!({"name": "k"})).into();
    credentials.create(&new, believed).await.unwrap();
    assert_eq!(credentials.list(&[], |object| shown(object).map(Some)).await.unwrap().len(), 1);
    session.api(&CREDENTIALS, &["a/b"]).create(&new, believed).await.unwrap();
    credentials.read("cred_1", believed).await.unwrap();
    credentials.update("cred_1", &new, shown).await.unwrap();
    credentials.delete("cred_1").await.unwrap();
    let one = format!("{}/cred_1", of("abc"));
    let expected = [
        format!("POST {}", of("abc")),
        format!("GET {}?page=0&per_page=100&include_totals=true", of("abc")),
        format!("POST {}", of("a%2Fb")),
        format!("GET {one}"),
        format!("PATCH {one}"),
        format!("DELETE {one}"),
    ];
    assert_eq!(server.asked(), expected);
}

#[tokio::test]
async fn properties_that_no_area_names_are_dropped() {
    let whole = r#"{"client_id":"abc","name":"n","client_secret":"s3cret","signing_keys":[{"cert":"s3cret"}]}"#;
    let answers = [json(201, whole), json(200, whole), json(200, whole), json(200, whole), page("clients", &[whole])];
    let server = Server::start(answers).await;
    let session = session(&client(&server.url()));
    let clients = session.api(&CLIENTS, &[]);
    let new = object(&json!({"name": "n"})).into();
    let seen = [
        clients.create(&new, believed).await.unwrap().value,
        read(&session, "abc").await.unwrap().unwrap(),
        read_singly(&session, "abc").await.unwrap().unwrap(),
        clients.update("abc", &new, shown).await.unwrap(),
        list(&session).await.unwrap().remove(0),
    ];
    let of_list = json!({"client_id": "abc", "name": "n"});
    // Of secrets, only the presence is read.
    let alone = json!({"client_id": "abc", "name": "n", "client_secret": true, "signing_keys": true});
    assert_eq!(seen.map(Value::from), [&alone, &alone, &alone, &alone, &of_list].map(Value::clone));
}

#[tokio::test]
async fn a_secret_is_sent_and_shown_nowhere() {
    let server = Server::start([json(201, CLIENT), json(200, CLIENT), json(200, "<html>")]).await;
    let session = session(&client(&server.url()));
    let clients = session.api(&CLIENTS, &[]);
    let body = Body::from(object(&json!({"name": "n"}))).with_secret("client_secret", SECRET.into());
    assert!(body.has_secret() && !format!("{body:?}").contains(SECRET));
    let created = clients.create(&body, believed).await.unwrap();
    let updated = clients.update("abc", &body, shown).await.unwrap();
    assert!(!format!("{created:?} {updated:?}").contains(SECRET));
    assert_secret_free(&clients.update("abc", &body, shown).await.unwrap_err());
    let sent: Vec<_> = server.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(sent, [r#"{"name":"n","client_secret":"s3cret"}"#; 3]);
}

#[tokio::test]
async fn an_object_that_no_view_can_read_is_an_error() {
    let view = |_: &Object| Err::<(), _>(Flaw { path: "name".to_owned(), reason: "expected less".to_owned() });
    let server = Server::start([json(200, CLIENT), json(200, CLIENT), json(200, CLIENT), json(200, "[]")]).await;
    let session = session(&client(&server.url()));
    let clients = session.api(&CLIENTS, &[]);
    let errors = [
        clients.read("abc", |object| Err::<super::Seen<()>, _>(view(object).unwrap_err())).await.unwrap_err(),
        clients.read_singly("abc", view).await.unwrap_err(),
        clients.update("abc", &object(&json!({"name": "n"})).into(), view).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(&error, Error::Decode { path, .. } if path == "name"), "{error}");
    }
    let error = read_singly(&session, "abc").await.unwrap_err();
    assert!(matches!(&error, Error::Decode { reason, .. } if reason == "expected an object"), "{error}");
}

#[tokio::test]
async fn a_rotation_is_repeated_as_the_last_secret_counts() {
    let refusal = FORBIDDEN.replace("read:", "update:");
    let server = Server::start([json(503, "{}"), json(200, CLIENT), json(403, &refusal)]).await;
    let session = session(&client(&server.url()));
    let clients = session.api(&CLIENTS, &[]);
    clients.rotate_secret("abc").await.unwrap();
    let refused = clients.rotate_secret("abc").await.unwrap_err();
    assert!(refused.is_refusal() && refused.is_forbidden(), "{refused}");
    assert_eq!(server.asked(), ["POST /api/v2/clients/abc/rotate-secret"; 3]);
}

#[tokio::test]
async fn a_refusal_after_a_lost_attempt_is_none() {
    let refusal = || json(403, &FORBIDDEN.replace("read:", "update:"));
    let throttled = || throttled("retry-after", 0);
    for (met, earlier, is_refusal) in [
        ("throttled", throttled(), true),
        ("broken", Reply::Drop, false),
        ("silent", Reply::Hang, false),
        ("unavailable", json(503, "{}"), false),
        ("timed out there", json(408, "{}"), false),
        ("cut off", json(200, r#"{"client_id":"abc","client_se"#), false),
    ] {
        // What came after it does not make up for it.
        let server = Server::start([earlier, throttled(), refusal()]).await;
        let mut settings = settings(&server.url(), Credentials::Token(SecretString::from(SECRET)));
        settings.request_timeout = Duration::from_millis(500);
        let client = Client::new(settings).unwrap();
        let refused = session(&client).api(&CLIENTS, &[]).rotate_secret("abc").await.unwrap_err();
        assert_eq!(refused.is_refusal(), is_refusal, "{met}");
        assert!(refused.is_forbidden(), "{refused}");
        assert_eq!(server.requests().len(), 3);
    }
}

#[tokio::test]
async fn the_secret_of_an_application_comes_from_no_list() {
    let server = Server::start([json(200, CLIENT), json(404, NOT_FOUND), json(403, FORBIDDEN)]).await;
    let session = session(&client(&server.url()));
    let clients = session.api(&CLIENTS, &[]);
    let view = clients.secret("abc").await.unwrap();
    assert!(matches!(&view, Some(SecretView::Shown(_))) && !format!("{view:?}").contains(SECRET), "{view:?}");
    assert!(clients.secret("abc").await.unwrap().is_none());
    assert!(clients.secret("abc").await.unwrap_err().is_forbidden());
    let fields = "fields=client_id%2Cclient_secret%2Cclient_authentication_methods&include_fields=true";
    assert_eq!(server.asked()[0], format!("GET /api/v2/clients/abc?{fields}"));
}
