//! A collection of the API, and what a process knows of it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::area::Area;
use super::document::Fields;
use super::knowledge::Knowledge;

/// A collection, and what is known of it.
pub(super) struct Collection {
    pub(super) area: &'static Area,
    pub(super) path: Vec<String>,
    pub(super) fields: Fields,
    pub(super) page_fields: Fields,
    /// Knowledge since the last write.
    knowledge: Mutex<Arc<Knowledge>>,
    pub(super) cost: Cost,
    /// Set once the tenant has refused to leave fields out.
    pub(super) shows_secrets: AtomicBool,
    /// Properties that a list showed otherwise than the object did. The log has each of them once.
    told: Mutex<BTreeSet<String>>,
}

/// What all reads took so far.
#[derive(Default)]
pub(super) struct Cost {
    pub(super) objects: AtomicU64,
    pub(super) from_pages: AtomicU64,
    pub(super) pages: AtomicU64,
    pub(super) confirmations: AtomicU64,
}

pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Each change behind these locks is made in one step, so a panic elsewhere leaves them in order.
fn locked<V>(mutex: &Mutex<V>) -> MutexGuard<'_, V> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Collection {
    pub(super) fn new(area: &'static Area, path: Vec<String>) -> Self {
        Self {
            area,
            path,
            fields: area.fields(),
            page_fields: area.page_fields(),
            knowledge: Mutex::default(),
            cost: Cost::default(),
            shows_secrets: AtomicBool::new(false),
            told: Mutex::default(),
        }
    }

    /// Forgets what is known: something was written, or may have been.
    pub(super) fn renew(&self) {
        *locked(&self.knowledge) = Arc::default();
    }

    /// What a read may use that begins now.
    pub(super) fn knowledge(&self) -> Arc<Knowledge> {
        let mut knowledge = locked(&self.knowledge);
        if !knowledge.is_fresh(Instant::now()) {
            *knowledge = Arc::default();
        }
        Arc::clone(&knowledge)
    }

    /// Whether a list shows this property otherwise than the object does, for the first time.
    pub(super) fn is_news(&self, property: &str) -> bool {
        locked(&self.told).insert(property.to_owned())
    }
}
