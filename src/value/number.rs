//! Exact numbers of any size.

use std::{fmt, str::FromStr};

use bigdecimal::{BigDecimal, ToPrimitive};

/// A number as Terraform has it: decimal, exact, of any size. Equal numbers are equal however they were written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number(BigDecimal);

impl Number {
    /// The number as `i64`, when it is whole and fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.0.is_integer().then(|| self.0.to_i64()).flatten()
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
    type Err = bigdecimal::ParseBigDecimalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        BigDecimal::from_str(text).map(|number| Self(number.normalized()))
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
    fn big_numbers_stay_exact() {
        let text = "340282346638528859811704183484516925440";
        let number: Number = text.parse().unwrap();
        assert_eq!(number.to_string(), text);
        assert_eq!(number.as_i64(), None);
    }
}
