//! What a write makes the client forget.

use std::time::Duration;

use serde_json::json;
use terraform_provider_auth0::auth0::{Body, Session};
use tokio::time::{self, sleep, timeout};

use super::server::{Reply, Server, json};
use super::{CLIENT, CLIENT_GRANTS, CLIENTS, CREDENTIALS, believed, client, create, object, read, session, shown};

const GRANT: &str = r#"{"id":"cgr_1","client_id":"abc","audience":"a"}"#;
const CREDENTIAL: &str = r#"{"id":"cred_1","name":"k"}"#;
const FORBIDDEN: &str = r#"{"statusCode":403,"error":"Forbidden","message":"no"}"#;

fn body() -> Body {
    object(&json!({"name": "n"})).into()
}

/// Reads an application, a grant and a credential, and counts the requests that this takes.
async fn read_all(server: &Server, session: &Session) -> usize {
    let before = server.requests().len();
    read(session, "abc").await.unwrap();
    session.api(&CLIENT_GRANTS, &[]).read("cgr_1", believed).await.unwrap();
    session.api(&CREDENTIALS, &["abc"]).read("cred_1", believed).await.unwrap();
    server.requests().len() - before
}

/// A server that shows all of them again and again, and answers writes like this.
async fn serve(writes: impl IntoIterator<Item = Reply>) -> Server {
    let server = Server::start(writes).await.at("/api/v2/clients/abc", vec![json(200, CLIENT); 9]);
    let server = server.at("/api/v2/client-grants/cgr_1", vec![json(200, GRANT); 9]);
    server.at("/api/v2/clients/abc/credentials/cred_1", vec![json(200, CREDENTIAL); 9])
}

#[tokio::test]
async fn a_write_renews_all_that_may_show_it() {
    let other = || json(200, &CLIENT.replace("abc", "other"));
    let answers = [json(201, CLIENT), other(), json(204, ""), other(), json(403, FORBIDDEN)];
    let server = serve(answers).await;
    let session = session(&client(&server.url()));
    assert_eq!((read_all(&server, &session).await, read_all(&server, &session).await), (3, 0));
    let clients = session.api(&CLIENTS, &[]);
    create(&session).await.unwrap();
    assert_eq!(read_all(&server, &session).await, 3, "created");
    clients.update("other", &body(), shown).await.unwrap();
    assert_eq!(read_all(&server, &session).await, 3, "updated");
    clients.delete("other").await.unwrap();
    assert_eq!(read_all(&server, &session).await, 3, "deleted");
    clients.rotate_secret("other").await.unwrap();
    assert_eq!(read_all(&server, &session).await, 3, "rotated");
    clients.update("other", &body(), shown).await.unwrap_err();
    assert_eq!(read_all(&server, &session).await, 3, "refused");
}

#[tokio::test]
async fn a_write_renews_nothing_that_cannot_show_it() {
    let server = serve([json(204, ""), json(204, "")]).await;
    let session = session(&client(&server.url()));
    read_all(&server, &session).await;
    session.api(&CLIENT_GRANTS, &[]).delete("cgr_2").await.unwrap();
    assert_eq!(read_all(&server, &session).await, 1, "the grant");
    // Those of other applications are renewed as well.
    session.api(&CREDENTIALS, &["other"]).delete("cred_2").await.unwrap();
    assert_eq!(read_all(&server, &session).await, 1, "the credential");
}

#[tokio::test]
async fn a_write_that_is_dropped_renews() {
    let server = serve([Reply::Hang]).await;
    let session = session(&client(&server.url()));
    read_all(&server, &session).await;
    let (clients, body) = (session.api(&CLIENTS, &[]), body());
    let update = clients.update("other", &body, shown);
    assert!(timeout(Duration::from_millis(200), update).await.is_err());
    assert_eq!(read_all(&server, &session).await, 3);
}

#[tokio::test]
async fn a_read_that_a_write_overtakes_answers_no_later_one() {
    let before = Reply::Late(Duration::from_millis(300), Box::new(json(200, r#"{"client_id":"x","name":"before"}"#)));
    let after = json(200, r#"{"client_id":"x","name":"after"}"#);
    let server = Server::start([json(204, "")]).await.at("/api/v2/clients/x", [before, after]);
    let session = session(&client(&server.url()));
    let write = async {
        while server.requests().is_empty() {
            sleep(Duration::from_millis(5)).await;
        }
        session.api(&CLIENTS, &[]).delete("other").await.unwrap();
    };
    let (early, ()) = tokio::join!(read(&session, "x"), write);
    assert_eq!(early.unwrap().unwrap()["name"], "before");
    assert_eq!(read(&session, "x").await.unwrap().unwrap()["name"], "after");
}

#[tokio::test]
async fn what_is_known_is_used_for_five_minutes() {
    let server = serve([]).await;
    let client = client(&server.url());
    read_all(&server, &session(&client)).await;
    for (minutes, requests) in [(4, 0), (2, 3)] {
        time::pause();
        time::advance(Duration::from_mins(minutes)).await;
        time::resume();
        assert_eq!(read_all(&server, &session(&client)).await, requests);
    }
}
