//! The Management API client over real sockets, against a scripted server.

#![expect(clippy::unwrap_used, reason = "where something unexpected is met, the test ends")]

mod server;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::SecretString;
use terraform_provider_auth0::auth0::clients::{Client as Application, ClientPatch, NewClient};
use terraform_provider_auth0::auth0::{
    Client, Credentials, Error, Patch, Session, Settings, TokenError, TransportError,
};
use tokio::time::{self, Instant};
use tokio_util::sync::CancellationToken;

use server::{Reply, Server, address_without_tls, json, throttled, unused_address};

const SECRET: &str = "s3cret";
const CLIENT: &str = r#"{"client_id":"abc","name":"n","client_secret":"s3cret"}"#;
const NOT_FOUND: &str = r#"{"statusCode":404,"error":"Not Found","message":"The client does not exist"}"#;
const UNAUTHORIZED: &str = r#"{"statusCode":401,"error":"Unauthorized","message":"Invalid token"}"#;
const UNAVAILABLE: &str = r#"{"statusCode":503,"error":"Service Unavailable","message":"try later"}"#;
const FORBIDDEN: &str = r#"{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:client_keys","errorCode":"insufficient_scope"}"#;

fn settings(url: &str, credentials: Credentials) -> Settings {
    Settings {
        tenant: url.parse().unwrap(),
        audience: None,
        credentials,
        request_timeout: Duration::from_secs(5),
        user_agent: "tests".to_owned(),
        ca_file: None,
        http_proxy: None,
    }
}

fn client(url: &str) -> Client {
    let client_secret = SecretString::from(SECRET);
    Client::new(settings(url, Credentials::ClientSecret { client_id: "me".to_owned(), client_secret })).unwrap()
}

fn client_with_token(url: &str) -> Client {
    Client::new(settings(url, Credentials::Token(SecretString::from(SECRET)))).unwrap()
}

/// An operation with ten seconds to go.
fn session(client: &Client) -> Session {
    client.within(&CancellationToken::new(), Instant::now() + Duration::from_secs(10))
}

fn new_client() -> NewClient {
    NewClient { name: "n".to_owned(), ..NewClient::default() }
}

fn assert_secret_free(error: &Error) {
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(SECRET) && !shown.contains("token-"), "{shown}");
}

#[tokio::test]
async fn one_token_serves_all_who_wait_for_it() {
    let late_token = json(200, r#"{"access_token":"token-0","expires_in":60}"#);
    let server = Server::start(vec![json(200, CLIENT); 10])
        .await
        .tokens([Reply::Late(Duration::from_millis(100), Box::new(late_token))]);
    let client = client(&server.url());

    let reads = (0..10).map(|_| {
        let session = session(&client);
        tokio::spawn(async move { session.clients().read("abc").await })
    });
    for read in reads.collect::<Vec<_>>() {
        assert_eq!(read.await.unwrap().unwrap().unwrap().name.as_deref(), Some("n"));
    }

    let tokens = server.token_requests();
    assert_eq!(tokens.len(), 1);
    let audience = "audience=http%3A%2F%2F127.0.0.1%3A";
    assert!(tokens[0].body.starts_with("grant_type=client_credentials&client_id=me&client_secret=s3cret&audience="));
    assert!(tokens[0].body.contains(audience) && tokens[0].body.ends_with("%2Fapi%2Fv2%2F"), "{}", tokens[0].body);
    assert_eq!(server.requests().len(), 10);
    assert!(server.requests().iter().all(|request| request.authorization == "Bearer token-0"));
}

#[tokio::test]
async fn a_rejected_token_is_replaced_once() {
    let server = Server::start([json(401, UNAUTHORIZED), json(201, CLIENT)]).await;
    let created: Application = session(&client(&server.url())).clients().create(&new_client()).await.unwrap();
    assert_eq!(created.client_id, "abc");
    let tokens: Vec<_> = server.requests().into_iter().map(|request| request.authorization).collect();
    assert_eq!(tokens, ["Bearer token-1", "Bearer token-2"]);

    let server = Server::start([json(401, UNAUTHORIZED), json(401, UNAUTHORIZED)]).await;
    let error = session(&client(&server.url())).clients().read("abc").await.unwrap_err();
    assert!(matches!(&error, Error::Api(api) if api.status == 401), "{error}");
    assert_eq!((server.requests().len(), server.token_requests().len()), (2, 2));
}

#[tokio::test]
async fn a_given_token_is_not_replaced() {
    let server = Server::start([json(401, UNAUTHORIZED)]).await;
    let error = session(&client_with_token(&server.url())).clients().read("abc").await.unwrap_err();
    assert!(matches!(&error, Error::Api(api) if api.status == 401), "{error}");
    assert_eq!((server.requests().len(), server.token_requests().len()), (1, 0));
    assert_secret_free(&error);
}

#[tokio::test]
async fn wrong_credentials_are_tried_once_per_process() {
    let refusal = json(401, r#"{"error":"access_denied","error_description":"Unauthorized"}"#);
    let server = Server::start([]).await.tokens([refusal]);
    let client = client(&server.url());
    for _ in 0..3 {
        let error = session(&client).clients().read("abc").await.unwrap_err();
        assert!(matches!(error, Error::Token(TokenError::WrongCredentials)), "{error}");
        assert_secret_free(&error);
    }
    assert_eq!((server.requests().len(), server.token_requests().len()), (0, 1));
}

#[tokio::test]
async fn an_unreachable_token_endpoint_is_tried_for_all_who_wait_at_once() {
    let client = client(&format!("http://{}", unused_address().await));
    let start = Instant::now();
    let reads = (0..10).map(|_| {
        let session = session(&client);
        tokio::spawn(async move { session.clients().read("abc").await })
    });
    for read in reads.collect::<Vec<_>>() {
        let error = read.await.unwrap().unwrap_err();
        assert!(matches!(error, Error::Transport { cause: TransportError::Refused, .. }), "{error}");
    }
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}

#[tokio::test]
async fn retry_after_is_waited_for() {
    let server = Server::start([throttled("retry-after", 1), json(201, CLIENT)]).await;
    session(&client(&server.url())).clients().create(&new_client()).await.unwrap();
    let requests = server.requests();
    assert!(requests[1].at - requests[0].at >= Duration::from_secs(1));
    assert!(requests[1].at - requests[0].at < Duration::from_secs(2));
}

#[tokio::test]
async fn the_reset_time_of_the_rate_limit_is_waited_for() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let server = Server::start([throttled("x-ratelimit-reset", now.as_secs() + 2), json(200, CLIENT)]).await;
    session(&client(&server.url())).clients().read("abc").await.unwrap();
    let requests = server.requests();
    assert!(requests[1].at - requests[0].at >= Duration::from_millis(900));
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let server = Server::start([throttled("retry-after", 3_600)]).await;
    let start = Instant::now();
    let error = session(&client(&server.url())).clients().read("abc").await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { wait: Some(wait), .. } if wait.as_secs() == 3_600), "{error}");
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn a_creation_is_not_repeated_after_its_connection_broke() {
    let server = Server::start([Reply::Drop, json(201, CLIENT)]).await;
    let error = session(&client(&server.url())).clients().create(&new_client()).await.unwrap_err();
    assert!(matches!(error, Error::UnknownFate { .. }), "{error}");
    assert_eq!(server.requests().len(), 1);
    assert_secret_free(&error);
}

#[tokio::test]
async fn a_creation_is_not_repeated_after_a_failure_of_the_service() {
    for reply in [json(503, UNAVAILABLE), json(500, "<html>s3cret</html>"), json(201, "cut off s3cret")] {
        let server = Server::start([reply, json(201, CLIENT)]).await;
        let error = session(&client(&server.url())).clients().create(&new_client()).await.unwrap_err();
        assert!(matches!(error, Error::UnknownFate { .. }), "{error}");
        assert_eq!(server.requests().len(), 1);
        assert_secret_free(&error);
    }
}

#[tokio::test]
async fn a_creation_is_repeated_when_no_connection_was_made() {
    let address = unused_address().await;
    let client = client_with_token(&format!("http://{address}"));
    let creation = tokio::spawn(async move { session(&client).clients().create(&new_client()).await });
    time::sleep(Duration::from_millis(100)).await;
    let server = Server::start_at(&address, [json(201, CLIENT)]).await;
    assert_eq!(creation.await.unwrap().unwrap().client_id, "abc");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn reads_changes_and_deletions_survive_a_broken_connection() {
    let server = Server::start([
        Reply::Drop,
        json(200, CLIENT),
        json(503, UNAVAILABLE),
        json(200, CLIENT),
        Reply::Drop,
        json(204, ""),
    ])
    .await;
    let session = session(&client(&server.url()));
    assert!(session.clients().read("abc").await.unwrap().is_some());
    let patch = ClientPatch { name: Patch::Set("m".to_owned()), ..ClientPatch::default() };
    session.clients().update("abc", &patch).await.unwrap();
    session.clients().delete("abc").await.unwrap();
    let methods: Vec<_> = server.requests().into_iter().map(|request| request.method).collect();
    assert_eq!(methods, ["GET", "GET", "PATCH", "PATCH", "DELETE", "DELETE"]);
    assert_eq!(server.requests()[2].body, r#"{"name":"m"}"#);
}

#[tokio::test]
async fn a_dead_host_fails_within_seconds() {
    let client = client_with_token(&format!("http://{}", unused_address().await));
    let start = Instant::now();
    let error = session(&client).clients().read("abc").await.unwrap_err();
    assert!(matches!(error, Error::Transport { cause: TransportError::Refused, .. }), "{error}");
    assert!(start.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn a_host_without_an_address_and_one_without_tls_are_told_apart() {
    let error = session(&client_with_token("tenant.invalid")).clients().read("abc").await.unwrap_err();
    assert!(matches!(error, Error::Transport { cause: TransportError::Dns(_), .. }), "{error}");

    let client = client_with_token(&format!("https://{}", address_without_tls().await));
    let error = session(&client).clients().create(&new_client()).await.unwrap_err();
    assert!(matches!(error, Error::Transport { cause: TransportError::Tls(_), .. }), "{error}");
}

#[tokio::test]
async fn stopping_wakes_a_wait() {
    for reply in [throttled("retry-after", 9), Reply::Hang] {
        let server = Server::start([reply]).await;
        let stop = CancellationToken::new();
        let session = client(&server.url()).within(&stop, Instant::now() + Duration::from_mins(1));
        let read = tokio::spawn(async move { session.clients().read("abc").await });
        while server.requests().is_empty() {
            time::sleep(Duration::from_millis(5)).await;
        }
        stop.cancel();
        let start = Instant::now();
        let error = read.await.unwrap().unwrap_err();
        assert!(matches!(error, Error::Cancelled { .. }), "{error}");
        assert!(start.elapsed() < Duration::from_secs(1));
    }
}

#[tokio::test]
async fn nothing_is_sent_after_stopping() {
    let server = Server::start([]).await;
    let stop = CancellationToken::new();
    stop.cancel();
    let session = client_with_token(&server.url()).within(&stop, Instant::now() + Duration::from_mins(1));
    assert!(matches!(session.clients().read("abc").await, Err(Error::Cancelled { .. })));
    assert!(matches!(session.clients().create(&new_client()).await, Err(Error::Cancelled { .. })));
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_creation_under_way_lands_after_stopping() {
    let server = Server::start([Reply::Late(Duration::from_millis(300), Box::new(json(201, CLIENT)))]).await;
    let stop = CancellationToken::new();
    let session = client(&server.url()).within(&stop, Instant::now() + Duration::from_mins(1));
    let creation = tokio::spawn(async move { session.clients().create(&new_client()).await });
    while server.requests().is_empty() {
        time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    assert_eq!(creation.await.unwrap().unwrap().client_id, "abc");
}

#[tokio::test]
async fn the_deadline_ends_a_request_without_answer() {
    let server = Server::start([Reply::Hang]).await;
    let start = Instant::now();
    let session = client(&server.url()).within(&CancellationToken::new(), start + Duration::from_millis(300));
    let error = session.clients().read("abc").await.unwrap_err();
    assert!(matches!(error, Error::DeadlineExceeded { .. }), "{error}");
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn a_request_without_answer_times_out() {
    let server = Server::start([Reply::Hang]).await;
    let mut settings = settings(&server.url(), Credentials::Token(SecretString::from(SECRET)));
    settings.request_timeout = Duration::from_millis(200);
    let error = session(&Client::new(settings).unwrap()).clients().create(&new_client()).await.unwrap_err();
    let Error::UnknownFate { cause } = error else { panic!("{error}") };
    assert!(matches!(*cause, Error::Transport { cause: TransportError::Timeout(_), .. }), "{cause}");
}

#[tokio::test]
async fn an_absence_is_what_the_management_api_says_it_is() {
    let server = Server::start([json(404, NOT_FOUND), json(404, NOT_FOUND), json(404, "<html>proxy</html>")]).await;
    let session = session(&client(&server.url()));
    assert_eq!(session.clients().read("abc").await.unwrap(), None);
    session.clients().delete("abc").await.unwrap();
    assert!(matches!(session.clients().read("abc").await, Err(Error::Foreign { status: 404, .. })));
}

#[tokio::test]
async fn an_empty_id_never_reads_the_list() {
    let server = Server::start([]).await;
    let session = session(&client(&server.url()));
    assert!(matches!(session.clients().read("").await, Err(Error::InvalidId { .. })));
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
    assert_eq!(
        targets,
        [0, 1].map(|page| format!("/api/v2/clients?{query}&page={page}&per_page=100&include_totals=true"))
    );
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
async fn a_grant_is_found_by_its_key() {
    let grants = r#"{"total":3,"start":0,"limit":100,"client_grants":[
        {"id":"cgr_1","client_id":"abc","audience":"https://a","scope":[],"subject_type":"user"},
        {"id":"cgr_2","client_id":"abc","audience":"https://a","scope":["x"]},
        {"id":"cgr_3","client_id":"abc","audience":"https://b","scope":[]}]}"#;
    let server = Server::start([json(200, grants), json(200, grants)]).await;
    let session = session(&client(&server.url()));
    let grant = session.client_grants().find("abc", "https://a", "client").await.unwrap().unwrap();
    assert_eq!((grant.id.as_str(), grant.scope.as_deref()), ("cgr_2", Some(&["x".to_owned()][..])));
    assert_eq!(session.client_grants().find("abc", "https://b", "user").await.unwrap(), None);
    let target = &server.requests()[0].target;
    assert!(target.starts_with("/api/v2/client-grants?client_id=abc&audience=https%3A%2F%2Fa&page=0"), "{target}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start([json(200, CLIENT)]).await;
    let redirect = Reply::Answer { status: 302, headers: vec![("location", elsewhere.url())], body: String::new() };
    let server = Server::start([redirect]).await;
    let error = session(&client(&server.url())).clients().read("abc").await.unwrap_err();
    assert!(matches!(error, Error::Foreign { status: 302, .. }), "{error}");
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn secrets_show_in_nothing_that_is_printed() {
    let url = "https://acme.auth0.com";
    let client_secret = SecretString::from(SECRET);
    let mut settings = settings(url, Credentials::ClientSecret { client_id: "me".to_owned(), client_secret });
    settings.http_proxy = Some(format!("http://user:{SECRET}@proxy:3128").parse().unwrap());
    assert!(!format!("{settings:?}").contains(SECRET));
    let client = Client::new(settings).unwrap();
    let session = client.within(&CancellationToken::new(), Instant::now());
    assert!(!format!("{client:?} {session:?}").contains(SECRET));
    let broken = Client::new(self::settings(url, Credentials::Token(SecretString::from(format!("{SECRET}\n")))));
    let error = broken.unwrap_err();
    assert!(!format!("{error} {error:?}").contains(SECRET));
}
