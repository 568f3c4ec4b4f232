//! The headers of a response.

use std::time::{Duration, UNIX_EPOCH};

use reqwest::header::{DATE, HeaderMap, LOCATION};

use super::clock::unix_now;
use super::quota::Quota;

/// Maximum wait for a reset time. Buckets refill within a minute, so a later reset means that the clocks differ.
/// <https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy>
const LONGEST_RESET: Duration = Duration::from_mins(1);

/// How long Auth0 asks to wait.
pub(super) fn asked_wait(headers: &HeaderMap) -> Option<Duration> {
    wait(text(headers, "retry-after"), text(headers, "x-ratelimit-reset"), unix_now())
}

pub(super) fn quota(headers: &HeaderMap) -> Option<Quota> {
    let of = |name| text(headers, name);
    Quota::read(of("x-ratelimit-limit"), of("x-ratelimit-remaining"), of("x-ratelimit-reset"))
}

pub(super) fn redirect(response: &reqwest::Response) -> Option<String> {
    let location = response.headers().get(LOCATION)?.to_str().ok().filter(|_| response.status().is_redirection())?;
    // Only scheme and host: the rest of the address is not for the log.
    Some(response.url().join(location).ok()?.origin().ascii_serialization())
}

pub(super) fn date(headers: &HeaderMap) -> Option<Duration> {
    let date = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    date.duration_since(UNIX_EPOCH).ok()
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// How long Auth0 asks to wait: `Retry-After` in seconds, else until `x-ratelimit-reset`, a UNIX time. A reset in the
/// past is ignored.
fn wait(retry_after: Option<&str>, reset: Option<&str>, unix_now: Duration) -> Option<Duration> {
    let seconds = |text: &str| text.trim().parse().ok().map(Duration::from_secs);
    retry_after.and_then(seconds).or_else(|| {
        let wait = reset.and_then(seconds)?.saturating_sub(unix_now);
        (!wait.is_zero()).then(|| wait.min(LONGEST_RESET))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_asked_wait_is_read_from_either_header() {
        let now = Duration::from_secs(1_000);
        let seconds = |count| Some(Duration::from_secs(count));
        for (retry_after, reset, expected) in [
            (Some("7"), Some("1030"), seconds(7)),
            (None, Some("1030"), seconds(30)),
            (Some("Wed, 21 Oct 2026 07:28:00 GMT"), Some("1030"), seconds(30)),
            (None, Some("999"), None),
            (None, Some("9999"), Some(LONGEST_RESET)),
            (Some("0"), None, seconds(0)),
            (Some("-1"), Some("soon"), None),
            (None, None, None),
        ] {
            assert_eq!(wait(retry_after, reset, now), expected, "{retry_after:?} {reset:?}");
        }
    }
}
