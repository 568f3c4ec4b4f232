//! What ends the waits of an operation: cancellation or its deadline.

use std::time::Duration;

use tokio::time::{self, Instant};
use tokio_util::sync::CancellationToken;

use super::endpoint::Endpoint;
use super::error::Error;

/// How long to wait for a response if an operation ends during a create. Terraform can store an object only if its ID
/// arrives.
const GRACE: Duration = Duration::from_secs(5);

/// Bounds of one operation.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    stop: CancellationToken,
    deadline: Instant,
}

impl Bounds {
    pub(super) fn new(stop: CancellationToken, deadline: Instant) -> Self {
        Self { stop, deadline }
    }

    pub(super) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Waits for `work` of the request to `endpoint`, and drops it when the operation ends.
    pub(super) async fn run<T>(&self, endpoint: &Endpoint, work: impl Future<Output = T>) -> Result<T, Error> {
        tokio::select! {
            biased;
            ended = self.ended() => Err(ended.error(endpoint)),
            value = work => Ok(value),
        }
    }

    /// Waits for `work` that must not start in vain. It does not start after the end of the operation. Once started, it
    /// gets a little more time. If that is not enough, its outcome is unknown.
    pub(super) async fn run_with_grace<T>(
        &self,
        endpoint: &Endpoint,
        work: impl Future<Output = T>,
    ) -> Result<T, Error> {
        self.run(endpoint, std::future::ready(())).await?;
        let too_late = async {
            let ended = self.ended().await;
            time::sleep(GRACE).await;
            ended
        };
        tokio::select! {
            biased;
            value = work => Ok(value),
            ended = too_late => Err(ended.error(endpoint).unknown_fate()),
        }
    }

    async fn ended(&self) -> Ended {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Ended::Stopped,
            () = time::sleep_until(self.deadline) => Ended::DeadlinePassed,
        }
    }
}

/// Why an operation ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Stopped,
    DeadlinePassed,
}

impl Ended {
    fn error(self, endpoint: &Endpoint) -> Error {
        let endpoint = endpoint.clone();
        match self {
            Self::Stopped => Error::Cancelled { endpoint },
            Self::DeadlinePassed => Error::DeadlineExceeded { endpoint },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(seconds: u64) -> (CancellationToken, Bounds) {
        let stop = CancellationToken::new();
        (stop.clone(), Bounds::new(stop, Instant::now() + Duration::from_secs(seconds)))
    }

    fn endpoint() -> Endpoint {
        Endpoint { method: reqwest::Method::GET, host: "acme.auth0.com".to_owned(), path: "/".to_owned() }
    }

    async fn seconds(count: u64) -> u64 {
        time::sleep(Duration::from_secs(count)).await;
        count
    }

    #[tokio::test(start_paused = true)]
    async fn work_within_the_bounds_is_done() {
        let (_stop, bounds) = bounds(10);
        assert_eq!(bounds.run(&endpoint(), seconds(9)).await.unwrap(), 9);
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_ends_a_wait() {
        let (_stop, bounds) = bounds(10);
        let start = Instant::now();
        assert!(matches!(bounds.run(&endpoint(), seconds(60)).await, Err(Error::DeadlineExceeded { .. })));
        assert_eq!(start.elapsed(), Duration::from_secs(10));
    }

    #[tokio::test(start_paused = true)]
    async fn stopping_ends_a_wait_at_once() {
        let (stop, bounds) = bounds(60);
        let start = Instant::now();
        let endpoint = endpoint();
        let (result, ()) = tokio::join!(bounds.run(&endpoint, seconds(30)), async {
            seconds(2).await;
            stop.cancel();
        });
        assert!(matches!(result, Err(Error::Cancelled { .. })));
        assert_eq!(start.elapsed(), Duration::from_secs(2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_creation_under_way_may_land_after_the_end() {
        let (stop, bounds) = bounds(60);
        let stopping = async {
            seconds(2).await;
            stop.cancel();
        };
        let endpoint = endpoint();
        let (result, ()) = tokio::join!(bounds.run_with_grace(&endpoint, seconds(6)), stopping);
        assert_eq!(result.unwrap(), 6);
        assert!(matches!(bounds.run_with_grace(&endpoint, seconds(1)).await, Err(Error::Cancelled { .. })));
    }

    #[tokio::test(start_paused = true)]
    async fn a_creation_that_takes_too_long_is_cut_off() {
        let (_stop, bounds) = bounds(10);
        assert!(matches!(bounds.run_with_grace(&endpoint(), seconds(60)).await, Err(Error::UnknownFate { .. })));
    }
}
