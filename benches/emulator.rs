//! What the emulator can take: 16 clients at once, a thousand applications and a thousand grants. `cargo bench --bench
//! emulator`; figures in `contributing/benchmarks.md`. It ends with a panic where an answer is wrong, an object is missing or there
//! twice, or an update is lost.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints its table, and ends where it is wrong"
)]

use std::collections::BTreeSet;
use std::fs;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use terraform_provider_auth0::emulator::{Builder, Emulator};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Connections, each with one request at a time.
const AT_ONCE: usize = 16;
/// Applications, and grants.
const OBJECTS: usize = 1000;
/// Applications that are changed by several at once, and how many keys of their metadata: as many as there may be.
const CONTESTED: usize = 50;
const KEYS: usize = 10;

fn main() {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load before: {}", load.split(' ').next().unwrap_or_default());
    // A thread for the clients; the emulator has its own.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::TempDir::new().unwrap();
    for (name, builder) in
        [("in memory", Emulator::builder()), ("with --data", Emulator::builder().data(folder.path().join("tenant.db")))]
    {
        let figures = runtime.block_on(run(builder));
        println!("\n{name}:\n\n| operation | requests | p50 | p99 | max |\n|---|---|---|---|---|");
        let mut all = Vec::new();
        for (operation, mut times) in figures {
            println!("{}", row(operation, &mut times));
            all.extend(times);
        }
        println!("{}", row("all", &mut all));
    }
}

/// What happened to all requests of an operation.
type Figures = (&'static str, Vec<Duration>);

async fn run(builder: Builder) -> Vec<Figures> {
    let emulator = builder.start();
    let bench = Arc::new(Bench::of(&emulator).await);
    let mut figures = Vec::new();

    let clients = bench.create(&mut figures, "create an application", "clients", "client_id", |n| {
        json!({ "name": format!("client {n}"), "app_type": "non_interactive", "grant_types": ["client_credentials"] })
    });
    let clients = clients.await;
    let audience = format!("{}/api/v2/", emulator.url());
    let grants = bench.create(&mut figures, "create a grant", "client-grants", "id", {
        let clients = clients.clone();
        move |n| json!({ "client_id": clients[n], "audience": audience, "scope": ["read:users"] })
    });
    let grants = grants.await;

    let mut times = bench.list("clients", "client_id", &clients, 2).await;
    times.extend(bench.list("client-grants", "id", &grants, 1).await);
    figures.push(("list a page of 100", times));

    let paths: Arc<Vec<String>> = Arc::new(
        clients
            .iter()
            .map(|id| format!("clients/{id}"))
            .chain(grants.iter().map(|id| format!("client-grants/{id}")))
            .collect(),
    );
    let each = |method: Method, status, body: fn(usize) -> Value| {
        let (paths, bench) = (Arc::clone(&paths), Arc::clone(&bench));
        at_once(paths.len(), move |worker, n| {
            let (bench, paths, method) = (Arc::clone(&bench), Arc::clone(&paths), method.clone());
            async move { bench.send(worker, method, &paths[n], body(n), status).await.1 }
        })
    };
    figures.push(("read one", each(Method::GET, 200, |_| Value::Null).await));
    let change =
        |n| if n < OBJECTS { json!({ "description": format!("{n}") }) } else { json!({ "scope": [format!("s{n}")] }) };
    figures.push(("update one", each(Method::PATCH, 200, change).await));
    figures.push(("update one of the same", bench.contest(&clients).await));
    for (n, path) in paths.iter().enumerate().step_by(97) {
        let (shown, _) = bench.send(0, Method::GET, path, Value::Null, 200).await;
        for (name, value) in change(n).as_object().unwrap() {
            assert_eq!(&shown[name], value, "an update was lost");
        }
    }
    // Grants first: they would go with their applications.
    let backwards = Arc::new(paths.iter().rev().cloned().collect::<Vec<_>>());
    let deleted = at_once(backwards.len(), {
        let bench = Arc::clone(&bench);
        move |worker, n| {
            let (bench, backwards) = (Arc::clone(&bench), Arc::clone(&backwards));
            async move { bench.send(worker, Method::DELETE, &backwards[n], Value::Null, 204).await.1 }
        }
    });
    figures.push(("delete one", deleted.await));
    bench.list("clients", "client_id", &[], 2).await;
    bench.list("client-grants", "id", &[], 1).await;
    figures
}

/// Connections to an emulator, with the token of its administrator.
struct Bench {
    connections: Vec<Client>,
    url: String,
    token: String,
}

impl Bench {
    async fn of(emulator: &Emulator) -> Self {
        let connection = || Client::builder().no_proxy().build().unwrap();
        let connections: Vec<_> = (0..AT_ONCE).map(|_| connection()).collect();
        let request = json!({
            "grant_type": "client_credentials",
            "client_id": emulator.client_id(),
            "client_secret": emulator.client_secret(),
            "audience": format!("{}/api/v2/", emulator.url()),
        });
        let answer =
            connections[0].post(format!("{}/oauth/token", emulator.url())).json(&request).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        let token = answer["access_token"].as_str().unwrap().to_owned();
        Self { connections, url: format!("{}/api/v2", emulator.url()), token }
    }

    /// Answer and how long it took, from the first byte sent to the last one read.
    async fn send(&self, worker: usize, method: Method, path: &str, body: Value, status: u16) -> (Value, Duration) {
        let (text, time) = self.text(worker, method, path, body, status).await;
        (serde_json::from_str(&text).unwrap_or_default(), time)
    }

    /// The same, unread.
    async fn text(&self, worker: usize, method: Method, path: &str, body: Value, status: u16) -> (String, Duration) {
        let request = self.connections[worker].request(method, format!("{}/{path}", self.url)).bearer_auth(&self.token);
        let request = if body.is_null() { request } else { RequestBuilder::json(request, &body) };
        let begin = Instant::now();
        let answer = request.send().await.unwrap();
        let (answered, text) = (answer.status().as_u16(), answer.text().await.unwrap());
        let time = begin.elapsed();
        assert_eq!(answered, status, "{path}: {text}");
        (text, time)
    }

    /// Creates the objects, and gives their ids in the order of their numbers.
    async fn create(
        self: &Arc<Self>,
        figures: &mut Vec<Figures>,
        operation: &'static str,
        path: &'static str,
        id: &'static str,
        body: impl Fn(usize) -> Value + Send + Sync + 'static,
    ) -> Vec<String> {
        let ids = Arc::new(Mutex::new(vec![String::new(); OBJECTS]));
        let (bench, created) = (Arc::clone(self), Arc::clone(&ids));
        let times = at_once(OBJECTS, move |worker, n| {
            let (bench, ids, body) = (Arc::clone(&bench), Arc::clone(&created), body(n));
            async move {
                let (created, time) = bench.send(worker, Method::POST, path, body, 201).await;
                created[id].as_str().unwrap().clone_into(&mut ids.lock().unwrap()[n]);
                time
            }
        });
        figures.push((operation, times.await));
        let ids = ids.lock().unwrap().clone();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), OBJECTS, "an id was given twice");
        ids
    }

    /// Every worker reads the list from checkpoint to checkpoint, and finds these and so many others in it, each once.
    async fn list(self: &Arc<Self>, path: &str, id: &'static str, expected: &[String], others: usize) -> Vec<Duration> {
        let name = path.replace('-', "_");
        let expected: Arc<BTreeSet<String>> = Arc::new(expected.iter().cloned().collect());
        let times = Arc::new(Mutex::new(Vec::new()));
        let (bench, path, measured) = (Arc::clone(self), path.to_owned(), Arc::clone(&times));
        let at_the_end = Arc::new(Barrier::new(AT_ONCE));
        at_once(AT_ONCE, move |worker, _| {
            let (bench, expected, times) = (Arc::clone(&bench), Arc::clone(&expected), Arc::clone(&measured));
            let (path, name, at_the_end) = (path.clone(), name.clone(), Arc::clone(&at_the_end));
            async move {
                // Read at the end: all workers share a thread, and would measure each other's reading.
                let (mut pages, mut from) = (Vec::new(), String::new());
                loop {
                    let page = format!("{path}?take=100{from}");
                    let (page, time) = bench.text(worker, Method::GET, &page, Value::Null, 200).await;
                    times.lock().unwrap().push(time);
                    // Without reading all of it; no other property has this name.
                    let next = page.split_once(r#""next":""#).and_then(|(_, rest)| rest.split('"').next());
                    from = next.map(|next| format!("&from={next}")).unwrap_or_default();
                    pages.push(page);
                    if from.is_empty() {
                        break;
                    }
                }
                at_the_end.wait().await;
                let ids = |page: &String| -> Vec<String> {
                    let page: Value = serde_json::from_str(page).unwrap();
                    page[&name].as_array().unwrap().iter().map(|item| item[id].as_str().unwrap().to_owned()).collect()
                };
                let seen: Vec<_> = pages.iter().flat_map(ids).collect();
                assert_eq!(seen.len(), expected.len() + others, "the list of {path} is not complete");
                let seen: BTreeSet<_> = seen.into_iter().collect();
                assert_eq!(seen.len(), expected.len() + others, "the list of {path} shows something twice");
                assert!(seen.is_superset(&expected), "the list of {path} leaves something out");
                Duration::ZERO
            }
        })
        .await;
        times.lock().unwrap().clone()
    }

    /// Several at once change different keys of the metadata of the same application; none of them gets lost.
    async fn contest(self: &Arc<Self>, clients: &[String]) -> Vec<Duration> {
        let contested = clients[..CONTESTED].to_vec();
        let bench = Arc::clone(self);
        let times = at_once(CONTESTED * KEYS, move |worker, n| {
            let (bench, path) = (Arc::clone(&bench), format!("clients/{}", contested[n / KEYS]));
            let metadata = json!({ "client_metadata": { format!("key {}", n % KEYS): n.to_string() } });
            async move { bench.send(worker, Method::PATCH, &path, metadata, 200).await.1 }
        });
        let times = times.await;
        for (place, id) in clients[..CONTESTED].iter().enumerate() {
            let (shown, _) = self.send(0, Method::GET, &format!("clients/{id}"), Value::Null, 200).await;
            let expected = (0..KEYS).map(|key| (format!("key {key}"), json!((place * KEYS + key).to_string())));
            assert_eq!(shown["client_metadata"], Value::Object(expected.collect()), "an update was lost");
        }
        times
    }
}

/// Does something so many times, so many at once, and gives how long each took.
async fn at_once<F: Future<Output = Duration> + Send + 'static>(
    count: usize,
    act: impl Fn(usize, usize) -> F + Send + Sync + 'static,
) -> Vec<Duration> {
    let (next, act) = (Arc::new(AtomicUsize::new(0)), Arc::new(act));
    let worker = |worker| {
        let (next, act) = (Arc::clone(&next), Arc::clone(&act));
        async move {
            let mut times = Vec::new();
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= count {
                    break times;
                }
                times.push(act(worker, n).await);
            }
        }
    };
    (0..AT_ONCE).map(worker).collect::<JoinSet<_>>().join_all().await.concat()
}

fn row(operation: &str, times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |percent: usize| milliseconds(times[(times.len() - 1) * percent / 100]);
    format!("| {operation} | {} | {} | {} | {} |", times.len(), at(50), at(99), at(100))
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
