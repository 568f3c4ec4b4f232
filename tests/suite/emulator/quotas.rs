//! Token quotas: what a client sees of them, and when there are no more tokens.

use jiff::Timestamp;
use reqwest::Response;
use serde_json::{Value, json};
use terraform_provider_auth0::emulator::Emulator;

use super::Tenant;

const API: &str = "https://shop";

/// A minute before the end of an hour, and eleven hours and a minute before the end of the day.
fn noon() -> Timestamp {
    "2026-01-31T12:59:00Z".parse().unwrap()
}

/// A tenant whose clock stands still, and a client with this quota that may call an API, for organizations too.
async fn tenant(quota: Value) -> (Tenant, Value) {
    let tenant = Tenant::of(Emulator::builder().clock(noon()).start()).await;
    tenant.create_api(API).await;
    let quota = json!({ "client_credentials": quota });
    let client = tenant.create_client(json!({ "name": "caller", "token_quota": quota })).await;
    let grant = json!({
        "client_id": client["client_id"], "audience": API,
        "organization_usage": "allow", "allow_any_organization": true,
    });
    tenant.post("/client-grants", grant).await.expect(201);
    (tenant, client)
}

async fn ask(tenant: &Tenant, client: &Value, organization: Option<&str>) -> Response {
    let mut form = json!({
        "grant_type": "client_credentials", "audience": API,
        "client_id": client["client_id"], "client_secret": client["client_secret"],
    });
    if let Some(organization) = organization {
        form["organization"] = organization.into();
    }
    tenant.http.post(format!("{}/oauth/token", tenant.url)).form(&form).send().await.unwrap()
}

fn header<'r>(response: &'r Response, name: &str) -> Option<&'r str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn answers_tell_what_is_left_in_both_buckets() {
    let (tenant, client) = tenant(json!({ "per_hour": 10, "per_day": 50 })).await;
    for (hour, day) in [(9, 49), (8, 48)] {
        let answer = ask(&tenant, &client, None).await;
        assert_eq!(answer.status(), 200);
        let expected = format!("b=per_hour;q=10;r={hour};t=60,b=per_day;q=50;r={day};t=39660");
        assert_eq!(header(&answer, "auth0-client-quota-limit"), Some(expected.as_str()));
        assert_eq!(header(&answer, "auth0-organization-quota-limit"), None);
    }
}

#[tokio::test]
async fn without_a_quota_there_is_no_word_of_it() {
    let (tenant, client) = tenant(json!({ "per_hour": 10 })).await;
    let path = format!("/clients/{}", client["client_id"].as_str().unwrap());
    tenant.patch(&path, json!({ "token_quota": null })).await.expect(200);
    assert_eq!(header(&ask(&tenant, &client, None).await, "auth0-client-quota-limit"), None);
}

#[tokio::test]
async fn a_quota_that_is_used_up_tells_when_to_come_back() {
    let (tenant, client) = tenant(json!({ "per_hour": 1, "per_day": 2 })).await;
    assert_eq!(ask(&tenant, &client, None).await.status(), 200);
    let hour_is_over = "2026-01-31T13:00:00Z".parse::<Timestamp>().unwrap();
    for _ in 0..2 {
        let refused = ask(&tenant, &client, None).await;
        assert_eq!(refused.status(), 429);
        assert_eq!(
            header(&refused, "auth0-client-quota-limit"),
            Some("b=per_hour;q=1;r=0;t=60,b=per_day;q=2;r=0;t=39660")
        );
        assert_eq!((header(&refused, "retry-after"), header(&refused, "x-ratelimit-limit")), (Some("60"), Some("1")));
        assert_eq!(header(&refused, "x-ratelimit-remaining"), Some("0"));
        assert_eq!(header(&refused, "x-ratelimit-reset"), Some(hour_is_over.as_second().to_string().as_str()));
        let body: Value = refused.json().await.unwrap();
        assert_eq!(body, json!({ "error": "too_many_requests", "error_description": "Client quota exceeded" }));
    }
    // What was refused did not count: the next hour has its one token, and then the day is used up.
    tenant.emulator.set_clock(hour_is_over);
    assert_eq!(ask(&tenant, &client, None).await.status(), 200);
    let refused = ask(&tenant, &client, None).await;
    assert_eq!((refused.status().as_u16(), header(&refused, "retry-after")), (429, Some("39600")));
    tenant.emulator.set_clock("2026-02-01T00:00:00Z".parse().unwrap());
    assert_eq!(ask(&tenant, &client, None).await.status(), 200);
}

#[tokio::test]
async fn a_quota_that_is_not_enforced_is_only_told() {
    let (tenant, client) = tenant(json!({ "per_hour": 1, "enforce": false })).await;
    for _ in 0..3 {
        let answer = ask(&tenant, &client, None).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(header(&answer, "auth0-client-quota-limit"), Some("b=per_hour;q=1;r=0;t=60"));
    }
}

#[tokio::test]
async fn organization_quota_counts_all_clients() {
    let (tenant, client) = tenant(json!({ "per_hour": 10 })).await;
    let quota = json!({ "client_credentials": { "per_day": 1 } });
    let limited = tenant.post("/organizations", json!({ "name": "limited", "token_quota": quota })).await.expect(201);
    let free = tenant.post("/organizations", json!({ "name": "free" })).await.expect(201);
    let (limited, free) = (limited["id"].as_str().unwrap(), free["id"].as_str().unwrap());

    let answer = ask(&tenant, &client, Some(limited)).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "auth0-client-quota-limit"), Some("b=per_hour;q=10;r=9;t=60"));
    assert_eq!(header(&answer, "auth0-organization-quota-limit"), Some("b=per_day;q=1;r=0;t=39660"));
    let refused = ask(&tenant, &client, Some(limited)).await;
    assert_eq!((refused.status().as_u16(), header(&refused, "retry-after")), (429, Some("39660")));
    assert_eq!(header(&refused, "auth0-organization-quota-limit"), Some("b=per_day;q=1;r=0;t=39660"));
    let body: Value = refused.json().await.unwrap();
    assert_eq!(body["error_description"], "Organization quota exceeded");
    // Neither the other organization nor the client without any has a quota to run out of.
    let other = ask(&tenant, &client, Some(free)).await;
    assert_eq!((other.status().as_u16(), header(&other, "auth0-organization-quota-limit")), (200, None));
    assert_eq!(ask(&tenant, &client, None).await.status(), 200);
}
