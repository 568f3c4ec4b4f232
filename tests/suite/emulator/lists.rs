//! Lists: filters, fields, pages and their limits.

use serde_json::{Value, json};

use super::{Tenant, column};

async fn tenant_with_clients(count: usize) -> Tenant {
    let tenant = Tenant::start().await;
    for n in 0..count {
        tenant.create_client(json!({ "name": format!("client {n}") })).await;
    }
    tenant
}

#[tokio::test]
async fn clients_come_in_order_with_global_client_last() {
    let tenant = tenant_with_clients(2).await;
    let list = tenant.get("/clients").await.expect(200);
    assert_eq!(column(&list, "name"), ["auth0-emulator administrator", "client 0", "client 1", "All Applications"]);
    let list = tenant.get("/clients?is_global=false&fields=name").await.expect(200);
    assert_eq!(list[2], json!({ "name": "client 1", "tenant": list[2]["tenant"] }));
    assert_eq!(list.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn totals_tell_where_a_page_lies() {
    let tenant = tenant_with_clients(3).await;
    let page = tenant.get("/clients?page=1&per_page=2&include_totals=true&fields=name").await.expect(200);
    assert_eq!((&page["total"], &page["start"], &page["limit"]), (&json!(5), &json!(2), &json!(2)));
    assert_eq!(column(&page["clients"], "name"), ["client 1", "client 2"]);
    let beyond = tenant.get("/clients?page=9&per_page=2&include_totals=true").await.expect(200);
    assert_eq!((&beyond["start"], &beyond["clients"]), (&json!(18), &json!([])));
}

#[tokio::test]
async fn checkpoints_lead_through_a_list_that_changes() {
    let tenant = tenant_with_clients(5).await;
    let first = tenant.get("/clients?take=3&include_totals=true").await.expect(200);
    assert!(first.get("total").is_none(), "checkpoints know no total");
    let gone = first["clients"][0]["client_id"].as_str().unwrap();
    assert_eq!(gone, tenant.emulator.client_id());
    tenant.delete(&format!("/clients/{}", first["clients"][1]["client_id"].as_str().unwrap())).await.expect(204);
    let rest = format!("/clients?take=50&from={}", first["next"].as_str().unwrap());
    let rest = tenant.get(&rest).await.expect(200);
    assert_eq!(column(&rest["clients"], "name"), ["client 2", "client 3", "client 4", "All Applications"]);
    assert!(rest.get("next").is_none());
}

#[tokio::test]
async fn offsets_past_a_thousand_records_are_refused() {
    let tenant = Tenant::start().await;
    for list in ["clients", "client-grants", "resource-servers"] {
        tenant.get(&format!("/{list}?page=9&per_page=100")).await.expect(200);
        tenant.get(&format!("/{list}?page=10&per_page=100&include_totals=true")).await.refuses(
            400,
            "invalid_paging",
            "Requesting page 10 exceeds the allowed maximum of 1000 records. To fetch results beyond 1000, use the \
             checkpoint pagination method.",
        );
    }
}

#[tokio::test]
async fn clients_are_filtered_by_what_they_are() {
    let tenant = Tenant::start().await;
    tenant.create_client(json!({ "name": "web", "app_type": "regular_web" })).await;
    tenant.create_client(json!({ "name": "page", "app_type": "spa", "is_first_party": false })).await;
    let names = async |query: &str| {
        let list: Value = tenant.get(&format!("/clients?{query}")).await.expect(200);
        column(&list, "name").join(",")
    };
    assert_eq!(names("app_type=spa,regular_web").await, "web,page");
    assert_eq!(names("is_first_party=false").await, "page");
    assert_eq!(names("is_global=true").await, "All Applications");
}

#[tokio::test]
async fn fields_can_be_left_out() {
    let tenant = Tenant::start().await;
    let list = tenant.get("/clients?fields=client_secret,signing_keys&include_fields=false").await.expect(200);
    assert!(list[0].get("client_secret").is_none() && list[0].get("signing_keys").is_none());
    assert!(list[0].get("grant_types").is_some());
}

#[tokio::test]
async fn lists_mask_subject_of_certificates() {
    let tenant = Tenant::start().await;
    let id = tenant.emulator.client_id();
    let single = tenant.get(&format!("/clients/{id}")).await.expect(200);
    assert_eq!(single["signing_keys"][0]["subject"], format!("/CN={}", tenant.emulator.domain()));
    let list = tenant.get("/clients").await.expect(200);
    assert_eq!(list[0]["signing_keys"][0]["subject"], "deprecated");
}
