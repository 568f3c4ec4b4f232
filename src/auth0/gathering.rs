//! What was collected of a list so far, and whether that is all. Pure.
//!
//! A list proves that an object is missing only if it holds as many objects as it says. An object that is deleted between two
//! pages shifts another one onto a page that was read before. One that is created in the same moment makes up for the
//! number. So whatever sends a create again rests on two lists: see [`super::lost_creations`].

use serde_json::Value;

use super::document::Object;
use super::error::Flaw;
use super::page::{Documents, Page, most_pages};

/// Maximum bytes that the objects of a list take in memory.
const MOST_BYTES: usize = 256 << 20;

/// A list while it is read.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    pub(super) documents: Documents,
    /// The lowest number of objects that a page told.
    pub(super) told: u64,
    pages: u64,
    bytes: usize,
}

impl Gathering {
    /// A list of which nothing was read yet. It has `told` objects.
    pub(super) fn of(told: u64) -> Self {
        Self { told, ..Self::default() }
    }

    /// Adds a page. Returns whether it brought anything new.
    pub(super) fn add(&mut self, page: Page) -> Result<bool, Flaw> {
        self.told = self.told.min(page.total.unwrap_or(u64::MAX));
        self.pages += 1;
        self.bytes += page.items.values().map(|document| bytes(&document.object)).sum::<usize>();
        if self.pages > most_pages(self.told) {
            return Err(endless("the list has more pages than it says"));
        }
        if self.bytes > MOST_BYTES {
            return Err(endless("the list is too large"));
        }
        let known = self.documents.len();
        self.documents.extend(page.items);
        Ok(self.documents.len() > known)
    }

    /// Whether it holds as many objects as a list that has `told`.
    pub(super) fn holds(&self, told: u64) -> bool {
        self.documents.len() as u64 >= told
    }
}

fn endless(reason: &str) -> Flaw {
    Flaw { path: "next".to_owned(), reason: reason.to_owned() }
}

/// About how much memory an object takes.
fn bytes(object: &Object) -> usize {
    let member = |(name, value): (&String, &Value)| size_of::<String>() + name.len() + value_bytes(value);
    object.iter().map(member).sum()
}

fn value_bytes(value: &Value) -> usize {
    let below = match value {
        Value::String(text) => text.len(),
        Value::Array(elements) => elements.iter().map(value_bytes).sum(),
        Value::Object(object) => bytes(object),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    size_of::<Value>() + below
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn page(clients: &Value, total: impl Into<Option<u64>>) -> Page {
        let page = json!({"clients": clients, "total": total.into(), "limit": 100});
        Page::of(page, "clients", "id").unwrap()
    }

    #[test]
    fn holds_what_was_told_without_counting_twice() {
        let mut list = Gathering::of(3);
        assert_eq!(list.add(page(&json!([{"id": "a"}, {"id": "b"}]), 3)), Ok(true));
        assert_eq!(list.add(page(&json!([{"id": "b"}]), None)), Ok(false));
        assert!(!list.holds(list.told) && list.holds(2));
        assert_eq!(list.add(page(&json!([{"id": "c"}]), 2)), Ok(true));
        assert_eq!((list.told, list.holds(3), list.holds(4)), (2, true, false));
    }

    #[test]
    fn ends_by_pages() {
        let mut list = Gathering::of(100);
        let added = (0..100).map_while(|id| list.add(page(&json!([{"id": id.to_string()}]), None)).ok());
        assert_eq!(added.count() as u64, most_pages(100));
    }

    #[test]
    fn ends_by_bytes() {
        let (mut list, mebibyte) = (Gathering::of(200_000), "x".repeat(1 << 20));
        let deep = json!([{"id": "a", "client_metadata": {"x": [mebibyte, null, [mebibyte]]}}]);
        let added = (0..1_000).map_while(|_| list.add(page(&deep, None)).ok());
        assert_eq!(added.count(), 127);
        let flaw = list.add(page(&json!([]), None)).unwrap_err();
        assert_eq!(flaw.reason, "the list is too large");
    }

    #[test]
    fn many_small_values_count_as_what_they_take() {
        let object = json!({"x": vec![Value::Null; 1_000]});
        assert!(bytes(object.as_object().unwrap()) >= 1_000 * size_of::<Value>());
    }
}
