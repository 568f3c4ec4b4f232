//! The requests about the objects of one collection, in one operation.

use reqwest::Method;

use super::collection::Collection;
use super::document::Document;
use super::error::{Error, Flaw};
use super::request::{Repeat, Request};
use super::transport::Operation;

/// The objects of a collection, for the time of one operation.
#[derive(Clone, Copy)]
pub(super) struct Objects<'a> {
    pub(super) collection: &'a Collection,
    pub(super) operation: &'a Operation,
}

impl Objects<'_> {
    /// A request about an object.
    pub(super) fn object(&self, method: Method, id: &str) -> Result<Request, Error> {
        let path: Vec<&str> = self.collection.path.iter().map(String::as_str).chain([id]).collect();
        self.operation.request(method, &path)
    }

    /// A request about what belongs to an object.
    pub(super) fn part(&self, method: Method, id: &str, name: &str) -> Result<Request, Error> {
        let path: Vec<&str> = self.collection.path.iter().map(String::as_str).chain([id, name]).collect();
        self.operation.request(method, &path)
    }

    /// A request about the collection as a whole.
    pub(super) fn whole(&self, method: Method) -> Result<Request, Error> {
        self.operation.request(method, &self.collection.path)
    }

    /// Sends a request and reads the object that its response shows.
    pub(super) async fn fetch_any(&self, request: &Request) -> Result<Document, Error> {
        let value = self.operation.fetch_with(request, &self.collection.fields).await?;
        Document::of(value, self.collection.area.key).map_err(|flaw| {
            let error = flaw.at(&request.endpoint);
            // Something was created, but its id is lost.
            if request.repeat == Repeat::IfUnsent { error.unknown_fate() } else { error }
        })
    }

    /// Sends a request about the object `id`, and reads the object. A response about another object cannot be read: the
    /// state would name the other one, and the next destroy would delete it.
    pub(super) async fn fetch(&self, request: &Request, id: &str) -> Result<Document, Error> {
        let document = self.fetch_any(request).await?;
        if self.collection.area.is_named(&document.object, id) {
            return Ok(document);
        }
        Err(Flaw::expected(self.collection.area.key, "the ID in the request").at(&request.endpoint))
    }

    /// Deletes an object. One that is gone already is fine.
    pub(super) async fn delete(&self, id: &str) -> Result<(), Error> {
        match self.operation.delete(&self.object(Method::DELETE, id)?).await {
            Err(error) if error.is_not_found() => Ok(()),
            outcome => outcome,
        }
    }

    /// Reads an object by itself; `None` if there is none.
    pub(super) async fn fetch_one(&self, request: &Request, id: &str) -> Result<Option<Document>, Error> {
        match self.fetch(request, id).await {
            Err(error) if error.is_not_found() => Ok(None),
            other => other.map(Some),
        }
    }
}
