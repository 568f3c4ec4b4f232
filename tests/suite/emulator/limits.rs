//! Rate limits of a plan, as a client on the network sees them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::Response;
use serde_json::{Value, json};
use terraform_provider_auth0::emulator::{Emulator, Plan};
use tokio::time::sleep;

use super::Tenant;

async fn tenant(plan: Plan) -> Tenant {
    Tenant::of(Emulator::builder().plan(plan).start()).await
}

async fn ask(tenant: &Tenant, path: &str) -> Response {
    tenant.http.get(tenant.api(path)).bearer_auth(&tenant.token).send().await.unwrap()
}

fn header(response: &Response, name: &str) -> Option<u64> {
    response.headers().get(name).map(|value| value.to_str().unwrap().parse().unwrap())
}

#[tokio::test]
async fn every_answer_says_what_is_left() {
    let tenant = tenant(Plan::EnterpriseNonproduction).await;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    for (left, path) in [(9, "/clients"), (8, "/clients/nobody"), (7, "/nothing")] {
        let response = ask(&tenant, path).await;
        assert_eq!(header(&response, "x-ratelimit-limit"), Some(10));
        assert!(header(&response, "x-ratelimit-remaining").unwrap() >= left, "{path}");
        let reset = header(&response, "x-ratelimit-reset").unwrap();
        assert!((now..=now + 10).contains(&reset), "{reset} at {now}");
    }
}

#[tokio::test]
async fn requests_over_limit_are_refused_until_refill() {
    let tenant = tenant(Plan::Free).await;
    let refused = loop {
        let request = tenant.http.post(tenant.api("/clients")).bearer_auth(&tenant.token).json(&json!({ "name": "x" }));
        let response = request.send().await.unwrap();
        if response.status() == 429 {
            break response;
        }
    };
    assert_eq!(header(&refused, "x-ratelimit-remaining"), Some(0));
    assert!(refused.headers().get("retry-after").is_none());
    let expected = json!({
        "statusCode": 429,
        "error": "Too Many Requests",
        "message": "Global limit has been reached",
        "errorCode": "too_many_requests",
    });
    assert_eq!(refused.json::<Value>().await.unwrap(), expected);
    let created = |tenant: &Tenant| {
        let clients = &tenant.emulator.state()["clients"];
        clients.to_string().matches(r#""name":"x""#).count()
    };
    let requests = tenant.emulator.requests();
    assert_eq!(created(&tenant), requests.iter().filter(|request| request.status == Some(201)).count());
    sleep(Duration::from_millis(600)).await;
    assert_eq!(ask(&tenant, "/clients").await.status(), 200);
}

#[tokio::test]
async fn token_requests_have_their_own_limits() {
    let tenant = tenant(Plan::Free).await;
    let ask = || async {
        let request =
            tenant.http.post(format!("{}/oauth/token", tenant.url)).form(&[("grant_type", "client_credentials")]);
        request.send().await.unwrap()
    };
    let first = ask().await;
    assert_eq!(header(&first, "x-ratelimit-limit"), Some(30));
    let mut last = first;
    for _ in 0..400 {
        last = ask().await;
        if last.status() == 429 {
            break;
        }
    }
    assert_eq!(last.status(), 429, "more than thirty at once, or three hundred, are too many");
    assert_eq!(last.json::<Value>().await.unwrap()["error"], "too_many_requests");
}

#[tokio::test]
async fn without_a_plan_nothing_is_limited() {
    let tenant = Tenant::start().await;
    for _ in 0..60 {
        let response = ask(&tenant, "/clients").await;
        assert_eq!((response.status().as_u16(), header(&response, "x-ratelimit-limit")), (200, None));
    }
}
