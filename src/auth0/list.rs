//! Reads lists, page by page.

use std::sync::atomic::Ordering;

use futures_util::future::try_join_all;
use reqwest::Method;

use super::collection::count;
use super::error::Error;
use super::objects::Objects;
use super::page::{Ask, Documents, Page, stalled};

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
        let mut promised = None;
        if let Some(asks) = first.rest().map_err(|flaw| flaw.at(&endpoint))? {
            let pages = try_join_all(asks.iter().map(|ask| self.page(ask, filters))).await?;
            let is_steady = pages.iter().all(|page| page.total == first.total);
            let documents: Documents = pages.into_iter().fold(first.items.clone(), joined);
            if is_steady && first.total == Some(documents.len() as u64) {
                return Ok(documents);
            }
            promised = first.total.filter(|_| is_steady);
        }
        let (mut documents, mut ask) = (Documents::new(), Ask::Checkpoint(None));
        loop {
            let (page, known) = (self.page(&ask, filters).await?, documents.len());
            let next = page.next.clone();
            documents = joined(documents, page);
            match next {
                // A list that contradicts itself proves no absence.
                None if promised.is_some_and(|total| total > documents.len() as u64) => {
                    return Err(stalled("total").at(&endpoint));
                }
                None => return Ok(documents),
                // Nothing but news on each page ends a chain of checkpoints.
                Some(_) if documents.len() == known => return Err(stalled("next").at(&endpoint)),
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

fn joined(mut documents: Documents, page: Page) -> Documents {
    documents.extend(page.items);
    documents
}
