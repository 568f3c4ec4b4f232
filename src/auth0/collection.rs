//! A collection of the API: the requests about its objects, and its list.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::try_join_all;
use reqwest::Method;
use tokio::time::Instant;

use super::area::Area;
use super::document::{Document, Fields, Object, Seen};
use super::error::{Error, Flaw};
use super::knowledge::{Found, Knowledge, Source};
use super::page::{Ask, Documents, Page, stalled};
use super::request::{Repeat, Request};
use super::transport::Operation;

/// A collection, with what is known about it.
pub(super) struct Collection {
    pub(super) area: &'static Area,
    path: Vec<String>,
    fields: Fields,
    page_fields: Fields,
    /// Knowledge since the last write.
    knowledge: Mutex<Arc<Knowledge>>,
    pub(super) cost: Cost,
    /// Set when the tenant has refused to leave fields out.
    whole: AtomicBool,
    /// Properties for which a list and the object itself show different values. The log has each of them once.
    told: Mutex<BTreeSet<String>>,
}

/// Number of objects and pages that all reads have read.
#[derive(Default)]
pub(super) struct Cost {
    pub(super) objects: AtomicU64,
    pub(super) from_pages: AtomicU64,
    pub(super) pages: AtomicU64,
    pub(super) confirmations: AtomicU64,
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Each change behind these locks is one step, so a panic elsewhere leaves consistent data.
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
            whole: AtomicBool::new(false),
            told: Mutex::default(),
        }
    }

    /// Forgets what is known, because of a write that happened or may have happened.
    pub(super) fn renew(&self) {
        *locked(&self.knowledge) = Arc::default();
    }

    /// Knowledge that a read may use if it begins now.
    fn knowledge(&self) -> Arc<Knowledge> {
        let mut knowledge = locked(&self.knowledge);
        if !knowledge.is_fresh(Instant::now()) {
            *knowledge = Arc::default();
        }
        Arc::clone(&knowledge)
    }

    /// A request for an object.
    pub(super) fn object(&self, operation: &Operation, method: Method, id: &str) -> Result<Request, Error> {
        let path: Vec<&str> = self.path.iter().map(String::as_str).chain([id]).collect();
        operation.request(method, &path)
    }

    /// A request for what belongs to an object.
    pub(super) fn part(&self, operation: &Operation, method: Method, id: &str, name: &str) -> Result<Request, Error> {
        let path: Vec<&str> = self.path.iter().map(String::as_str).chain([id, name]).collect();
        operation.request(method, &path)
    }

    /// A request for the collection as a whole.
    pub(super) fn whole(&self, operation: &Operation, method: Method) -> Result<Request, Error> {
        operation.request(method, &self.path)
    }

    /// Sends a request and reads the object in its response.
    pub(super) async fn fetch(&self, operation: &Operation, request: &Request) -> Result<Document, Error> {
        let value = operation.fetch_with(request, &self.fields).await?;
        Document::of(value, self.area.key).map_err(|flaw| {
            let error = flaw.at(&request.endpoint);
            // The object was created, but its ID is lost.
            if request.repeat == Repeat::IfUnsent { error.unknown_fate() } else { error }
        })
    }

    /// Reads an object with its own request; `None` if there is none.
    pub(super) async fn fetch_one(&self, operation: &Operation, request: &Request) -> Result<Option<Document>, Error> {
        match self.fetch(operation, request).await {
            Err(error) if error.is_not_found() => Ok(None),
            other => other.map(Some),
        }
    }

    /// Reads an object; `None` if there is none. It comes from a list if the list entry agrees with the known object.
    /// If the entry is missing or different, the object is read with its own request.
    pub(super) async fn read<T>(
        &self,
        operation: &Operation,
        id: &str,
        view: impl Fn(&Object) -> Result<Seen<T>, Flaw>,
    ) -> Result<Option<T>, Error> {
        let request = self.object(operation, Method::GET, id)?;
        let (source, knowledge) = (Reader { collection: self, operation }, self.knowledge());
        count(&self.cost.objects);
        let seen = |document: Option<Arc<Document>>| match document.map(|document| view(&document.object)).transpose() {
            Ok(seen) => Ok(seen.map(|seen| seen.value)),
            Err(flaw) => Err(flaw.at(&request.endpoint)),
        };
        let listed = match operation.bounds().run(&request.endpoint, knowledge.find(&source, id)).await?? {
            Found::Singly(document) => return seen(document),
            Found::Listed(document) => Some(document),
            Found::Unlisted => None,
        };
        if let Some(Ok(Seen { value, same: None | Some(true) })) = listed.as_ref().map(|listed| view(&listed.object)) {
            count(&self.cost.from_pages);
            return Ok(Some(value));
        }
        count(&self.cost.confirmations);
        let document = operation.bounds().run(&request.endpoint, knowledge.single(&source, id)).await??;
        if let (Some(listed), Some(document)) = (&listed, &document) {
            self.tell_differences(&listed.object, &document.object);
        }
        seen(document)
    }

    fn tell_differences(&self, listed: &Object, object: &Object) {
        let names = listed.keys().chain(object.keys()).filter(|name| listed.get(*name) != object.get(*name));
        for property in names {
            if locked(&self.told).insert(property.clone()) {
                let collection = self.path.join("/");
                tracing::info!(
                    collection,
                    property,
                    "a list and the object itself show different values of this property"
                );
            }
        }
    }

    /// Reads the whole list.
    pub(super) async fn list(&self, operation: &Operation, filters: &[(&str, &str)]) -> Result<Documents, Error> {
        let first = self.page(operation, &Ask::FIRST, filters).await?;
        self.list_after(operation, &first, filters).await
    }

    /// Reads the rest of a list and combines its pages. If an object is deleted during the read, others shift to a page
    /// that was read before. So if the number of objects differs from the total, the list is read again by checkpoints,
    /// which do not shift.
    async fn list_after(
        &self,
        operation: &Operation,
        first: &Page,
        filters: &[(&str, &str)],
    ) -> Result<Documents, Error> {
        let endpoint = self.whole(operation, Method::GET)?.endpoint;
        let mut promised = None;
        if let Some(asks) = first.rest().map_err(|flaw| flaw.at(&endpoint))? {
            let pages = try_join_all(asks.iter().map(|ask| self.page(operation, ask, filters))).await?;
            let is_steady = pages.iter().all(|page| page.total == first.total);
            let documents: Documents = pages.into_iter().fold(first.items.clone(), joined);
            if is_steady && first.total == Some(documents.len() as u64) {
                return Ok(documents);
            }
            promised = first.total.filter(|_| is_steady);
        }
        let (mut documents, mut ask) = (Documents::new(), Ask::Checkpoint(None));
        loop {
            let (page, known) = (self.page(operation, &ask, filters).await?, documents.len());
            let next = page.next.clone();
            documents = joined(documents, page);
            match next {
                // An inconsistent list does not prove absence.
                None if promised.is_some_and(|total| total > documents.len() as u64) => {
                    return Err(stalled("total").at(&endpoint));
                }
                None => return Ok(documents),
                // A chain of checkpoints ends only if each page has new objects.
                Some(_) if documents.len() == known => return Err(stalled("next").at(&endpoint)),
                next => ask = Ask::Checkpoint(next),
            }
        }
    }

    /// Reads only the first page.
    pub(super) async fn beginning(&self, operation: &Operation, filters: &[(&str, &str)]) -> Result<Page, Error> {
        self.page(operation, &Ask::FIRST, filters).await
    }

    /// Reads one page, without secrets if Auth0 agrees to leave them out.
    async fn page(&self, operation: &Operation, ask: &Ask, filters: &[(&str, &str)]) -> Result<Page, Error> {
        let secrets = self.area.secrets.join(",");
        if !secrets.is_empty() && !self.whole.load(Ordering::Relaxed) {
            let leaving_out = [("fields", secrets.as_str()), ("include_fields", "false")];
            match self.page_with(operation, ask, leaving_out.iter().chain(filters).copied()).await {
                Err(error) if error.is_forbidden() => {}
                outcome => return outcome,
            }
        }
        let page = self.page_with(operation, ask, filters.iter().copied()).await?;
        self.whole.store(true, Ordering::Relaxed);
        Ok(page)
    }

    async fn page_with<'q>(
        &self,
        operation: &Operation,
        ask: &Ask,
        query: impl Iterator<Item = (&'q str, &'q str)>,
    ) -> Result<Page, Error> {
        count(&self.cost.pages);
        let paging = ask.query();
        let paging = paging.iter().map(|(name, value)| (*name, value.as_str()));
        let request = self.whole(operation, Method::GET)?.query(query).query(paging);
        let page = operation.fetch_with(&request, &self.page_fields).await?;
        Page::of(page, &self.area.list_property(), self.area.key).map_err(|flaw| flaw.at(&request.endpoint))
    }
}

fn joined(mut documents: Documents, page: Page) -> Documents {
    documents.extend(page.items);
    documents
}

/// Reads for one operation.
struct Reader<'a> {
    collection: &'a Collection,
    operation: &'a Operation,
}

impl Source for Reader<'_> {
    async fn single(&self, id: &str) -> Result<Option<Arc<Document>>, Error> {
        let request = self.collection.object(self.operation, Method::GET, id)?;
        Ok(self.collection.fetch_one(self.operation, &request).await?.map(Arc::new))
    }

    async fn first_page(&self) -> Result<Page, Error> {
        self.collection.beginning(self.operation, &[]).await.inspect_err(tell_failure)
    }

    async fn all_pages(&self, first: &Page) -> Result<Documents, Error> {
        self.collection.list_after(self.operation, first, &[]).await.inspect_err(tell_failure)
    }
}

fn tell_failure(error: &Error) {
    tracing::debug!(%error, "cannot read a list, reading its objects one by one");
}
