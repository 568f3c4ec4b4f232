//! The bound, over random collections, subsets, orders, parallelism and page sizes; and what each step is for.

use std::collections::{BTreeMap, VecDeque};

use fastrand::Rng;
use proptest::prelude::*;
use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize)]
struct Key(String);

impl Listed for Key {
    fn id(&self) -> &str {
        &self.0
    }
}

fn entry(id: u64) -> Entry<Key, u64> {
    Entry { key: Key(id.to_string()), object: Ok(id) }
}

fn page(ids: impl IntoIterator<Item = u64>, total: u64, limit: u64) -> Page<Entry<Key, u64>> {
    Page { items: ids.into_iter().map(entry).collect(), total: Some(total), limit: Some(limit), next: None }
}

/// A service whose pages hold at most `cap`, with readers who go through `todo` so many at a time.
struct Simulation {
    generation: Generation<u64>,
    objects: Vec<u64>,
    cap: u64,
    now: Instant,
    rng: Rng,
    /// What is on its way, by the time of its arrival.
    coming: BTreeMap<(Instant, u64), Coming>,
    sent: u64,
    readers: Vec<u64>,
    answers: BTreeMap<u64, bool>,
    /// Objects come and go meanwhile.
    restless: bool,
}

enum Coming {
    Object(u64),
    Page(Ask),
    Nothing,
}

impl Simulation {
    fn new(objects: u64, cap: u64, seed: u64) -> Self {
        Self {
            generation: Generation::new(),
            objects: (0..objects).collect(),
            cap,
            now: Instant::now(),
            rng: Rng::with_seed(seed),
            coming: BTreeMap::new(),
            sent: 0,
            readers: Vec::new(),
            answers: BTreeMap::new(),
            restless: false,
        }
    }

    fn run(&mut self, todo: &[u64], parallelism: usize) {
        let mut todo: VecDeque<u64> = todo.iter().copied().collect();
        while !todo.is_empty() || !self.readers.is_empty() {
            while self.readers.len() < parallelism
                && let Some(id) = todo.pop_front()
            {
                self.generation.ask(&id.to_string(), self.now);
                self.readers.push(id);
            }
            for id in std::mem::take(&mut self.readers) {
                if !self.step(id) {
                    self.readers.push(id);
                }
            }
            if self.readers.len() == parallelism || todo.is_empty() {
                self.arrive();
            }
        }
    }

    /// Whether the reader has its answer.
    fn step(&mut self, id: u64) -> bool {
        let name = id.to_string();
        loop {
            match self.generation.step(&name, self.now) {
                Step::List(asks) => asks.into_iter().for_each(|ask| self.send(Coming::Page(ask))),
                Step::Read => self.send(Coming::Object(id)),
                Step::Wait(None) => return false,
                Step::Wait(Some(until)) => {
                    assert!(until > self.now, "nothing spins");
                    self.sent += 1;
                    self.coming.insert((until, self.sent), Coming::Nothing);
                    return false;
                }
                Step::Listed(object) => {
                    assert_eq!(*object, id);
                    return self.answers.insert(id, true).is_none();
                }
                Step::Unlisted => {
                    if self.generation.confirm(&name) {
                        self.send(Coming::Object(id));
                    }
                    return false;
                }
                Step::Answer(object) => return self.answers.insert(id, object.is_some()).is_none(),
            }
        }
    }

    fn send(&mut self, request: Coming) {
        self.sent += 1;
        let arrival = self.now + Duration::from_millis(self.rng.u64(1..60));
        self.coming.insert((arrival, self.sent), request);
    }

    fn arrive(&mut self) {
        let Some(((time, _), coming)) = self.coming.pop_first() else { return };
        self.now = time;
        if self.restless && self.rng.u8(..3) == 0 {
            let place = self.rng.usize(..self.objects.len());
            if self.rng.bool() {
                self.objects.remove(place);
            } else {
                self.objects.push(self.rng.u64(1 << 32..));
            }
        }
        match coming {
            Coming::Nothing => {}
            Coming::Object(id) => {
                let object = self.objects.contains(&id).then(|| Arc::new(id));
                self.generation.read_answered(&id.to_string(), object);
            }
            Coming::Page(ask) => {
                let page = self.page(&ask);
                match self.generation.listed(page) {
                    Ok(Some(next)) => self.send(Coming::Page(next)),
                    Ok(None) => {}
                    Err(Stuck(_)) => self.generation.listing_failed(),
                }
            }
        }
    }

    fn page(&self, ask: &Ask) -> Page<Entry<Key, u64>> {
        let total = self.objects.len() as u64;
        let from = |from: u64| self.objects.iter().copied().skip(usize::try_from(from).unwrap());
        match ask {
            Ask::Numbered { number, size } => {
                let size = self.cap.min(*size);
                assert!(*number == 0 || number * size < LARGEST_OFFSET, "refused offset");
                page(from(number * size).take(usize::try_from(size).unwrap()), total, size)
            }
            Ask::Checkpoint(after) => {
                let start = after.as_deref().map_or(0, |after| after.parse().unwrap());
                let items = from(start).take(usize::try_from(self.cap).unwrap()).map(entry).collect();
                let next = (start + self.cap < total).then(|| (start + self.cap).to_string());
                Page { items, total: None, limit: None, next }
            }
        }
    }
}

/// The figure that no refresh exceeds.
fn bound(objects: u64, asked: u64, cap: u64) -> u64 {
    let pages = objects.div_ceil(cap).max(1);
    if asked == 1 { 1 } else { 2 * asked.min(pages) + 1 }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_refresh_costs_no_more_than_the_bound(
        objects in 1_u64..2_500,
        share in 0.0..1.0_f64,
        cap in prop_oneof![Just(100_u64), Just(50), Just(7)],
        parallelism in prop_oneof![Just(1_usize), Just(10), 1_usize..200],
        in_order: bool,
        seed: u64,
    ) {
        // Small pages would lead beyond the 1,000 records that pages can be counted for, which checkpoints then do.
        let mut rng = Rng::with_seed(seed);
        let mut todo: Vec<u64> = (0..objects).filter(|_| rng.f64() < share).collect();
        if todo.is_empty() {
            todo.push(rng.u64(..objects));
        }
        if !in_order {
            rng.shuffle(&mut todo);
        }
        let mut simulation = Simulation::new(objects, cap, seed);
        simulation.run(&todo, parallelism);
        prop_assert_eq!(simulation.answers.len(), todo.len());
        prop_assert!(simulation.answers.values().all(|there| *there));
        let cost = simulation.generation.cost();
        prop_assert!(cost.requests <= bound(objects, todo.len() as u64, cap), "{cost:?}");
        prop_assert_eq!(cost.confirmations, 0);
        if todo.len() == 1 {
            prop_assert_eq!(cost.requests, 1);
        }
    }

    #[test]
    fn whatever_happens_meanwhile_nothing_is_taken_for_gone_that_is_there(
        objects in 2_u64..1_500,
        cap in prop_oneof![Just(100_u64), Just(50)],
        parallelism in 1_usize..40,
        seed: u64,
    ) {
        let mut simulation = Simulation::new(objects, cap, seed);
        simulation.restless = true;
        let todo: Vec<u64> = (0..objects).collect();
        simulation.run(&todo, parallelism);
        for id in todo {
            if simulation.objects.contains(&id) {
                prop_assert_eq!(simulation.answers.get(&id), Some(&true), "{}", id);
            } else {
                prop_assert!(simulation.answers.contains_key(&id));
            }
        }
    }
}

#[test]
fn the_promised_figures_hold() {
    for (objects, asked, parallelism, most) in
        [(902, 900, 10, 11), (3_500, 20, 10, 21), (102, 100, 10, 3), (1_002, 1_000, 10, 13)]
    {
        let mut simulation = Simulation::new(objects, 100, 1);
        simulation.run(&(0..asked).collect::<Vec<_>>(), parallelism);
        let cost = simulation.generation.cost();
        assert!(cost.requests <= most, "{asked} of {objects}: {cost:?}");
    }
}

#[test]
fn the_first_decision_waits_until_nobody_else_asks() {
    let (mut generation, now) = (Generation::<u64>::new(), Instant::now());
    let after = |ms| now + Duration::from_millis(ms);
    generation.ask("1", now);
    assert_eq!(generation.step("1", now), Step::Read);
    generation.ask("2", now);
    assert_eq!(generation.step("2", now), Step::List(vec![Ask::Numbered { number: 0, size: 100 }]));
    assert_eq!(generation.step("2", now), Step::Wait(None));
    generation.ask("3", after(5));
    assert_eq!(generation.step("3", after(5)), Step::Wait(None));
    generation.listed(page([7], 800, 100)).ok().unwrap();
    assert_eq!(generation.step("2", after(6)), Step::Wait(Some(after(15))));
    assert_eq!(generation.step("2", after(15)), Step::Read, "seven more pages do not fit yet");
}

#[test]
fn what_page_0_shows_is_answered_at_once() {
    let (mut generation, now) = (Generation::<u64>::new(), Instant::now());
    generation.ask("1", now);
    generation.step("1", now);
    generation.ask("2", now);
    generation.step("2", now);
    generation.listed(page([2], 800, 100)).ok().unwrap();
    assert_eq!(generation.step("2", now), Step::Listed(Arc::new(2)));
}

#[test]
fn an_object_that_is_being_read_is_not_read_again() {
    let (mut generation, now) = (Generation::<u64>::new(), Instant::now());
    generation.ask("1", now);
    assert_eq!(generation.step("1", now), Step::Read);
    generation.ask("1", now);
    assert_eq!(generation.step("1", now), Step::Wait(None));
    generation.read_answered("1", None);
    assert_eq!(generation.step("1", now), Step::Answer(None));

    generation.ask("2", now);
    generation.step("2", now);
    generation.listed(page([3], 1, 100)).ok().unwrap();
    assert_eq!(generation.step("2", now), Step::Unlisted);
    assert!(generation.confirm("2") && !generation.confirm("2"));
    assert_eq!(generation.step("2", now), Step::Wait(None));
    generation.read_failed("2");
    assert_eq!(generation.step("2", now), Step::Unlisted, "whoever waits asks again");
}

#[test]
fn lists_that_are_refused_are_given_up() {
    let (mut generation, now) = (Generation::<u64>::new(), Instant::now());
    for id in ["1", "2"] {
        generation.ask(id, now);
        generation.step(id, now);
    }
    generation.listing_failed();
    assert_eq!(generation.step("2", now), Step::Read);
}

#[test]
fn checkpoints_that_lead_in_a_circle_are_given_up() {
    let (mut generation, now) = (Generation::<u64>::new(), Instant::now());
    for id in 0..60_u64 {
        generation.ask(&id.to_string(), now);
    }
    generation.step("1", now);
    generation.listed(page([], 1_001, 100)).ok().unwrap();
    let later = now + QUIET;
    assert_eq!(generation.step("1", later), Step::List(vec![Ask::Checkpoint(None)]));
    let again = || Page { items: vec![entry(1)], total: None, limit: None, next: Some("x".to_owned()) };
    assert_eq!(generation.listed(again()).ok(), Some(Some(Ask::Checkpoint(Some("x".to_owned())))));
    assert_eq!(generation.listed(again()).err(), Some(Stuck("next")));
}

#[test]
fn knowledge_is_used_for_five_minutes() {
    let (mut generation, now) = (Generation::<u64>::new(), Instant::now());
    assert!(generation.is_fresh(now + Duration::from_hours(1)), "nothing is known yet");
    generation.ask("1", now);
    assert!(generation.is_fresh(now + Duration::from_mins(5)));
    assert!(!generation.is_fresh(now + Duration::from_secs(301)));
}
