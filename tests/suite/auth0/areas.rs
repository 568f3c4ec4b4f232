//! What the calls about clients and client grants ask for and make of the answers.

use std::time::Duration;

use secrecy::SecretString;
use terraform_provider_auth0::auth0::client_grants::Grantee;
use terraform_provider_auth0::auth0::{Client, Credentials, Error, SecretView};

use super::server::{Reply, Server, json, throttled};
use super::{SECRET, client, session, settings};

const NOT_FOUND: &str = r#"{"statusCode":404,"error":"Not Found","message":"The client does not exist"}"#;
const FORBIDDEN: &str = r#"{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:client_keys","errorCode":"insufficient_scope"}"#;

#[tokio::test]
async fn an_absence_is_what_the_management_api_says_it_is() {
    let server = Server::start([json(404, NOT_FOUND), json(404, NOT_FOUND), json(404, "<html>proxy</html>")]).await;
    let session = session(&client(&server.url()));
    assert_eq!(session.clients().read("abc", &(), |_| ()).await.unwrap(), None);
    session.clients().delete("abc").await.unwrap();
    assert!(matches!(session.clients().read("abc", &(), |_| ()).await, Err(Error::Foreign { status: 404, .. })));
}

#[tokio::test]
async fn a_rotation_is_repeated_as_the_last_secret_counts() {
    let rotated = r#"{"client_id":"abc","client_secret":"s3cret"}"#;
    let refusal = FORBIDDEN.replace("read:", "update:");
    let server = Server::start([json(503, "{}"), json(200, rotated), json(403, &refusal)]).await;
    let session = session(&client(&server.url()));
    session.clients().rotate_secret("abc").await.unwrap();
    let refused = session.clients().rotate_secret("abc").await.unwrap_err();
    assert!(refused.is_refusal() && refused.is_forbidden(), "{refused}");
    let asked: Vec<_> = server.requests().into_iter().map(|request| request.target).collect();
    assert_eq!(asked, ["/api/v2/clients/abc/rotate-secret"; 3]);
}

#[tokio::test]
async fn a_refusal_says_that_nothing_changed_only_if_no_earlier_attempt_may_have_changed_it() {
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
        let refused = session(&client).clients().rotate_secret("abc").await.unwrap_err();
        assert_eq!(refused.is_refusal(), is_refusal, "{met}");
        assert!(refused.is_forbidden(), "{refused}");
        assert_eq!(server.requests().len(), 3);
    }
}

#[tokio::test]
async fn a_secret_is_asked_for_by_name_and_never_comes_from_a_list() {
    let shown = r#"{"client_id":"abc","client_secret":"s3cret"}"#;
    let server = Server::start([json(200, shown), json(404, NOT_FOUND), json(403, FORBIDDEN)]).await;
    let session = session(&client(&server.url()));
    let view = session.clients().secret("abc").await.unwrap();
    assert!(matches!(&view, Some(SecretView::Shown(_))) && !format!("{view:?}").contains("s3cret"), "{view:?}");
    assert!(session.clients().secret("abc").await.unwrap().is_none());
    assert!(session.clients().secret("abc").await.unwrap_err().is_forbidden());
    let fields = "fields=client_id%2Cclient_secret%2Cclient_authentication_methods&include_fields=true";
    assert_eq!(server.requests()[0].target, format!("/api/v2/clients/abc?{fields}"));
}

#[tokio::test]
async fn an_empty_id_never_reads_the_list() {
    let server = Server::start([]).await;
    let session = session(&client(&server.url()));
    assert!(matches!(session.clients().read("", &(), |_| ()).await, Err(Error::InvalidId { .. })));
    assert!(matches!(session.client_grants().delete("..").await, Err(Error::InvalidId { .. })));
    assert!(server.requests().is_empty() && server.token_requests().is_empty());
}

#[tokio::test]
async fn names_are_looked_up_in_all_pages() {
    let page = |start: u32, name: &str| {
        json(
            200,
            &format!(
                r#"{{"total":3,"start":{start},"limit":2,"clients":[{{"client_id":"c{start}","name":"{name}"}},{{"client_id":"d{start}"}}]}}"#
            ),
        )
    };
    let server = Server::start([page(0, "n"), page(2, "n")]).await;
    let found = session(&client(&server.url())).clients().find("n").await.unwrap();
    assert_eq!(found.iter().map(|client| client.client_id.as_str()).collect::<Vec<_>>(), ["c0", "c2"]);
    let targets: Vec<_> = server.requests().into_iter().map(|request| request.target).collect();
    let query = "fields=client_secret%2Csigning_keys&include_fields=false";
    // The service gives two at a time, so pages are counted by two.
    let target = |page, size| format!("/api/v2/clients?{query}&page={page}&per_page={size}&include_totals=true");
    assert_eq!(targets, [target(0, 100), target(1, 2)]);
}

#[tokio::test]
async fn a_list_that_may_not_leave_fields_out_is_read_whole_from_then_on() {
    let empty = || json(200, r#"{"total":0,"start":0,"limit":100,"clients":[]}"#);
    let server = Server::start([json(403, FORBIDDEN), empty(), empty()]).await;
    let session = session(&client(&server.url()));
    assert!(session.clients().find("n").await.unwrap().is_empty());
    assert!(session.clients().find("n").await.unwrap().is_empty());
    let with_fields: Vec<_> = server.requests().into_iter().map(|request| request.target.contains("fields=")).collect();
    assert_eq!(with_fields, [true, false, false]);
}

#[tokio::test]
async fn a_strange_client_hides_no_other() {
    let clients = r#"{"total":2,"start":0,"limit":100,"clients":[
        {"client_id":"c1","name":"strange","client_metadata":{"n":1}},{"client_id":"c2","name":"n"}]}"#;
    let server = Server::start([json(200, clients), json(200, clients)]).await;
    let session = session(&client(&server.url()));
    let found = session.clients().find("n").await.unwrap();
    assert_eq!(found.iter().map(|client| client.client_id.as_str()).collect::<Vec<_>>(), ["c2"]);
    let error = session.clients().find("strange").await.unwrap_err();
    assert!(matches!(&error, Error::Decode { path, .. } if path == "client_metadata.n"), "{error}");
}

#[tokio::test]
async fn names_and_audiences_are_found_in_either_unicode_form() {
    let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}");
    let clients =
        format!(r#"{{"total":1,"start":0,"limit":100,"clients":[{{"client_id":"c1","name":"{decomposed}"}}]}}"#);
    let grants = format!(
        r#"{{"total":1,"start":0,"limit":100,"client_grants":[{{"id":"cgr_1","client_id":"c1","audience":"{decomposed}"}}]}}"#
    );
    let server = Server::start([json(200, &clients), json(200, &grants)]).await;
    let session = session(&client(&server.url()));
    assert_eq!(session.clients().find(composed).await.unwrap().len(), 1);
    let grant = session.client_grants().find(Grantee::Client("c1"), composed, "client").await.unwrap();
    assert_eq!(grant.unwrap().id, "cgr_1");
    // The service compares byte by byte, so it must not be asked to.
    let target = &server.requests()[1].target;
    assert!(target.starts_with("/api/v2/client-grants?client_id=c1&page=0"), "{target}");
}

#[tokio::test]
async fn a_grant_is_found_by_its_key() {
    let grants = r#"{"total":3,"start":0,"limit":100,"client_grants":[
        {"id":"cgr_1","client_id":"abc","audience":"https://a","scope":[],"subject_type":"user"},
        {"id":"cgr_2","client_id":"abc","audience":"https://a","scope":["x"]},
        {"id":"cgr_3","client_id":"abc","audience":"https://b","scope":[]}]}"#;
    let server = Server::start([json(200, grants), json(200, grants)]).await;
    let session = session(&client(&server.url()));
    let grant = session.client_grants().find(Grantee::Client("abc"), "https://a", "client").await.unwrap().unwrap();
    assert_eq!((grant.id.as_str(), grant.scope.as_deref()), ("cgr_2", Some(&["x".to_owned()][..])));
    assert_eq!(session.client_grants().find(Grantee::Client("abc"), "https://b", "user").await.unwrap(), None);
    let target = &server.requests()[0].target;
    assert!(target.starts_with("/api/v2/client-grants?client_id=abc&audience=https%3A%2F%2Fa&page=0"), "{target}");
}

#[tokio::test]
async fn a_default_grant_is_found_by_its_key() {
    let grants = r#"{"total":2,"start":0,"limit":100,"client_grants":[
        {"id":"cgr_1","client_id":"abc","audience":"https://a","scope":[]},
        {"id":"cgr_2","default_for":"third_party_clients","audience":"https://a","scope":[]}]}"#;
    let server = Server::start([json(200, grants)]).await;
    let session = session(&client(&server.url()));
    let grantee = Grantee::Default("third_party_clients");
    let grant = session.client_grants().find(grantee, "https://a", "client").await.unwrap();
    assert_eq!(grant.unwrap().id, "cgr_2");
    let target = &server.requests()[0].target;
    let query = "default_for=third_party_clients&audience=https%3A%2F%2Fa&page=0";
    assert!(target.starts_with(&format!("/api/v2/client-grants?{query}")), "{target}");
}
