//! The client of one tenant, and its operations.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::area::Area;
use super::budget::Spending;
use super::collection::Collection;
use super::creation::Creations;
use super::settings::{Settings, SettingsError};
use super::tenant::Tenant;
use super::transport::{Operation, Transport};

/// The Management API of one tenant. Cloning is cheap; clones share the token and the connections.
#[derive(Clone)]
pub struct Client(Arc<Shared>);

struct Shared {
    transport: Arc<Transport>,
    /// What is known about each collection, by path.
    places: Mutex<BTreeMap<Vec<String>, Arc<Place>>>,
}

/// A collection, and the creates of this process in it.
pub(super) struct Place {
    pub(super) collection: Arc<Collection>,
    pub(super) creations: Creations,
}

impl Client {
    /// Takes the settings. Sends no request, and reads no file except `ca_file`.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let transport = Arc::new(Transport::new(settings)?);
        Ok(Self(Arc::new(Shared { transport, places: Mutex::default() })))
    }

    /// The tenant of this client.
    #[must_use]
    pub fn tenant(&self) -> &Tenant {
        self.0.transport.tenant()
    }

    /// Opens an operation. All its waits end when `stop` is cancelled or at the `deadline`.
    #[must_use]
    pub fn within(&self, stop: &CancellationToken, deadline: Instant) -> Session {
        let operation = Operation::new(Arc::clone(&self.0.transport), stop.clone(), deadline);
        Session { shared: Arc::clone(&self.0), operation }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("tenant", self.tenant()).finish_non_exhaustive()
    }
}

/// The Management API for one operation.
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
    pub(super) operation: Operation,
}

impl Session {
    /// The collection of an area below these parent objects.
    pub(super) fn place(&self, area: &'static Area, parents: &[&str]) -> Arc<Place> {
        let path = area.path(parents);
        let mut places = self.shared.places.lock().unwrap_or_else(PoisonError::into_inner);
        let place = places.entry(path).or_insert_with_key(|path| {
            let collection = Arc::new(Collection::new(area, path.clone()));
            Arc::new(Place { collection, creations: Creations::default() })
        });
        Arc::clone(place)
    }

    /// Forgets what a write to `area` may have changed.
    pub(super) fn renew(&self, area: &Area) {
        let places = self.shared.places.lock().unwrap_or_else(PoisonError::into_inner);
        let shows = |place: &&Arc<Place>| {
            let path = place.collection.area.path;
            path == area.path || area.ends.iter().any(|ended| path == ended.path)
        };
        places.values().filter(shows).for_each(|place| place.collection.renew());
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenant = self.operation.transport().tenant();
        f.debug_struct("Session")
            .field("tenant", tenant)
            .field("bounds", self.operation.bounds())
            .finish_non_exhaustive()
    }
}

/// The end of a run, or of one command with a reattached process.
impl Drop for Shared {
    fn drop(&mut self) {
        let (Spending { requests, waited_ms }, retries) = self.transport.spending();
        if requests == 0 {
            return;
        }
        let places = self.places.get_mut().unwrap_or_else(PoisonError::into_inner);
        let (mut objects, mut from_pages, mut pages, mut confirmations) = (0, 0, 0, 0);
        for cost in places.values().map(|place| &place.collection.cost) {
            objects += cost.objects.load(Ordering::Relaxed);
            from_pages += cost.from_pages.load(Ordering::Relaxed);
            pages += cost.pages.load(Ordering::Relaxed);
            confirmations += cost.confirmations.load(Ordering::Relaxed);
        }
        tracing::info!(
            requests,
            retries,
            waited_ms,
            pages,
            objects,
            from_pages,
            confirmations,
            "requests to the tenant"
        );
    }
}
