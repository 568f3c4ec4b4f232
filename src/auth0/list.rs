//! Reads lists, page by page.

use std::sync::atomic::Ordering;

use futures_util::future::try_join_all;
use reqwest::Method;

use super::collection::count;
use super::error::{Error, Flaw};
use super::gathering::Gathering;
use super::objects::Objects;
use super::page::{Ask, Documents, Page, stalled};

/// How many pages are requested at the same time.
const PAGES_AT_ONCE: usize = 10;

type Filters<'f> = &'f [(&'f str, &'f str)];

impl Objects<'_> {
    /// Reads the whole list.
    pub(super) async fn list(&self, filters: Filters<'_>) -> Result<Documents, Error> {
        let first = self.page(&Ask::FIRST, filters).await?;
        self.list_after(&first, filters).await
    }

    /// Reads the rest of a list, and puts it all together. An object that is deleted meanwhile shifts others onto a page that
    /// was read before. So a list of another number than its pages tell is read again by checkpoints, which do not shift.
    pub(super) async fn list_after(&self, first: &Page, filters: Filters<'_>) -> Result<Documents, Error> {
        let endpoint = self.whole(Method::GET)?.endpoint;
        let flawed = |flaw: Flaw| flaw.at(&endpoint);
        let mut told = first.told().map_err(flawed)?;
        if let Some(asks) = first.rest().map_err(flawed)? {
            let (mut counted, mut is_steady) = (Gathering::of(told), true);
            counted.add(first.clone()).map_err(flawed)?;
            for asks in asks.chunks(PAGES_AT_ONCE) {
                for page in try_join_all(asks.iter().map(|ask| self.page(ask, filters))).await? {
                    is_steady &= page.total == first.total;
                    counted.add(page).map_err(flawed)?;
                }
            }
            if is_steady && counted.documents.len() as u64 == told {
                return Ok(counted.documents);
            }
            told = counted.told;
        }
        let chain = self.chain(told, filters).await?;
        // Some may have been deleted while it was read. Otherwise it contradicts itself, and proves no absence.
        if !chain.holds(chain.told) && !chain.holds(self.beginning(filters).await?.told().map_err(flawed)?) {
            return Err(flawed(stalled("total")));
        }
        Ok(chain.documents)
    }

    /// Reads a list that has `told` objects from checkpoint to checkpoint.
    async fn chain(&self, told: u64, filters: Filters<'_>) -> Result<Gathering, Error> {
        let endpoint = self.whole(Method::GET)?.endpoint;
        let (mut chain, mut ask) = (Gathering::of(told), Ask::Checkpoint(None));
        loop {
            let page = self.page(&ask, filters).await?;
            let next = page.next.clone();
            let is_news = chain.add(page).map_err(|flaw| flaw.at(&endpoint))?;
            match next {
                None => return Ok(chain),
                Some(_) if !is_news => return Err(stalled("next").at(&endpoint)),
                next => ask = Ask::Checkpoint(next),
            }
        }
    }

    /// Reads the first page alone.
    pub(super) async fn beginning(&self, filters: Filters<'_>) -> Result<Page, Error> {
        self.page(&Ask::FIRST, filters).await
    }

    /// Reads one page, without its secrets where the service agrees to leave them out.
    async fn page(&self, ask: &Ask, filters: Filters<'_>) -> Result<Page, Error> {
        let secrets = self.collection.area.secrets.join(",");
        if !secrets.is_empty() && !self.collection.shows_secrets.load(Ordering::Relaxed) {
            let leaving_out = [("fields", secrets.as_str()), ("include_fields", "false")];
            match self.page_with(ask, leaving_out.iter().chain(filters).copied()).await {
                Err(error) if error.is_forbidden() => {}
                outcome => return outcome,
            }
        }
        let page = self.page_with(ask, filters.iter().copied()).await?;
        self.collection.shows_secrets.store(true, Ordering::Relaxed);
        Ok(page)
    }

    async fn page_with<'q>(&self, ask: &Ask, query: impl Iterator<Item = (&'q str, &'q str)>) -> Result<Page, Error> {
        count(&self.collection.cost.pages);
        let paging = ask.query();
        let paging = paging.iter().map(|(name, value)| (*name, value.as_str()));
        let request = self.whole(Method::GET)?.query(query).query(paging);
        let page = self.operation.fetch_with(&request, &self.collection.page_fields).await?;
        Page::of(page, &self.collection.area.list_property(), self.collection.area.key)
            .map_err(|flaw| flaw.at(&request.endpoint))
    }
}
