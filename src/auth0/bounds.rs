//! What ends the waits of an operation: being stopped, or its deadline.

use std::time::Duration;

use tokio::time::{self, Instant};
use tokio_util::sync::CancellationToken;

/// How long an answer is still waited for when an operation ends while the service creates something.
/// Terraform can only remember an object whose id has arrived.
const LANDING: Duration = Duration::from_secs(5);

/// Why an operation ended before it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Stopped,
    DeadlinePassed,
}

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

    /// Waits for `work`, which is dropped at the end of the operation.
    pub(super) async fn run<T>(&self, work: impl Future<Output = T>) -> Result<T, Ended> {
        tokio::select! {
            biased;
            ended = self.ended() => Err(ended),
            value = work => Ok(value),
        }
    }

    /// Waits for `work` that must not be started in vain: it is not begun after the end of the
    /// operation, but once begun it is given a little longer.
    pub(super) async fn run_to_landing<T>(&self, work: impl Future<Output = T>) -> Result<T, Landing> {
        self.run(std::future::ready(())).await.map_err(Landing::NotBegun)?;
        let too_late = async {
            let ended = self.ended().await;
            time::sleep(LANDING).await;
            ended
        };
        tokio::select! {
            biased;
            value = work => Ok(value),
            ended = too_late => Err(Landing::CutOff(ended)),
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

/// How far work had come that did not reach its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Landing {
    NotBegun(Ended),
    CutOff(Ended),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(seconds: u64) -> (CancellationToken, Bounds) {
        let stop = CancellationToken::new();
        (stop.clone(), Bounds::new(stop, Instant::now() + Duration::from_secs(seconds)))
    }

    async fn seconds(count: u64) -> u64 {
        time::sleep(Duration::from_secs(count)).await;
        count
    }

    #[tokio::test(start_paused = true)]
    async fn work_within_the_bounds_is_done() {
        let (_stop, bounds) = bounds(10);
        assert_eq!(bounds.run(seconds(9)).await, Ok(9));
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_ends_a_wait() {
        let (_stop, bounds) = bounds(10);
        let start = Instant::now();
        assert_eq!(bounds.run(seconds(60)).await, Err(Ended::DeadlinePassed));
        assert_eq!(start.elapsed(), Duration::from_secs(10));
    }

    #[tokio::test(start_paused = true)]
    async fn stopping_ends_a_wait_at_once() {
        let (stop, bounds) = bounds(60);
        let start = Instant::now();
        let (result, ()) = tokio::join!(bounds.run(seconds(30)), async {
            seconds(2).await;
            stop.cancel();
        });
        assert_eq!(result, Err(Ended::Stopped));
        assert_eq!(start.elapsed(), Duration::from_secs(2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_creation_under_way_may_land_after_the_end() {
        let (stop, bounds) = bounds(60);
        let stopping = async {
            seconds(2).await;
            stop.cancel();
        };
        let (result, ()) = tokio::join!(bounds.run_to_landing(seconds(6)), stopping);
        assert_eq!(result, Ok(6));
        assert_eq!(bounds.run_to_landing(seconds(1)).await, Err(Landing::NotBegun(Ended::Stopped)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_creation_that_takes_too_long_is_cut_off() {
        let (_stop, bounds) = bounds(10);
        assert_eq!(bounds.run_to_landing(seconds(60)).await, Err(Landing::CutOff(Ended::DeadlinePassed)));
    }
}
