//! Exact numbers of any size.

use std::{fmt, str::FromStr};

use bigdecimal::{BigDecimal, ToPrimitive};

/// Maximum digits in plain notation, including zeros. Otherwise a short text with an exponent could fill the memory.
/// Terraform itself keeps 155 significant digits.
const LONGEST: u16 = 10_000;

/// Maximum characters of a number in a message. Every 64-bit number is shorter.
const LONGEST_SHOWN: usize = 24;

/// Text that is not a number, or has too many digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a finite number of at most {LONGEST} digits")]
pub struct NotANumber;

/// A number as in Terraform: decimal, exact, of any size. Equal numbers are equal in any notation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number(BigDecimal);

impl Number {
    /// The number as `i64`, if it is whole and fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.0.is_integer().then(|| self.0.to_i64()).flatten()
    }

    /// The nearest float.
    #[must_use]
    pub fn to_f64(&self) -> Option<f64> {
        self.0.to_f64()
    }

    /// The number for a message: a long one is rounded, and has an exponent.
    #[must_use]
    pub fn shown(&self) -> String {
        let plain = self.to_string();
        if plain.len() <= LONGEST_SHOWN { plain } else { self.0.with_prec(6).normalized().to_scientific_notation() }
    }

    /// The exact value of a finite float.
    pub(super) fn from_f64(float: f64) -> Option<Self> {
        BigDecimal::try_from(float).ok().map(Self)
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        Self(number.into())
    }
}

impl From<u64> for Number {
    fn from(number: u64) -> Self {
        Self(number.into())
    }
}

impl FromStr for Number {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Beside its digits, the longest number has a sign, a point and a zero.
        if text.len() > usize::from(LONGEST) + 3 {
            return Err(NotANumber);
        }
        let number = BigDecimal::from_str(text).map_err(|_| NotANumber)?.normalized();
        // A negative value counts the zeros at the end of a whole number.
        let zeros_or_decimals = number.fractional_digit_count().unsigned_abs();
        if number.digits().saturating_add(zeros_or_decimals) <= u64::from(LONGEST) {
            Ok(Self(number))
        } else {
            Err(NotANumber)
        }
    }
}

/// Plain decimal notation, without an exponent.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_plain_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_are_equal_however_written() {
        let number = |text: &str| text.parse::<Number>().unwrap();
        assert_eq!(number("1e3"), Number::from(1000_i64));
        assert_eq!(number("0.50"), Number::from_f64(0.5).unwrap());
        assert_ne!(number("0.1"), Number::from_f64(0.1).unwrap(), "0.1 has no exact float");
    }

    #[test]
    fn what_has_no_end_is_no_number() {
        for text in ["1e999999999", "1e-999999999", "1e99999999999999999999", "NaN", "Infinity", "", "-", "0x10"] {
            assert_eq!(text.parse::<Number>(), Err(NotANumber), "{text}");
        }
        for (longest, too_long) in [("1e9999", "1e10000"), ("-1e-9999", "-1e-10000"), ("0e-99999", "12e9999")] {
            let number: Number = longest.parse().unwrap();
            assert_eq!(number.to_string().parse(), Ok(number), "{longest}");
            assert_eq!(too_long.parse::<Number>(), Err(NotANumber), "{too_long}");
        }
    }

    #[test]
    fn a_message_has_no_number_of_300_digits() {
        for (text, shown) in [
            ("1e300", "1e300"),
            ("-1.25e-300", "-1.25e-300"),
            ("123456789012345678901234567890", "1.23457e29"),
            ("9223372036854775807", "9223372036854775807"),
            ("0.1", "0.1"),
        ] {
            assert_eq!(text.parse::<Number>().unwrap().shown(), shown);
        }
        assert!(format!("0.{}", "1".repeat(300)).parse::<Number>().unwrap().shown().len() < 24);
    }

    #[test]
    fn big_numbers_stay_exact() {
        let text = "340282346638528859811704183484516925440";
        let number: Number = text.parse().unwrap();
        assert_eq!(number.to_string(), text);
        assert_eq!(number.as_i64(), None);
    }
}
