//! Create, read, update, delete and list, for the objects of every area.

use std::sync::Arc;

use reqwest::Method;

use super::area::Area;
use super::body::Body;
use super::creation::{Created, Creation};
use super::document::{Object, Seen};
use super::error::{Error, Flaw};
use super::session::{Place, Session};

/// The objects of one area, or those that belong to one parent object.
pub struct Api<'a> {
    pub(super) session: &'a Session,
    pub(super) place: Arc<Place>,
}

impl Session {
    /// The objects of `area`. If they belong to parent objects, `parents` has the IDs of these, outermost first.
    #[must_use]
    pub fn api(&self, area: &'static Area, parents: &[&str]) -> Api<'_> {
        Api { session: self, place: self.place(area, parents) }
    }
}

impl Api<'_> {
    /// Creates an object. If the response is lost, searches for the object before it sends the request again. Uses the
    /// object it finds if `view` says that it is the same.
    pub async fn create<T: 'static>(
        &self,
        body: &Body,
        view: impl Fn(&Object) -> Result<Seen<T>, Flaw> + Send + Sync + 'static,
    ) -> Result<Created<T>, Error> {
        let _renewal = Renewal(self);
        let Place { collection, creations } = &*self.place;
        Creation::new(collection, &self.session.operation, body, Arc::new(view))?.run(creations).await
    }

    /// Reads an object; `None` if there is none. The object may come from a list, unless `view` says that the list
    /// disagrees with the known object.
    pub async fn read<T>(&self, id: &str, view: impl Fn(&Object) -> Result<Seen<T>, Flaw>) -> Result<Option<T>, Error> {
        self.place.collection.read(&self.session.operation, id, view).await
    }

    /// Reads one object with its own request; `None` if there is none.
    pub async fn read_singly<T>(
        &self,
        id: &str,
        view: impl Fn(&Object) -> Result<T, Flaw>,
    ) -> Result<Option<T>, Error> {
        let operation = &self.session.operation;
        let request = self.place.collection.object(operation, Method::GET, id)?;
        let document = self.place.collection.fetch_one(operation, &request).await?;
        document.map(|document| view(&document.object)).transpose().map_err(|flaw| flaw.at(&request.endpoint))
    }

    /// Updates an object.
    pub async fn update<T>(
        &self,
        id: &str,
        body: &Body,
        view: impl Fn(&Object) -> Result<T, Flaw>,
    ) -> Result<T, Error> {
        let _renewal = Renewal(self);
        let operation = &self.session.operation;
        let request = self.place.collection.object(operation, Method::PATCH, id)?.json(body);
        let document = self.place.collection.fetch(operation, &request).await?;
        view(&document.object).map_err(|flaw| flaw.at(&request.endpoint))
    }

    /// Deletes an object. Succeeds if the object is gone already.
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        let _renewal = Renewal(self);
        let operation = &self.session.operation;
        let request = self.place.collection.object(operation, Method::DELETE, id)?;
        match operation.delete(&request).await {
            Err(error) if error.is_not_found() => Ok(()),
            outcome => outcome,
        }
    }

    /// All objects that match `filters` and for which `view` returns a value, sorted by ID.
    pub async fn list<T>(
        &self,
        filters: &[(&str, &str)],
        view: impl Fn(&Object) -> Result<Option<T>, Flaw>,
    ) -> Result<Vec<T>, Error> {
        let operation = &self.session.operation;
        let documents = self.place.collection.list(operation, filters).await?;
        let endpoint = self.place.collection.whole(operation, Method::GET)?.endpoint;
        let values = documents.values().filter_map(|document| view(&document.object).transpose());
        values.collect::<Result<_, _>>().map_err(|flaw: Flaw| flaw.at(&endpoint))
    }
}

/// Ends a write, even if it failed. Later reads do not use earlier knowledge.
pub(super) struct Renewal<'a>(pub(super) &'a Api<'a>);

impl Drop for Renewal<'_> {
    fn drop(&mut self) {
        self.0.session.renew(self.0.place.collection.area);
    }
}
