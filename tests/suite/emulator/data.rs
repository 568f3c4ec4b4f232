//! A tenant that is kept in a file.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;
use terraform_provider_auth0::emulator::Emulator;

use super::credentials::client_with_key;
use super::{Session, Tenant, column, credentials, reply};

fn file() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("tenant.db");
    (folder, file)
}

/// The tenant after its emulator was started anew at the same address, with the token of before.
fn restarted(tenant: Tenant, file: &Path) -> Tenant {
    let Tenant { emulator, session } = tenant;
    let address: SocketAddr = emulator.domain().parse().unwrap();
    drop(emulator);
    let emulator = Emulator::builder().listen(address).data(file).start();
    Tenant { emulator, session: Session { http: reqwest::Client::new(), ..session } }
}

fn refused(file: &Path) -> String {
    match Emulator::builder().data(file).try_start() {
        Ok(_) => panic!("it started"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let (_folder, file) = file();
    let tenant = Tenant::of(Emulator::builder().data(&file).start()).await;
    for n in 0..5 {
        tenant.create_client(json!({ "name": format!("client {n}"), "client_metadata": { "n": "1" } })).await;
    }
    let gone = tenant.create_client(json!({ "name": "gone" })).await;
    tenant.delete(&format!("/clients/{}", gone["client_id"].as_str().unwrap())).await.expect(204);
    tenant.create_api("https://shop").await;
    let (with_key, _) = client_with_key(&tenant).await;
    let grant = json!({ "client_id": with_key, "audience": "https://shop", "organization_usage": "allow" });
    let grant = tenant.post("/client-grants", grant).await.expect(201);
    let organization = tenant.post("/organizations", json!({ "name": "acme" })).await.expect(201);
    let path = format!("/organizations/{}/client-grants", organization["id"].as_str().unwrap());
    tenant.post(&path, json!({ "grant_id": grant["id"] })).await.expect(201);
    let own = format!("/clients/{}", tenant.emulator.client_id());
    tenant.patch(&own, json!({ "client_secret": "chosen" })).await.expect(200);

    let (before, announced) = (tenant.emulator.state(), tenant.emulator.announcement());
    let listed = tenant.get("/clients").await.expect(200);
    let tenant = restarted(tenant, &file);

    assert_eq!(tenant.emulator.state(), before);
    let mut expected = announced;
    expected["client_secret"] = "chosen".into();
    assert_eq!(tenant.emulator.announcement(), expected);
    let after = tenant.get("/clients").await.expect(200);
    assert_eq!(column(&after, "name"), column(&listed, "name"));
    assert_eq!(after, listed, "the token of before is good, and the keys of clients are the same");
}

#[tokio::test]
async fn objects_created_after_restart_come_last() {
    let (_folder, file) = file();
    let tenant = Tenant::of(Emulator::builder().seed(7).data(&file).start()).await;
    tenant.create_client(json!({ "name": "first" })).await;
    drop(tenant);
    // With the same seed the same ids come up again, and are passed over.
    let tenant = Tenant::of(Emulator::builder().seed(7).data(&file).start()).await;
    for name in ["second", "third"] {
        tenant.create_client(json!({ "name": name })).await;
    }
    let listed = tenant.get("/clients?is_global=false").await.expect(200);
    assert_eq!(column(&listed, "name"), ["auth0-emulator administrator", "first", "second", "third"]);
}

#[tokio::test]
async fn used_assertions_and_quotas_are_remembered() {
    let (_folder, file) = file();
    let tenant = Tenant::of(Emulator::builder().data(&file).start()).await;
    let (id, _) = client_with_key(&tenant).await;
    let quota = json!({ "token_quota": { "client_credentials": { "per_day": 2 } } });
    tenant.patch(&format!("/clients/{id}"), quota).await.expect(200);
    let grant = json!({ "client_id": id, "audience": tenant.management_audience(), "scope": [] });
    tenant.post("/client-grants", grant).await.expect(201);
    let assertion = |jti| credentials::assertion(&credentials::claims(&tenant, &id, jti));
    let (first, second, third) = (assertion("first"), assertion("second"), assertion("third"));
    credentials::ask(&tenant, &first).await.expect(200);

    let tenant = restarted(tenant, &file);
    assert_eq!(credentials::ask(&tenant, &first).await.expect(401)["error_description"], "jti has been used before");
    credentials::ask(&tenant, &second).await.expect(200);
    credentials::ask(&tenant, &third).await.expect(429);
}

#[tokio::test]
async fn management_api_identifier_follows_address() {
    let (_folder, file) = file();
    let tenant = Tenant::of(Emulator::builder().data(&file).start()).await;
    let client = tenant.create_client(json!({ "name": "first" })).await;
    let audience = tenant.management_audience();
    let grant = json!({ "client_id": client["client_id"], "audience": audience, "scope": ["read:users"] });
    tenant.post("/client-grants", grant).await.expect(201);
    // Keeps the address of before taken.
    let address: SocketAddr = tenant.emulator.domain().parse().unwrap();
    drop(tenant);
    let _taken = std::net::TcpListener::bind(address);
    for _ in 0..2 {
        let tenant = Tenant::of(Emulator::builder().data(&file).start()).await;
        assert_ne!(tenant.management_audience(), audience);
        let grants = tenant.get("/client-grants").await.expect(200);
        let audiences = [tenant.management_audience(), tenant.management_audience()];
        assert_eq!(column(&grants, "audience"), audiences);
        let text = |name: &str| client[name].as_str().unwrap();
        let token = tenant.token(text("client_id"), text("client_secret"), &audiences[0]).await.expect(200);
        assert_eq!(token["scope"], "read:users");
    }
}

#[tokio::test]
async fn a_file_belongs_to_one_emulator_at_a_time() {
    let (_folder, file) = file();
    let first = Emulator::builder().data(&file).start();
    let reason = refused(&file);
    assert!(reason.contains("is in use by another auth0-emulator"), "{reason}");
    drop(first);
    let _second = Emulator::builder().data(&file).start();
}

#[test]
fn what_the_emulator_did_not_write_is_not_touched() {
    let (folder, file) = file();
    std::fs::write(&file, "a letter to a friend, which is longer than the header of a database\n".repeat(40)).unwrap();
    let before = std::fs::read(&file).unwrap();
    let reason = refused(&file);
    assert!(reason.contains("tenant.db is not a file of auth0-emulator"), "{reason}");
    assert_eq!(std::fs::read(&file).unwrap(), before);

    let other = folder.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE bills (sum INTEGER)").unwrap();
    let before = std::fs::read(&other).unwrap();
    assert!(refused(&other).contains("other.db is not a file of auth0-emulator"));
    assert_eq!(std::fs::read(&other).unwrap(), before);

    assert!(refused(&folder.path().join("missing/tenant.db")).starts_with("cannot open "));
}

#[test]
fn newer_and_damaged_files_are_told_so() {
    let (_folder, file) = file();
    drop(Emulator::builder().data(&file).start());
    let change = |sql: &str| Connection::open(&file).unwrap().execute_batch(sql).unwrap();
    change("PRAGMA user_version = 2");
    let reason = refused(&file);
    assert!(reason.ends_with("was written by a newer auth0-emulator: it has format 2, this one knows 1"), "{reason}");
    change("PRAGMA user_version = 1; INSERT INTO objects VALUES ('unicorns', 'u', 0, '{}')");
    let reason = refused(&file);
    assert!(reason.ends_with("is damaged: nobody knows what unicorns are"), "{reason}");
    change("DELETE FROM objects WHERE kind IN ('unicorns', 'clients')");
    let reason = refused(&file);
    assert!(reason.contains("is damaged: the administrator "), "{reason}");
}

/// Otherwise a new tenant would be made up in place of the one that is missing.
#[test]
fn file_without_its_tenant_is_refused() {
    let (folder, file) = file();
    let lacks_tenant = |file: &Path| {
        let (before, reason) = (std::fs::read(file).unwrap(), refused(file));
        assert!(reason.contains(" holds no tenant: perhaps it was copied without "), "{reason}");
        assert!(reason.contains(&format!("{}-wal;", file.display())), "{reason}");
        assert_eq!(std::fs::read(file).unwrap(), before);
    };
    for lost in ["kind = 'tenant'", "TRUE"] {
        drop(Emulator::builder().data(&file).start());
        Connection::open(&file).unwrap().execute_batch(&format!("DELETE FROM objects WHERE {lost}; VACUUM")).unwrap();
        lacks_tenant(&file);
        std::fs::remove_file(&file).unwrap();
    }
    // As an earlier version left it until it had written the tenant.
    Connection::open(&file).unwrap().pragma_update(None, "journal_mode", "WAL").unwrap();
    lacks_tenant(&file);
    // An empty file is a new one.
    let empty = folder.path().join("empty.db");
    std::fs::write(&empty, "").unwrap();
    drop(Emulator::builder().data(&empty).start());
}

#[test]
fn a_start_that_fails_leaves_no_half_a_tenant() {
    let (_folder, file) = file();
    let broken = Emulator::builder().data(&file).tls(true).state(json!({})).try_start();
    assert!(broken.is_err());
    drop(Emulator::builder().data(&file).start());
}

#[tokio::test]
async fn a_state_fills_a_new_file_and_no_other() {
    let (_folder, file) = file();
    let source = Tenant::start().await;
    source.create_client(json!({ "name": "moved" })).await;
    let state = source.emulator.state();
    drop(Emulator::builder().data(&file).state(state.clone()).start());
    let copy = Tenant::of(Emulator::builder().data(&file).start()).await;
    let listed = copy.get("/clients?is_global=false").await.expect(200);
    assert_eq!(column(&listed, "name"), ["auth0-emulator administrator", "moved"]);
    drop(copy);
    let error = Emulator::builder().data(&file).state(state).try_start().map(drop).unwrap_err();
    assert_eq!(error.to_string(), "the data file holds a tenant already, and a state is for a new one");
}

#[tokio::test]
async fn a_state_that_is_put_replaces_what_the_file_holds() {
    let (_folder, file) = file();
    let source = Tenant::start().await;
    source.create_client(json!({ "name": "moved" })).await;
    let state = source.emulator.state();
    let tenant = Tenant::of(Emulator::builder().data(&file).start()).await;
    tenant.create_client(json!({ "name": "dropped" })).await;
    let put = tenant.http.put(format!("{}/_emulator/state", tenant.url)).json(&state);
    reply(put).await.expect(204);
    let before = tenant.emulator.state();
    let tenant = restarted(tenant, &file);
    assert_eq!(tenant.emulator.state(), before);
    assert_eq!(tenant.emulator.client_id(), source.emulator.client_id());
}

#[tokio::test]
async fn only_the_owner_may_read_the_file() {
    let (_folder, file) = file();
    let tenant = Tenant::of(Emulator::builder().data(&file).start()).await;
    tenant.create_client(json!({ "name": "x" })).await;
    for suffix in ["", "-wal"] {
        let path = format!("{}{suffix}", file.display());
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{path}");
    }
}

#[tokio::test]
async fn authority_survives_restart() {
    let (_folder, file) = file();
    let start = || Emulator::builder().tls(true).data(&file).start();
    let emulator = start();
    let ca_file = emulator.ca_file().unwrap().to_owned();
    assert_eq!(ca_file, PathBuf::from(format!("{}.ca.pem", file.display())));
    let pem = std::fs::read(&ca_file).unwrap();
    let authority = reqwest::Certificate::from_pem(&pem).unwrap();
    let http = reqwest::Client::builder().tls_certs_only([authority]).build().unwrap();
    drop(emulator);
    std::fs::remove_file(&ca_file).unwrap();
    let emulator = start();
    assert_eq!(std::fs::read(&ca_file).unwrap(), pem);
    let session = Session { http, url: emulator.url().to_owned(), token: String::new() };
    let audience = session.management_audience();
    session.token(emulator.client_id(), emulator.client_secret(), &audience).await.expect(200);
}
