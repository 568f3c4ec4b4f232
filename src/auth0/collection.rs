//! Reads objects of one collection for many readers at once: carries out what [`super::coalesce`] decides.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::Method;
use serde::de::DeserializeOwned;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::{Instant, sleep_until};

use super::call::Call;
use super::coalesce::{Cost, Generation, Step};
use super::entry::Entry;
use super::error::Error;
use super::page::{Ask, Listed, Page, Progress, Reading, Stuck};
use super::trust::Trust;
use super::{Session, absent_if_not_found};

pub use super::trust::Parts;

/// What a reader sees of an object, so that two sights of it can be compared.
pub trait View {
    /// Names of the parts in which two views differ.
    fn differences(&self, other: &Self) -> Parts;
}

/// Whoever knows nothing of an object is surprised by nothing.
impl View for () {
    fn differences(&self, _other: &Self) -> Parts {
        Parts::new()
    }
}

/// An object that lists of the API hold.
pub(super) trait Collected: DeserializeOwned + Clone + Send + Sync + 'static {
    /// What tells it from others, even where the rest of it cannot be read.
    type Key: Listed + DeserializeOwned + Send;
    /// The collection, as it stands in paths.
    const NAME: &'static str;
    /// Parameters by which lists leave out what is never read. Whoever may not read a field may not name it either.
    const LEAVING_OUT: &'static [(&'static str, &'static str)] = &[];

    /// Where a session keeps what it knows of them.
    fn collection(session: &Session) -> &Collection<Self>;
}

/// What is known of a collection of the API.
pub(super) struct Collection<T> {
    current: Mutex<Arc<Live<T>>>,
    trust: Mutex<Trust>,
    /// What generations before the current one cost.
    past: Mutex<Cost>,
    /// Set once the tenant has refused to leave fields out.
    whole: AtomicBool,
}

/// A generation, and how its readers hear of news.
struct Live<T> {
    generation: Mutex<Generation<T>>,
    news: Notify,
}

impl<T> Live<T> {
    fn new() -> Arc<Self> {
        Arc::new(Self { generation: Mutex::new(Generation::new()), news: Notify::new() })
    }

    fn generation(&self) -> MutexGuard<'_, Generation<T>> {
        locked(&self.generation)
    }

    /// Changes what is known and tells all readers.
    fn change<R>(&self, change: impl FnOnce(&mut Generation<T>) -> R) -> R {
        let result = change(&mut self.generation());
        self.news.notify_waiters();
        result
    }
}

/// Each change behind these locks is made in one step, so a panic elsewhere leaves them in order.
fn locked<V>(mutex: &Mutex<V>) -> MutexGuard<'_, V> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T> Collection<T> {
    pub(super) fn new() -> Self {
        Self {
            current: Mutex::new(Live::new()),
            trust: Mutex::default(),
            past: Mutex::default(),
            whole: AtomicBool::new(false),
        }
    }

    /// Forgets what is known: something was written, or may have been. Readers from before may still be answered from it.
    pub(super) fn renew(&self) {
        let before = std::mem::replace(&mut *locked(&self.current), Live::new());
        locked(&self.past).add(before.generation().cost());
    }

    /// What all reads cost so far.
    pub(super) fn cost(&self) -> Cost {
        let mut cost = *locked(&self.past);
        cost.add(locked(&self.current).generation().cost());
        cost
    }

    /// What a read may be answered from that begins now.
    fn live(&self, now: Instant) -> Arc<Live<T>> {
        let live = Arc::clone(&locked(&self.current));
        if live.generation().is_fresh(now) {
            return live;
        }
        self.renew();
        Arc::clone(&locked(&self.current))
    }
}

impl<T: Collected> Collection<T> {
    /// Reads an object; `None` if there is none. `prior` is what was known of it before, and `view` shows what of an answer
    /// can be compared with that.
    pub(super) async fn read<V: View>(
        &self,
        session: &Session,
        id: &str,
        prior: &V,
        view: impl Fn(&T) -> V,
    ) -> Result<Option<T>, Error> {
        let call = session.call(Method::GET, &[T::NAME, id])?;
        let live = self.live(Instant::now());
        live.generation().ask(id, Instant::now());
        loop {
            let news = live.news.notified();
            tokio::pin!(news);
            // From here on nothing is missed, though nothing is waited for yet.
            news.as_mut().enable();
            let step = live.generation().step(id, Instant::now());
            let listed = match step {
                Step::Answer(object) => return Ok(object.map(Arc::unwrap_or_clone)),
                Step::Read => return singly(session, &live, id, &call).await,
                Step::List(asks) => {
                    for ask in asks {
                        tokio::spawn(follow::<T>(session.clone(), Arc::clone(&live), ask));
                    }
                    continue;
                }
                Step::Wait(until) => {
                    wait(session, &call, news, until).await?;
                    continue;
                }
                Step::Listed(object) => Some(object),
                Step::Unlisted => None,
            };
            let surprises = listed.as_ref().map(|listed| prior.differences(&view(listed)));
            if let (Some(listed), Some(surprises)) = (&listed, &surprises)
                && locked(&self.trust).believes(surprises)
            {
                return Ok(Some(T::clone(listed)));
            }
            if !live.generation().confirm(id) {
                wait(session, &call, news, None).await?;
                continue;
            }
            let answer = singly(session, &live, id, &call).await?;
            if let (Some(listed), Some(surprises), Some(answer)) = (listed, surprises, &answer) {
                let errors = view(&listed).differences(&view(answer));
                if !errors.is_empty() {
                    tracing::debug!(collection = T::NAME, ?errors, "a list shows an object differently");
                }
                locked(&self.trust).learn(&surprises, &errors);
            }
            return Ok(answer);
        }
    }

    /// Reads the first page.
    pub(super) async fn beginning(
        &self,
        session: &Session,
        filters: &[(&str, &str)],
    ) -> Result<Page<Entry<T::Key, T>>, Error> {
        page::<T>(session, &self.whole, Reading::<Entry<T::Key, T>>::new().ask(), filters).await
    }

    /// Reads the whole collection for the objects whose key is `wanted`.
    pub(super) async fn find(
        &self,
        session: &Session,
        filters: &[(&str, &str)],
        wanted: impl Fn(&T::Key) -> bool,
    ) -> Result<Vec<T>, Error> {
        let endpoint = session.call(Method::GET, &[T::NAME])?.endpoint();
        let found = self.list(session, filters).await?.into_iter().filter(|entry| wanted(&entry.key));
        found.map(|entry| entry.object.map_err(|flaw| flaw.of(endpoint.clone()))).collect()
    }

    /// Reads the whole collection, in the order of its list.
    pub(super) async fn list(
        &self,
        session: &Session,
        filters: &[(&str, &str)],
    ) -> Result<Vec<Entry<T::Key, T>>, Error> {
        let endpoint = session.call(Method::GET, &[T::NAME])?.endpoint();
        let mut reading = Reading::new();
        loop {
            let page = page::<T>(session, &self.whole, reading.ask(), filters).await?;
            reading = match reading.advance(page) {
                Ok(Progress::Complete(entries)) => return Ok(entries),
                Ok(Progress::Unfinished(reading)) => reading,
                Err(Stuck(property)) => {
                    let reason = "the list does not lead on".to_owned();
                    return Err(Error::Decode { endpoint, path: property.to_owned(), reason });
                }
            };
        }
    }
}

/// Asks for an object by itself and tells all who wait for it.
async fn singly<T: Collected>(
    session: &Session,
    live: &Arc<Live<T>>,
    id: &str,
    call: &Call,
) -> Result<Option<T>, Error> {
    let mut attempt = Attempt { live, id, answered: false };
    let object = absent_if_not_found(session.fetch::<T>(call).await)?.map(Arc::new);
    attempt.answered = true;
    live.change(|generation| generation.read_answered(id, object.clone()));
    Ok(object.map(Arc::unwrap_or_clone))
}

/// A single read under way. If it ends without an answer, whoever waits for the object asks by itself.
struct Attempt<'a, T> {
    live: &'a Live<T>,
    id: &'a str,
    answered: bool,
}

impl<T> Drop for Attempt<'_, T> {
    fn drop(&mut self) {
        if !self.answered {
            self.live.change(|generation| generation.read_failed(self.id));
        }
    }
}

/// Reads a page, and what it leads to, for everybody. It ends with the operation that began it; others then go on singly.
async fn follow<T: Collected>(session: Session, live: Arc<Live<T>>, ask: Ask) {
    let mut following = Some(ask);
    while let Some(ask) = following.take() {
        let whole = &T::collection(&session).whole;
        match page::<T>(&session, whole, &ask, &[]).await {
            Ok(page) => match live.change(|generation| generation.listed(page)) {
                Ok(next) => following = next,
                Err(Stuck(property)) => {
                    tracing::debug!(collection = T::NAME, property, "a list does not lead on");
                    live.change(Generation::listing_failed);
                }
            },
            Err(error) => {
                tracing::debug!(collection = T::NAME, %error, "a list cannot be read");
                live.change(Generation::listing_failed);
            }
        }
    }
}

/// Reads one page, without what is never looked at where the service agrees to that.
async fn page<T: Collected>(
    session: &Session,
    whole: &AtomicBool,
    ask: &Ask,
    filters: &[(&str, &str)],
) -> Result<Page<Entry<T::Key, T>>, Error> {
    let paging = ask.query();
    let call = |leaving_out: &[(&str, &str)]| -> Result<Call, Error> {
        let paging = paging.iter().map(|(key, value)| (*key, value.as_str()));
        let call = session.call(Method::GET, &[T::NAME])?;
        Ok(call.query(leaving_out.iter().chain(filters).copied().chain(paging)))
    };
    if !whole.load(Ordering::Relaxed) {
        match session.fetch(&call(T::LEAVING_OUT)?).await {
            Err(error) if error.is_forbidden() && !T::LEAVING_OUT.is_empty() => {}
            outcome => return outcome,
        }
    }
    let page = session.fetch(&call(&[])?).await?;
    whole.store(true, Ordering::Relaxed);
    Ok(page)
}

async fn wait(
    session: &Session,
    call: &Call,
    news: std::pin::Pin<&mut Notified<'_>>,
    until: Option<Instant>,
) -> Result<(), Error> {
    let timer = async {
        match until {
            Some(until) => sleep_until(until).await,
            None => std::future::pending().await,
        }
    };
    let arrival = async {
        tokio::select! {
            () = news => {}
            () = timer => {}
        }
    };
    session.bounds.run(arrival).await.map_err(|ended| Error::ended(ended, call.endpoint()))
}
