//! Reads one object, for a reader that may be one of many.

use std::sync::Arc;

use reqwest::Method;

use super::collection::count;
use super::document::{Document, Object, Seen};
use super::error::{Error, Flaw};
use super::knowledge::{Found, Source};
use super::objects::Objects;
use super::page::{Documents, Page};

impl Objects<'_> {
    /// Reads an object; `None` if there is none. It comes from a list if that shows it the same as it is known. A list may
    /// confirm, never surprise: what it lacks or shows otherwise is read singly.
    pub(super) async fn read<T>(
        &self,
        id: &str,
        view: impl Fn(&Object) -> Result<Seen<T>, Flaw>,
    ) -> Result<Option<T>, Error> {
        let request = self.object(Method::GET, id)?;
        let knowledge = self.collection.knowledge();
        count(&self.collection.cost.objects);
        let seen = |document: Option<Arc<Document>>| match document.map(|document| view(&document.object)).transpose() {
            Ok(seen) => Ok(seen.map(|seen| seen.value)),
            Err(flaw) => Err(flaw.at(&request.endpoint)),
        };
        let listed = match self.operation.bounds().run(&request.endpoint, knowledge.find(self, id)).await?? {
            Found::Singly(document) => return seen(document),
            Found::Listed(document) => Some(document),
            Found::Unlisted => None,
        };
        if let Some(Ok(Seen { value, same: None | Some(true) })) = listed.as_ref().map(|listed| view(&listed.object)) {
            count(&self.collection.cost.from_pages);
            return Ok(Some(value));
        }
        count(&self.collection.cost.confirmations);
        let document = self.operation.bounds().run(&request.endpoint, knowledge.single(self, id)).await??;
        if let (Some(listed), Some(document)) = (&listed, &document) {
            self.tell_differences(&listed.object, &document.object);
        }
        seen(document)
    }

    fn tell_differences(&self, listed: &Object, object: &Object) {
        let names = listed.keys().chain(object.keys()).filter(|name| listed.get(*name) != object.get(*name));
        let names = names.filter(|name| !self.collection.area.secrets.contains(&name.as_str()));
        for property in names.filter(|name| self.collection.is_news(name)) {
            let collection = self.collection.path.join("/");
            tracing::info!(collection, property, "a list and the object itself show different values of this property");
        }
    }
}

impl Source for Objects<'_> {
    async fn single(&self, id: &str) -> Result<Option<Arc<Document>>, Error> {
        Ok(self.fetch_one(&self.object(Method::GET, id)?, id).await?.map(Arc::new))
    }

    async fn first_page(&self) -> Result<Page, Error> {
        self.beginning(&[]).await.inspect_err(tell_failure)
    }

    async fn all_pages(&self, first: &Page) -> Result<Documents, Error> {
        self.list_after(first, &[]).await.inspect_err(tell_failure)
    }
}

fn tell_failure(error: &Error) {
    tracing::debug!(%error, "a list cannot be read, so its objects are read singly");
}
