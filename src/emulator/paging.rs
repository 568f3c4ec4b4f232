//! Pages of a list: by offset with or without totals, or from checkpoint to checkpoint.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

/// Offsets reach this far into a list; what lies behind is for checkpoints.
const MAX_OFFSET: u64 = 1000;

/// Size of a page when the request names none.
const DEFAULT_SIZE: u64 = 50;

/// What a request asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Paging {
    pub page: Option<u64>,
    pub per_page: Option<u64>,
    pub include_totals: bool,
    pub from: Option<String>,
    pub take: Option<u64>,
}

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PagingError {
    /// The sentence that the service is on record with.
    #[error(
        "Requesting page {page} exceeds the allowed maximum of {MAX_OFFSET} records. \
         To fetch results beyond {MAX_OFFSET}, use the checkpoint pagination method."
    )]
    OutOfReach { page: u64 },
    #[error("Query validation error: 'Invalid checkpoint' on property from.")]
    UnknownCheckpoint,
}

impl Paging {
    /// The page of `items`, which come in the order of their keys. Only what is on the page is converted.
    ///
    /// Checkpoints win over offsets when both are asked for.
    pub(crate) fn paginate<'k, T>(
        &self,
        items: impl Iterator<Item = (&'k str, T)>,
        name: &str,
        show: impl Fn(T) -> Value,
    ) -> Result<Value, PagingError> {
        if self.take.is_some() || self.from.is_some() {
            self.after_checkpoint(items, name, show)
        } else {
            self.at_offset(items, name, show)
        }
    }

    fn at_offset<'k, T>(
        &self,
        mut items: impl Iterator<Item = (&'k str, T)>,
        name: &str,
        show: impl Fn(T) -> Value,
    ) -> Result<Value, PagingError> {
        let (page, limit) = (self.page.unwrap_or(0), self.per_page.unwrap_or(DEFAULT_SIZE));
        let start = page.saturating_mul(limit);
        if start.saturating_add(limit) > MAX_OFFSET {
            return Err(PagingError::OutOfReach { page });
        }
        let skip = usize::try_from(start).unwrap_or(usize::MAX);
        let take = usize::try_from(limit).unwrap_or(usize::MAX);
        let before = items.by_ref().take(skip).count();
        let page: Vec<Value> = items.by_ref().take(take).map(|(_, item)| show(item)).collect();
        Ok(if self.include_totals {
            let total = before + page.len() + items.count();
            json!({ "total": total, "start": start, "limit": limit, name: page })
        } else {
            Value::Array(page)
        })
    }

    fn after_checkpoint<'k, T>(
        &self,
        items: impl Iterator<Item = (&'k str, T)>,
        name: &str,
        show: impl Fn(T) -> Value,
    ) -> Result<Value, PagingError> {
        let last_seen = self.from.as_deref().map(parse_checkpoint).transpose()?;
        let take = usize::try_from(self.take.unwrap_or(DEFAULT_SIZE)).unwrap_or(usize::MAX);
        let mut rest = items.filter(|(key, _)| last_seen.as_deref().is_none_or(|seen| *key > seen)).peekable();
        let (mut page, mut last) = (Vec::new(), "");
        while page.len() < take
            && let Some((key, item)) = rest.next()
        {
            page.push(show(item));
            last = key;
        }
        let mut envelope = Map::from_iter([(name.to_owned(), Value::Array(page))]);
        if rest.peek().is_some() {
            envelope.insert("next".into(), URL_SAFE_NO_PAD.encode(last).into());
        }
        Ok(Value::Object(envelope))
    }
}

/// A checkpoint is the key of the last item seen, so that changes elsewhere in the list shift nothing.
fn parse_checkpoint(checkpoint: &str) -> Result<String, PagingError> {
    let bytes = URL_SAFE_NO_PAD.decode(checkpoint).map_err(|_| PagingError::UnknownCheckpoint)?;
    String::from_utf8(bytes).map_err(|_| PagingError::UnknownCheckpoint)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A page of the list 0, 1, 2, and so on.
    fn page_of(paging: &Paging, count: usize) -> Result<Value, PagingError> {
        let items: Vec<_> = (0..count).map(|n| (format!("{n:08}"), n)).collect();
        paging.paginate(items.iter().map(|(key, n)| (key.as_str(), n)), "things", |n| json!(n))
    }

    #[test]
    fn without_totals_a_page_is_a_plain_array_of_fifty() {
        let page = page_of(&Paging::default(), 60).unwrap();
        assert_eq!(page.as_array().map(Vec::len), Some(50));
    }

    #[test]
    fn a_page_past_the_end_is_empty_and_tells_where_it_starts() {
        let paging = Paging { page: Some(3), per_page: Some(10), include_totals: true, ..Paging::default() };
        let page = page_of(&paging, 7).unwrap();
        assert_eq!(page, json!({ "total": 7, "start": 30, "limit": 10, "things": [] }));
    }

    #[test]
    fn offsets_end_after_a_thousand_records() {
        let page = |page, per_page| Paging { page: Some(page), per_page: Some(per_page), ..Paging::default() };
        assert!(page_of(&page(9, 100), 1).is_ok());
        let refused = page_of(&page(10, 100), 2000).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "Requesting page 10 exceeds the allowed maximum of 1000 records. To fetch results beyond 1000, use the \
             checkpoint pagination method."
        );
        assert!(page_of(&page(20, 50), 1).is_err());
    }

    #[test]
    fn taking_wins_over_offsets() {
        let paging = Paging { take: Some(2), per_page: Some(1), include_totals: true, ..Paging::default() };
        let page = page_of(&paging, 2).unwrap();
        assert_eq!(page, json!({ "things": [0, 1] }));
    }

    #[test]
    fn a_made_up_checkpoint_is_refused() {
        let paging = Paging { from: Some("%%%".into()), ..Paging::default() };
        assert_eq!(page_of(&paging, 2), Err(PagingError::UnknownCheckpoint));
    }

    proptest! {
        #[test]
        fn checkpoints_lead_through_the_whole_list(count in 0..60_usize, take in 1..20_u64) {
            let (mut seen, mut from) = (Vec::new(), None);
            loop {
                let page = page_of(&Paging { from, take: Some(take), ..Paging::default() }, count).unwrap();
                seen.extend(page["things"].as_array().unwrap().clone());
                from = page["next"].as_str().map(str::to_owned);
                if from.is_none() {
                    break;
                }
            }
            prop_assert_eq!(seen, (0..count).map(|n| json!(n)).collect::<Vec<_>>());
        }

        #[test]
        fn offset_pages_together_are_the_list(count in 0..60_usize, size in 1..20_u64) {
            let mut seen = Vec::new();
            for page in 0..=60 / size {
                let paging = Paging { page: Some(page), per_page: Some(size), ..Paging::default() };
                seen.extend(page_of(&paging, count).unwrap().as_array().unwrap().clone());
            }
            prop_assert_eq!(seen, (0..count).map(|n| json!(n)).collect::<Vec<_>>());
        }
    }
}
