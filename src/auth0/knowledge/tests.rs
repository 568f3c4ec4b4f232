//! The bound, over random collections, subsets, orders, parallelism and page sizes; and what each wait is for.

use std::sync::atomic::{AtomicU64, Ordering};

use fastrand::Rng;
use proptest::prelude::*;
use reqwest::Method;
use serde_json::json;
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::super::request::Request;
use super::*;

/// A service that takes up to 60 ms for each request, and whose pages hold at most `cap`.
struct Service {
    objects: u64,
    cap: u64,
    singles: AtomicU64,
    pages: AtomicU64,
    lists: bool,
    /// How many readers of lists have no time left.
    hurried: AtomicU64,
}

impl Service {
    fn new(objects: u64, cap: u64) -> Arc<Self> {
        Arc::new(Self {
            objects,
            cap,
            singles: AtomicU64::new(0),
            pages: AtomicU64::new(0),
            lists: true,
            hurried: AtomicU64::new(0),
        })
    }

    fn requests(&self) -> u64 {
        self.singles.load(Ordering::Relaxed) + self.pages.load(Ordering::Relaxed)
    }

    fn page(&self, count: u64) -> Result<Page, Error> {
        let hurried = self.hurried.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if hurried.is_ok() {
            let tenant = "acme.auth0.com".parse().unwrap();
            let endpoint = Request::new(&tenant, Method::GET, &["things"]).unwrap().endpoint;
            return Err(Error::DeadlineExceeded { endpoint });
        }
        if !self.lists {
            return Err(Error::InvalidId { id: "no lists here".to_owned() });
        }
        let items: Vec<_> = (0..self.objects.min(count)).map(|id| json!({ "id": id.to_string() })).collect();
        let page = json!({ "things": items, "total": self.objects, "limit": self.cap });
        Ok(Page::of(page, "things", "id").unwrap())
    }
}

impl Source for Service {
    async fn single(&self, id: &str) -> Result<Option<Arc<Document>>, Error> {
        self.singles.fetch_add(1, Ordering::Relaxed);
        sleep(Duration::from_millis(fastrand::u64(1..60))).await;
        let is_there = id.parse::<u64>().is_ok_and(|id| id < self.objects);
        Ok(is_there.then(|| Arc::new(Document { id: id.to_owned(), object: serde_json::Map::new() })))
    }

    async fn first_page(&self) -> Result<Page, Error> {
        self.pages.fetch_add(1, Ordering::Relaxed);
        sleep(Duration::from_millis(fastrand::u64(1..60))).await;
        self.page(self.cap)
    }

    async fn all_pages(&self, first: &Page) -> Result<Documents, Error> {
        self.pages.fetch_add(first.other_pages().unwrap(), Ordering::Relaxed);
        sleep(Duration::from_millis(fastrand::u64(1..60))).await;
        Ok(self.page(self.objects)?.items)
    }
}

fn paused<T>(work: impl Future<Output = T>) -> T {
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(work)
}

/// Reads all of `todo` with this parallelism. Returns whether each was found, and how.
fn read(service: &Arc<Service>, todo: &[u64], parallelism: usize) -> Vec<Found> {
    paused(async {
        let (knowledge, turns) = (Arc::new(Knowledge::default()), Arc::new(Semaphore::new(parallelism)));
        let mut readers = JoinSet::new();
        for id in todo {
            let (service, knowledge, turns) = (Arc::clone(service), Arc::clone(&knowledge), Arc::clone(&turns));
            let id = id.to_string();
            readers.spawn(async move {
                let _turn = turns.acquire().await.unwrap();
                knowledge.find(&*service, &id).await.unwrap()
            });
        }
        readers.join_all().await
    })
}

/// The figure that no refresh exceeds.
fn bound(objects: u64, asked: u64, cap: u64) -> u64 {
    let pages = objects.div_ceil(cap).max(1);
    if asked == 1 { 1 } else { 2 * asked.min(pages) + 1 }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_refresh_exceeds_the_bound(
        objects in 1_u64..2_500,
        share in 0.0..1.0_f64,
        cap in prop_oneof![Just(100_u64), Just(50), Just(7)],
        parallelism in prop_oneof![Just(1_usize), Just(10), 1_usize..200],
        in_order: bool,
        seed: u64,
    ) {
        let mut rng = Rng::with_seed(seed);
        let mut todo: Vec<u64> = (0..objects).filter(|_| rng.f64() < share).collect();
        if todo.is_empty() {
            todo.push(rng.u64(..objects));
        }
        if !in_order {
            rng.shuffle(&mut todo);
        }
        let service = Service::new(objects, cap);
        let found = read(&service, &todo, parallelism);
        prop_assert_eq!(found.len(), todo.len());
        prop_assert!(found.iter().all(|found| matches!(found, Found::Listed(_) | Found::Singly(Some(_)))));
        prop_assert!(service.requests() <= bound(objects, todo.len() as u64, cap), "{}", service.requests());
    }
}

#[test]
fn promised_figures_hold() {
    for (objects, asked, parallelism, most) in
        [(902, 900, 10, 10), (3_500, 20, 10, 21), (102, 100, 10, 2), (1_002, 1_000, 10, 12), (3_500, 1, 10, 1)]
    {
        let service = Service::new(objects, 100);
        read(&service, &(0..asked).collect::<Vec<_>>(), parallelism);
        assert!(service.requests() <= most, "{asked} of {objects}: {}", service.requests());
    }
}

#[test]
fn both_decisions_wait_for_company() {
    paused(async {
        let (service, knowledge) = (Service::new(250, 100), Knowledge::default());
        let after = async |milliseconds, id| {
            sleep(Duration::from_millis(milliseconds)).await;
            knowledge.find(&*service, id).await.unwrap()
        };
        // The second arrives while the first waits. Two more pages fit, as three have asked by then.
        tokio::join!(after(0, "1"), after(9, "2"), after(18, "201"));
        assert_eq!((service.singles.load(Ordering::Relaxed), service.pages.load(Ordering::Relaxed)), (0, 3));
    });
}

#[test]
fn identical_reads_are_one() {
    let service = Service::new(3, 100);
    read(&service, &[1, 1, 1, 1], 4);
    assert_eq!(service.requests(), 1);
}

#[test]
fn an_interrupted_reader_leaves_its_place_to_the_next() {
    paused(async {
        let (service, knowledge) = (Service::new(3, 100), Knowledge::default());
        let interrupted = tokio::time::timeout(Duration::from_millis(11), knowledge.find(&*service, "1"));
        let (interrupted, found) = tokio::join!(interrupted, knowledge.find(&*service, "1"));
        assert!(interrupted.is_err() || matches!(interrupted, Ok(Ok(Found::Singly(Some(_))))));
        assert!(matches!(found, Ok(Found::Singly(Some(_)))));
    });
}

#[test]
fn refused_lists_leave_single_reads() {
    let service = Arc::new(Service { lists: false, ..Arc::into_inner(Service::new(3, 100)).unwrap() });
    let found = read(&service, &[0, 1, 2], 10);
    assert!(found.iter().all(|found| matches!(found, Found::Singly(Some(_)))));
    assert_eq!((service.singles.load(Ordering::Relaxed), service.pages.load(Ordering::Relaxed)), (3, 1));
}

#[test]
fn a_reader_without_time_does_not_speak_for_a_list() {
    paused(async {
        // In the first page, and in all pages after it.
        for (skipped, requests) in [(0, 3), (1, 3)] {
            let (service, knowledge) = (Service::new(150, 100), Knowledge::default());
            let find = |id| knowledge.find(&*service, id);
            if skipped == 1 {
                let known = tokio::join!(find("1"), find("2"));
                assert!(matches!(known, (Ok(Found::Listed(_)), Ok(Found::Listed(_)))));
            }
            service.hurried.store(1, Ordering::Relaxed);
            let (one, other) = tokio::join!(find("101"), find("102"));
            let outcomes = [&one, &other].map(|found| match found {
                Err(error) => error.is_out_of_time(),
                Ok(found) => !matches!(found, Found::Listed(_)),
            });
            assert_eq!(outcomes.iter().filter(|is_failed| **is_failed).count(), 1, "the other one reads the list");
            assert!(one.is_err() || other.is_err());
            assert_eq!(service.singles.load(Ordering::Relaxed), 0);
            assert!(matches!(find("103").await, Ok(Found::Listed(_))));
            assert_eq!(service.requests(), requests);
        }
    });
}

#[test]
fn what_a_list_lacks_is_told() {
    let service = Service::new(3, 100);
    let found = read(&service, &[0, 7], 10);
    assert_eq!(found.iter().filter(|found| matches!(found, Found::Unlisted)).count(), 1);
}

#[test]
fn knowledge_is_used_for_five_minutes() {
    let (knowledge, now) = (Knowledge::default(), Instant::now());
    assert!(knowledge.is_fresh(now + Duration::from_hours(1)), "nothing is known yet");
    knowledge.plan().ask("1", now);
    assert!(knowledge.is_fresh(now + Duration::from_mins(5)));
    assert!(!knowledge.is_fresh(now + Duration::from_secs(301)));
}
