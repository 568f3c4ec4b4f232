//! Lengths of time as text.

use std::time::Duration;

/// Why a text is no length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a duration is a number with a unit, such as `30s`, `5m` or `1h30m`")]
pub struct DurationError;

const UNITS: [(&str, f64); 4] = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];

/// Reads a length of time as Go writes it, which is how Terraform's users know it: numbers with the units `h`, `m`, `s` and
/// `ms`, one after another.
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    let (mut rest, mut seconds) = (text, 0.0);
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or(DurationError)?;
        let (number, after) = rest.split_at(number);
        let unit = after.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit);
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit).ok_or(DurationError)?;
        seconds += number.parse::<f64>().map_err(|_| DurationError)? * factor;
        rest = after;
    }
    if text.is_empty() { Err(DurationError) } else { Duration::try_from_secs_f64(seconds).map_err(|_| DurationError) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_units_add_up() {
        for (text, milliseconds) in
            [("30s", 30_000), ("20m", 1_200_000), ("1h30m", 5_400_000), ("1.5s", 1_500), ("250ms", 250), ("0s", 0)]
        {
            assert_eq!(parse(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
    }

    #[test]
    fn everything_else_is_no_duration() {
        let long = format!("{}h", "9".repeat(400));
        for text in ["", "30", "s", "-5s", "+5s", "5 s", " 5s", "5S", "1d", "1e3s", "1..5s", "∞s", long.as_str()] {
            assert_eq!(parse(text), Err(DurationError), "{text}");
        }
    }
}
