//! Durations in the form of Terraform's users.

use std::time::Duration;

use super::Rule;

/// The form of a duration.
pub const DURATION: Rule = Rule::Form("a duration such as `30s`, `20m` or `1h30m`", is_duration);

const UNITS: [(&str, u64); 3] = [("h", 3600), ("m", 60), ("s", 1)];

/// Reads hours, minutes and seconds, in that order, each at most once. Zero is not allowed.
#[must_use]
pub fn parse(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut seconds = 0_u64;
    for (unit, length) in UNITS {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if let Some(after) = rest.get(digits..).filter(|_| digits > 0).and_then(|after| after.strip_prefix(unit)) {
            let count: u64 = rest.get(..digits)?.parse().ok()?;
            seconds = seconds.checked_add(count.checked_mul(length)?)?;
            rest = after;
        }
    }
    (rest.is_empty() && seconds > 0).then(|| Duration::from_secs(seconds))
}

fn is_duration(text: &str) -> bool {
    parse(text).is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hours_minutes_and_seconds_add_up() {
        for (text, seconds) in [("30s", 30), ("20m", 1200), ("1h30m", 5400), ("1h1s", 3601), ("90m", 5400), ("007s", 7)]
        {
            assert_eq!(parse(text), Some(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_duration() {
        for text in
            ["", "20", "m", "20 m", "0s", "0h0m", "-1s", "1.5h", "30s20m", "1m1m", "1d", "１s", "99999999999999999h"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(hours in 0_u64..999, minutes in 0_u64..999, seconds in 1_u64..999) {
            let expected = Duration::from_secs(hours * 3600 + minutes * 60 + seconds);
            prop_assert_eq!(parse(&format!("{hours}h{minutes}m{seconds}s")), Some(expected));
        }

        #[test]
        fn no_text_panics(text in "[0-9hmsé]{0,30}") {
            let _ = parse(&text);
        }
    }
}
