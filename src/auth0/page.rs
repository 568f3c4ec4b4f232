//! Pages of a list: which to request, and how many remain after the first. Pure.
//!
//! Pages are counted with `page` and `per_page` up to 1,000 records. Auth0 refuses larger offsets, so larger
//! collections are read by `take` and `from`, which have no total.
//! <https://auth0.com/docs/api/management/v2/clients/get-clients>

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::document::Document;
use super::error::Flaw;

/// Maximum objects on one page.
const PAGE: u64 = 100;
/// Objects on the smallest pages that Auth0 serves where a hundred are requested.
const SMALL_PAGE: u64 = 50;
/// Maximum objects that counted pages can reach.
const LARGEST_OFFSET: u64 = 1_000;
/// Maximum objects of a list. Auth0's largest plan allows 100,000 applications and as many grants.
/// <https://auth0.com/docs/troubleshoot/customer-support/operational-policies/entity-limit-policy>
const LARGEST_LIST: u64 = 200_000;

/// Objects by ID.
pub(super) type Documents = BTreeMap<String, Arc<Document>>;

/// One page of any collection.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    pub(super) items: Documents,
    pub(super) total: Option<u64>,
    limit: Option<u64>,
    pub(super) next: Option<String>,
}

/// The query of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// The page with this number and size.
    Numbered { number: u64, size: u64 },
    /// The page after this checkpoint, or the first.
    Checkpoint(Option<String>),
}

impl Ask {
    pub(super) const FIRST: Self = Self::Numbered { number: 0, size: PAGE };

    pub(super) fn query(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Numbered { number, size } => vec![
                ("page", number.to_string()),
                ("per_page", size.to_string()),
                ("include_totals", "true".to_owned()),
            ],
            Self::Checkpoint(from) => {
                let take = ("take", PAGE.to_string());
                from.iter().map(|from| ("from", from.clone())).chain([take]).collect()
            }
        }
    }
}

impl Page {
    /// The properties of a page beside its objects.
    pub(super) const FIELDS: [&'static str; 3] = ["total", "limit", "next"];

    /// Reads a page, with its objects in the property `items`, and the ID of each in `key`.
    pub(super) fn of(mut page: Value, items: &str, key: &str) -> Result<Self, Flaw> {
        let Some(Value::Array(objects)) = page.get_mut(items).map(Value::take) else {
            return Err(Flaw::expected(items, "a list"));
        };
        let number = |name: &str| page.get(name).and_then(Value::as_u64);
        let mut documents = Documents::new();
        for (index, object) in objects.into_iter().enumerate() {
            let place = format!("{items}[{index}]");
            let document = Document::of(object, key).map_err(|flaw| flaw.below(&place))?;
            if documents.insert(document.id.clone(), Arc::new(document)).is_some() {
                return Err(Flaw::expected(key, "an ID that the page has once").below(&place));
            }
        }
        Ok(Self {
            items: documents,
            total: number("total"),
            limit: number("limit"),
            next: page.get("next").and_then(Value::as_str).filter(|next| !next.is_empty()).map(str::to_owned),
        })
    }

    /// How many objects the list has.
    pub(super) fn told(&self) -> Result<u64, Flaw> {
        match self.total {
            Some(total) if total > LARGEST_LIST => Err(Flaw::expected("total", "at most 200,000 objects")),
            Some(total) => Ok(total),
            None => Err(stalled("total")),
        }
    }

    /// How many pages follow, their size, and whether they can be counted. If not, checkpoints start from the beginning.
    fn following(&self) -> Result<(u64, u64, bool), Flaw> {
        let total = self.told()?;
        // Auth0 may return smaller pages than requested.
        let size = self.limit.filter(|limit| *limit > 0).ok_or_else(|| stalled("limit"))?.min(PAGE);
        let pages = total.div_ceil(size);
        let is_counted = total <= LARGEST_OFFSET && pages <= most_pages(total);
        Ok((if is_counted { pages.saturating_sub(1) } else { pages }, size, is_counted))
    }

    /// Number of requests to read the rest of the list.
    pub(super) fn other_pages(&self) -> Result<u64, Flaw> {
        Ok(self.following()?.0)
    }

    /// The queries for the rest of the list; `None` if the pages cannot be counted.
    pub(super) fn rest(&self) -> Result<Option<Vec<Ask>>, Flaw> {
        let (pages, size, is_counted) = self.following()?;
        Ok(is_counted.then(|| (1..=pages).map(|number| Ask::Numbered { number, size }).collect()))
    }
}

/// Maximum pages of a list with so many objects. It allows for small pages, and for objects that are created meanwhile.
pub(super) fn most_pages(total: u64) -> u64 {
    20 + 2 * total.div_ceil(SMALL_PAGE)
}

/// The list cannot be read to its end, because a property does not lead to the next page.
pub(super) fn stalled(property: &str) -> Flaw {
    Flaw { path: property.to_owned(), reason: "the list does not lead on".to_owned() }
}

#[cfg(test)]
mod tests;
