//! The log of requests, for tests that check what a client did.

use std::collections::VecDeque;

use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use tokio::time::Instant;

/// A request that arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoggedRequest {
    /// Place in the order of arrival, from 1; goes on when the log is cleared.
    pub seq: u64,
    /// Milliseconds since the emulator started.
    pub at_ms: u64,
    /// Method.
    pub method: String,
    /// Path as it was sent, percent-encoded.
    pub path: String,
    /// Query as it was sent, without the question mark.
    pub query: String,
    /// Status of the answer; `None` while there is none, and when the connection was closed instead.
    pub status: Option<u16>,
    /// JSON body of a POST, PATCH, PUT or DELETE of the Management API; `None` for all others, token requests among them,
    /// and for a body that the log no longer keeps. It may hold client secrets, so it is for tests in this process only:
    /// the control interface does not show it.
    #[serde(skip)]
    pub body: Option<Value>,
}

/// Most requests that are kept, because an emulator may run for weeks. The oldest are dropped first.
const MAX_REQUESTS: usize = 100_000;

/// Most bytes that all paths and queries together take. The oldest requests are dropped first.
const MAX_PATHS: usize = 64 << 20;

/// Most bytes that all bodies together take. The oldest are dropped first; their requests stay.
const MAX_BODIES: usize = 16 << 20;

/// The last requests.
#[derive(Debug)]
pub(crate) struct Log {
    start: Instant,
    next: u64,
    entries: VecDeque<Entry>,
    path_bytes: usize,
    body_bytes: usize,
    /// Before this one no request has a body.
    first_body: u64,
}

/// A request, and its body as it was sent: as a value, JSON can take many times its length.
#[derive(Debug)]
struct Entry {
    request: LoggedRequest,
    body: Option<Box<[u8]>>,
}

impl Entry {
    fn path_bytes(&self) -> usize {
        self.request.path.len() + self.request.query.len()
    }
}

impl Log {
    pub(crate) fn new() -> Self {
        Self { start: Instant::now(), next: 1, entries: VecDeque::new(), path_bytes: 0, body_bytes: 0, first_body: 0 }
    }

    /// Enters a request, and returns its number.
    pub(crate) fn arrived(&mut self, method: &str, path: &str, query: &str) -> u64 {
        let seq = self.next;
        self.next += 1;
        let request = LoggedRequest {
            seq,
            at_ms: u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX),
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            status: None,
            body: None,
        };
        let entry = Entry { request, body: None };
        self.path_bytes += entry.path_bytes();
        self.entries.push_back(entry);
        while self.entries.len() > MAX_REQUESTS || self.path_bytes > MAX_PATHS {
            self.drop_oldest();
        }
        seq
    }

    fn drop_oldest(&mut self) {
        if let Some(entry) = self.entries.pop_front() {
            self.path_bytes -= entry.path_bytes();
            self.body_bytes -= entry.body.map_or(0, |body| body.len());
        }
    }

    /// Keeps the body of a request, if it is JSON.
    pub(crate) fn keep_body(&mut self, seq: u64, body: &[u8]) {
        if serde_json::from_slice::<IgnoredAny>(body).is_err() {
            return;
        }
        let Some(entry) = self.find(seq) else { return };
        entry.body = Some(body.into());
        self.body_bytes += body.len();
        self.first_body = self.first_body.min(seq);
        while self.body_bytes > MAX_BODIES {
            let oldest = self.first_body;
            self.first_body += 1;
            let dropped = self.find(oldest).and_then(|entry| entry.body.take());
            self.body_bytes -= dropped.map_or(0, |body| body.len());
        }
    }

    pub(crate) fn answered(&mut self, seq: u64, status: u16) {
        if let Some(entry) = self.find(seq) {
            entry.request.status = Some(status);
        }
    }

    fn find(&mut self, seq: u64) -> Option<&mut Entry> {
        let place = seq.checked_sub(self.entries.front()?.request.seq)?;
        self.entries.get_mut(usize::try_from(place).ok()?)
    }

    /// The requests without their bodies.
    pub(crate) fn requests(&self) -> impl Iterator<Item = &LoggedRequest> {
        self.entries.iter().map(|entry| &entry.request)
    }

    pub(crate) fn requests_with_bodies(&self) -> Vec<LoggedRequest> {
        let with_body = |Entry { request, body }: &Entry| LoggedRequest {
            body: body.as_deref().and_then(|body| serde_json::from_slice(body).ok()),
            ..request.clone()
        };
        self.entries.iter().map(with_body).collect()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        (self.path_bytes, self.body_bytes) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_requests_are_dropped_when_there_are_very_many() {
        let mut log = Log::new();
        let mut last = 0;
        for _ in 0..MAX_REQUESTS * 3 / 2 {
            last = log.arrived("GET", "/", "");
            log.keep_body(last, b"{}");
        }
        log.answered(last, 200);
        let kept: Vec<_> = log.requests().collect();
        assert_eq!(kept.len(), MAX_REQUESTS);
        assert_eq!(kept.last().map(|request| (request.seq, request.status)), Some((last, Some(200))));
        assert_eq!((log.path_bytes, log.body_bytes), (kept.len(), 2 * kept.len()));
    }

    #[test]
    fn the_oldest_requests_are_dropped_when_their_paths_are_long() {
        let mut log = Log::new();
        let (path, query) = ("x".repeat(MAX_PATHS / 6), "x".repeat(MAX_PATHS / 6));
        for _ in 0..4 {
            log.arrived("GET", &path, &query);
        }
        assert_eq!(log.requests().map(|request| request.seq).collect::<Vec<_>>(), [2, 3, 4]);
    }

    #[test]
    fn oldest_bodies_are_dropped_beyond_the_limit() {
        let mut log = Log::new();
        let body = format!("\"{}\"", "x".repeat(MAX_BODIES / 3));
        for _ in 0..4 {
            let seq = log.arrived("POST", "/", "");
            log.keep_body(seq, body.as_bytes());
        }
        let has_body = |log: &Log| log.requests_with_bodies().iter().map(|of| of.body.is_some()).collect::<Vec<_>>();
        assert_eq!(has_body(&log), [false, false, true, true]);
        log.clear();
        for body in [&b"{}"[..], body.as_bytes(), body.as_bytes(), body.as_bytes()] {
            let seq = log.arrived("POST", "/", "");
            log.keep_body(seq, body);
        }
        assert_eq!(has_body(&log), [false, false, true, true]);
        assert_eq!(log.body_bytes, 2 * body.len());
    }

    /// As a value, each element would take ten times as much.
    #[test]
    fn bodies_take_no_more_memory_than_they_are_long() {
        let mut log = Log::new();
        let seq = log.arrived("POST", "/", "");
        let body = format!("[{}{{}}]", "{},".repeat(1000));
        log.keep_body(seq, body.as_bytes());
        assert_eq!(log.entries[0].body.as_deref(), Some(body.as_bytes()));
        assert!(log.requests().all(|request| request.body.is_none()));
    }

    #[test]
    fn only_json_bodies_are_kept() {
        let mut log = Log::new();
        let seq = log.arrived("POST", "/", "");
        log.keep_body(seq, b"client_secret=x");
        assert_eq!((log.requests_with_bodies()[0].body.clone(), log.body_bytes), (None, 0));
    }

    #[test]
    fn numbers_go_on_when_the_log_is_cleared() {
        let mut log = Log::new();
        let first = log.arrived("GET", "/a", "x=1");
        log.clear();
        let second = log.arrived("GET", "/b", "");
        log.answered(first, 200);
        log.answered(second, 404);
        let logged: Vec<_> = log.requests().map(|request| (request.seq, request.status)).collect();
        assert_eq!(logged, [(2, Some(404))]);
    }
}
