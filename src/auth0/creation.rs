//! Creates an object once. If the response is lost, it finds out what the request did before it sends anything again.
//!
//! If the object has a unique key, it is found by that key, and a second request can only be refused. But an object
//! that existed before must not pass for the new one, unless it equals everything that was sent. Objects without a
//! unique key are handled by [`super::lost_creations`].

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::Method;
use serde_json::Value;
use tokio::sync::{Notify, OnceCell};
use tokio::time::{Instant, sleep, sleep_until};

use super::area::Identity;
use super::body::Body;
use super::collection::Collection;
use super::document::{Document, Object, Seen};
use super::endpoint::Endpoint;
use super::error::{Error, Flaw};
use super::lost_creations::{Before, Candidate, LIST_LAG, LostCreations, MOST_LOST, Ticket, Verdict, Wanted};
use super::page::Documents;
use super::request::Request;
use super::transport::Operation;
use super::unicode;

/// An object that exists after a create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created<T> {
    /// The value that the caller's view returned.
    pub value: T,
    /// Whether the response was lost, and the object was found by its key, equal to what was sent. It may have existed
    /// before.
    pub found: bool,
}

/// How a caller views an object.
pub(super) type View<T> = Arc<dyn Fn(&Object) -> Result<Seen<T>, Flaw> + Send + Sync>;

/// A create.
pub(super) struct Creation<'a, T> {
    collection: &'a Collection,
    operation: &'a Operation,
    request: Request,
    body: &'a Body,
    view: View<T>,
}

impl<'a, T: 'static> Creation<'a, T> {
    pub(super) fn new(
        collection: &'a Collection,
        operation: &'a Operation,
        body: &'a Body,
        view: View<T>,
    ) -> Result<Self, Error> {
        let request = collection.whole(operation, Method::POST)?.json(body);
        Ok(Self { collection, operation, request, body, view })
    }

    pub(super) async fn run(&self, creations: &Creations) -> Result<Created<T>, Error> {
        match self.collection.area.identity {
            Identity::Key(properties) => self.run_keyed(properties).await,
            Identity::Name { property, filters } => {
                let value = self.run_named(creations, property, filters).await?;
                Ok(Created { value, found: false })
            }
        }
    }

    /// Sends the request. The object may exist even if the response cannot be read.
    async fn send(&self) -> Result<(Document, T), Error> {
        let document = self.collection.fetch(self.operation, &self.request).await?;
        match self.value(&document) {
            Ok(value) => Ok((document, value)),
            Err(error) => Err(error.unknown_fate()),
        }
    }

    fn value(&self, document: &Document) -> Result<T, Error> {
        let seen = (self.view)(&document.object);
        seen.map(|seen| seen.value).map_err(|flaw| flaw.at(&self.request.endpoint))
    }

    fn endpoint(&self) -> &Endpoint {
        &self.request.endpoint
    }

    async fn run_keyed(&self, key: &[&'static str]) -> Result<Created<T>, Error> {
        for lost in 0.. {
            let cause = match self.send().await {
                Ok((_, value)) => return Ok(Created { value, found: false }),
                Err(Error::UnknownFate { cause, .. }) => cause,
                // The conflicting object may come from the previous request.
                Err(conflict) if lost > 0 && conflict.is_conflict() => Box::new(conflict),
                Err(refusal) => return Err(refusal),
            };
            tracing::info!(%cause, "lost the response to a create, searching for its object");
            match self.find(key).await {
                Ok(Some(value)) => {
                    tracing::info!("found the object of the create, continuing with it");
                    return Ok(Created { value, found: true });
                }
                Ok(None) if lost + 1 < MOST_LOST && !cause.is_conflict() => {}
                Ok(None) => return Err(*cause),
                Err(error) => {
                    return Err(Error::UnknownFate { cause, candidates: Vec::new(), unseen: Some(Box::new(error)) });
                }
            }
        }
        unreachable!("the number of losses is bounded")
    }

    /// The object that the request created, if any. A late list may not show it yet.
    async fn find(&self, key: &[&'static str]) -> Result<Option<T>, Error> {
        let mut found = self.find_by_key(key).await?;
        if found.is_none() {
            self.operation.bounds().run(self.endpoint(), sleep(LIST_LAG)).await?;
            found = self.find_by_key(key).await?;
        }
        Ok(found.and_then(|seen| (seen.same == Some(true)).then_some(seen.value)))
    }

    /// The object with this key, whatever its other properties are.
    async fn find_by_key(&self, key: &[&'static str]) -> Result<Option<Seen<T>>, Error> {
        let sent = self.body.properties();
        // Auth0 compares byte by byte, so filter only by texts with one Unicode form.
        let filters = key.iter().filter_map(|name| Some((*name, sent.get(*name)?.as_str()?)));
        let filters: Vec<_> = filters.filter(|(_, value)| value.is_ascii()).collect();
        let is_candidate = |document: &Document| {
            let is_same = |(name, sent): (&String, &Value)| match (sent, document.object.get(name)) {
                (Value::String(sent), Some(Value::String(shown))) => unicode::same(sent, shown),
                _ => true,
            };
            sent.iter().all(is_same)
        };
        let listed = self.collection.list(self.operation, &filters).await?;
        let mut other = None;
        for listed in listed.values().filter(|document| is_candidate(document)) {
            // A late list may show an object that was just deleted, so read the object itself.
            let request = self.collection.object(self.operation, Method::GET, &listed.id)?;
            if let Some(document) = self.collection.fetch_one(self.operation, &request).await? {
                let seen = (self.view)(&document.object).map_err(|flaw| flaw.at(&request.endpoint))?;
                if seen.same == Some(true) {
                    return Ok(Some(seen));
                }
                other = Some(seen);
            }
        }
        Ok(other)
    }

    async fn run_named(&self, creations: &Creations, property: &str, filters: Filters) -> Result<T, Error> {
        let before = creations.before(self.collection, self.operation, filters).await?;
        let name = self.body.properties().get(property).and_then(Value::as_str).unwrap_or_default().to_owned();
        let view = Arc::clone(&self.view);
        let became = Arc::new(move |shown: &Object| view(shown).ok().and_then(|seen| seen.same));
        let wanted = Wanted { name, property: property.to_owned(), body: self.body.properties().clone(), became };
        for lost in 1.. {
            let entry = creations.enter(self.operation, self.endpoint(), &wanted).await?;
            let cause = match self.send().await {
                Ok((document, value)) => {
                    entry.answered(&document.id);
                    return Ok(value);
                }
                Err(Error::UnknownFate { cause, .. }) => cause,
                Err(refusal) => return Err(refusal),
            };
            let unknown = |candidates, unseen| Error::UnknownFate { cause: cause.clone(), candidates, unseen };
            let before = before.as_ref().as_ref();
            let before = before.map_err(|hidden| unknown(Vec::new(), Some(Box::new(hidden.clone()))))?;
            tracing::info!(%cause, "lost the response to a create, searching for its object");
            match self.look(entry, &wanted, before, filters).await {
                Ok((Verdict::Is(place), candidates)) => {
                    let document = candidates[place].shown.as_deref().expect("what is taken over was seen");
                    tracing::info!(id = document.id, "found the object of the create, continuing with it");
                    return self.value(document);
                }
                Ok((Verdict::Doubtful(candidates), _)) => return Err(unknown(candidates, None)),
                Ok((Verdict::Absent, _)) if lost < MOST_LOST => {
                    tracing::info!("found no object of the create, sending it again");
                }
                Ok((Verdict::Absent, _)) => return Err(*cause),
                Err(error) => return Err(unknown(Vec::new(), Some(Box::new(error)))),
            }
        }
        unreachable!("the number of losses is bounded")
    }

    /// Searches for the lost object in two lists.
    async fn look(
        &self,
        entry: Entry<'_>,
        wanted: &Wanted,
        before: &Before,
        filters: Filters,
    ) -> Result<(Verdict, Vec<Candidate>), Error> {
        let Entry { creations, ticket } = &entry;
        creations.change(|ledger| ledger.lose(*ticket));
        creations.until(self.operation, self.endpoint(), || creations.ledger().is_settled(*ticket)).await?;
        let earlier = creations.list(self, filters, Instant::now()).await?;
        let later = creations.list(self, filters, earlier.begun + LIST_LAG).await?;

        let mut candidates = wanted.candidates(before, &later.documents);
        // The second list may miss an object of the first, if others shifted while it was read.
        let listed = |id: &str| later.documents.contains_key(id);
        let missing = wanted.candidates(before, &earlier.documents).into_iter().filter(|each| !listed(&each.id));
        candidates.extend(missing.map(|candidate| Candidate { shown: None, ..candidate }));
        let candidates = self.confirm(creations, wanted, candidates).await?;

        let verdict = creations.ledger().judge(*ticket, &candidates);
        Ok((verdict, candidates))
    }

    /// Reads an object with its own request if a list shows it differently.
    async fn confirm(
        &self,
        creations: &Creations,
        wanted: &Wanted,
        candidates: Vec<Candidate>,
    ) -> Result<Vec<Candidate>, Error> {
        let mut confirmed = Vec::new();
        for candidate in candidates {
            let made = creations.ledger().has_made(&candidate.id);
            let shown = candidate.shown.as_ref();
            if made || shown.and_then(|shown| (wanted.became)(&shown.object)) == Some(true) {
                confirmed.push(candidate);
                continue;
            }
            let request = self.collection.object(self.operation, Method::GET, &candidate.id)?;
            if let Some(document) = self.collection.fetch_one(self.operation, &request).await? {
                confirmed.push(Candidate { shown: Some(Arc::new(document)), ..candidate });
            }
        }
        Ok(confirmed)
    }
}

type Filters = &'static [(&'static str, &'static str)];

/// The creates of this process in one collection whose objects have only a name.
#[derive(Default)]
pub(super) struct Creations {
    ledger: Mutex<LostCreations>,
    news: Notify,
    /// What existed before, or why that is unknown.
    before: OnceCell<Arc<Result<Before, Error>>>,
    /// The latest complete list, for all searches.
    list: tokio::sync::Mutex<Option<Arc<List>>>,
}

struct List {
    begun: Instant,
    documents: Documents,
}

impl Creations {
    /// Each change behind this lock is one step, so a panic elsewhere leaves consistent data.
    fn ledger(&self) -> MutexGuard<'_, LostCreations> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<R>(&self, change: impl FnOnce(&mut LostCreations) -> R) -> R {
        let result = change(&mut self.ledger());
        self.news.notify_waiters();
        result
    }

    /// What existed before the first create; read once.
    ///
    /// Without it, the provider cannot tell what a lost create did. If the tenant does not respond, no create begins.
    /// If lists are refused or unreadable, a lost response is an error.
    async fn before(
        &self,
        collection: &Collection,
        operation: &Operation,
        filters: Filters,
    ) -> Result<Arc<Result<Before, Error>>, Error> {
        let request = collection.whole(operation, Method::GET)?;
        let read = self.before.get_or_try_init(|| async {
            let page = collection.beginning(operation, filters).await;
            let before = page.and_then(|page| {
                let total = page.total.ok_or_else(|| Flaw::expected("total", "a number").at(&request.endpoint))?;
                Ok(Before::new(page.items.into_keys(), total))
            });
            match before {
                Err(error) if !is_hidden(&error) => Err(error),
                before => Ok(Arc::new(before)),
            }
        });
        operation.bounds().run(&request.endpoint, read).await?.map(Arc::clone)
    }

    /// Begins a create as soon as no create with the same name is lost.
    async fn enter(&self, operation: &Operation, endpoint: &Endpoint, wanted: &Wanted) -> Result<Entry<'_>, Error> {
        let mut ticket = None;
        let mut enter = || {
            ticket = self.ledger().begin(wanted);
            ticket.is_some()
        };
        self.until(operation, endpoint, &mut enter).await?;
        Ok(Entry { creations: self, ticket: ticket.expect("it was waited for") })
    }

    /// Waits until a condition holds. It is checked after each change of the ledger.
    async fn until(
        &self,
        operation: &Operation,
        endpoint: &Endpoint,
        mut holds: impl FnMut() -> bool,
    ) -> Result<(), Error> {
        let waiting = async {
            loop {
                let mut news = std::pin::pin!(self.news.notified());
                // From here on, no change is missed.
                news.as_mut().enable();
                if holds() {
                    return;
                }
                news.await;
            }
        };
        operation.bounds().run(endpoint, waiting).await
    }

    /// A complete list that began at that time or later. All waiting creates share one read.
    async fn list<T: 'static>(
        &self,
        creation: &Creation<'_, T>,
        filters: Filters,
        since: Instant,
    ) -> Result<Arc<List>, Error> {
        let turn = async {
            sleep_until(since).await;
            self.list.lock().await
        };
        let mut latest = creation.operation.bounds().run(creation.endpoint(), turn).await?;
        match &*latest {
            Some(list) if list.begun >= since => Ok(Arc::clone(list)),
            _ => {
                let begun = Instant::now();
                let documents = creation.collection.list(creation.operation, filters).await?;
                Ok(Arc::clone(latest.insert(Arc::new(List { begun, documents }))))
            }
        }
    }
}

/// Whether Auth0 works, but this token cannot read the list.
fn is_hidden(error: &Error) -> bool {
    match error {
        Error::Decode { .. } => true,
        Error::Api(refusal) => refusal.status < 500,
        _ => false,
    }
}

/// An entry in the ledger. It is closed however the create ends.
struct Entry<'a> {
    creations: &'a Creations,
    ticket: Ticket,
}

impl Entry<'_> {
    fn answered(self, id: &str) {
        self.creations.ledger().answered(self.ticket, id);
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        let searching = self.creations.change(|ledger| {
            ledger.close(self.ticket);
            ledger.has_lost()
        });
        // A list may be large, and is not needed any more.
        if !searching && let Ok(mut list) = self.creations.list.try_lock() {
            *list = None;
        }
    }
}
