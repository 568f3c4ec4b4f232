//! Token quotas: how many tokens a client or an organization may get in an hour and in a day.
//!
//! Rules as in Auth0's documentation, "Fine-grained M2M Token Quotas": buckets end with the hour and the day of UTC.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::collection::Collection;
use super::record::Record;
use super::{Client, Organization, Tenant};

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

/// Tokens that count for a client or an organization in one of its buckets, in the current hour or day of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenCount {
    /// Owner and length of the bucket in seconds.
    id: String,
    length: i64,
    period: i64,
    count: i64,
}

impl Record for TokenCount {
    const KIND: &'static str = "token_counts";

    fn id(&self) -> &str {
        &self.id
    }
}

impl TokenCount {
    fn id_of(owner: &str, length: i64) -> String {
        format!("{owner} {length}")
    }

    fn is_over(&self, now: i64) -> bool {
        self.period != now.div_euclid(self.length)
    }
}

impl Collection<TokenCount> {
    /// What one more token leaves, without taking it; `None` if the owner has no quota.
    fn quota(&self, owner: &str, settings: &Map<String, Value>, now: i64) -> Option<Quota> {
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

    fn add(&mut self, owner: &str, now: i64) {
        self.remove_where(|count| count.is_over(now));
        for length in [HOUR, DAY] {
            let id = TokenCount::id_of(owner, length);
            match self.find_mut(&id) {
                Some(count) => count.count += 1,
                None => self.insert(TokenCount { id, length, period: now.div_euclid(length), count: 1 }),
            }
        }
    }

    fn count(&self, owner: &str, length: i64, now: i64) -> i64 {
        let count = self.find(&TokenCount::id_of(owner, length)).filter(|count| !count.is_over(now));
        count.map_or(0, |count| count.count)
    }
}

impl Tenant {
    /// What is left of the quota of a client once it gets a token now.
    pub(crate) fn quota_of_client(&self, client: &Client) -> Option<Quota> {
        self.objects.token_counts.quota(client.id(), &client.settings, self.clock.now().as_second())
    }

    /// The same for an organization.
    pub(crate) fn quota_of_organization(&self, organization: &Organization) -> Option<Quota> {
        self.objects.token_counts.quota(organization.id(), &organization.document, self.clock.now().as_second())
    }

    /// Counts a token for its client and its organization.
    pub(crate) fn count_token(&mut self, client: &str, organization: Option<&str>) {
        let now = self.clock.now().as_second();
        for owner in [Some(client), organization].into_iter().flatten() {
            self.objects.token_counts.add(owner, now);
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
        let mut issued = Collection::<TokenCount>::default();
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
