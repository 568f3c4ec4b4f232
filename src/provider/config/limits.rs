//! How much of the tenant's rate limit the provider may use.

use super::{Config, setting::Lookup};
use crate::{
    auth0::Limits,
    diagnostic::Diagnostic,
    value::{Number, Value},
};

/// The default of `quota_share`.
const QUOTA_SHARE: f64 = 0.8;

/// Valid shares. With less than a hundredth, the provider would hardly send anything.
pub(super) const SHARE: &str = "a number from `0.01` to `1`";

/// Valid maximum rates.
pub(super) const MOST: &str = "a number from `0.01` to `1000`";

pub(super) fn is_share(number: &Number) -> bool {
    number.to_f64().is_some_and(|share| (0.01..=1.0).contains(&share))
}

pub(super) fn is_most(number: &Number) -> bool {
    number.to_f64().is_some_and(|most| (0.01..=1000.0).contains(&most))
}

pub(super) fn limits(config: &Config, lookup: &Lookup<'_>) -> Result<Limits, Diagnostic> {
    let share = number("quota_share", &config.quota_share, lookup, SHARE, is_share)?;
    let most = number("max_requests_per_second", &config.max_requests_per_second, lookup, MOST, is_most)?;
    Ok(Limits { quota_share: share.unwrap_or(QUOTA_SHARE), max_requests_per_second: most })
}

fn number(
    name: &'static str,
    argument: &Value<Number>,
    lookup: &Lookup<'_>,
    demand: &str,
    is_meant: fn(&Number) -> bool,
) -> Result<Option<f64>, Diagnostic> {
    let text = argument.clone().map(|number| number.to_string());
    let Some(setting) = lookup.find::<String>(name, &text) else { return Ok(None) };
    match setting.value.parse::<Number>() {
        Ok(number) if is_meant(&number) => Ok(number.to_f64()),
        Ok(number) => Err(setting.unusable(format!("\"{}\" is not {demand}", number.shown()))),
        Err(_) => Err(setting.unusable(format!("{:?} is not {demand}", setting.value))),
    }
}
