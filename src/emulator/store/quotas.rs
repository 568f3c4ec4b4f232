//! Token quotas: how many tokens a client or an organization may get in an hour and in a day.
//!
//! Rules as in Auth0's documentation, "Fine-grained M2M Token Quotas": buckets end with the hour and the day of UTC.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

const HOUR: i64 = 3600;
const DAY: i64 = 86400;

/// One of the two buckets, after the token of this request was taken from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub name: &'static str,
    pub quota: i64,
    /// Below zero if there was nothing to take.
    pub remaining: i64,
    /// Second at which the bucket is full again, and how far away that is.
    pub reset: i64,
    pub wait: i64,
}

/// The buckets of a client or an organization, as the headers show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quota {
    pub buckets: Vec<Bucket>,
    enforced: bool,
}

impl Quota {
    /// The bucket that refuses the token; of two that do, the one that takes longer.
    pub(crate) fn exceeded(&self) -> Option<Bucket> {
        self.buckets.iter().copied().filter(|bucket| self.enforced && bucket.remaining < 0).max_by_key(|of| of.reset)
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, Bucket { name, quota, remaining, wait, .. }) in self.buckets.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            write!(f, "{comma}b={name};q={quota};r={};t={wait}", remaining.max(&0))?;
        }
        Ok(())
    }
}

/// Tokens issued so far, by whom they count for and by bucket.
#[derive(Debug, Default)]
pub(crate) struct Issued(BTreeMap<(String, i64), (i64, i64)>);

impl Issued {
    /// What one more token leaves, without taking it; `None` if the owner has no quota.
    pub(super) fn quota(&self, owner: &str, settings: &Map<String, Value>, now: i64) -> Option<Quota> {
        let settings = settings.get("token_quota")?.get("client_credentials")?;
        let buckets = [("per_hour", HOUR), ("per_day", DAY)].into_iter().filter_map(|(name, length)| {
            let quota = settings.get(name)?.as_i64()?;
            let reset = (now.div_euclid(length) + 1) * length;
            let remaining = quota - self.count(owner, length, now) - 1;
            Some(Bucket { name, quota, remaining, reset, wait: reset - now })
        });
        let enforced = settings.get("enforce") != Some(&Value::Bool(false));
        Some(Quota { buckets: buckets.collect(), enforced }).filter(|quota| !quota.buckets.is_empty())
    }

    pub(super) fn add(&mut self, owner: &str, now: i64) {
        for length in [HOUR, DAY] {
            let count = self.count(owner, length, now) + 1;
            self.0.insert((owner.to_owned(), length), (now.div_euclid(length), count));
        }
    }

    fn count(&self, owner: &str, length: i64, now: i64) -> i64 {
        match self.0.get(&(owner.to_owned(), length)) {
            Some((period, count)) if *period == now.div_euclid(length) => *count,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_buckets_are_written_as_documented_and_end_on_time() {
        let Value::Object(settings) =
            json!({ "token_quota": { "client_credentials": { "per_hour": 2, "per_day": 50 } } })
        else {
            unreachable!()
        };
        let mut issued = Issued::default();
        let now = 10 * DAY + 60;
        let quota = issued.quota("c", &settings, now).unwrap();
        assert_eq!(quota.to_string(), "b=per_hour;q=2;r=1;t=3540,b=per_day;q=50;r=49;t=86340");
        issued.add("c", now);
        issued.add("c", now);
        let refused = issued.quota("c", &settings, now).unwrap();
        assert_eq!(refused.exceeded().map(|bucket| bucket.reset), Some(10 * DAY + HOUR));
        assert_eq!(refused.to_string(), "b=per_hour;q=2;r=0;t=3540,b=per_day;q=50;r=47;t=86340");
        let later = issued.quota("c", &settings, now + HOUR).unwrap();
        assert_eq!((later.exceeded(), later.buckets[0].remaining, later.buckets[1].remaining), (None, 1, 47));
        assert_eq!(issued.quota("other", &settings, now).unwrap().buckets[0].remaining, 1);
    }
}
