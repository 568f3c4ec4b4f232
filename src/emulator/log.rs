//! The log of requests, for tests that check what a client did.

use std::collections::VecDeque;

use serde::Serialize;
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

/// Fewest requests that are kept; there are never twice as many, because an emulator may run for weeks.
const MIN_KEPT: usize = 100_000;

/// Most bytes of JSON text that all bodies together take. The oldest are dropped first; their requests stay.
const MAX_BODIES: usize = 16 << 20;

/// The last requests.
#[derive(Debug)]
pub(crate) struct Log {
    start: Instant,
    next: u64,
    requests: Vec<LoggedRequest>,
    /// Requests with a body and the length of it, the oldest first.
    bodies: VecDeque<(u64, usize)>,
    body_bytes: usize,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self { start: Instant::now(), next: 1, requests: Vec::new(), bodies: VecDeque::new(), body_bytes: 0 }
    }

    /// Enters a request, and returns its number.
    pub(crate) fn arrived(&mut self, method: &str, path: &str, query: &str) -> u64 {
        let seq = self.next;
        self.next += 1;
        if self.requests.len() == 2 * MIN_KEPT - 1 {
            self.requests.drain(..MIN_KEPT);
            self.drop_bodies_before(self.requests[0].seq);
        }
        self.requests.push(LoggedRequest {
            seq,
            at_ms: u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX),
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            status: None,
            body: None,
        });
        seq
    }

    /// Keeps the body of a request, if it is JSON.
    pub(crate) fn keep_body(&mut self, seq: u64, body: &[u8]) {
        let Ok(json) = serde_json::from_slice(body) else { return };
        let Some(request) = self.find(seq) else { return };
        request.body = Some(json);
        self.bodies.push_back((seq, body.len()));
        self.body_bytes += body.len();
        while self.body_bytes > MAX_BODIES
            && let Some((oldest, _)) = self.bodies.front()
        {
            self.drop_bodies_before(oldest + 1);
        }
    }

    fn drop_bodies_before(&mut self, seq: u64) {
        while let Some((oldest, length)) = self.bodies.pop_front_if(|(oldest, _)| *oldest < seq) {
            self.body_bytes -= length;
            if let Some(request) = self.find(oldest) {
                request.body = None;
            }
        }
    }

    pub(crate) fn answered(&mut self, seq: u64, status: u16) {
        if let Some(request) = self.find(seq) {
            request.status = Some(status);
        }
    }

    fn find(&mut self, seq: u64) -> Option<&mut LoggedRequest> {
        let place = self.requests.binary_search_by_key(&seq, |request| request.seq).ok()?;
        self.requests.get_mut(place)
    }

    pub(crate) fn requests(&self) -> &[LoggedRequest] {
        &self.requests
    }

    pub(crate) fn clear(&mut self) {
        self.requests.clear();
        self.bodies.clear();
        self.body_bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_requests_are_dropped_when_there_are_very_many() {
        let mut log = Log::new();
        let mut last = 0;
        for _ in 0..5 * MIN_KEPT {
            last = log.arrived("GET", "/", "");
            log.keep_body(last, b"{}");
        }
        log.answered(last, 200);
        let kept = log.requests();
        assert!((MIN_KEPT..2 * MIN_KEPT).contains(&kept.len()), "{}", kept.len());
        assert_eq!(kept.last().map(|request| (request.seq, request.status)), Some((last, Some(200))));
        assert_eq!((log.bodies.len(), log.body_bytes), (kept.len(), 2 * kept.len()));
    }

    #[test]
    fn oldest_bodies_are_dropped_beyond_the_limit() {
        let mut log = Log::new();
        let body = format!("\"{}\"", "x".repeat(MAX_BODIES / 3));
        for _ in 0..4 {
            let seq = log.arrived("POST", "/", "");
            log.keep_body(seq, body.as_bytes());
        }
        let kept: Vec<_> = log.requests().iter().map(|request| request.body.is_some()).collect();
        assert_eq!(kept, [false, false, true, true]);
        log.clear();
        let seq = log.arrived("POST", "/", "");
        log.keep_body(seq, b"{}");
        assert_eq!((log.requests()[0].body.clone(), log.body_bytes), (Some(serde_json::json!({})), 2));
    }

    #[test]
    fn only_json_bodies_are_kept() {
        let mut log = Log::new();
        let seq = log.arrived("POST", "/", "");
        log.keep_body(seq, b"client_secret=x");
        assert_eq!((log.requests()[0].body.clone(), log.body_bytes), (None, 0));
    }

    #[test]
    fn numbers_go_on_when_the_log_is_cleared() {
        let mut log = Log::new();
        let first = log.arrived("GET", "/a", "x=1");
        log.clear();
        let second = log.arrived("GET", "/b", "");
        log.answered(first, 200);
        log.answered(second, 404);
        let logged: Vec<_> = log.requests().iter().map(|request| (request.seq, request.status)).collect();
        assert_eq!(logged, [(2, Some(404))]);
    }
}
