//! The file of a tenant: written, read again, damaged.

use serde_json::{Map, json};

use super::*;
use crate::emulator::clock::Clock;
use crate::emulator::ids::Ids;
use crate::emulator::signing::SigningKey;

fn tenant() -> Tenant {
    Tenant::empty("http://here".into(), "here", SigningKey::shared(), Clock::System, Ids::seeded(1))
}

fn add_client(tenant: &mut Tenant, name: &str) -> String {
    let client = tenant.create_client(Map::from_iter([("name".into(), json!(name))])).unwrap();
    client["client_id"].as_str().unwrap().to_owned()
}

fn execute(tenant: &Tenant, sql: &str) -> usize {
    tenant.file.as_ref().unwrap().connection.execute(sql, []).unwrap()
}

/// A tenant in a new file.
fn kept(path: &Path) -> Tenant {
    let mut tenant = tenant();
    assert!(!tenant.attach(File::open(path).unwrap()).unwrap());
    tenant.administrator = add_client(&mut tenant, "one");
    tenant.save().unwrap();
    tenant
}

/// Sets how large the file may become, in pages.
fn limit_file(tenant: &Tenant, pages: u32) {
    tenant.file.as_ref().unwrap().connection.pragma_update(None, "max_page_count", pages).unwrap();
}

#[test]
fn what_the_disk_has_no_room_for_never_takes_effect() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("tenant.db");
    let mut first = kept(&path);
    let (before, id) = (first.dump(), first.administrator.clone());
    let described = || Map::from_iter([("description".into(), json!("x".repeat(100_000)))]);
    let create = |tenant: &mut Tenant| add_client(tenant, &"x".repeat(100_000));
    let update = |tenant: &mut Tenant| tenant.update_client(&id, described()).is_ok();
    let restore = |tenant: &mut Tenant| {
        let mut state = before.clone();
        state["tenant"] = "x".repeat(100_000).into();
        tenant.restore(state).unwrap();
    };
    for round in 0..2 {
        limit_file(&first, 1);
        assert!(matches!(first.change(create), Err(DataError::Database { .. })));
        assert!(matches!(first.change(update), Err(DataError::Database { .. })));
        assert!(matches!(first.change(restore), Err(DataError::Database { .. })));
        assert_eq!(first.dump(), before, "{round}");
        limit_file(&first, 1 << 20);
        first.change(|_| ()).unwrap();
    }
    let added = first.change(|tenant| add_client(tenant, "two")).unwrap();

    let expected = first.dump();
    assert_eq!(expected["clients"].as_array().unwrap().len(), 2);
    drop(first);
    let mut second = tenant();
    assert!(second.attach(File::open(&path).unwrap()).unwrap());
    assert_eq!(second.dump(), expected);
    assert!(second.client(&added).is_ok());
}

#[test]
fn what_cannot_be_undone_at_once_is_undone_before_the_next_change() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut tenant = kept(&folder.path().join("tenant.db"));
    let before = tenant.dump();
    execute(&tenant, "ALTER TABLE objects RENAME TO elsewhere");
    tenant.change(|tenant| add_client(tenant, "two")).unwrap_err();
    tenant.change(|_| ()).unwrap_err();
    execute(&tenant, "ALTER TABLE elsewhere RENAME TO objects");
    tenant.change(|_| ()).unwrap();
    assert_eq!(tenant.dump(), before);
}

#[test]
fn lists_stay_late_when_a_change_is_undone() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut tenant = kept(&folder.path().join("tenant.db"));
    tenant.set_list_lag(0, 1_000);
    tenant.change(|tenant| add_client(tenant, "two")).unwrap();
    limit_file(&tenant, 1);
    tenant.change(|tenant| add_client(tenant, &"x".repeat(100_000))).unwrap_err();
    assert_eq!(tenant.listed_clients().count(), 1);
    tenant.set_list_lag(1_001, 1_000);
    assert_eq!(tenant.listed_clients().count(), 2);
}

#[test]
fn a_new_file_stays_empty_until_it_holds_the_tenant() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("tenant.db");
    let mut failing = tenant();
    failing.attach(File::open(&path).unwrap()).unwrap();
    failing.file.as_ref().unwrap().pem("authority", String::new).unwrap();
    drop(failing);
    assert_eq!(fs::metadata(&path).unwrap().len(), 0);
    kept(&path);
}

#[test]
fn rows_of_objects_that_did_not_change_are_not_written() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut tenant = tenant();
    tenant.attach(File::open(&folder.path().join("tenant.db")).unwrap()).unwrap();
    let ids: Vec<_> = (0..20).map(|n| add_client(&mut tenant, &n.to_string())).collect();
    tenant.administrator.clone_from(&ids[0]);
    tenant.save().unwrap();
    execute(&tenant, "UPDATE objects SET document = 'as it was'");
    tenant.rotate_secret(&ids[3]).unwrap();
    tenant.delete_client(&ids[4]).unwrap();
    tenant.save().unwrap();
    assert_eq!(execute(&tenant, "DELETE FROM objects WHERE document = 'as it was'"), 21 - 2);
    assert_eq!(execute(&tenant, "DELETE FROM objects"), 1);
}
