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
/// Maximum objects that counted pages can reach.
const LARGEST_OFFSET: u64 = 1_000;

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
        let document = |(index, object)| match Document::of(object, key) {
            Ok(document) => Ok((document.id.clone(), Arc::new(document))),
            Err(flaw) => Err(flaw.below(&format!("{items}[{index}]"))),
        };
        let number = |name: &str| page.get(name).and_then(Value::as_u64);
        Ok(Self {
            items: objects.into_iter().enumerate().map(document).collect::<Result<_, _>>()?,
            total: number("total"),
            limit: number("limit"),
            next: page.get("next").and_then(Value::as_str).filter(|next| !next.is_empty()).map(str::to_owned),
        })
    }

    /// How many more pages the list has, and their size. Auth0 may return smaller pages than requested.
    fn counted(&self) -> Result<(u64, u64), Flaw> {
        let total = self.total.ok_or_else(|| stalled("total"))?;
        let size = self.limit.filter(|limit| *limit > 0).ok_or_else(|| stalled("limit"))?;
        // Checkpoints start from the beginning.
        let pages = total.div_ceil(size);
        Ok((if total > LARGEST_OFFSET { pages } else { pages.saturating_sub(1) }, size))
    }

    /// Number of requests to read the rest of the list.
    pub(super) fn other_pages(&self) -> Result<u64, Flaw> {
        Ok(self.counted()?.0)
    }

    /// The queries for the rest of the list; `None` if the pages cannot be counted.
    pub(super) fn rest(&self) -> Result<Option<Vec<Ask>>, Flaw> {
        let (pages, size) = self.counted()?;
        let is_counted = self.total.is_some_and(|total| total <= LARGEST_OFFSET);
        Ok(is_counted.then(|| (1..=pages).map(|number| Ask::Numbered { number, size }).collect()))
    }
}

/// The list cannot be read to its end, because a property does not lead to the next page.
pub(super) fn stalled(property: &str) -> Flaw {
    Flaw { path: property.to_owned(), reason: "the list does not lead on".to_owned() }
}

#[cfg(test)]
mod tests;
