//! Pages of a small service.

use serde_json::json;

use super::*;

fn first(total: impl Into<Option<u64>>) -> Page {
    Page { total: total.into(), limit: Some(100), ..Page::default() }
}

#[test]
fn reads_objects_and_the_way_on() {
    let read = |page| Page::of(page, "clients", "client_id").unwrap();
    let full =
        read(json!({"clients": [{"client_id": "a"}, {"client_id": "b", "x": 1}], "total": 7, "limit": 2, "next": "n"}));
    assert_eq!(full.items.keys().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(full.items["b"].object["x"], json!(1));
    assert_eq!((full.total, full.limit, full.next.as_deref()), (Some(7), Some(2), Some("n")));
    for odd in [json!({"clients": [], "total": "7", "limit": -1, "next": ""}), json!({"clients": [], "next": null})] {
        let odd = read(odd);
        assert_eq!((odd.total, odd.limit, odd.next), (None, None, None));
    }
}

#[test]
fn names_the_place_of_what_cannot_be_read() {
    for (page, path) in [
        (json!({"clients": [{"client_id": "a"}, "odd"]}), "clients[1]"),
        (json!({"clients": [{"client_id": "a"}, {"name": "b"}]}), "clients[1].client_id"),
        (json!({"clients": {"client_id": "a"}}), "clients"),
        (json!({"total": 1}), "clients"),
        (json!({"clients": [], "next": "x".repeat(4_097)}), "next"),
        (json!([]), "clients"),
    ] {
        assert_eq!(Page::of(page, "clients", "client_id").unwrap_err().path, path);
    }
}

#[test]
fn asks_for_pages_at_their_largest() {
    let query = |ask: &Ask| ask.query().into_iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>();
    assert_eq!(query(&Ask::FIRST), ["page=0", "per_page=100", "include_totals=true"]);
    assert_eq!(query(&Ask::Numbered { number: 3, size: 50 }), ["page=3", "per_page=50", "include_totals=true"]);
    assert_eq!(query(&Ask::Checkpoint(None)), ["take=100"]);
    assert_eq!(query(&Ask::Checkpoint(Some("abc".to_owned()))), ["from=abc", "take=100"]);
}

#[test]
fn tells_what_the_first_page_leaves() {
    let page = |total, limit| Page { limit: Some(limit), ..first(total) };
    let asks = |numbers: std::ops::Range<u64>, size| {
        Some(numbers.map(|number| Ask::Numbered { number, size }).collect::<Vec<_>>())
    };
    for (total, limit, expected) in [
        (0, 100, asks(1..1, 100)),
        (100, 100, asks(1..1, 100)),
        (101, 100, asks(1..2, 100)),
        (101, 50, asks(1..3, 50)),
        (1_000, 100, asks(1..10, 100)),
        (1_001, 100, None),
    ] {
        assert_eq!(page(total, limit).rest().unwrap(), expected, "{total}");
    }
    assert_eq!([1_000, 1_001].map(|total| page(total, 100).other_pages().unwrap()), [9, 11]);
}

#[test]
fn refuses_a_first_page_that_does_not_lead_on() {
    for (page, property) in [
        (first(None), "total"),
        (Page { limit: None, ..first(1) }, "limit"),
        (Page { limit: Some(0), ..first(1) }, "limit"),
    ] {
        assert_eq!(page.rest().unwrap_err().path, property);
    }
}
