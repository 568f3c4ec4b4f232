//! Decides whether and when a request is sent again. Pure: time and chance are arguments.

use std::time::Duration;

use reqwest::StatusCode;
use serde::de::IgnoredAny;
use tokio::time::Instant;

use super::request::Repeat;
use super::response::{Response, TransportError};

/// Maximum attempts for an unreachable host: enough for a restart, few for a typing error.
const MOST_UNREACHABLE: u32 = 3;
/// Maximum attempts for a host that does not respond. Each attempt takes the whole time of a request.
const MOST_SILENT: u32 = 2;
/// Maximum attempts for a failing service.
const MOST_FAILED: u32 = 6;

/// Maximum attempts when responses are truncated.
const MOST_GARBLED: u32 = 2;

const SHORTEST_BACKOFF: Duration = Duration::from_millis(500);
const LONGEST_BACKOFF: Duration = Duration::from_secs(16);

/// The reason why an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setback {
    /// A final response, or a connection that will never work. The request had no effect.
    Final,
    /// A final response. The request may have had its effect.
    Unreadable,
    /// The connection failed.
    Unreachable,
    /// The connection worked, but no response arrived in time.
    Silent,
    /// The connection worked, but broke before the response.
    Broken,
    /// The service failed.
    Unavailable,
    /// A success whose body is neither JSON nor a web page: it was truncated.
    Garbled,
    /// The rate limit is exhausted. Nothing is sent for this time.
    Throttled(Duration),
    /// Auth0 did not accept the token, and another one is available.
    TokenRejected,
}

/// How often each setback occurred, including the current one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct History {
    unreachable: u32,
    silent: u32,
    failed: u32,
    garbled: u32,
    throttled: u32,
    rejected: u32,
}

/// What to do after a setback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Send the request again.
    Again { after: Duration },
    /// Do not retry. The request had no effect, or the caller may repeat it.
    GiveUp,
    /// The same, but only for lack of time: the wait before the next attempt would exceed the deadline.
    OutOfTime,
    /// Do not retry. The request may have created an object.
    FateUnknown,
}

impl Setback {
    /// The setback of a response, unless it is a success. The rate limit is the budget's task.
    pub(super) fn of_response(response: &Response, renewable: bool) -> Option<Self> {
        match response.status {
            StatusCode::NO_CONTENT => None,
            status if status.is_success() => {
                let is_whole = response.is_web_page() || serde_json::from_slice::<IgnoredAny>(&response.body).is_ok();
                (!is_whole).then_some(Self::Garbled)
            }
            StatusCode::UNAUTHORIZED if renewable => Some(Self::TokenRejected),
            StatusCode::REQUEST_TIMEOUT => Some(Self::Unavailable),
            // What a service does not offer, no other attempt gets.
            StatusCode::NOT_IMPLEMENTED => Some(Self::Final),
            status if status.is_server_error() => Some(Self::Unavailable),
            _ => Some(Self::Final),
        }
    }

    pub(super) fn of_failure(error: &TransportError) -> Self {
        match error {
            TransportError::Setup(_) | TransportError::Tls(_) => Self::Final,
            TransportError::Dns(_)
            | TransportError::Refused
            | TransportError::ConnectTimeout(_)
            | TransportError::Proxy(_)
            | TransportError::Connect(_) => Self::Unreachable,
            TransportError::Timeout(_) => Self::Silent,
            TransportError::Broken(_) => Self::Broken,
            TransportError::TooLarge => Self::Unreadable,
        }
    }
}

impl History {
    pub(super) fn record(&mut self, setback: Setback) {
        match setback {
            Setback::Unreachable => self.unreachable += 1,
            Setback::Silent => self.silent += 1,
            Setback::Broken | Setback::Unavailable => self.failed += 1,
            Setback::Garbled => self.garbled += 1,
            Setback::Throttled(_) => self.throttled += 1,
            Setback::TokenRejected => self.rejected += 1,
            Setback::Final | Setback::Unreadable => {}
        }
    }

    pub(super) fn attempts(&self) -> u32 {
        self.unreachable + self.silent + self.failed + self.garbled + self.throttled + self.rejected
    }

    /// Whether one of the attempts may have had its effect without a response that says so.
    pub(super) fn holds_doubt(&self) -> bool {
        self.silent + self.failed + self.garbled > 0
    }
}

/// Decides after `setback`, which `history` already includes. `chance` is in `0.0..1.0`.
pub(super) fn decide(
    repeat: Repeat,
    history: &History,
    setback: Setback,
    now: Instant,
    deadline: Instant,
    chance: f64,
) -> Verdict {
    let after = match setback {
        Setback::Silent | Setback::Broken | Setback::Unavailable | Setback::Garbled | Setback::Unreadable
            if repeat == Repeat::IfUnsent =>
        {
            return Verdict::FateUnknown;
        }
        Setback::Unreachable if history.unreachable < MOST_UNREACHABLE => backoff(history.unreachable, chance),
        Setback::Silent if history.silent < MOST_SILENT => backoff(history.silent, chance),
        Setback::Broken | Setback::Unavailable if history.failed < MOST_FAILED => backoff(history.failed, chance),
        Setback::Garbled if history.garbled < MOST_GARBLED => backoff(history.garbled, chance),
        Setback::Throttled(pause) => pause,
        Setback::TokenRejected if history.rejected == 1 => Duration::ZERO,
        _ => return Verdict::GiveUp,
    };
    // A wait beyond the deadline does not begin, because the current error says more than the deadline.
    if after < deadline.saturating_duration_since(now) { Verdict::Again { after } } else { Verdict::OutOfTime }
}

/// Doubles with each attempt. Chance decides the upper half of each wait.
fn backoff(times: u32, chance: f64) -> Duration {
    let full = SHORTEST_BACKOFF.saturating_mul(1 << times.saturating_sub(1).min(16)).min(LONGEST_BACKOFF);
    full.mul_f64(f64::midpoint(1.0, chance))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn throttled(seconds: u64) -> Setback {
        Setback::Throttled(Duration::from_secs(seconds))
    }

    fn setbacks() -> impl Strategy<Value = Setback> {
        prop_oneof![
            Just(Setback::Final),
            Just(Setback::Unreadable),
            Just(Setback::Unreachable),
            Just(Setback::Silent),
            Just(Setback::Broken),
            Just(Setback::Unavailable),
            Just(Setback::Garbled),
            Just(Setback::TokenRejected),
            (0_u64..100_000).prop_map(throttled),
            any::<u64>().prop_map(throttled),
            Just(throttled(u64::MAX)),
        ]
    }

    fn repeats() -> impl Strategy<Value = Repeat> {
        prop_oneof![Just(Repeat::Always), Just(Repeat::IfUnsent)]
    }

    /// Repeats a setback until there is no retry. Returns the number of attempts and the time.
    fn persist(repeat: Repeat, setback: Setback, limit: Duration) -> (u32, Duration, Verdict) {
        let start = Instant::now();
        let (mut now, mut history) = (start, History::default());
        loop {
            history.record(setback);
            match decide(repeat, &history, setback, now, start + limit, 0.5) {
                Verdict::Again { after } => now += after,
                verdict => return (history.attempts(), now - start, verdict),
            }
        }
    }

    proptest! {
        #[test]
        fn a_wait_never_reaches_the_deadline(
            repeat in repeats(), met in prop::collection::vec(setbacks(), 1..20), left in 0_u64..5_000, chance in 0.0..1.0,
        ) {
            let now = Instant::now();
            let deadline = now + Duration::from_millis(left);
            let mut history = History::default();
            for setback in met {
                history.record(setback);
                if let Verdict::Again { after } = decide(repeat, &history, setback, now, deadline, chance) {
                    prop_assert!(now + after < deadline);
                }
            }
        }

        #[test]
        fn retries_create_only_if_it_had_no_effect(
            met in prop::collection::vec(setbacks(), 1..20), chance in 0.0..1.0,
        ) {
            let now = Instant::now();
            let mut history = History::default();
            for setback in met {
                history.record(setback);
                let verdict = decide(Repeat::IfUnsent, &history, setback, now, now + Duration::from_mins(20), chance);
                let may_have_landed = matches!(
                    setback,
                    Setback::Silent
                        | Setback::Broken
                        | Setback::Unavailable
                        | Setback::Garbled
                        | Setback::Unreadable
                );
                prop_assert_eq!(verdict == Verdict::FateUnknown, may_have_landed);
            }
        }

        #[test]
        fn a_doubt_stays_whatever_comes_after_it(met in prop::collection::vec(setbacks(), 0..20)) {
            let mut history = History::default();
            let mut doubt = false;
            for setback in met {
                history.record(setback);
                doubt |= matches!(
                    setback,
                    Setback::Silent | Setback::Broken | Setback::Unavailable | Setback::Garbled
                );
                prop_assert_eq!(history.holds_doubt(), doubt);
            }
        }

        #[test]
        fn nothing_else_has_an_unknown_fate(setback in setbacks(), chance in 0.0..1.0) {
            let now = Instant::now();
            let mut history = History::default();
            history.record(setback);
            let verdict = decide(Repeat::Always, &history, setback, now, now + Duration::from_mins(1), chance);
            prop_assert_ne!(verdict, Verdict::FateUnknown);
        }

        #[test]
        fn backoff_grows_within_its_limits(times in 1_u32..100, chance in 0.0..1.0) {
            let wait = backoff(times, chance);
            prop_assert!(wait >= SHORTEST_BACKOFF / 2 && wait <= LONGEST_BACKOFF);
            prop_assert!(backoff(times + 1, chance) >= wait);
        }
    }

    #[test]
    fn the_waits_for_an_unreachable_host_take_seconds() {
        let (attempts, time, verdict) = persist(Repeat::IfUnsent, Setback::Unreachable, Duration::from_mins(20));
        assert_eq!((attempts, verdict), (MOST_UNREACHABLE, Verdict::GiveUp));
        assert!(time < Duration::from_secs(3), "{time:?}");
    }

    #[test]
    fn a_silent_service_is_tried_twice() {
        let (attempts, time, verdict) = persist(Repeat::Always, Setback::Silent, Duration::from_mins(20));
        assert_eq!((attempts, verdict), (MOST_SILENT, Verdict::GiveUp));
        assert!(time < Duration::from_secs(1), "{time:?}");
    }

    #[test]
    fn waits_for_failing_service_stay_below_30_s() {
        let (attempts, time, verdict) = persist(Repeat::Always, Setback::Unavailable, Duration::from_mins(20));
        assert_eq!((attempts, verdict), (MOST_FAILED, Verdict::GiveUp));
        assert!(time < Duration::from_secs(30), "{time:?}");
    }

    #[test]
    fn throttling_is_sat_out_until_the_deadline() {
        for repeat in [Repeat::Always, Repeat::IfUnsent] {
            let (attempts, time, _) = persist(repeat, throttled(5), Duration::from_mins(10));
            assert_eq!((attempts, time), (120, Duration::from_secs(595)));
        }
    }

    #[test]
    fn a_wait_beyond_the_deadline_is_given_up_at_once() {
        let (attempts, time, verdict) = persist(Repeat::Always, throttled(3_600), Duration::from_mins(20));
        assert_eq!((attempts, time, verdict), (1, Duration::ZERO, Verdict::OutOfTime));
    }

    #[test]
    fn a_rejected_token_is_renewed_once() {
        let (attempts, time, verdict) = persist(Repeat::IfUnsent, Setback::TokenRejected, Duration::from_mins(1));
        assert_eq!((attempts, time, verdict), (2, Duration::ZERO, Verdict::GiveUp));
    }

    #[test]
    fn statuses_are_sorted_by_what_they_say() {
        let of_body =
            |status, renewable, body: &'static str| Setback::of_response(&Response::of(status, body), renewable);
        let of = |status, renewable| of_body(status, renewable, "");
        assert_eq!([(200, "{}"), (201, "[]"), (204, "")].map(|(status, body)| of_body(status, true, body)), [None; 3]);
        assert_eq!(of_body(200, true, " <html>"), None, "it will not change");
        for body in ["", "{\"client_id\":", "{} {}"] {
            assert_eq!(of_body(200, true, body), Some(Setback::Garbled), "{body}");
        }
        assert_eq!(of(501, true), Some(Setback::Final));
        assert_eq!([408, 500, 503, 599].map(|status| of(status, true)), [Some(Setback::Unavailable); 4]);
        assert_eq!([301, 400, 403, 404, 409].map(|status| of(status, true)), [Some(Setback::Final); 5]);
        assert_eq!((of(401, true), of(401, false)), (Some(Setback::TokenRejected), Some(Setback::Final)));
    }
}
