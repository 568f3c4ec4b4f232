//! Creates an application, once: when the answer is lost, finds out what became of it before anything is sent again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::Method;
use tokio::sync::{Notify, OnceCell};
use tokio::time::{Instant, sleep_until};

use super::{Client, ClientKey, NewClient};
use crate::auth0::Session;
use crate::auth0::collection::Collected;
use crate::auth0::entry;
use crate::auth0::error::Error;
use crate::auth0::fate::{Age, Before, Content, Finding, LIST_LAG, Ledger, MOST_LOST, Suspect, Ticket};
use crate::auth0::page::{Listed, Page};
use crate::auth0::text;

/// The global client is listed last, whenever it was made.
const WITHOUT_GLOBAL: [(&str, &str); 1] = [("is_global", "false")];

/// The applications that this process creates.
pub(in crate::auth0) struct Creations {
    ledger: Mutex<Ledger<NewClient>>,
    news: Notify,
    /// What was there before, or why that is hidden.
    before: OnceCell<Arc<Result<Before, Error>>>,
    /// The latest complete list, for all who are looking.
    list: tokio::sync::Mutex<Option<Arc<List>>>,
}

struct List {
    begun: Instant,
    entries: Vec<entry::Entry<ClientKey, Client>>,
}

impl Creations {
    pub(in crate::auth0) fn new() -> Self {
        Self {
            ledger: Mutex::new(Ledger::new()),
            news: Notify::new(),
            before: OnceCell::new(),
            list: tokio::sync::Mutex::new(None),
        }
    }

    /// Each change behind this lock is made in one step, so a panic elsewhere leaves it in order.
    fn ledger(&self) -> MutexGuard<'_, Ledger<NewClient>> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) async fn create(session: &Session, new: &NewClient) -> Result<Client, Error> {
    let creations = &session.shared.creations;
    let before = creations.before(session).await?;
    let call = session.call(Method::POST, &["clients"])?.json(new);
    for lost in 1.. {
        let entry = creations.enter(session, new).await?;
        let cause = match session.fetch::<Client>(&call).await {
            Ok(client) => {
                entry.answered(&client.client_id);
                return Ok(client);
            }
            Err(Error::UnknownFate { cause, .. }) => cause,
            Err(refusal) => return Err(refusal),
        };
        let unknown = |candidates, unseen| Error::UnknownFate { cause: cause.clone(), candidates, unseen };
        let before = before.as_ref().as_ref();
        let before = before.map_err(|hidden| unknown(Vec::new(), Some(Box::new(hidden.clone()))))?;
        tracing::info!(%cause, "the answer to a creation was lost, so the application is looked for");
        let found = entry.look(session, new, before).await;
        match found.map_err(|error| unknown(Vec::new(), Some(Box::new(error))))? {
            Found::Is(client) => return Ok(*client),
            Found::Doubtful(candidates) => return Err(unknown(candidates, None)),
            Found::Absent if lost < MOST_LOST => tracing::info!("it was not created, so that is tried again"),
            Found::Absent => return Err(*cause),
        }
    }
    unreachable!("the number of losses is bounded")
}

impl Creations {
    /// What was there before the first creation; read once.
    ///
    /// Without it there is no telling what became of a lost creation. So where nothing is known of the tenant's health, no
    /// creation is begun, and where lists are refused or cannot be read, its loss would be an error.
    async fn before(&self, session: &Session) -> Result<Arc<Result<Before, Error>>, Error> {
        let endpoint = session.call(Method::GET, &[Client::NAME])?.endpoint();
        let read = self.before.get_or_try_init(|| async {
            let page = Client::collection(session).beginning(session, &WITHOUT_GLOBAL).await;
            let before = page.and_then(|Page { items, total, .. }| {
                let (endpoint, path, reason) = (endpoint.clone(), "total".to_owned(), "missing".to_owned());
                let total = total.ok_or(Error::Decode { endpoint, path, reason })?;
                Ok(Before::new(items.iter().map(|item| item.id().to_owned()).collect(), total))
            });
            match before {
                Ok(before) => Ok(Arc::new(Ok(before))),
                Err(hidden) if is_hidden(&hidden) => Ok(Arc::new(Err(hidden))),
                Err(error) => Err(error),
            }
        });
        let read = session.bounds.run(read).await.map_err(|ended| Error::ended(ended, endpoint.clone()))?;
        read.map(Arc::clone)
    }

    /// Begins a creation, as soon as no namesake is lost.
    async fn enter(&self, session: &Session, new: &NewClient) -> Result<Entry<'_>, Error> {
        let mut waiting = Some(new.clone());
        let mut ticket = None;
        self.until(session, || {
            match self.ledger().begin(waiting.take().expect("it comes back when it has to wait")) {
                Ok(entered) => ticket = Some(entered),
                Err(back) => waiting = Some(back),
            }
            ticket.is_some()
        })
        .await?;
        Ok(Entry { creations: self, ticket: ticket.expect("it was waited for") })
    }

    /// Waits until something holds; it is asked after each change of the ledger.
    async fn until(&self, session: &Session, mut holds: impl FnMut() -> bool) -> Result<(), Error> {
        let endpoint = session.call(Method::POST, &[Client::NAME])?.endpoint();
        let waiting = async {
            loop {
                let news = self.news.notified();
                tokio::pin!(news);
                // From here on nothing is missed, though nothing is waited for yet.
                news.as_mut().enable();
                if holds() {
                    return;
                }
                news.await;
            }
        };
        session.bounds.run(waiting).await.map_err(|ended| Error::ended(ended, endpoint))
    }

    /// A complete list that began at that time or later, read once for all who wait for one.
    async fn list(&self, session: &Session, since: Instant) -> Result<Arc<List>, Error> {
        let endpoint = session.call(Method::GET, &[Client::NAME])?.endpoint();
        let turn = async {
            sleep_until(since).await;
            self.list.lock().await
        };
        let mut latest = session.bounds.run(turn).await.map_err(|ended| Error::ended(ended, endpoint))?;
        match &*latest {
            Some(list) if list.begun >= since => Ok(Arc::clone(list)),
            _ => {
                let begun = Instant::now();
                let entries = Client::collection(session).list(session, &WITHOUT_GLOBAL).await?;
                Ok(Arc::clone(latest.insert(Arc::new(List { begun, entries }))))
            }
        }
    }
}

/// Whether the service works, but does not let this token see the list, or not in a form that can be read.
fn is_hidden(error: &Error) -> bool {
    match error {
        Error::Decode { .. } => true,
        Error::Api(refusal) => refusal.status < 500,
        _ => false,
    }
}

/// A creation in the ledger. It leaves it in whatever way it ends.
struct Entry<'a> {
    creations: &'a Creations,
    ticket: Ticket,
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        let searching = {
            let mut ledger = self.creations.ledger();
            ledger.close(self.ticket);
            ledger.has_lost()
        };
        self.creations.news.notify_waiters();
        // A list may be large, and is of use to nobody then.
        if !searching && let Ok(mut list) = self.creations.list.try_lock() {
            *list = None;
        }
    }
}

/// What became of a lost creation.
enum Found {
    Is(Box<Client>),
    Absent,
    Doubtful(Vec<String>),
}

impl Entry<'_> {
    fn answered(self, id: &str) {
        self.creations.ledger().answered(self.ticket, id);
    }

    /// Looks for what was lost, in two lists.
    async fn look(self, session: &Session, new: &NewClient, before: &Before) -> Result<Found, Error> {
        let Self { creations, ticket } = &self;
        creations.ledger().lose(*ticket);
        creations.news.notify_waiters();
        creations.until(session, || creations.ledger().is_settled(*ticket)).await?;
        let earlier = creations.list(session, Instant::now()).await?;
        let later = creations.list(session, earlier.begun + LIST_LAG).await?;

        let mut suspects = suspects(new, before, &later);
        // What a list has once shown may have been missed by the next, if others moved up while it was read.
        let listed = |id: &str| later.entries.iter().any(|entry| entry.id() == id);
        let missing = self::suspects(new, before, &earlier).into_iter().filter(|suspect| !listed(&suspect.id));
        suspects.extend(missing.map(|suspect| Suspect { shown: None, ..suspect }));
        let suspects = self.confirm(session, new, suspects).await?;

        let finding = creations.ledger().judge(*ticket, &suspects);
        Ok(match finding {
            Finding::Is(place) => {
                let shown = suspects.into_iter().nth(place).and_then(|suspect| suspect.shown);
                let client = shown.expect("what is taken over was seen");
                tracing::info!(client_id = client.client_id, "it was created, and is taken over");
                Found::Is(Box::new(client))
            }
            Finding::Absent => Found::Absent,
            Finding::Doubtful(ids) => Found::Doubtful(ids),
        })
    }

    /// Asks for those by themselves that a list shows as something else: a list may confirm, never surprise.
    async fn confirm(
        &self,
        session: &Session,
        new: &NewClient,
        suspects: Vec<Suspect<Client>>,
    ) -> Result<Vec<Suspect<Client>>, Error> {
        let mut confirmed = Vec::new();
        for suspect in suspects {
            let made = self.creations.ledger().has_made(&suspect.id);
            let expected = suspect.shown.as_ref().and_then(|shown| new.became(shown)) == Some(true);
            if made || expected {
                confirmed.push(suspect);
            } else if let Some(client) = session.clients().look_up(&suspect.id).await? {
                confirmed.push(Suspect { shown: Some(client), ..suspect });
            }
        }
        Ok(confirmed)
    }
}

/// What in a list may be the application that was lost.
fn suspects(new: &NewClient, before: &Before, List { entries, .. }: &List) -> Vec<Suspect<Client>> {
    let ids: Vec<_> = entries.iter().map(Listed::id).collect();
    let namesake = |key: &ClientKey| key.name.as_ref().is_some_and(|name| text::same(name, &new.name));
    let suspects = entries.iter().zip(before.ages(&ids));
    let suspects = suspects.filter(|(entry, age)| *age != Age::Old && namesake(&entry.key));
    let suspects = suspects.map(|(entry, age)| Suspect {
        id: entry.id().to_owned(),
        age,
        shown: entry.object.as_ref().ok().cloned(),
    });
    suspects.collect()
}
