//! Connections on which nothing happens: between requests, or because the head of one does not arrive.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// Counts the requests that are in progress on a connection.
#[derive(Debug, Clone)]
pub(crate) struct InProgress(watch::Sender<usize>);

/// A request in progress, until it is dropped.
pub(crate) struct Running(watch::Sender<usize>);

impl InProgress {
    pub(crate) fn none() -> Self {
        Self(watch::Sender::new(0))
    }

    pub(crate) fn begin(&self) -> Running {
        self.0.send_modify(|count| *count += 1);
        Running(self.0.clone())
    }

    /// Returns once no request has been in progress for so long.
    pub(crate) async fn idle_for(&self, time: Duration) {
        let mut count = self.0.subscribe();
        loop {
            // Cannot fail while there is a sender.
            let _ = count.wait_for(|count| *count == 0).await;
            if timeout(time, count.changed()).await.is_err() {
                return;
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: Duration = Duration::from_mins(1);

    #[tokio::test(start_paused = true)]
    async fn idle_time_counts_from_the_last_request() {
        let requests = InProgress::none();
        let start = tokio::time::Instant::now();
        let serve = async {
            tokio::time::sleep(TIME / 2).await;
            let (one, other) = (requests.begin(), requests.begin());
            tokio::time::sleep(TIME * 3).await;
            drop(one);
            tokio::time::sleep(TIME * 3).await;
            drop(other);
        };
        tokio::join!(serve, requests.idle_for(TIME));
        assert_eq!(start.elapsed(), TIME / 2 + TIME * 7);
    }
}
