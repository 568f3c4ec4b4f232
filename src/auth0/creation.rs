//! Creates an object once. If the response is lost, it finds out what the request did before it sends anything again.
//!
//! If the object has a unique key, it is found by that key, and a second request can only be refused. But an object that
//! existed before must not pass for the new one, unless it equals everything that was sent. [`super::lost_creations`] judges
//! objects that have nothing but a name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Method;
use serde_json::Value;
use tokio::sync::{Mutex as Turn, OnceCell};
use tokio::time::{Instant, sleep, sleep_until};

use super::area::Identity;
use super::body::Body;
use super::document::{Document, Object, Seen};
use super::endpoint::Endpoint;
use super::error::{Error, Flaw};
use super::lost_creations::{Age, Before, Candidate, LIST_LAG, MOST_LOST, Namesakes, Verdict, judge};
use super::objects::Objects;
use super::page::Documents;
use super::request::Request;
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
    objects: Objects<'a>,
    request: Request,
    body: &'a Body,
    view: View<T>,
}

impl<'a, T: 'static> Creation<'a, T> {
    pub(super) fn new(objects: Objects<'a>, body: &'a Body, view: View<T>) -> Result<Self, Error> {
        let request = objects.whole(Method::POST)?.json(body);
        Ok(Self { objects, request, body, view })
    }

    pub(super) async fn run(&self, creations: &Creations) -> Result<Created<T>, Error> {
        match self.objects.collection.area.identity {
            Identity::Key(properties) => self.run_keyed(properties).await,
            Identity::Name { property, filters } => {
                let value = self.run_named(creations, property, filters).await?;
                Ok(Created { value, found: false })
            }
        }
    }

    /// Sends the request. The object may exist even if the response cannot be read, or shows one that `is_other`.
    async fn send(&self, is_other: impl Fn(&Document) -> bool) -> Result<(Document, T), Error> {
        let document = self.objects.fetch_any(&self.request).await?;
        if is_other(&document) {
            let flaw = Flaw::expected(self.objects.collection.area.key, "the ID of the new object");
            return Err(flaw.at(self.endpoint()).unknown_fate());
        }
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
            let cause = match self.send(|document| !self.has_key(key, document)).await {
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
            self.objects.operation.bounds().run(self.endpoint(), sleep(LIST_LAG)).await?;
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
        let listed = self.objects.list(&filters).await?;
        let mut other = None;
        for listed in listed.values().filter(|document| self.has_key(key, document)) {
            // A late list may show an object that was just deleted, so read the object itself.
            let request = self.objects.object(Method::GET, &listed.id)?;
            if let Some(document) = self.objects.fetch_one(&request, &listed.id).await? {
                let seen = (self.view)(&document.object).map_err(|flaw| flaw.at(&request.endpoint))?;
                if seen.same == Some(true) {
                    return Ok(Some(seen));
                }
                other = Some(seen);
            }
        }
        Ok(other)
    }

    /// Whether an object has the key that was sent. Old objects do not show every property of it.
    fn has_key(&self, key: &[&str], document: &Document) -> bool {
        let sent = self.body.properties();
        key.iter().all(|name| match (sent.get(*name), document.object.get(*name)) {
            (Some(Value::String(sent)), Some(Value::String(shown))) => unicode::same(sent, shown),
            (None, Some(Value::String(_))) => false,
            _ => true,
        })
    }

    async fn run_named(&self, creations: &Creations, property: &str, filters: Filters) -> Result<T, Error> {
        let before = creations.before(self.objects, filters).await?;
        let name = name(self.body.properties(), property);
        let namesakes = creations.namesakes(&name);
        let mut namesakes = self.objects.operation.bounds().run(self.endpoint(), namesakes.lock()).await?;
        // Whatever ends this create early, its fate is unknown then.
        let contested = std::mem::replace(&mut namesakes.undecided, true);
        let is_old = |document: &Document| {
            let age = before.as_ref().as_ref().map_or(Age::Unknown, |before| before.age(&document.id));
            age == Age::Old || creations.has_made(&document.id)
        };
        for lost in 1.. {
            let cause = match self.send(is_old).await {
                Ok((document, value)) => {
                    creations.made(&document.id);
                    namesakes.undecided = contested;
                    return Ok(value);
                }
                Err(Error::UnknownFate { cause, .. }) => cause,
                Err(refusal) => {
                    namesakes.undecided = contested;
                    return Err(refusal);
                }
            };
            let unknown = |candidates, unseen| Error::UnknownFate { cause: cause.clone(), candidates, unseen };
            let before = before.as_ref().as_ref();
            let before = before.map_err(|hidden| unknown(Vec::new(), Some(Box::new(hidden.clone()))))?;
            tracing::info!(%cause, "lost the response to a create, searching for its object");
            let candidates = self.candidates(creations, &name, property, (before, filters)).await;
            let candidates = candidates.map_err(|error| unknown(Vec::new(), Some(Box::new(error))))?;
            match judge(&candidates, contested) {
                Verdict::Is(document) => {
                    tracing::info!(id = document.id, "found the object of the create, continuing with it");
                    creations.made(&document.id);
                    namesakes.undecided = contested;
                    return self.value(&document);
                }
                Verdict::Doubtful(candidates) => return Err(unknown(candidates, None)),
                Verdict::Absent if lost < MOST_LOST => {
                    tracing::info!("found no object of the create, sending it again");
                }
                Verdict::Absent => {
                    namesakes.undecided = contested;
                    return Err(*cause);
                }
            }
        }
        unreachable!("the number of losses is bounded")
    }

    /// The objects in two lists that may be the lost one. The second list may miss an object of the first, if others shifted
    /// while it was read.
    async fn candidates(
        &self,
        creations: &Creations,
        name: &str,
        property: &str,
        (before, filters): (&Before, Filters),
    ) -> Result<Vec<Candidate>, Error> {
        let begun = Instant::now();
        let mut listed = Documents::clone(&*creations.list(self.objects, filters, begun).await?);
        self.objects.operation.bounds().run(self.endpoint(), sleep_until(begun + LIST_LAG)).await?;
        let later = creations.list(self.objects, filters, begun + LIST_LAG).await?;
        let is_confirmed = |id: &str| later.contains_key(id);
        listed.extend(later.iter().map(|(id, document)| (id.clone(), Arc::clone(document))));

        let mut candidates = Vec::new();
        for (id, document) in listed {
            let age = before.age(&id);
            if age == Age::Old || creations.has_made(&id) || self::name(&document.object, property) != name {
                continue;
            }
            let same = self.same(&document);
            if same == Some(true) && is_confirmed(&id) {
                candidates.push(Candidate { document, age, same });
                continue;
            }
            // A list may confirm, never surprise.
            let request = self.objects.object(Method::GET, &id)?;
            if let Some(document) = self.objects.fetch_one(&request, &id).await? {
                candidates.push(Candidate { age, same: self.same(&document), document: Arc::new(document) });
            }
        }
        Ok(candidates)
    }

    fn same(&self, document: &Document) -> Option<bool> {
        (self.view)(&document.object).ok().and_then(|seen| seen.same)
    }
}

/// The name of an object, in one Unicode form.
fn name(object: &Object, property: &str) -> String {
    object.get(property).and_then(Value::as_str).map(unicode::composed).unwrap_or_default()
}

type Filters = &'static [(&'static str, &'static str)];

/// What this process creates in one collection of objects that have nothing but a name.
#[derive(Default)]
pub(super) struct Creations {
    /// What existed before, or why that is unknown.
    before: OnceCell<Arc<Result<Before, Error>>>,
    /// Creates of the same name go one after another.
    names: Mutex<BTreeMap<String, Arc<Turn<Namesakes>>>>,
    /// The objects that this process made.
    made: Mutex<BTreeSet<String>>,
    /// The latest list and when it began, for every create that searches.
    list: Turn<Option<(Instant, Arc<Documents>)>>,
}

impl Creations {
    fn namesakes(&self, name: &str) -> Arc<Turn<Namesakes>> {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(names.entry(name.to_owned()).or_default())
    }

    /// Notes that this process made the object.
    fn made(&self, id: &str) {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned());
    }

    fn has_made(&self, id: &str) -> bool {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).contains(id)
    }

    /// What existed before the first create; read once.
    ///
    /// Without it, the provider cannot tell what a lost create did. If the tenant does not respond, no create begins.
    /// If lists are refused or unreadable, a lost response is an error.
    async fn before(&self, objects: Objects<'_>, filters: Filters) -> Result<Arc<Result<Before, Error>>, Error> {
        let request = objects.whole(Method::GET)?;
        let read = self.before.get_or_try_init(|| async {
            let page = objects.beginning(filters).await;
            let before = page.and_then(|page| {
                let total = page.total.ok_or_else(|| Flaw::expected("total", "a number").at(&request.endpoint))?;
                Ok(Before::new(page.items.into_keys(), total))
            });
            match before {
                Err(error) if !is_hidden(&error) => Err(error),
                before => Ok(Arc::new(before)),
            }
        });
        objects.operation.bounds().run(&request.endpoint, read).await?.map(Arc::clone)
    }

    /// A list that began at this time or later.
    async fn list(&self, objects: Objects<'_>, filters: Filters, since: Instant) -> Result<Arc<Documents>, Error> {
        let endpoint = objects.whole(Method::GET)?.endpoint;
        let mut latest = objects.operation.bounds().run(&endpoint, self.list.lock()).await?;
        if let Some((begun, list)) = &*latest
            && *begun >= since
        {
            return Ok(Arc::clone(list));
        }
        let (begun, list) = (Instant::now(), Arc::new(objects.list(filters).await?));
        *latest = Some((begun, Arc::clone(&list)));
        Ok(list)
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
