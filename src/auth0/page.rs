//! Pages of a list: what to ask for, and what the first one leaves. Pure.
//!
//! Pages are counted with `page` and `per_page` up to 1,000 records. The service refuses larger offsets, so larger
//! collections are read by `take` and `from`, which tells no total.
//! <https://auth0.com/docs/api/management/v2/clients/get-clients>

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::document::Document;
use super::error::Flaw;

/// Most objects that one page may hold.
const PAGE: u64 = 100;
/// Most objects that can be read by counting pages.
const LARGEST_OFFSET: u64 = 1_000;

/// Objects by their ids.
pub(super) type Documents = BTreeMap<String, Arc<Document>>;

/// One page of any collection.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    pub(super) items: Documents,
    pub(super) total: Option<u64>,
    limit: Option<u64>,
    pub(super) next: Option<String>,
}

/// What to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// The page of this number, where each holds so many.
    Numbered { number: u64, size: u64 },
    /// The page after this one, or the first.
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

    /// Reads a page, which has its objects in the property `items`, and each of them its id in `key`.
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

    /// How many further pages the list has, and how many objects each holds: the service may cap what was asked for.
    fn counted(&self) -> Result<(u64, u64), Flaw> {
        let total = self.total.ok_or_else(|| stalled("total"))?;
        let size = self.limit.filter(|limit| *limit > 0).ok_or_else(|| stalled("limit"))?;
        // Checkpoints begin anew.
        let pages = total.div_ceil(size);
        Ok((if total > LARGEST_OFFSET { pages } else { pages.saturating_sub(1) }, size))
    }

    /// How many requests it takes to read the rest of the list.
    pub(super) fn other_pages(&self) -> Result<u64, Flaw> {
        Ok(self.counted()?.0)
    }

    /// What to ask for beside this first page; `None` if the pages cannot be counted.
    pub(super) fn rest(&self) -> Result<Option<Vec<Ask>>, Flaw> {
        let (pages, size) = self.counted()?;
        let is_counted = self.total.is_some_and(|total| total <= LARGEST_OFFSET);
        Ok(is_counted.then(|| (1..=pages).map(|number| Ask::Numbered { number, size }).collect()))
    }
}

/// A list that cannot be read to its end, because a property does not lead on.
pub(super) fn stalled(property: &str) -> Flaw {
    Flaw { path: property.to_owned(), reason: "the list does not lead on".to_owned() }
}

#[cfg(test)]
mod tests;
