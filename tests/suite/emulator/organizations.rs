//! Organizations: which client grants they take part in, and what that means for lists.

use serde_json::{Value, json};

use super::{Tenant, column};

/// An organization with a grant that may be associated with it.
struct Setting {
    tenant: Tenant,
    organization: String,
    client: Value,
    grant: Value,
}

impl Setting {
    async fn start(usage: &str) -> Self {
        let tenant = Tenant::start().await;
        let created =
            tenant.post("/organizations", json!({ "name": "acme", "display_name": "Acme" })).await.expect(201);
        let organization = created["id"].as_str().unwrap().to_owned();
        tenant.create_api("https://things").await;
        let client = tenant.create_client(json!({ "name": "worker" })).await;
        let grant =
            json!({ "client_id": client["client_id"], "audience": "https://things", "organization_usage": usage });
        let grant = tenant.post("/client-grants", grant).await.expect(201);
        Self { tenant, organization, client, grant }
    }

    fn grants(&self) -> String {
        format!("/organizations/{}/client-grants", self.organization)
    }

    async fn associate(&self) -> super::Reply {
        self.tenant.post(&self.grants(), json!({ "grant_id": self.grant["id"] })).await
    }
}

#[tokio::test]
async fn an_organization_is_found_by_id_and_by_name() {
    let Setting { tenant, organization, .. } = Setting::start("allow").await;
    let shown = json!({ "id": organization, "name": "acme", "display_name": "Acme" });
    assert_eq!(tenant.get(&format!("/organizations/{organization}")).await.expect(200), shown);
    assert_eq!(tenant.get("/organizations/name/acme").await.expect(200), shown);
    let page = tenant.get("/organizations?include_totals=true&per_page=10").await.expect(200);
    assert_eq!(page, json!({ "organizations": [shown], "start": 0, "limit": 10, "total": 1 }));
}

#[tokio::test]
async fn an_unknown_organization_has_no_error_code() {
    let tenant = Tenant::start().await;
    let body =
        json!({ "statusCode": 404, "error": "Not Found", "message": "No organization found by that id or name" });
    assert_eq!(tenant.get("/organizations/org_0000000000000000").await.expect(404), body);
    assert_eq!(tenant.get("/organizations/name/nobody").await.expect(404), body);
}

#[tokio::test]
async fn names_of_organizations_are_unique() {
    let Setting { tenant, .. } = Setting::start("allow").await;
    let again = tenant.post("/organizations", json!({ "name": "acme" })).await;
    again.refuses(409, "conflict", "An organization with this name already exists");
}

#[tokio::test]
async fn associating_shows_the_grant_on_both_sides() {
    let setting = Setting::start("allow").await;
    let answer = setting.associate().await.expect(201);
    assert_eq!((&answer["grant_id"], answer.get("id"), answer.get("subject_type")), (&setting.grant["id"], None, None));

    let listed = setting.tenant.get(&setting.grants()).await.expect(200);
    assert_eq!(listed, json!([setting.grant]));
    let path = format!("/client-grants/{}/organizations", setting.grant["id"].as_str().unwrap());
    let listed = setting.tenant.get(&path).await.expect(200);
    assert_eq!(column(&listed, "id"), [&setting.organization]);
    setting.associate().await.refuses(409, "conflict", "The client grant is already associated with this organization");
}

#[tokio::test]
async fn grants_of_an_organization_are_filtered() {
    let setting = Setting::start("require").await;
    setting.associate().await.expect(201);
    let (id, client) = (setting.grant["id"].as_str().unwrap(), setting.client["client_id"].as_str().unwrap());
    for (query, count) in [
        (format!("grant_ids={id}&grant_ids=cgr_other"), 1),
        ("grant_ids=cgr_other".to_owned(), 0),
        (format!("client_id={client}&audience=https%3A%2F%2Fthings"), 1),
        ("audience=other".to_owned(), 0),
    ] {
        let listed = setting.tenant.get(&format!("{}?{query}", setting.grants())).await.expect(200);
        assert_eq!(listed.as_array().unwrap().len(), count, "{query}");
    }
}

#[tokio::test]
async fn grant_that_denies_organizations_has_none() {
    let setting = Setting::start("deny").await;
    let reason = "The client grant does not allow the use of organizations";
    setting.associate().await.refuses(400, "validation_error", reason);
}

#[tokio::test]
async fn dissociating_and_deleting_leave_nothing_behind() {
    let setting = Setting::start("allow").await;
    setting.associate().await.expect(201);
    let id = setting.grant["id"].as_str().unwrap();
    for _ in 0..2 {
        setting.tenant.delete(&format!("{}/{id}", setting.grants())).await.expect(204);
    }
    assert_eq!(setting.tenant.get(&setting.grants()).await.expect(200), json!([]));

    setting.associate().await.expect(201);
    setting.tenant.delete(&format!("/client-grants/{id}")).await.expect(204);
    assert_eq!(setting.tenant.get(&setting.grants()).await.expect(200), json!([]));
    setting.tenant.delete(&format!("/organizations/{}", setting.organization)).await.expect(204);
    setting.tenant.get(&setting.grants()).await.expect(404);
}

#[tokio::test]
async fn finds_clients_by_organization_of_grants() {
    let setting = Setting::start("allow").await;
    setting.associate().await.expect(201);
    let search = |q: String| format!("/clients?take=10&q={q}");
    let found = setting.tenant.get(&search(format!("client_grant.organization_id:{}", setting.organization))).await;
    assert_eq!(column(&found.expect(200)["clients"], "client_id"), [setting.client["client_id"].as_str().unwrap()]);
    let any = || setting.tenant.get("/clients?take=10&q=client_grant.allow_any_organization:true");
    assert_eq!(any().await.expect(200)["clients"], json!([]));
    let path = format!("/client-grants/{}", setting.grant["id"].as_str().unwrap());
    setting.tenant.patch(&path, json!({ "allow_any_organization": true })).await.expect(200);
    assert_eq!(any().await.expect(200)["clients"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_search_needs_checkpoints_and_excludes_filters() {
    let tenant = Tenant::start().await;
    let q = "q=client_grant.allow_any_organization:true";
    tenant.get("/clients?take=5&q=name:x").await.refuses(
        501,
        "not_imitated",
        "auth0-emulator does not imitate the search \"name:x\"",
    );
    for query in [q.to_owned(), format!("{q}&take=5&is_global=false")] {
        let refused = tenant.get(&format!("/clients?{query}")).await.expect(400);
        assert_eq!(refused["errorCode"], "invalid_query_string", "{query}");
    }
}
