//! Reads whole collections: which page to ask for next. Pure.
//!
//! Pages are counted with `page` and `per_page` up to 1,000 records; the service refuses larger
//! offsets, so bigger collections are read again by `take` and `from`, which tells no total.
//! <https://auth0.com/docs/api/management/v2/clients/get-clients>

use std::collections::BTreeSet;

use serde::Deserialize;

/// Most objects that one page may hold.
pub(super) const PAGE: u64 = 100;
/// Most objects that can be read by counting pages.
pub(super) const LARGEST_OFFSET: u64 = 1_000;

/// One page of any collection.
#[derive(Deserialize)]
pub(super) struct Page<T> {
    #[serde(alias = "clients", alias = "client_grants", alias = "resource_servers")]
    pub(super) items: Vec<T>,
    pub(super) total: Option<u64>,
    pub(super) limit: Option<u64>,
    pub(super) next: Option<String>,
}

/// Something that lists hold and that can be told from its like.
pub(super) trait Listed {
    fn id(&self) -> &str;
}

/// What to ask for next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// The page of this number, where each holds so many.
    Numbered {
        number: u64,
        size: u64,
    },
    Checkpoint(Option<String>),
}

impl Ask {
    pub(super) fn query(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Numbered { number, size } => {
                vec![
                    ("page", number.to_string()),
                    ("per_page", size.to_string()),
                    ("include_totals", "true".to_owned()),
                ]
            }
            Self::Checkpoint(from) => {
                let take = ("take", PAGE.to_string());
                from.iter().map(|from| ("from", from.clone())).chain([take]).collect()
            }
        }
    }
}

/// A collection that is being read.
pub(super) struct Reading<T> {
    ask: Ask,
    /// How many objects there were, by the first page that was counted.
    total: Option<u64>,
    seen: BTreeSet<String>,
    items: Vec<T>,
}

/// How a reading goes on after a page.
pub(super) enum Progress<T> {
    Unfinished(Reading<T>),
    Complete(Vec<T>),
}

/// A list that cannot be read to its end: the property that fails to lead on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stuck(pub(super) &'static str);

impl<T: Listed> Reading<T> {
    pub(super) fn new() -> Self {
        Self::starting_with(Ask::Numbered { number: 0, size: PAGE })
    }

    fn starting_with(ask: Ask) -> Self {
        Self { ask, total: None, seen: BTreeSet::new(), items: Vec::new() }
    }

    pub(super) fn ask(&self) -> &Ask {
        &self.ask
    }

    /// Takes the page that was asked for.
    pub(super) fn advance(mut self, page: Page<T>) -> Result<Progress<T>, Stuck> {
        let Page { items, total, limit, next } = page;
        let following = match &self.ask {
            Ask::Numbered { number, .. } => {
                let total = total.ok_or(Stuck("total"))?;
                // The service may cap pages below what was asked for, so its own limit counts.
                let limit = limit.filter(|limit| *limit > 0).ok_or(Stuck("limit"))?;
                // An object that is deleted meanwhile shifts others onto a page that was read before. Checkpoints do not shift.
                if total > LARGEST_OFFSET || *self.total.get_or_insert(total) != total {
                    return Ok(Progress::Unfinished(Self::starting_with(Ask::Checkpoint(None))));
                }
                (number + 1 < total.div_ceil(limit)).then(|| Ask::Numbered { number: number + 1, size: limit })
            }
            Ask::Checkpoint(_) => next.filter(|next| !next.is_empty()).map(|next| Ask::Checkpoint(Some(next))),
        };
        let known = self.items.len();
        // An object that is created meanwhile shifts others onto a page where they are seen again.
        self.items.extend(items.into_iter().filter(|item| self.seen.insert(item.id().to_owned())));
        // A total ends the counting of pages; nothing but news on each page ends a chain of checkpoints.
        if matches!(following, Some(Ask::Checkpoint(_))) && self.items.len() == known {
            return Err(Stuck("next"));
        }
        Ok(match following {
            Some(ask) => Progress::Unfinished(Self { ask, ..self }),
            None => Progress::Complete(self.items),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    impl Listed for String {
        fn id(&self) -> &str {
            self
        }
    }

    /// A service with `count` objects and pages of at most `cap`.
    fn answer(ask: &Ask, count: u64, cap: u64) -> Page<String> {
        let ids = |from: u64| (from..count.min(from + cap)).map(|id| id.to_string()).collect::<Vec<_>>();
        match ask {
            Ask::Numbered { number, size } => {
                let cap = cap.min(*size);
                assert!((number + 1) * cap <= LARGEST_OFFSET || *number == 0, "refused offset");
                Page { items: ids(number * cap), total: Some(count), limit: Some(cap), next: None }
            }
            Ask::Checkpoint(from) => {
                let from = from.as_deref().map_or(0, |from| from.parse().unwrap());
                let next = (from + cap < count).then(|| (from + cap).to_string());
                Page { items: ids(from), total: None, limit: None, next }
            }
        }
    }

    fn read(count: u64, cap: u64) -> (u64, Vec<String>) {
        let mut reading = Reading::new();
        for requests in 1.. {
            let page = answer(reading.ask(), count, cap);
            match reading.advance(page).unwrap() {
                Progress::Unfinished(next) => reading = next,
                Progress::Complete(items) => return (requests, items),
            }
        }
        unreachable!()
    }

    proptest! {
        #[test]
        fn everything_is_read_in_as_few_pages_as_possible(count in 0_u64..3_000, cap in prop_oneof![Just(50_u64), Just(100)]) {
            let (requests, items) = read(count, cap);
            prop_assert_eq!(items, (0..count).map(|id| id.to_string()).collect::<Vec<_>>());
            let pages = count.div_ceil(cap).max(1);
            prop_assert_eq!(requests, if count > LARGEST_OFFSET { pages + 1 } else { pages });
        }
    }

    #[test]
    fn pages_are_asked_for_at_their_largest() {
        let query = |ask: Ask| ask.query().into_iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>();
        assert_eq!(query(Ask::Numbered { number: 3, size: PAGE }), ["page=3", "per_page=100", "include_totals=true"]);
        assert_eq!(query(Ask::Checkpoint(None)), ["take=100"]);
        assert_eq!(query(Ask::Checkpoint(Some("abc".to_owned()))), ["from=abc", "take=100"]);
    }

    #[test]
    fn an_object_that_is_shifted_onto_the_next_page_is_listed_once() {
        let page = |items: &[&str]| Page {
            items: items.iter().map(|&id| id.to_owned()).collect(),
            total: Some(4),
            limit: Some(2),
            next: None,
        };
        let Ok(Progress::Unfinished(reading)) = Reading::new().advance(page(&["a", "b"])) else { panic!() };
        let Ok(Progress::Complete(items)) = reading.advance(page(&["b", "c"])) else { panic!() };
        assert_eq!(items, ["a", "b", "c"]);
    }

    #[test]
    fn a_collection_that_grows_past_the_limit_is_read_again() {
        let page = |total| Page { items: vec!["a".to_owned()], total: Some(total), limit: Some(100), next: None };
        let Ok(Progress::Unfinished(reading)) = Reading::new().advance(page(1_000)) else { panic!() };
        assert_eq!(reading.ask(), &Ask::Numbered { number: 1, size: PAGE });
        let Ok(Progress::Unfinished(reading)) = reading.advance(page(1_001)) else { panic!() };
        assert_eq!(reading.ask(), &Ask::Checkpoint(None));
        assert!(reading.items.is_empty());
    }

    #[test]
    fn a_collection_that_changes_its_size_meanwhile_is_read_again_from_checkpoint_to_checkpoint() {
        let page = |items: &[&str], total| Page {
            items: items.iter().map(|&id| id.to_owned()).collect(),
            total: Some(total),
            limit: Some(2),
            next: None,
        };
        // `a` is deleted, so `c` moves onto the page that was read.
        let Ok(Progress::Unfinished(reading)) = Reading::new().advance(page(&["a", "b"], 4)) else { panic!() };
        let Ok(Progress::Unfinished(reading)) = reading.advance(page(&["d"], 3)) else { panic!() };
        assert_eq!(reading.ask(), &Ask::Checkpoint(None));
        assert!(reading.items.is_empty());
    }

    #[test]
    fn a_list_that_does_not_lead_on_is_an_error_and_not_a_short_list() {
        let bare = || Page { items: Vec::<String>::new(), total: None, limit: None, next: None };
        assert_eq!(Reading::new().advance(bare()).err(), Some(Stuck("total")));
        assert_eq!(
            Reading::new().advance(Page { total: Some(1), limit: Some(0), ..bare() }).err(),
            Some(Stuck("limit"))
        );
        let reading = Reading::starting_with(Ask::Checkpoint(Some("x".to_owned())));
        assert_eq!(reading.advance(Page { next: Some("x".to_owned()), ..bare() }).err(), Some(Stuck("next")));
    }

    #[test]
    fn a_list_that_leads_back_is_an_error() {
        let page = |item: &str, next: &str| Page {
            items: vec![item.to_owned()],
            total: None,
            limit: None,
            next: Some(next.to_owned()),
        };
        let follow = |reading: Reading<String>, page| match reading.advance(page) {
            Ok(Progress::Unfinished(reading)) => reading,
            _ => panic!("the page holds something new"),
        };
        let reading = follow(Reading::starting_with(Ask::Checkpoint(None)), page("1", "a"));
        let reading = follow(reading, page("2", "b"));
        let reading = follow(reading, page("3", "a"));
        assert_eq!(reading.advance(page("2", "b")).err(), Some(Stuck("next")));
    }
}
