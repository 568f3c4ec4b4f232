//! Processes that live long, and what the kernel and their logs tell of them.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::{Certificate, Method};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

/// What a process holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gauge {
    /// Resident memory in KiB.
    pub(super) resident: u64,
    /// Open files, sockets among them.
    pub(super) files: u64,
    pub(super) threads: u64,
}

impl Gauge {
    /// Without `/proc`, as on macOS, everything is 0.
    pub(super) fn of(pid: u32) -> Self {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse().ok()
        };
        Self {
            resident: number("VmRSS:").unwrap_or(0),
            files: fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, |files| files.count() as u64),
            threads: number("Threads:").unwrap_or(0),
        }
    }
}

/// How many tasks the provider had when it was configured for the last command, by its log.
pub(super) struct TaskCount(Arc<AtomicU64>);

impl TaskCount {
    /// Reads the log to its end, in a thread of its own: a full pipe would stop the provider.
    pub(super) fn of(log: ChildStderr) -> Self {
        let last = Arc::new(AtomicU64::new(u64::MAX));
        let noted = Arc::clone(&last);
        std::thread::spawn(move || {
            for line in BufReader::new(log).lines().map_while(Result::ok) {
                let record: Value = serde_json::from_str(&line).unwrap_or_default();
                if let Some(tasks) = record["tasks"].as_u64() {
                    noted.store(tasks, Ordering::Relaxed);
                }
            }
        });
        Self(last)
    }

    pub(super) fn last(&self) -> Option<u64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|tasks| *tasks != u64::MAX)
    }
}

/// A tenant in a process of its own. It ends with its value.
pub(super) struct Emulator {
    process: Child,
    announced: Value,
    /// Ids of what was there from the start.
    seeded: Vec<Value>,
    http: reqwest::Client,
    runtime: Runtime,
}

impl Emulator {
    /// With or without TLS, over which HTTP/2 is spoken.
    pub(super) fn start(tls: bool) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_auth0-emulator"));
        command
            .args(["--listen", "127.0.0.1:0"])
            .args(tls.then_some("--tls"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let announced: Value = serde_json::from_str(&line).unwrap();
        let authority =
            announced["ca_file"].as_str().map(|file| Certificate::from_pem(&fs::read(file).unwrap()).unwrap());
        let mut emulator = Self {
            process,
            announced,
            seeded: Vec::new(),
            http: reqwest::Client::builder().no_proxy().tls_certs_only(authority).build().unwrap(),
            runtime: Builder::new_current_thread().enable_all().build().unwrap(),
        };
        let state = emulator.control(&Method::GET, "state", None);
        let objects = ["clients", "client_grants"].into_iter().flat_map(|kind| state[kind].as_array().unwrap());
        emulator.seeded = objects.map(id).collect();
        emulator
    }

    pub(super) fn id(&self) -> u32 {
        self.process.id()
    }

    /// What it announced.
    pub(super) fn text(&self, name: &str) -> &str {
        self.announced[name].as_str().unwrap()
    }

    /// The file with the authority to trust; null without TLS.
    pub(super) fn ca_file(&self) -> &Value {
        &self.announced["ca_file"]
    }

    pub(super) fn management_api(&self) -> String {
        format!("{}/api/v2/", self.text("url"))
    }

    /// Has these rules, and no others.
    pub(super) fn spoil(&self, rules: &[Value]) {
        self.control(&Method::DELETE, "faults", None);
        for rule in rules {
            self.control(&Method::POST, "faults", Some(rule));
        }
    }

    /// Ends the faults. How many requests there were since then, and how many of them were spoiled.
    pub(super) fn settle(&self) -> (usize, usize) {
        let (requests, faults) =
            (self.control(&Method::GET, "requests", None), self.control(&Method::GET, "faults", None));
        for list in ["requests", "faults"] {
            self.control(&Method::DELETE, list, None);
        }
        let spent = faults["faults"].as_array().unwrap().iter().filter(|rule| rule["times"] == 0).count();
        (requests["requests"].as_array().unwrap().len(), spent)
    }

    /// The objects that were not there from the start.
    pub(super) fn added(&self, kind: &str) -> Vec<Value> {
        let state = self.control(&Method::GET, "state", None);
        let objects = state[kind].as_array().unwrap().iter();
        objects.filter(|object| !self.seeded.contains(&id(object))).cloned().collect()
    }

    /// Removes applications behind everybody's back.
    pub(super) fn remove(&self, clients: &[Value]) {
        if clients.is_empty() {
            return;
        }
        let request = json!({
            "grant_type": "client_credentials",
            "client_id": self.text("client_id"),
            "client_secret": self.text("client_secret"),
            "audience": self.management_api(),
        });
        let token = self.send(self.http.post(format!("{}/oauth/token", self.text("url"))).json(&request));
        for client in clients {
            let url = format!("{}clients/{}", self.management_api(), client["client_id"].as_str().unwrap());
            self.send(self.http.delete(url).bearer_auth(token["access_token"].as_str().unwrap()));
        }
        self.settle();
    }

    fn control(&self, method: &Method, what: &str, body: Option<&Value>) -> Value {
        let request = self.http.request(method.clone(), format!("{}/_emulator/{what}", self.text("url")));
        self.send(body.map_or(request.try_clone().unwrap(), |body| request.json(body)))
    }

    /// The body of a success; null when it has none.
    fn send(&self, request: reqwest::RequestBuilder) -> Value {
        self.runtime.block_on(async {
            let response = request.send().await.unwrap();
            assert!(response.status().is_success(), "{response:?}");
            serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default()
        })
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = kill(Pid::from_raw(self.process.id().try_into().unwrap()), Signal::SIGTERM);
        let _ = self.process.wait();
    }
}

/// What an object is found by.
fn id(object: &Value) -> Value {
    if object["client_secret"].is_null() { object["id"].clone() } else { object["client_id"].clone() }
}
