//! The log of requests, kept for whoever wants to know what a client did.

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
    /// What a PATCH said. For tests in this process alone; the control interface does not tell it.
    #[serde(skip)]
    pub patch: Option<Value>,
}

/// So many requests are kept at least, and never twice as many: an emulator may run for weeks.
const KEPT: usize = 100_000;

/// The last requests.
#[derive(Debug)]
pub(crate) struct Log {
    start: Instant,
    next: u64,
    requests: Vec<LoggedRequest>,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self { start: Instant::now(), next: 1, requests: Vec::new() }
    }

    /// Enters a request, and returns its number.
    pub(crate) fn arrived(&mut self, method: &str, path: &str, query: &str) -> u64 {
        let seq = self.next;
        self.next += 1;
        if self.requests.len() == 2 * KEPT - 1 {
            self.requests.drain(..KEPT);
        }
        self.requests.push(LoggedRequest {
            seq,
            at_ms: u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX),
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            status: None,
            patch: None,
        });
        seq
    }

    /// Notes what a PATCH says.
    pub(crate) fn says(&mut self, seq: u64, patch: Option<Value>) {
        if let Some(request) = self.find(seq) {
            request.patch = patch;
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_requests_are_dropped_when_there_are_very_many() {
        let mut log = Log::new();
        let mut last = 0;
        for _ in 0..5 * KEPT {
            last = log.arrived("GET", "/", "");
        }
        log.answered(last, 200);
        let kept = log.requests();
        assert!((KEPT..2 * KEPT).contains(&kept.len()), "{}", kept.len());
        assert_eq!(kept.last().map(|request| (request.seq, request.status)), Some((last, Some(200))));
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
