//! Lists that show writes later, while everything else knows of them at once.

use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use terraform_provider_auth0::emulator::Emulator;

use super::credentials::public_key;
use super::{Session, Tenant, column, reply};

/// Longer than any test takes.
const LONG: Duration = Duration::from_hours(1);
const SHORT: Duration = Duration::from_millis(40);

async fn tenant(delay: Duration) -> Tenant {
    Tenant::of(Emulator::builder().eventual(delay).start()).await
}

async fn names(tenant: &Tenant, path: &str) -> Vec<String> {
    let list = tenant.get(path).await.expect(200);
    column(&list, "name").into_iter().map(str::to_owned).collect()
}

fn text<'v>(object: &'v Value, name: &str) -> &'v str {
    object[name].as_str().unwrap()
}

#[tokio::test]
async fn writes_show_in_lists_later_than_in_objects() {
    let tenant = tenant(LONG).await;
    let created = tenant.create_client(json!({ "name": "new" })).await;
    let path = format!("/clients/{}", text(&created, "client_id"));
    assert_eq!(tenant.get(&path).await.expect(200)["name"], "new");
    assert_eq!(names(&tenant, "/clients?is_global=false").await, ["auth0-emulator administrator"]);

    let own = format!("/clients/{}", tenant.emulator.client_id());
    tenant.patch(&own, json!({ "name": "renamed" })).await.expect(200);
    assert_eq!(tenant.get(&own).await.expect(200)["name"], "renamed");
    assert_eq!(names(&tenant, "/clients?is_global=false").await, ["auth0-emulator administrator"]);

    tenant.delete(&own).await.expect(204);
    assert_eq!(tenant.get(&own).await.status, 404);
    assert_eq!(names(&tenant, "/clients?is_global=false").await, ["auth0-emulator administrator"]);
}

#[tokio::test]
async fn totals_pages_filters_and_checkpoints_agree() {
    let tenant = tenant(LONG).await;
    for n in 0..5 {
        tenant.create_client(json!({ "name": format!("client {n}"), "app_type": "spa" })).await;
    }
    let page = tenant.get("/clients?page=0&per_page=1&include_totals=true").await.expect(200);
    assert_eq!((&page["total"], column(&page["clients"], "name")), (&json!(2), vec!["auth0-emulator administrator"]));
    assert_eq!(names(&tenant, "/clients?page=1&per_page=1").await, ["All Applications"]);
    assert_eq!(tenant.get("/clients?app_type=spa").await.expect(200), json!([]));
    let first = tenant.get("/clients?take=1").await.expect(200);
    let rest = tenant.get(&format!("/clients?take=1&from={}", text(&first, "next"))).await.expect(200);
    assert_eq!(column(&rest["clients"], "name"), ["All Applications"]);
    assert!(rest.get("next").is_none(), "{rest}");
}

#[tokio::test]
async fn every_list_is_late() {
    let tenant = tenant(LONG).await;
    let client = tenant.create_client(json!({ "name": "x" })).await;
    let api = tenant.create_api("https://shop").await;
    let organization = tenant.post("/organizations", json!({ "name": "acme" })).await.expect(201);
    let grant = json!({ "client_id": client["client_id"], "audience": "https://shop", "organization_usage": "allow" });
    let grant = tenant.post("/client-grants", grant).await.expect(201);
    let of_organization = format!("/organizations/{}/client-grants", text(&organization, "id"));
    tenant.post(&of_organization, json!({ "grant_id": grant["id"] })).await.expect(201);
    let credentials = format!("/clients/{}/credentials", text(&client, "client_id"));
    let credential = tenant.post(&credentials, public_key()).await.expect(201);

    for (path, property, id) in [
        ("/clients", "client_id", &client["client_id"]),
        ("/resource-servers", "id", &api["id"]),
        ("/client-grants", "id", &grant["id"]),
        ("/organizations", "id", &organization["id"]),
        (of_organization.as_str(), "id", &grant["id"]),
        (&format!("/client-grants/{}/organizations", text(&grant, "id")), "id", &organization["id"]),
        (&credentials, "id", &credential["id"]),
    ] {
        let list = tenant.get(path).await.expect(200);
        assert!(column(&list, property).iter().all(|listed| listed != id), "{path}: {list}");
    }
    for path in [
        format!("/resource-servers/{}", text(&api, "id")),
        format!("/client-grants/{}", text(&grant, "id")),
        format!("/organizations/{}", text(&organization, "id")),
        format!("{credentials}/{}", text(&credential, "id")),
    ] {
        tenant.get(&path).await.expect(200);
    }
}

#[tokio::test]
async fn rules_and_tokens_do_not_wait_for_lists() {
    let tenant = tenant(LONG).await;
    let client = tenant.create_client(json!({ "name": "x" })).await;
    let audience = tenant.management_audience();
    let grant = json!({ "client_id": client["client_id"], "audience": audience, "scope": ["read:users"] });
    tenant.post("/client-grants", grant.clone()).await.expect(201);
    let list = tenant.get(&format!("/client-grants?client_id={}", text(&client, "client_id"))).await.expect(200);
    assert_eq!(list, json!([]));
    assert_eq!(tenant.post("/client-grants", grant).await.status, 409);
    let token = tenant.token(text(&client, "client_id"), text(&client, "client_secret"), &audience).await.expect(200);
    assert_eq!(token["scope"], "read:users");
}

#[tokio::test]
async fn lists_follow_with_stopped_clock() {
    let time = "2030-05-06T07:08:09Z".parse().unwrap();
    let tenant = Tenant::of(Emulator::builder().clock(time).eventual(SHORT).start()).await;
    let client = tenant.create_client(json!({ "name": "x" })).await;
    tenant.create_client(json!({ "name": "y" })).await;
    tenant.delete(&format!("/clients/{}", text(&client, "client_id"))).await.expect(204);
    tokio::time::sleep(SHORT).await;
    assert_eq!(names(&tenant, "/clients?is_global=false").await, ["auth0-emulator administrator", "y"]);
}

#[tokio::test]
async fn what_a_tenant_starts_with_shows_at_once() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("tenant.db");
    let start = || Emulator::builder().data(&file).eventual(LONG).start();
    let tenant = Tenant::of(start()).await;
    tenant.create_client(json!({ "name": "kept" })).await;
    let state = tenant.emulator.state();
    drop(tenant);
    let listed = ["auth0-emulator administrator", "kept"];
    assert_eq!(names(&Tenant::of(start()).await, "/clients?is_global=false").await, listed);

    let other = Tenant::of(Emulator::builder().eventual(LONG).start()).await;
    other.create_client(json!({ "name": "replaced" })).await;
    reply(other.http.put(format!("{}/_emulator/state", other.url)).json(&state)).await.expect(204);
    let id = text(&state, "administrator");
    let clients = state["clients"].as_array().unwrap();
    let administrator = clients.iter().find(|client| client["client_id"] == id).unwrap();
    let secret = text(administrator, "client_secret");
    let token = other.token(id, secret, &other.management_audience()).await.expect(200);
    let session = Session { token: text(&token, "access_token").to_owned(), ..other.session.clone() };
    let list = session.get("/clients?is_global=false").await.expect(200);
    assert_eq!(column(&list, "name"), listed);
    // And lists are late again afterwards.
    session.post("/clients", json!({ "name": "late" })).await.expect(201);
    let list = session.get("/clients?is_global=false").await.expect(200);
    assert_eq!(column(&list, "name"), listed);
}
