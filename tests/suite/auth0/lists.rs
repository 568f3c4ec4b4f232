//! What a list asks for, and what it takes for a whole list.

use std::slice;

use terraform_provider_auth0::auth0::{Error, Flaw, Object};

use super::server::{Reply, Server, chained, json, page, page_of};
use super::{CLIENT_GRANTS, CLIENTS, client, list, session, shown};

const FORBIDDEN: &str =
    r#"{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:client_keys"}"#;
/// The query that leaves secrets out.
const WITHOUT_SECRETS: &str = "fields=client_secret%2Csigning_keys&include_fields=false";

fn entry(id: &str) -> String {
    format!(r#"{{"client_id":"{id}","name":"n"}}"#)
}

fn entries(ids: impl IntoIterator<Item = usize>) -> Vec<String> {
    ids.into_iter().map(|id| entry(&format!("c{id}"))).collect()
}

/// The ids that a list has if the server answers like this, and what was asked.
async fn ids(answers: impl IntoIterator<Item = Reply>) -> (Result<Vec<String>, Error>, Vec<String>) {
    let server = Server::start(answers).await;
    let listed = list(&session(&client(&server.url()))).await;
    let ids =
        |listed: Vec<Object>| listed.iter().map(|object| object["client_id"].as_str().unwrap().to_owned()).collect();
    (listed.map(ids), server.requests().into_iter().map(|request| request.target).collect())
}

#[tokio::test]
async fn pages_are_counted_by_what_the_service_gives() {
    let of_two = |start: u32| {
        let page = format!(
            r#"{{"total":4,"start":{start},"limit":2,"clients":[{},{}]}}"#,
            entry(&format!("c{start}")),
            entry(&format!("d{start}"))
        );
        json(200, &page)
    };
    let (listed, asked) = ids([of_two(0), of_two(2)]).await;
    assert_eq!(listed.unwrap(), ["c0", "c2", "d0", "d2"], "in the order of ids");
    let target =
        |page, size| format!("/api/v2/clients?{WITHOUT_SECRETS}&page={page}&per_page={size}&include_totals=true");
    assert_eq!(asked, [target(0, 100), target(1, 2)]);
}

#[tokio::test]
async fn a_list_that_must_show_secrets_is_read_whole() {
    let empty = || page("clients", &[] as &[&str]);
    let server = Server::start([json(403, FORBIDDEN), empty(), empty()]).await;
    let session = session(&client(&server.url()));
    assert!(list(&session).await.unwrap().is_empty());
    assert!(list(&session).await.unwrap().is_empty());
    let leaving_out: Vec<_> = server.asked().into_iter().map(|asked| asked.contains(WITHOUT_SECRETS)).collect();
    assert_eq!(leaving_out, [true, false, false]);

    // A token that may read no list at all is refused both times, and may be granted more later.
    let server = Server::start([json(403, FORBIDDEN), json(403, FORBIDDEN), empty()]).await;
    let session = self::session(&client(&server.url()));
    assert!(list(&session).await.unwrap_err().is_forbidden());
    assert!(list(&session).await.is_ok());
    assert!(server.asked()[2].contains(WITHOUT_SECRETS));
}

#[tokio::test]
async fn filters_and_the_view_choose_what_is_listed() {
    let grants = [
        r#"{"id":"cgr_1","client_id":"abc","audience":"a","scope":["x"]}"#,
        r#"{"id":"cgr_2","client_id":"abc","audience":"b","scope":7}"#,
    ];
    let server = Server::start([page("client_grants", &grants), page("client_grants", &grants)]).await;
    let session = session(&client(&server.url()));
    let grants = session.api(&CLIENT_GRANTS, &[]);
    let filters = [("client_id", "abc"), ("audience", "https://a")];
    let readable = |object: &Object| {
        if object["scope"].is_array() {
            Ok(())
        } else {
            Err(Flaw { path: "scope".to_owned(), reason: "expected a list".to_owned() })
        }
    };
    // What the view leaves out need not be readable.
    let wanted = |object: &Object| if object["audience"] == "a" { readable(object).map(Some) } else { Ok(None) };
    assert_eq!(grants.list(&filters, wanted).await.unwrap().len(), 1);
    let error = grants.list(&[], |object| readable(object).map(Some)).await.unwrap_err();
    assert!(matches!(&error, Error::Decode { path, .. } if path == "scope"), "{error}");
    let paging = "page=0&per_page=100&include_totals=true";
    let filtered = format!("GET /api/v2/client-grants?client_id=abc&audience=https%3A%2F%2Fa&{paging}");
    assert_eq!(server.asked(), [filtered, format!("GET /api/v2/client-grants?{paging}")]);
}

#[tokio::test]
async fn a_list_of_another_number_is_read_by_checkpoints() {
    let contradicts = page_of(3, "clients", &entries(0..2));
    let chain = [chained("clients", &entries(0..2), Some("c1")), chained("clients", &entries(2..3), None)];
    let (listed, asked) = ids([slice::from_ref(&contradicts), &chain[..]].concat()).await;
    assert_eq!(listed.unwrap(), ["c0", "c1", "c2"]);
    let target = |paging| format!("/api/v2/clients?{WITHOUT_SECRETS}&{paging}");
    assert_eq!(asked[1..], [target("take=100"), target("from=c1&take=100")]);

    // A page that tells another total than the one before.
    let moved = [page_of(101, "clients", &entries(0..100)), page_of(100, "clients", &entries(100..101))];
    let (listed, asked) = ids([&moved[..], &[chained("clients", &entries(0..100), None)]].concat()).await;
    assert_eq!((listed.unwrap().len(), asked.len()), (100, 3));
}

#[tokio::test]
async fn a_list_of_fewer_than_it_says_is_no_list() {
    let first = |total, count| page_of(total, "clients", &entries(0..count));
    let last = |count| chained("clients", &entries(0..count), None);
    let pages = [first(101, 100), page_of(100, "clients", &entries(100..101))];
    for (replies, expected) in [
        (vec![first(3, 2), last(2), first(3, 2)], None),
        (vec![first(1_001, 100), last(1_000), first(1_001, 100)], None),
        ([&pages[..], &[last(7), first(100, 100)]].concat(), None),
        // More than one object, but one of them twice.
        (vec![first(2, 1), chained("clients", &entries(0..1), Some("x")), last(1), first(2, 1)], None),
        // Some were deleted while the chain was read: it holds all that are left.
        (vec![first(3, 2), last(2), first(2, 2)], Some(2)),
        (vec![first(1_001, 100), last(999), first(998, 100)], Some(999)),
        // Some were created: it holds all that were there.
        (vec![first(3, 2), last(4)], Some(4)),
    ] {
        let (listed, asked) = ids(replies.clone()).await;
        let is_over = asked.len() == replies.len();
        match (listed, expected) {
            (Ok(listed), Some(expected)) => assert_eq!((listed.len(), is_over), (expected, true)),
            (Err(Error::Decode { path, .. }), None) if path == "next" || path == "total" => {}
            (listed, _) => panic!("{:?} for {expected:?}, {asked:?}", listed.map(|ids| ids.len())),
        }
    }
}

#[tokio::test]
async fn a_page_with_an_object_twice_cannot_be_read() {
    let (listed, _) = ids([page("clients", &entries([0, 1, 0]))]).await;
    let error = listed.unwrap_err();
    assert!(matches!(&error, Error::Decode { path, .. } if path == "clients[2].client_id"), "{error}");
}

#[tokio::test]
async fn a_list_that_never_ends_is_given_up() {
    for total in [1_001, 3] {
        let news = (0..1_000).map(|number| chained("clients", &entries([number]), Some(&number.to_string())));
        let (listed, asked) = ids([page_of(total, "clients", &entries(0..2))].into_iter().chain(news)).await;
        let error = listed.unwrap_err();
        assert!(matches!(&error, Error::Decode { path, .. } if path == "next"), "{error}");
        assert!(asked.len() < 80, "{} requests for {total}", asked.len());
    }
}

#[tokio::test]
async fn a_lie_about_numbers_takes_few_requests() {
    let of = |total: u64, limit: u64| {
        json(200, &format!(r#"{{"total":{total},"start":0,"limit":{limit},"clients":[{}]}}"#, entry("c0")))
    };
    // Chained pages are asked for where counted ones would be too many.
    for (total, limit, place, most) in
        [(u64::MAX, 1, "total", 1), (u64::MAX, u64::MAX, "total", 1), (1_000, 1, "next", 3), (300, 1, "next", 3)]
    {
        let chain = chained("clients", &entries([0]), Some("x"));
        let (listed, asked) = ids([of(total, limit), chain.clone(), chain]).await;
        let error = listed.unwrap_err();
        assert!(matches!(&error, Error::Decode { path, .. } if path == place), "{total} by {limit}: {error}");
        assert!(asked.len() <= most, "{total} by {limit}: {asked:?}");
    }
    // No page is asked for that is larger than Auth0 allows.
    let many = |start| {
        let entries = entries(start..start + 100).join(",");
        json(200, &format!(r#"{{"total":300,"start":{start},"limit":900,"clients":[{entries}]}}"#))
    };
    let (listed, asked) = ids([many(0), many(100), many(200)]).await;
    assert_eq!(listed.unwrap().len(), 300);
    assert!(asked.iter().all(|asked| asked.contains("per_page=100")), "{asked:?}");
}

#[tokio::test]
async fn more_than_a_thousand_are_read_by_checkpoints() {
    let first = page_of(1_001, "clients", &entries(0..100));
    let chain = [chained("clients", &entries(0..1_000), Some("x")), chained("clients", &entries(999..1_001), None)];
    let (listed, asked) = ids([slice::from_ref(&first), &chain[..]].concat()).await;
    assert_eq!((listed.unwrap().len(), asked.len()), (1_001, 3));

    // A chain that leads in a circle ends.
    let circle = || chained("clients", &entries(0..9), Some("x"));
    let (listed, asked) = ids([first, circle(), circle()]).await;
    let error = listed.unwrap_err();
    assert!(matches!(&error, Error::Decode { path, .. } if path == "next") && asked.len() == 3, "{error}");
}

#[tokio::test]
async fn a_list_that_is_no_list_says_where() {
    for (body, place) in [
        (r#"{"total":2,"limit":100,"clients":[{"client_id":"a"},{"name":"n"}]}"#, "clients[1].client_id"),
        (r#"{"total":2,"limit":100,"clients":[{"client_id":"a"},7]}"#, "clients[1]"),
        (r#"{"total":1,"limit":100,"applications":[]}"#, "clients"),
        (r#"{"limit":100,"clients":[]}"#, "total"),
        (r#"{"total":1,"limit":0,"clients":[{"client_id":"a"}]}"#, "limit"),
        (r#"[{"client_id":"a"}]"#, "clients"),
    ] {
        let server = Server::start([json(200, body)]).await;
        let session = session(&client(&server.url()));
        let error = session.api(&CLIENTS, &[]).list(&[], |object| shown(object).map(Some)).await.unwrap_err();
        assert!(matches!(&error, Error::Decode { path, .. } if path == place), "{body}: {error}");
    }
}
