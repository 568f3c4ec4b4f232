//! Creates of client grants whose response is lost: the grant is found by its key.

use std::time::Duration;

use serde_json::json;
use terraform_provider_auth0::auth0::{Body, Created, Error, Object, Seen};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::server::{Reply, Server, json, page};
use super::{CLIENT_GRANTS, believed, client, object};

const GRANT: &str = r#"{"id":"cgr_1","client_id":"abc","audience":"a","scope":["s"]}"#;
const FORBIDDEN: &str =
    r#"{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:client_grants"}"#;
const NOT_FOUND: &str = r#"{"statusCode":404,"error":"Not Found","message":"The grant does not exist"}"#;
const CONFLICT: &str = r#"{"statusCode":409,"error":"Conflict","message":"exists"}"#;

/// Creates a grant if the service answers like this. What comes of it, and what was asked.
async fn grant(
    audience: &str,
    answers: impl IntoIterator<Item = Reply>,
) -> (Result<Created<Object>, Error>, Vec<String>) {
    let server = Server::start(answers).await;
    let new: Body = object(&json!({"client_id": "abc", "audience": audience, "scope": ["s"]})).into();
    let same = |object: &Object| object["scope"] == json!(["s"]);
    let view = move |object: &Object| Ok(Seen { same: Some(same(object)), ..believed(object)? });
    let client = client(&server.url());
    let session = client.within(&CancellationToken::new(), Instant::now() + Duration::from_mins(1));
    let created = session.api(&CLIENT_GRANTS, &[]).create(&new, view).await;
    (created, server.asked())
}

fn methods(asked: &[String]) -> Vec<&str> {
    asked.iter().map(|asked| asked.split(' ').next().unwrap()).collect()
}

fn grants(grants: &[&str]) -> Reply {
    page("client_grants", grants)
}

#[tokio::test]
async fn a_lost_grant_is_found_by_its_key_or_sent_again() {
    let (none, some, itself) = (|| grants(&[]), || grants(&[GRANT]), || json(200, GRANT));
    let (found, absent, unlisted, refused, gone) = tokio::join!(
        grant("a", [Reply::Drop, some(), itself()]),
        grant("a", [json(503, "{}"), none(), none(), json(201, GRANT)]),
        grant("a", [Reply::Drop, none(), none(), json(409, CONFLICT), some(), itself()]),
        grant("a", [Reply::Drop, json(403, FORBIDDEN)]),
        grant("a", [Reply::Drop, some(), json(404, NOT_FOUND), none(), json(201, GRANT)]),
    );
    let is = |(created, _): &(Result<Created<Object>, Error>, _), as_found: bool| {
        assert!(
            matches!(created, Ok(Created { value, found }) if value["id"] == "cgr_1" && *found == as_found),
            "{created:?}"
        );
    };
    is(&found, true);
    let list = "GET /api/v2/client-grants?client_id=abc&audience=a&page=0&per_page=100&include_totals=true";
    assert_eq!(found.1, ["POST /api/v2/client-grants", list, "GET /api/v2/client-grants/cgr_1"]);
    is(&absent, false);
    assert_eq!(methods(&absent.1), ["POST", "GET", "GET", "POST"]);
    is(&unlisted, true);
    assert_eq!(methods(&unlisted.1), ["POST", "GET", "GET", "POST", "GET", "GET"]);
    assert!(matches!(&refused.0, Err(Error::UnknownFate { unseen: Some(_), .. })), "{refused:?}");
    assert_eq!(methods(&refused.1), ["POST", "GET"], "nothing is sent again where nothing can be seen");
    is(&gone, false);
    assert_eq!(methods(&gone.1), ["POST", "GET", "GET", "GET", "POST"], "one that only a late list shows is not it");
}

#[tokio::test]
async fn a_grant_of_another_content_is_not_taken_over() {
    let strange = GRANT.replace(r#"["s"]"#, "[]");
    let other = || [grants(&[&strange]), json(200, &strange)];
    let (foreign, late) = tokio::join!(
        grant("a", [&[Reply::Drop][..], &other(), &[json(409, CONFLICT)], &other()].concat()),
        // The list is late: the grant itself is as it was sent.
        grant("a", [Reply::Drop, grants(&[&strange]), json(200, GRANT)]),
    );
    assert!(matches!(&foreign.0, Err(error) if error.is_conflict()), "{foreign:?}");
    assert_eq!(methods(&foreign.1).iter().filter(|method| **method == "POST").count(), 2);
    assert!(matches!(&late.0, Ok(Created { found: true, .. })), "{late:?}");
}

#[tokio::test]
async fn a_grant_is_found_in_either_unicode_form() {
    let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}");
    let shown = GRANT.replace(r#""a""#, &format!(r#""{decomposed}""#));
    let another = GRANT.replace(r#""a""#, r#""cafe""#).replace("cgr_1", "cgr_0");
    let (created, asked) = grant(composed, [Reply::Drop, grants(&[&another, &shown]), json(200, &shown)]).await;
    assert!(matches!(&created, Ok(Created { value, found: true }) if value["id"] == "cgr_1"), "{created:?}");
    // The service compares byte by byte, so it must not be asked to.
    assert!(asked[1].starts_with("GET /api/v2/client-grants?client_id=abc&page=0"), "{asked:?}");
}

#[tokio::test]
async fn a_created_grant_that_cannot_be_read_is_looked_for() {
    let without_id = r#"{"client_id":"abc","audience":"a","scope":["s"]}"#;
    let (created, asked) = grant("a", [json(201, without_id), grants(&[GRANT]), json(200, GRANT)]).await;
    assert!(matches!(&created, Ok(Created { found: true, .. })), "{created:?}");
    assert_eq!(methods(&asked), ["POST", "GET", "GET"]);
}
